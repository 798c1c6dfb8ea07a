"""Segmentations as tools write them: what of them outlines something."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

Box = tuple[float, float, float, float]
"""x, y, width, height in pixels, as COCO has it."""

BOX_ONLY = "outlines that are only the box: taken as a box without an outline"
EMPTY_PARTS = "outlines with parts of fewer than three corners or without area: the parts left out"
EMPTY = "outlines of fewer than three corners or without area: taken as a box without an outline"
SAME = 1.0
"""Pixels by which corners may differ: tools round."""


def meant_outline(segmentation: Any, box: Box) -> tuple[Any, str | None]:  # noqa: ANN401
    """What of a segmentation means something, and what was to be noted of the rest.

    Args:
        segmentation: run lengths, which are passed on; a list of polygons, or one polygon as a flat list.
        box: of the object.

    Returns:
        The segmentation, None where nothing is left; and one of the sentences above, None where all of it is used. The
        order of the parts makes no difference.

    Raises:
        ValueError: it is nothing of that kind.
    """
    if not segmentation or isinstance(segmentation, dict):
        return segmentation or None, None
    if not isinstance(segmentation, list):
        raise ValueError(f"its segmentation is {str(segmentation)[:40]!r}, and polygons or run lengths are expected")
    parts = segmentation if any(isinstance(part, list) for part in segmentation) else [segmentation]
    if len(parts) == 1 and _is_box(parts[0], box):
        return None, BOX_ONLY
    kept = [part for part in parts if _has_area(part)]
    if not kept:
        return None, EMPTY
    return kept, None if len(kept) == len(parts) else EMPTY_PARTS


def box_around(segmentation: Any) -> Box | None:  # noqa: ANN401
    """The box of an outline that is given in polygons, for objects without one; None where there is no outline."""
    if not isinstance(segmentation, list):
        return None
    kept, _ = meant_outline(segmentation, (0.0, 0.0, 0.0, 0.0))
    xs, ys = ([value for part in kept or () for value in part[i::2]] for i in (0, 1))
    return (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)) if xs else None


def _is_box(part: Any, box: Box) -> bool:  # noqa: ANN401
    """Whether two corners, or a corner and a size, say what the box says."""
    if not _is_numbers(part) or len(part) != 4:
        return False
    x, y, width, height = box
    return any(
        all(abs(one - other) <= SAME for one, other in zip(part, wanted, strict=True))
        for wanted in ((x, y, x + width, y + height), box)
    )


def _has_area(part: Any) -> bool:  # noqa: ANN401
    if not _is_numbers(part) or len(part) < 6 or len(part) % 2:
        return False
    xs, ys = part[::2], part[1::2]
    x, y = xs[0], ys[0]
    corners = list(zip(xs, ys, strict=True))
    return any((a - x) * (d - y) != (c - x) * (b - y) for (a, b), (c, d) in pairwise(corners))


def _is_numbers(part: Any) -> bool:  # noqa: ANN401
    return isinstance(part, list) and all(type(value) in (int, float) and math.isfinite(value) for value in part)
