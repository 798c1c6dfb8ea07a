"""Painting an object of a real picture in another colour, so that rare colours are learned as well as common ones.

Photographs have few red dogs and hardly a green sofa: a model that sees only them learns that nothing follows from the
word. What is painted keeps its light and shade.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.data.color_terms import COLORS, topmost
from sg2im_cli.data.scenes.scene import Scene

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


def visible_objects(scenes: Sequence[Scene]) -> NDArray[np.unsignedinteger[Any]]:
    """Which object of its scene is seen at each pixel (N, H, W), as `topmost` numbers them; scenes have pixels."""
    boxes, masks, known = (
        np.concatenate([getattr(s, name) for s in scenes]) for name in ("boxes", "masks", "has_mask")
    )
    assert scenes[0].image is not None
    return topmost(np.array([len(s.objs) for s in scenes]), boxes, masks, known, *scenes[0].image.shape[1:])


def paint_area(image: NDArray[np.uint8], area: NDArray[np.bool_], color: str) -> NDArray[np.uint8]:
    """The picture (3, H, W) with an area (H, W) in another colour; the rest stays as it is."""
    painted = image.copy()
    inside = painted.transpose(1, 2, 0)  # as pictures mostly lie in memory
    light = np.einsum("c,kc->k", LIGHTNESS, inside[area].astype(np.float64)) / 255
    shade = CONTRAST * (light - light.mean())[:, None]
    paint = np.array(PAINTS[color], dtype=np.float64) / 255
    darker, lighter = paint * (1 + 2 * shade), paint + (1 - paint) * 2 * shade
    inside[area] = (np.where(shade < 0, darker, lighter).clip(0, 1) * 255).round()
    return painted


def say_color(said: NDArray[np.bool_], attributes: tuple[str, ...], color: str) -> NDArray[np.bool_]:
    """What is said of an object (A,), with this colour in place of any other."""
    return np.array([name == color if name in COLORS else old for name, old in zip(attributes, said, strict=True)])
