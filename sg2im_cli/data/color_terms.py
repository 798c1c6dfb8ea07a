"""Which colour a person would call an object by, from its pixels: written rules, nothing learned.

A colour is one of the eleven basic colour terms (Berlin and Kay 1969). Each pixel under an object's mask, without those
at the mask's edge and those that a smaller object covers, is put into one of the terms, or into none, by its lightness,
chroma and hue (`name_pixels`). A term that has `MAJORITY` of at least `LEAST_PIXELS` pixels is the object's. Else it is
one that has `VIVID_SHARE` of them by vivid pixels alone, with next to no others that are vivid: a car with dark windows
is red. An object without a mask gets none.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.data.grouping import Grouping

COLORS = ("black", "white", "red", "green", "yellow", "blue", "brown", "orange", "pink", "purple", "gray")
"""Names that the rules give; a model that learns from them has them as its first attributes."""

LEAST_PIXELS = 20
MAJORITY = 0.6
VIVID = 25
"""Chroma from which on a pixel is vivid."""

VIVID_SHARE = 0.35
ALONE = 0.8
"""Share of the vivid pixels that one term must have."""

UNNAMED = -1
"""What `name_pixels` gives a colour between the terms."""

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])
_SHARE = np.arange(256) / 255
_LINEAR = np.where(_SHARE <= 0.04045, _SHARE / 12.92, ((_SHARE + 0.055) / 1.055) ** 2.4)
"""Light of each value of sRGB."""


def to_lightness_chroma_hue(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Colours in sRGB (..., 3) to CIELAB's L* in [0, 100], chroma, and hue in degrees in [0, 360); white is D65."""
    return np.stack(_seen(pixels), axis=-1)


def _seen(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The three, each in a row, for speed."""
    relative = np.moveaxis(_LINEAR[pixels] @ _TO_XYZ.T / _WHITE, -1, 0)
    x, y, z = _cube_root(np.ascontiguousarray(relative))
    a, b = 500 * (x - y), 200 * (y - z)
    hue = np.degrees(np.arctan2(b, a))
    return 116 * y - 16, np.sqrt(a * a + b * b), np.where(hue < 0, hue + 360, hue)


def _cube_root(t: NDArray[np.float64]) -> NDArray[np.float64]:
    edge = 6 / 29
    return np.where(t > edge**3, np.cbrt(t), t / (3 * edge**2) + 4 / 29)


def name_pixels(seen: NDArray[np.float64]) -> NDArray[np.int8]:
    """The colour term of each pixel, as its place in `COLORS`; `UNNAMED` between the terms.

    The bounds were set by eye, on the training pictures that the embedded weights are made of.

    Args:
        seen: (..., 3) as `to_lightness_chroma_hue` gives it.
    """
    return _name(*np.ascontiguousarray(np.moveaxis(seen, -1, 0)))


def _name(light: NDArray[np.float64], chroma: NDArray[np.float64], hue: NDArray[np.float64]) -> NDArray[np.int8]:
    hue = np.where(hue > 350, hue - 360, hue)  # red lies around 0: one stretch from -10 to 350
    gray = chroma < np.where((hue > 180) & (hue < 300), 11, 9)  # shadows are bluish, and called gray
    rules = {  # the first that holds names the pixel
        "black": (light < 22) & (chroma < 9) | (light < 9),
        "white": gray & (light > 76),
        "gray": gray & (light >= 24) & (light < 72),
        "pink": ((hue < 30) & (light >= 62) | ((hue < 5) | (hue >= 330)) & (light >= 52)) & (chroma >= 14),
        "red": (hue < 44) & (chroma >= 34) & (light < 60),
        "orange": (hue >= 44) & (hue < 75) & (chroma >= 45) & (light >= 48),
        "yellow": (hue >= 75) & (hue < 108) & (chroma >= 38) & (light >= 62),
        "brown": (hue >= 15) & (hue < 95) & (chroma >= 12) & (light < 56),
        "green": (hue >= np.where(light < 50, 98, 110)) & (hue < 195) & (chroma >= np.where(light < 50, 9, 14)),
        "blue": (hue >= 205) & (hue < np.where(chroma > 60, 308, 298)) & (chroma >= np.where(light < 60, 15, 11)),
        "purple": (hue >= 298) & (chroma >= 14) & (light < 62),
    }
    terms = [np.int8(COLORS.index(name)) for name in rules]
    return np.select(list(rules.values()), terms, np.int8(UNNAMED))


def color_words(
    image: NDArray[np.uint8], boxes: NDArray[np.float32], masks: NDArray[np.uint8], has_mask: NDArray[np.bool_]
) -> list[str | None]:
    """The colour word of each object of a picture, or None.

    Args:
        image: (3, H, W), at the resolution that a model is trained with.
        boxes: (O, 4), largest first: a smaller object lies on what it overlaps.
        masks: (O, M, M) 0 or 1, cut to the box.
        has_mask: (O,) False where a mask is not known; such an object hides nothing.
    """
    found = object_colors(image[None], np.array([len(boxes)]), boxes, masks, has_mask)
    return [None if color == UNNAMED else COLORS[color] for color in found]


def object_colors(
    images: NDArray[np.uint8],
    counts: NDArray[np.int64],
    boxes: NDArray[np.float32],
    masks: NDArray[np.uint8],
    has_mask: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """The colour (O,) of each object of several pictures, as its place in `COLORS`; `UNNAMED` where it has none.

    Args:
        images: (N, 3, H, W).
        counts: (N,) how many of the objects each has, one picture's after the other's.
        boxes: (O, 4), see `color_words`, as for the others.
        masks: (O, M, M).
        has_mask: (O,).
    """
    owners = topmost(counts, boxes, masks, has_mask, *images.shape[2:])
    before = (Grouping(counts).firsts - 1)[:, None, None]
    rows = ((owners + before) * KINDS + _kinds(images))[_without_edges(owners)]
    tally = np.bincount(rows, minlength=len(boxes) * KINDS).reshape(len(boxes), -1, 2)  # by object, term, vividness
    pixels, vivid = tally.sum((1, 2)), tally[:, :, 1].sum(1)
    named, vividly = tally[:, 1:].sum(2), tally[:, 1:, 1]
    most, most_vivid = named.max(1), vividly.max(1)
    by_majority = most >= MAJORITY * pixels
    by_vivid = (most_vivid >= VIVID_SHARE * pixels) & (most_vivid >= ALONE * vivid)
    told = np.where(by_majority, named.argmax(1), np.where(by_vivid, vividly.argmax(1), UNNAMED))
    return np.where(pixels < LEAST_PIXELS, UNNAMED, told)


KINDS = 2 * (len(COLORS) + 1)
"""Kinds of pixels: no term, or one of them, and each of these dull or vivid."""


def _kinds(images: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The kind (N, H, W) of each pixel of pictures (N, 3, H, W): 2 * (term + 1), and 1 more where it is vivid."""
    red, green, blue = images.transpose(1, 0, 2, 3).astype(np.int32)
    places, known = (red << 16) | (green << 8) | blue, _known_kinds()
    found = known.take(places)
    missing = places[found == 0]
    if len(missing):
        new = np.sort(missing)
        new = new[np.diff(new, prepend=-1) > 0]  # as np.unique would, which hashes and is ten times as slow
        seen = _seen((new[:, None] >> np.array([16, 8, 0]) & 255).astype(np.uint8))
        known[new] = 2 * (_name(*seen) + 1) + (seen[1] >= VIVID) + 1
        found[found == 0] = known[missing]
    kinds: NDArray[np.int64] = found.astype(np.int64) - 1
    return kinds


@cache
def _known_kinds() -> NDArray[np.int8]:
    """The kind of each of the 16.8 million colours, and 1 more; 0 until one is first met: photographs repeat them."""
    return np.zeros(256**3, dtype=np.int8)


def topmost(
    counts: NDArray[np.int64],
    boxes: NDArray[np.float32],
    masks: NDArray[np.uint8],
    has_mask: NDArray[np.bool_],
    height: int,
    width: int,
) -> NDArray[np.unsignedinteger[Any]]:
    """Which of its picture's objects is seen at each pixel (N, H, W): the smallest one there, from 1 on; else 0.

    Args:
        counts: (N,) see `object_colors`, as for the others.
        boxes: (O, 4).
        masks: (O, M, M).
        has_mask: (O,).
        height: of the pictures in pixels.
        width: likewise.
    """
    objects = Grouping(counts)
    kind = np.min_scalar_type(counts.max(initial=0))  # a byte, where no picture has hundreds of objects
    numbers = ((objects.places + 1) * has_mask).astype(kind)
    numbered = cover(boxes, masks, height, width) * numbers[:, None, None]
    return np.stack([own.max(0, initial=0) for own in objects.split(numbered)])


def cover(boxes: NDArray[np.float32], masks: NDArray[np.uint8], height: int, width: int) -> NDArray[np.bool_]:
    """Which pixels of a picture have their centre in each object: (O, H, W) of boxes (O, 4) and masks (O, M, M)."""
    size = masks.shape[1]
    rows, inside_y = _cells(boxes[:, 1], boxes[:, 3], height, size)
    columns, inside_x = _cells(boxes[:, 0], boxes[:, 2], width, size)
    firsts = size * np.arange(len(boxes))[:, None]
    upright = np.ascontiguousarray(masks.transpose(0, 2, 1) > 0).reshape(-1, size)
    across = upright.take(firsts + columns, axis=0) & inside_x[:, :, None]  # (O, W, M); whole rows are copied
    lines = np.ascontiguousarray(across.transpose(0, 2, 1)).reshape(-1, width)
    covered: NDArray[np.bool_] = lines.take(firsts + rows, axis=0) & inside_y[:, :, None]
    return covered


def _cells(
    low: NDArray[np.float32], high: NDArray[np.float32], pixels: int, size: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The cell of a mask of ``size`` in which each pixel's centre lies, and whether it lies in the box at all."""
    centers = (np.arange(pixels) + 0.5) / pixels
    share = (centers - low[:, None]) / np.maximum(high - low, 1e-6)[:, None]
    inside = (share >= 0) & (share < 1)
    return (share * size).astype(np.int64).clip(0, size - 1), inside


def _without_edges(owners: NDArray[np.unsignedinteger[Any]]) -> NDArray[np.bool_]:
    """The pixels (N, H, W) of objects whose four neighbours are of the same object; a picture's border is no edge."""
    inner = owners > 0
    down, right = owners[:, 1:] == owners[:, :-1], owners[:, :, 1:] == owners[:, :, :-1]
    inner[:, 1:] &= down
    inner[:, :-1] &= down
    inner[:, :, 1:] &= right
    inner[:, :, :-1] &= right
    return inner
