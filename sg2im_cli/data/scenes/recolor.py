"""Painting an object of a real picture in another colour, so that rare colours are learned as well as common ones.

Photographs have few red dogs and hardly a green sofa: a model that sees only them learns that nothing follows from the
word. What is painted keeps its light and shade.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.data.color_terms import COLORS, topmost

PAINTS = {
    "black": (26, 26, 28),
    "white": (236, 236, 233),
    "red": (188, 28, 34),
    "green": (48, 128, 52),
    "yellow": (236, 202, 36),
    "blue": (40, 78, 176),
    "brown": (112, 68, 38),
    "orange": (232, 124, 22),
    "pink": (240, 148, 180),
    "purple": (112, 48, 142),
    "gray": (126, 126, 126),
}
"""A typical sRGB colour of each term."""

CONTRAST = 0.6
"""How much of the object's light and shade is kept."""

LEAST_PIXELS = 40
"""Smaller areas are not worth painting."""

LIGHTNESS = np.array([0.299, 0.587, 0.114])


def visible_areas(
    boxes: NDArray[np.float32], masks: NDArray[np.uint8], has_mask: NDArray[np.bool_], height: int, width: int
) -> NDArray[np.bool_]:
    """The pixels (O, H, W) of each object that no smaller one covers; none where a mask is not known.

    Args:
        boxes: (O, 4), largest first.
        masks: (O, M, M) 0 or 1.
        has_mask: (O,).
        height: of the picture in pixels.
        width: likewise.
    """
    owners = topmost(np.array([len(boxes)]), boxes, masks, has_mask, height, width)
    seen: NDArray[np.bool_] = owners == np.arange(1, len(boxes) + 1)[:, None, None]
    return seen


def paint_area(image: NDArray[np.uint8], area: NDArray[np.bool_], color: str) -> NDArray[np.uint8]:
    """The picture (3, H, W) with an area (H, W) in another colour; the rest stays as it is."""
    pixels = image[:, area]
    light = np.einsum("c,ck->k", LIGHTNESS, pixels.astype(np.float64)) / 255
    shade = CONTRAST * (light - light.mean())
    paint = np.array(PAINTS[color], dtype=np.float64)[:, None] / 255
    darker, lighter = paint * (1 + 2 * shade), paint + (1 - paint) * 2 * shade
    painted = image.copy()
    painted[:, area] = (np.where(shade < 0, darker, lighter).clip(0, 1) * 255).round()
    return painted


def say_color(said: NDArray[np.bool_], attributes: tuple[str, ...], color: str) -> NDArray[np.bool_]:
    """What is said of an object (A,), with this colour in place of any other."""
    return np.array([name == color if name in COLORS else old for name, old in zip(attributes, said, strict=True)])
