"""Which relations hold between two boxes: the rules of training, of checking and of measuring.

The paper's set has six relations of which exactly one holds for an ordered pair (paper section 4.1; the angle is that
of the 2018 code). The spoken set has those words that people's sentences use. Each of its relations is a rule of its
own, so several may hold for a pair. Boxes are x0 y0 x1 y1 in [0, 1], y points down; s is the subject, o the object:

    in           at least 90 % of s lies in o, and o is at least 1.2 times as large
    around       o is in s
    on           s is a thing; its lower edge lies within o or on o's upper edge (0.03), its centre is above o's, at
                 least 60 % of its width is over o, and it is at most 1.2 times as wide
    under        s is lower: its upper edge is below o's centre, its lower edge below o's lower edge, and they share
                 at least half of the narrower width
    above, below, left of, right of
                 the paper's angle between the centres: exactly one of the four holds
    beside       s and o share height (at least 15 % of the lower one's), their centres are at least a quarter of the
                 wider one's width apart, the gap between them is at most 0.2, and neither is in the other
    near         the gap between the boxes is at most 0.1
    in front of  s's lower edge is nearer to the viewer (lower by 0.03), s and o meet, they share at least 30 % of the
                 narrower width, and o is not in s (a car in a street has no street in front of it)
    behind       o is in front of s

They need boxes only, and which objects are stuff: what a model predicts is judged by the same rules as the data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

PAPER_RELATIONS = ("left of", "right of", "above", "below", "inside", "surrounding")
SPOKEN_RELATIONS = (
    "on",
    "under",
    "above",
    "below",
    "left of",
    "right of",
    "beside",
    "near",
    "in",
    "around",
    "in front of",
    "behind",
)
RELATIONS: dict[str, tuple[str, ...]] = {"paper": PAPER_RELATIONS, "spoken": SPOKEN_RELATIONS, "none": ()}

MIRRORED = {"left of": "right of", "right of": "left of"}
"""What a relation becomes when the picture is mirrored, where it changes."""

SYMMETRIC = frozenset({"beside", "near"})
"""Relations that hold both ways. Graphs are drawn with the left one of the two as the subject: a model that predicts
one box for each object cannot show "left or right", and would put both in the middle."""

INFORMATIVE = {
    "on": 4.0,
    "under": 3.0,
    "in": 3.0,
    "in front of": 3.0,
    "behind": 3.0,
    "beside": 3.0,
    "near": 0.5,
}
"""How often a relation is chosen among those that hold for a pair, where it is not 1: what people would say first."""


@dataclass(frozen=True)
class _Pairs:
    """Sizes that the rules share; every array is (..., O, O) with subjects in rows, or broadcasts to it."""

    s: tuple[Boxes, Boxes, Boxes, Boxes]
    o: tuple[Boxes, Boxes, Boxes, Boxes]
    thing: Flags

    @classmethod
    def of(cls, boxes: Boxes, stuff: Flags) -> _Pairs:
        columns = [boxes[..., i] for i in range(4)]
        x0, y0, x1, y1 = (c[..., :, None] for c in columns)
        u0, v0, u1, v1 = (c[..., None, :] for c in columns)
        return cls((x0, y0, x1, y1), (u0, v0, u1, v1), ~stuff[..., :, None])

    @cached_property
    def shared_width(self) -> Boxes:
        found: Boxes = np.maximum(0, np.minimum(self.s[2], self.o[2]) - np.maximum(self.s[0], self.o[0]))
        return found

    @cached_property
    def shared_height(self) -> Boxes:
        found: Boxes = np.maximum(0, np.minimum(self.s[3], self.o[3]) - np.maximum(self.s[1], self.o[1]))
        return found

    @cached_property
    def gap_x(self) -> Boxes:
        found: Boxes = np.maximum(0, np.maximum(self.s[0], self.o[0]) - np.minimum(self.s[2], self.o[2]))
        return found

    @cached_property
    def gap_y(self) -> Boxes:
        found: Boxes = np.maximum(0, np.maximum(self.s[1], self.o[1]) - np.minimum(self.s[3], self.o[3]))
        return found

    def width(self, box: tuple[Boxes, Boxes, Boxes, Boxes]) -> Boxes:
        return box[2] - box[0]

    def height(self, box: tuple[Boxes, Boxes, Boxes, Boxes]) -> Boxes:
        return box[3] - box[1]

    @cached_property
    def dx(self) -> Boxes:
        return (self.s[0] + self.s[2]) / 2 - (self.o[0] + self.o[2]) / 2

    @cached_property
    def dy(self) -> Boxes:
        return (self.s[1] + self.s[3]) / 2 - (self.o[1] + self.o[3]) / 2

    @cached_property
    def inside(self) -> Flags:
        area_s = self.width(self.s) * self.height(self.s)
        area_o = self.width(self.o) * self.height(self.o)
        shared = self.shared_width * self.shared_height
        held: Flags = (shared >= 0.9 * area_s) & (area_o >= 1.2 * area_s) & (area_s > 0)
        return held

    @cached_property
    def in_front(self) -> Flags:
        narrower = np.minimum(self.width(self.s), self.width(self.o))
        held: Flags = (self.s[3] >= self.o[3] + 0.03) & (self.gap_y <= 0.02) & (self.shared_width >= 0.3 * narrower)
        return held & ~_turned(self.inside)

    @cached_property
    def directions(self) -> dict[str, Flags]:
        return _directions(self.dx, self.dy)


def _turned(held: Flags) -> Flags:
    """What holds of (j, i) in place of (i, j)."""
    return held.swapaxes(-1, -2)


def _on(p: _Pairs) -> Flags:
    rests = (p.s[3] >= p.o[1] - 0.03) & (p.s[3] <= p.o[3] + 0.03)
    held: Flags = p.thing & rests & (p.dy < 0) & (p.shared_width >= 0.6 * p.width(p.s))
    return held & (p.width(p.s) <= 1.2 * p.width(p.o))


def _under(p: _Pairs) -> Flags:
    narrower = np.minimum(p.width(p.s), p.width(p.o))
    lower = (p.s[1] >= (p.o[1] + p.o[3]) / 2) & (p.s[3] > p.o[3])
    held: Flags = lower & (p.shared_width >= 0.5 * narrower)
    return held


def _directions(dx: Boxes, dy: Boxes) -> dict[str, Flags]:
    """By the angle of (dx, dy), compared without computing it: on diagonals arctan2 differs between machines.

    |theta| >= 3pi/4 is left, below that up to -pi/4 above, from -pi/4 to under pi/4 right, from pi/4 below.
    """
    left = (dx < 0) & (np.abs(dy) <= -dx)
    above = (dy < 0) & (np.abs(dx) < -dy)
    below = (dy > 0) & (-dy < dx) & (dx <= dy)
    right = (dx >= 0) & (-dx <= dy) & (dy <= dx) & ~below
    return {"left of": left, "right of": right, "above": above, "below": below}


def _beside(p: _Pairs) -> Flags:
    lower_one = np.minimum(p.height(p.s), p.height(p.o))
    wider_one = np.maximum(p.width(p.s), p.width(p.o))
    held: Flags = (p.shared_height >= 0.15 * lower_one) & (np.abs(p.dx) >= 0.25 * wider_one) & (p.gap_x <= 0.2)
    return held & ~p.inside & ~_turned(p.inside)


def _near(p: _Pairs) -> Flags:
    held: Flags = np.hypot(p.gap_x, p.gap_y) <= 0.1
    return held


_RULES: dict[str, Callable[[_Pairs], Flags]] = {
    "on": _on,
    "under": _under,
    "above": lambda p: p.directions["above"],
    "below": lambda p: p.directions["below"],
    "left of": lambda p: p.directions["left of"],
    "right of": lambda p: p.directions["right of"],
    "beside": _beside,
    "near": _near,
    "in": lambda p: p.inside,
    "around": lambda p: _turned(p.inside),
    "in front of": lambda p: p.in_front,
    "behind": lambda p: _turned(p.in_front),
}


def spoken_table(boxes: Boxes, stuff: Flags) -> Flags:
    """Which spoken relations hold, in one picture or in each of several.

    Args:
        boxes: (..., O, 4).
        stuff: (..., O).

    Returns:
        (P, ..., O, O) in the order of `SPOKEN_RELATIONS`; [p, i, j] says that i stands in relation p to j.
    """
    pairs = _Pairs.of(boxes, stuff)
    return _without_itself([_RULES[name](pairs) for name in SPOKEN_RELATIONS], boxes)


def paper_table(boxes: Boxes, centers: Boxes) -> Flags:
    """Which of the paper's relations holds, in one picture or in each of several: exactly one for each ordered pair.

    Args:
        boxes: (..., O, 4).
        centers: (..., O, 2) x and y; the mean of a mask where there is one.

    Returns:
        (P, ..., O, O) in the order of `PAPER_RELATIONS`.
    """
    s, o = boxes[..., :, None, :], boxes[..., None, :, :]
    contains: Flags = np.asarray((s[..., :2] < o[..., :2]).all(-1) & (s[..., 2:] > o[..., 2:]).all(-1))
    d = centers[..., :, None, :] - centers[..., None, :, :]
    apart = ~contains & ~_turned(contains)
    held = {name: flags & apart for name, flags in _directions(d[..., 0], d[..., 1]).items()}
    held |= {"inside": _turned(contains), "surrounding": contains}
    return _without_itself([held[name] for name in PAPER_RELATIONS], boxes)


def _without_itself(held: Sequence[Flags], boxes: Boxes) -> Flags:
    """The relations in a table (P, ..., O, O), in which nothing stands in any to itself."""
    count = boxes.shape[-2]
    table = np.stack([np.broadcast_to(flags, (*boxes.shape[:-1], count)) for flags in held])
    table[..., np.arange(count), np.arange(count)] = False
    return table


def mask_centers(boxes: Boxes, masks: NDArray[np.uint8], has_mask: Flags) -> NDArray[np.float32]:
    """(O, 2) mean place of each object's mask pixels within its box; the box's centre where there is none."""
    size = masks.shape[1]
    share = np.linspace(0, 1, size, dtype=np.float32)
    weight = masks * has_mask[:, None, None]
    total = weight.sum((1, 2))
    known = total > 0
    mean_x = np.where(known, (weight.sum(1) * share).sum(1) / np.maximum(total, 1), 0.5)
    mean_y = np.where(known, (weight.sum(2) * share).sum(1) / np.maximum(total, 1), 0.5)
    x = boxes[:, 0] + mean_x * (boxes[:, 2] - boxes[:, 0])
    y = boxes[:, 1] + mean_y * (boxes[:, 3] - boxes[:, 1])
    return np.stack([x, y], axis=1).astype(np.float32)
