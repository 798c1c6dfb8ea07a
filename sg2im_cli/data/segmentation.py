"""An object's shape, from the polygons and run lengths of COCO files to a small square mask."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sg2im_errors import Sg2imError

LONGEST_NUMBER = 6
"""Letters of a compressed run length behind its first: more than 2^34 pixels are no picture's."""

MOST_PIXELS = 2**28
"""Of a picture whose mask is decoded: of more than Pillow opens, and of less than what ends the program."""

FAR = 10
"""Pictures' lengths: a corner that lies farther away than that is a mistake."""

Corners = tuple[float, float, float, float]
"""x0 y0 x1 y1 in pixels."""


def cut_mask(segmentation: Any, height: int, width: int, corners: Corners, size: int) -> NDArray[np.uint8] | None:  # noqa: ANN401
    """Cut a segmentation to its rounded box and squeeze it to (size, size), over one half (as in the 2018 code).

    Args:
        segmentation: COCO's: polygons, or run lengths as numbers or as a compressed string; empty for *unknown*.
        height: of the picture, in pixels.
        width: likewise.
        corners: of the object's box.
        size: M.

    Returns:
        (M, M) 0 or 1; None where the mask is unknown or the box lies outside of the picture.

    Raises:
        ValueError: the segmentation is damaged or of another picture's size.
        Sg2imError: pycocotools is not installed.
    """
    if not segmentation:
        return None
    return squeeze_mask(_decode(segmentation, height, width), corners, size)


def squeeze_mask(whole: NDArray[np.uint8], corners: Corners, size: int) -> NDArray[np.uint8] | None:
    """Cut a mask (H, W) of a whole picture to a box, as `cut_mask` does; None if the box lies outside of it."""
    x0, y0, x1, y1 = (round(v) for v in corners)
    part = whole[max(0, y0) : max(y0 + 1, y1), max(0, x0) : max(x0 + 1, x1)]
    if not part.size:
        return None
    resized = Image.fromarray(part * np.uint8(255)).resize((size, size), Image.Resampling.BILINEAR)
    return (np.asarray(resized) > 127).astype(np.uint8)


def _decode(segmentation: Any, height: int, width: int) -> NDArray[np.uint8]:  # noqa: ANN401
    try:
        from pycocotools import mask as coco
    except ImportError:
        raise Sg2imError(
            "Reading segmentations needs pycocotools; install it with: pip install 'sg2im-cli[train]'."
        ) from None
    try:
        decoded: NDArray[np.uint8] = coco.decode(_run_lengths(segmentation, height, width))
    except Exception as error:  # pycocotools raises plain Exception, too
        raise ValueError(str(error)) from None
    if decoded.shape != (height, width):
        raise ValueError(f"it is {decoded.shape[1]}x{decoded.shape[0]} and the picture {width}x{height}")
    return decoded


def _run_lengths(segmentation: Any, height: int, width: int) -> Any:  # noqa: ANN401
    """Polygons and plain numbers as the compressed run lengths that can be decoded."""
    from pycocotools import mask as coco

    if height * width > MOST_PIXELS:  # pycocotools takes a byte for each, and more than there are end the program
        raise ValueError(f"its picture would have {width}x{height} pixels")
    if isinstance(segmentation, list):
        _require_near(segmentation, FAR * max(height, width))
        return coco.merge(coco.frPyObjects(segmentation, height, width))
    counts, claimed = segmentation["counts"], list(segmentation["size"])
    if claimed != [height, width]:  # before anything is decoded: memory is taken for what is claimed
        raise ValueError(f"it is {_shown(claimed[1:])}x{_shown(claimed[:1])} and the picture {width}x{height}")
    if isinstance(counts, list) and not all(type(count) is int and count >= 0 for count in counts):
        raise ValueError("its run lengths are damaged")
    covered = sum(counts) if isinstance(counts, list) else compressed_length(counts)
    if covered != height * width:  # pycocotools fills up what is missing, and writes on behind the end
        raise ValueError(f"its run lengths cover {covered} of {height * width} pixels")
    return coco.frPyObjects(segmentation, height, width) if isinstance(counts, list) else segmentation


def _require_near(polygons: list[Any], most: int) -> None:
    """Refuse corners that no picture has: pycocotools takes memory for an edge's whole length, and more than there is.

    Raises:
        ValueError: names the number.
    """
    numbers = (value for part in polygons for value in (part if isinstance(part, list) else (part,)))
    for value in numbers:
        if isinstance(value, int | float) and not abs(value) <= most:
            raise ValueError(f"its outline has a corner at {str(value)[:20]}, far outside of the picture")


def _shown(values: list[Any]) -> str:
    return str(values[0])[:20] if values else "?"


def compressed_length(counts: str | bytes) -> int:
    """How many pixels compressed run lengths cover.

    Each number is written in letters of five bits, the lowest first, whose sixth says that another follows; from the
    third on it is the difference to the number before the last one (pycocotools, ``rleToString``).

    Raises:
        ValueError: they are none.
    """
    data = np.frombuffer(counts.encode("ascii") if isinstance(counts, str) else bytes(counts), np.uint8).astype(
        np.int64
    )
    letters = data - 48
    if not len(letters) or letters.min() < 0 or letters.max() > 63 or letters[-1] & 32:
        raise ValueError("its run lengths are damaged")
    last = letters & 32 == 0
    starts = np.concatenate([[0], np.flatnonzero(last)[:-1] + 1])
    place = np.arange(len(letters)) - np.repeat(starts, np.diff([*starts, len(letters)]))
    if place.max() > LONGEST_NUMBER:
        raise ValueError("its run lengths are damaged")
    numbers = np.add.reduceat((letters & 31) << (5 * place), starts)
    negative = letters[last] & 16 != 0
    numbers = numbers - np.where(negative, 1 << (5 * (place[last] + 1)), 0)
    for first in (1, 2):  # the third is the first that is told as a difference; the first number stands alone
        numbers[first::2] = np.cumsum(numbers[first::2])
    if numbers.min() < 0:
        raise ValueError("its run lengths are damaged")
    return int(numbers.sum())
