"""Masks for objects of which the data gives a box only, by GrabCut (Rother, Kolmogorov and Blake 2004).

Inside the box is asked what may be the object; the surroundings, half as far again, are background. Where the answer is
doubtful the mask stays unknown: of COCO's boxes about two in five get one, and most of those look right.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sg2im_cli.data.images import PreparedImage
from sg2im_cli.data.pixels import open_image
from sg2im_cli.data.segmentation import Corners, squeeze_mask
from sg2im_errors import InputError

ROUNDS = 3
FILLED = (0.2, 0.95)
"""Shares of its box that a believable object fills: below, GrabCut lost it; above, it found no edge."""

CORE = 0.3
"""Share of the box's width and height that is taken for the object where a first try without lost it."""

REACHED = 0.75
"""Share of the box's width and height that the object must span; annotators draw boxes tight."""

SMALLEST_BOX, LARGEST_BOX = 0.015, 0.8
"""Shares of the picture below which there is too little to see, and above which too little background is left."""

SIDE = 128
"""Larger pictures are looked at in this size."""

SMALLEST_PART = 0.1
"""Share of the object below which a separate part of it is taken for noise."""


def guess_masks(image: PreparedImage) -> PreparedImage:
    """Give objects without a mask one, where it can be believed; it is marked as a machine's.

    Args:
        image: its objects, of which some have no mask.

    Raises:
        InputError: the picture cannot be read, or OpenCV is not installed.
    """
    if image.has_mask.all():
        return image
    picture = open_image(image.path, image.stated)
    picture.thumbnail((SIDE, SIDE), Image.Resampling.BILINEAR)
    pixels = np.asarray(picture)
    scale = np.array([pixels.shape[1], pixels.shape[0]] * 2)
    masks, known = image.masks.copy(), image.has_mask.copy()
    machine = np.zeros((len(known), 2), dtype=bool) if image.machine is None else image.machine.copy()
    for i in np.flatnonzero(~known):
        x0, y0, x1, y1 = (float(v) for v in image.boxes[i] * scale)
        found = segment_box(pixels, (x0, y0, x1, y1))
        mask = None if found is None else squeeze_mask(found.astype(np.uint8), (x0, y0, x1, y1), masks.shape[1])
        if mask is not None:
            masks[i], known[i], machine[i, 1] = mask, True, True
    return replace(image, masks=masks, has_mask=known, machine=machine if machine.any() else None)


def segment_box(pixels: NDArray[np.uint8], corners: Corners) -> NDArray[np.bool_] | None:
    """Which pixels are the object in a box; None where that is doubtful.

    Args:
        pixels: (H, W, 3) RGB.
        corners: x0, y0, x1, y1 in pixels.

    Raises:
        InputError: OpenCV is not installed.
    """
    cv2 = _opencv()
    height, width = pixels.shape[:2]
    x0, y0 = (max(0, round(v)) for v in corners[:2])
    x1, y1 = min(width, round(corners[2])), min(height, round(corners[3]))
    share = (x1 - x0) * (y1 - y0) / (width * height)
    if x1 - x0 < 6 or y1 - y0 < 6 or not SMALLEST_BOX <= share <= LARGEST_BOX:
        return None
    left, top = max(0, x0 - (x1 - x0) // 2), max(0, y0 - (y1 - y0) // 2)
    near = slice(top, y1 + (y1 - y0) // 2), slice(left, x1 + (x1 - x0) // 2)
    part = np.ascontiguousarray(pixels[near][:, :, ::-1])
    box = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
    for core in (0.0, CORE):
        inside = _without_crumbs(cv2, _cut(cv2, part, box, core))
        if _believable(inside[box]):
            found = np.zeros((height, width), dtype=bool)
            found[near] = inside
            return found
    return None


def _cut(cv2: Any, part: NDArray[np.uint8], box: tuple[slice, slice], core: float) -> NDArray[np.bool_]:  # noqa: ANN401
    """GrabCut with the box's surroundings as background, and its middle, ``core`` of each side, as object."""
    marks = np.full(part.shape[:2], cv2.GC_BGD, dtype=np.uint8)
    marks[box] = cv2.GC_PR_FGD
    if core:
        margins = [round((1 - core) / 2 * (side.stop - side.start)) for side in box]
        middle = tuple(slice(side.start + m, side.stop - m) for side, m in zip(box, margins, strict=True))
        marks[middle] = cv2.GC_FGD
    cv2.setRNGSeed(0)
    cv2.grabCut(part, marks, None, np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK)
    found: NDArray[np.bool_] = (marks == cv2.GC_PR_FGD) | (marks == cv2.GC_FGD)
    return found


def _without_crumbs(cv2: Any, found: NDArray[np.bool_]) -> NDArray[np.bool_]:  # noqa: ANN401
    count, parts, facts, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8))
    areas = facts[:, cv2.CC_STAT_AREA]
    large = [i for i in range(1, count) if areas[i] >= SMALLEST_PART * found.sum()]
    return np.isin(parts, large)


def _believable(found: NDArray[np.bool_]) -> bool:
    if not FILLED[0] <= found.mean() <= FILLED[1]:
        return False
    spans = [np.flatnonzero(found.any(axis)) for axis in (0, 1)]
    return all(span[-1] - span[0] + 1 >= REACHED * side for span, side in zip(spans, found.shape[::-1], strict=True))


def _opencv() -> Any:  # noqa: ANN401
    try:
        import cv2
    except ImportError:
        raise InputError("Masks from boxes need OpenCV; install it with: pip install 'sg2im-cli[train]'.") from None
    return cv2
