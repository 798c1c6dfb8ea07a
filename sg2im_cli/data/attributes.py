"""What can be said of objects that data only outlines: colour words from pixels, size words from boxes.

Colours are told in `sg2im_cli.data.color_terms`. A size is told from an object's box beside the medians of its category
over the split: "large" and "small" from `AREA_FACTOR` times and one `AREA_FACTOR`th of the usual area on; "tall" and
"wide" where height over width is `ASPECT_FACTOR` times more or less than usual, and the box itself is higher than wide,
or wider than high. A category with fewer than `LEAST_EXAMPLES` examples gets none. Boxes are shares of the picture, as
a model sees them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.data.color_terms import COLORS, UNNAMED, object_colors

SIZES = ("small", "large", "tall", "wide")
DERIVED = COLORS + SIZES
"""The attributes of a model that learns from derived ones, by id."""

AREA_FACTOR = 2.0
ASPECT_FACTOR = 1.75
_AREA_STEP, _ASPECT_STEP = math.log(AREA_FACTOR), math.log(ASPECT_FACTOR)
LEAST_EXAMPLES = 20

STATED_SHARE = 0.001
STATED_LEAST = 5
"""Words that data states are learned if they are said of this share of its objects, and of so many."""


def derive_attributes(
    images: NDArray[np.uint8],
    counts: NDArray[np.int64],
    names: Sequence[str],
    boxes: NDArray[np.float32],
    masks: NDArray[np.uint8],
    has_mask: NDArray[np.bool_],
    usual: Mapping[str, Usual],
) -> list[tuple[str, ...]]:
    """Colour and size words of each object of several pictures.

    Args:
        images: (N, 3, H, W), at the resolution that a model is trained with.
        counts: (N,) how many of the objects each has, one picture's after the other's.
        names: (O,) categories.
        boxes: (O, 4), a picture's largest first.
        masks: (O, M, M), see `object_colors`.
        has_mask: (O,).
        usual: of the split, see `usual_sizes`.
    """
    colors = object_colors(images, counts, boxes, masks, has_mask).tolist()
    return [
        (() if color == UNNAMED else (COLORS[color],)) + _size_words(size, usual.get(name))
        for color, name, size in zip(colors, names, _measure(boxes), strict=True)
    ]


@dataclass(frozen=True)
class Usual:
    """The medians of one category.

    Attributes:
        area: logarithm of the box's share of the picture.
        aspect: logarithm of height over width.
    """

    area: float
    aspect: float


def usual_sizes(pictures: Iterable[tuple[Sequence[str], NDArray[np.float32]]]) -> dict[str, Usual]:
    """What is usual in each category of a split that has `LEAST_EXAMPLES`.

    Args:
        pictures: names (O,) and boxes (O, 4) of each.
    """
    found: dict[str, list[tuple[float, float]]] = {}
    for names, boxes in pictures:
        for name, measured in zip(names, _measure(boxes), strict=True):
            if measured is not None:
                found.setdefault(name, []).append(measured)
    return {
        name: Usual(*np.median(values, axis=0).tolist())
        for name, values in found.items()
        if len(values) >= LEAST_EXAMPLES
    }


def size_words(box: NDArray[np.float32], usual: Usual | None) -> tuple[str, ...]:
    """What is said of the size of a box x0 y0 x1 y1: at most one word of area, and one of shape."""
    return _size_words(_measure(box[None])[0], usual)


def _size_words(measured: Measured | None, usual: Usual | None) -> tuple[str, ...]:
    if usual is None or measured is None:
        return ()
    area, aspect = measured
    words = []
    if area <= usual.area - _AREA_STEP:
        words.append("small")
    elif area >= usual.area + _AREA_STEP:
        words.append("large")
    if aspect > max(0, usual.aspect + _ASPECT_STEP):
        words.append("tall")
    elif aspect < min(0, usual.aspect - _ASPECT_STEP):
        words.append("wide")
    return tuple(words)


Measured = tuple[float, float]
"""Logarithms of a box's area and of its height over width."""


def _measure(boxes: NDArray[np.float32]) -> list[Measured | None]:
    """Of each box (O, 4); None for one without size."""
    return [
        (math.log(width * height), math.log(height / width)) if width > 0 and height > 0 else None
        for width, height in (boxes[:, 2:] - boxes[:, :2]).tolist()
    ]


def frequent_words(objects: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The words that data states often enough to learn them, most frequent first.

    Args:
        objects: the words about each object; an object without any counts too.
    """
    counts: Counter[str] = Counter()
    total = 0
    for words in objects:
        counts.update(set(words))
        total += 1
    least = max(STATED_LEAST, STATED_SHARE * total)
    return tuple(word for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count >= least)
