"""What people draw in annotation tools, as boxes and outlines in pixels: polygons, ellipses, painted masks."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sg2im_cli.data.pixels import UNREADABLE, Size
from sg2im_cli.data.readers.outlines import box_around, meant_outline
from sg2im_cli.data.segmentation import Corners
from sg2im_errors import Sg2imError

ROUND = 64
"""Corners of a circle."""

FAR = 8
"""Corners so many pictures away are damage; drawing them would take memory for all that lies between."""

LINE = 1e-6
"""Square pixels below which corners lie on one line: shares of a picture are rounded when they become pixels."""

NO_BOX = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Part:
    """One shape that has an area.

    Attributes:
        corners: of its box.
        segmentation: as in COCO's files, polygons or run lengths; None where it is only a box.
    """

    corners: Corners
    segmentation: Any = None


def numbers(values: object) -> list[float]:
    """Numbers, or text that says them.

    Raises:
        ValueError: it is no list of finite numbers.
    """
    if not isinstance(values, list | tuple) or any(isinstance(value, bool) for value in values):
        raise ValueError(f"{str(values)[:40]} is no list of numbers")
    try:
        found = [float(value) for value in values]
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{str(values)[:40]} is no list of numbers") from None
    if not all(map(math.isfinite, found)):
        raise ValueError(f"{str(values)[:40]} is no list of finite numbers")
    return found


def box_part(x0: float, y0: float, x1: float, y1: float) -> Part:
    """A box by any two opposite corners."""
    return Part((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))


def polygon_part(flat: Sequence[float], size: Size) -> Part | None:
    """A polygon, x and y of its corners in turn; None where it has no area.

    Raises:
        ValueError: it reaches far outside of the picture.
    """
    outline = [list(flat)]
    _require_near(outline[0], size)
    kept, _ = meant_outline(outline, NO_BOX)
    box = box_around(outline)
    if not kept or box is None or _is_line(flat):
        return None
    x, y, width, height = box
    return Part((x, y, x + width, y + height), kept)


def ellipse_part(center: tuple[float, float], radii: tuple[float, float], angle: float, size: Size) -> Part | None:
    """An ellipse, as a polygon; None where it has no area.

    Args:
        center: x and y.
        radii: before it is turned, along x and y.
        angle: by which it is turned, in radians, from x to y.
        size: of the picture.

    Raises:
        ValueError: it reaches far outside of the picture.
    """
    if min(radii) <= 0:
        return None
    flat: list[float] = []
    for step in range(ROUND):
        x, y = (radii[0] * math.cos(2 * math.pi * step / ROUND), radii[1] * math.sin(2 * math.pi * step / ROUND))
        flat += [
            round(center[0] + x * math.cos(angle) - y * math.sin(angle), 6),
            round(center[1] + x * math.sin(angle) + y * math.cos(angle), 6),
        ]
    return polygon_part(flat, size)


def painted_part(text: str, left: float, top: float, size: Size) -> Part | None:
    """A mask as a picture of its box in base64; None where nothing is painted.

    Args:
        text: the picture; what is not 0 is painted.
        left: where its first column lies in the annotated picture.
        top: likewise its first row.
        size: of the annotated picture.

    Raises:
        ValueError: it is no such picture.
    """
    x, y = round(left), round(top)
    painted = _painted(text, size)
    whole = np.zeros((size[1], size[0]), dtype=bool)
    inside = painted[max(0, -y) : max(0, size[1] - y), max(0, -x) : max(0, size[0] - x)]
    whole[max(0, y) : max(0, y) + inside.shape[0], max(0, x) : max(0, x) + inside.shape[1]] = inside
    if not whole.any():
        return None
    rows, columns = (np.flatnonzero(whole.any(axis)) for axis in (1, 0))
    corners = (float(columns[0]), float(rows[0]), float(columns[-1]) + 1, float(rows[-1]) + 1)
    return Part(corners, run_lengths(whole))


def run_lengths(mask: NDArray[np.bool_]) -> dict[str, Any]:
    """A mask (H, W) as in COCO's files: lengths of runs down the columns, of what is not painted first."""
    flat = mask.ravel(order="F")
    edges = np.flatnonzero(np.diff(flat)) + 1
    counts = np.diff(np.concatenate([[0], edges, [len(flat)]])).tolist()
    return {"size": list(mask.shape), "counts": [0, *counts] if flat[0] else counts}


def joined(parts: Sequence[Part], size: Size) -> Part:
    """One object of several shapes.

    Raises:
        Sg2imError: pycocotools is not installed.
    """
    if len(parts) == 1:
        return parts[0]
    lows, highs = [part.corners[:2] for part in parts], [part.corners[2:] for part in parts]
    corners = (min(x for x, _ in lows), min(y for _, y in lows), max(x for x, _ in highs), max(y for _, y in highs))
    outlines = [_outline(part) for part in parts]
    if not any(isinstance(outline, Mapping) for outline in outlines):
        return Part(corners, [polygon for outline in outlines for polygon in outline])
    return Part(corners, _merged(outlines, size))


def _outline(part: Part) -> Any:  # noqa: ANN401
    x0, y0, x1, y1 = part.corners
    return part.segmentation or [[x0, y0, x1, y0, x1, y1, x0, y1]]


def _merged(outlines: Sequence[Any], size: Size) -> dict[str, Any]:
    try:
        from pycocotools import mask as coco
    except ImportError:
        raise Sg2imError("Reading masks needs pycocotools; install it with: pip install 'sg2im-cli[train]'.") from None
    width, height = size
    packed: list[Any] = []
    for outline in outlines:
        found = coco.frPyObjects(outline, height, width)
        packed += found if isinstance(found, list) else [found]
    merged = coco.merge(packed)
    return {"size": [height, width], "counts": merged["counts"]}


def _painted(text: str, size: Size) -> NDArray[np.bool_]:
    try:
        with Image.open(BytesIO(base64.b64decode(text, validate=True))) as image:
            if image.width > size[0] + 1 or image.height > size[1] + 1:  # before anything is unpacked
                raise ValueError(f"it is {image.width}x{image.height} and the picture {size[0]}x{size[1]}")
            return np.asarray(image.convert("L") if image.mode not in ("1", "L", "P") else image) > 0
    except UNREADABLE as error:
        raise ValueError(f"its mask cannot be read: {error}") from None


def _is_line(flat: Sequence[float]) -> bool:
    xs, ys = np.array(flat[::2]) - flat[0], np.array(flat[1::2]) - flat[1]
    return bool(np.abs(xs[:-1] * ys[1:] - xs[1:] * ys[:-1]).max() < LINE)


def _require_near(flat: Sequence[float], size: Size) -> None:
    if any(abs(value) > FAR * max(size) for value in flat):
        raise ValueError(f"its corners lie far outside of the picture of {size[0]}x{size[1]}")
