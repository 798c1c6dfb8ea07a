"""An object's shape, from the polygons and run lengths of COCO files to a small square mask."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sg2im_errors import Sg2imError

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

    if isinstance(segmentation, list):
        return coco.merge(coco.frPyObjects(segmentation, height, width))
    counts = segmentation["counts"]
    if not isinstance(counts, list):
        return segmentation
    rows, columns = segmentation["size"]
    if sum(counts) != rows * columns:  # pycocotools fills up what is missing
        raise ValueError(f"its run lengths cover {sum(counts)} of {rows * columns} pixels")
    return coco.frPyObjects(segmentation, rows, columns)
