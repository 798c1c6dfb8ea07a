"""The rules of `sg2im_cli.data.relations` as linear conditions on the corners of two boxes.

One condition is a number that must be at least 0. Written with numbers it says by how much a rule holds; written with
the variables of a linear solver it is what the solver has to keep. Where a rule is not linear (areas, "the narrower of
the two"), the conditions here are a little stricter than the rule, and where it has an "or" there are alternatives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

MOST_SHARED = 1 / 3
"""How much of its width or height a box may share with one that it is kept apart from."""

Number = Any
"""A float, or an expression of a solver: both can be added, and multiplied by a float."""


@dataclass(frozen=True)
class Corners:
    """A box x0 y0 x1 y1 of numbers or of variables.

    Attributes:
        mean_x: where in the box, from 0 at its left to 1, the middle of what fills it is: of its mask, where the rules
            go by masks.
        mean_y: likewise from its top.
        shape: x0 y0 x1 y1 of what fills it, in shares of the box.
    """

    x0: Number
    y0: Number
    x1: Number
    y1: Number
    mean_x: float = 0.5
    mean_y: float = 0.5
    shape: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)

    @property
    def shown(self) -> Corners:
        """Of what fills the box; its middle stays where it is."""
        left, top, right, bottom = self.shape
        x0, x1 = (self.x0 * (1 - share) + self.x1 * share for share in (left, right))
        y0, y1 = (self.y0 * (1 - share) + self.y1 * share for share in (top, bottom))
        return Corners(x0, y0, x1, y1, (self.mean_x - left) / (right - left), (self.mean_y - top) / (bottom - top))

    @property
    def width(self) -> Number:
        """Of the box."""
        return self.x1 - self.x0

    @property
    def height(self) -> Number:
        """Of the box."""
        return self.y1 - self.y0

    @property
    def cx(self) -> Number:
        """Its centre from the left."""
        return self.x0 * (1 - self.mean_x) + self.x1 * self.mean_x

    @property
    def cy(self) -> Number:
        """Its centre from the top."""
        return self.y0 * (1 - self.mean_y) + self.y1 * self.mean_y

    @property
    def middle(self) -> tuple[Number, Number]:
        """Half-way between its edges, whatever fills it."""
        return (self.x0 + self.x1) * 0.5, (self.y0 + self.y1) * 0.5


Conditions = list[Number]
Rule = Callable[[Corners, Corners], list[Conditions]]


def _overlap_x(s: Corners, o: Corners, least: Number) -> Conditions:
    """They share at least so much width."""
    return [s.x1 - o.x0 - least, o.x1 - s.x0 - least, s.width - least, o.width - least]


def _overlap_y(s: Corners, o: Corners, least: Number) -> Conditions:
    return [s.y1 - o.y0 - least, o.y1 - s.y0 - least, s.height - least, o.height - least]


def _left(s: Corners, o: Corners) -> Conditions:
    dx, dy = o.cx - s.cx, s.cy - o.cy
    return [dx, dx - dy, dx + dy]


def _above(s: Corners, o: Corners) -> Conditions:
    dy, dx = o.cy - s.cy, s.cx - o.cx
    return [dy, dy - dx, dy + dx]


def _on(s: Corners, o: Corners) -> list[Conditions]:
    rests = [s.y1 - o.y0 + 0.03, o.y1 - s.y1 + 0.03, o.cy - s.cy]
    return [[*rests, *_overlap_x(s, o, s.width * 0.6), o.width * 1.2 - s.width]]


def _under(s: Corners, o: Corners) -> list[Conditions]:
    lower = [s.y0 - o.cy, s.y1 - o.y1]
    return [[*lower, *_overlap_x(s, o, narrow.width * 0.5)] for narrow in (s, o)]


def _inside(s: Corners, o: Corners) -> Conditions:
    larger = [o.width - s.width * 1.1, o.height - s.height * 1.1]
    return [s.x0 - o.x0, o.x1 - s.x1, s.y0 - o.y0, o.y1 - s.y1, *larger]


def _beside(s: Corners, o: Corners) -> list[Conditions]:
    found = []
    for (left, right), low in product(((s, o), (o, s)), (s, o)):
        far = right.cx - left.cx
        apart = [far - left.width * 0.25, far - right.width * 0.25, left.x1 - right.x0 + 0.2]
        outside = [right.x0 - left.x0 - left.width * 0.11, right.x1 - left.x1 - right.width * 0.11]
        found.append([*apart, *outside, *_overlap_y(s, o, low.height * 0.15)])
    return found


def _near(s: Corners, o: Corners) -> list[Conditions]:
    gaps = [s.x0 - o.x1, o.x0 - s.x1, s.y0 - o.y1, o.y0 - s.y1]
    return [[gap * -1.0 + 0.07 for gap in gaps]]


def _in_front(s: Corners, o: Corners) -> list[Conditions]:
    nearer = [s.y1 - o.y1 - 0.03, s.y1 - o.y0 + 0.02, o.y1 - s.y0 + 0.02]
    not_in_s = (
        [s.y0 - o.y0 - o.height * 0.11],
        [s.x0 - o.x0 - o.width * 0.11],
        [o.x1 - s.x1 - o.width * 0.11],
        [o.width * 1.09 - s.width, o.height * 1.09 - s.height],
    )
    return [
        [*nearer, *_overlap_x(s, o, narrow.width * 0.3), *sticks_out]
        for narrow, sticks_out in product((s, o), not_in_s)
    ]


def apart(s: Corners, o: Corners) -> list[Conditions]:
    """Two boxes that can be told from each other: along one axis they share at most a third of either."""
    found = []
    for left, right in ((s, o), (o, s)):
        found.append([_at_most(left.x1 - right.x0, box.width) for box in (s, o)])
        found.append([_at_most(left.y1 - right.y0, box.height) for box in (s, o)])
    return found


def _at_most(shared: Number, length: Number) -> Number:
    return length * MOST_SHARED - shared


def _within(s: Corners, o: Corners) -> Conditions:
    """The paper's "inside": every edge of s lies within o."""
    return [s.x0 - o.x0, o.x1 - s.x1, s.y0 - o.y0, o.y1 - s.y1]


SPOKEN: dict[str, Rule] = {
    "on": _on,
    "under": _under,
    "above": lambda s, o: [_above(s, o)],
    "below": lambda s, o: [_above(o, s)],
    "left of": lambda s, o: [_left(s, o)],
    "right of": lambda s, o: [_left(o, s)],
    "beside": _beside,
    "near": _near,
    "in": lambda s, o: [_inside(s, o)],
    "around": lambda s, o: [_inside(o, s)],
    "in front of": _in_front,
    "behind": lambda s, o: _in_front(o, s),
}

PAPER: dict[str, Rule] = {
    "left of": lambda s, o: [[*_left(s, o), o.x0 - s.x0, o.x1 - s.x1]],
    "right of": lambda s, o: [[*_left(o, s), s.x0 - o.x0, s.x1 - o.x1]],
    "above": lambda s, o: [[*_above(s, o), o.y0 - s.y0, o.y1 - s.y1]],
    "below": lambda s, o: [[*_above(o, s), s.y0 - o.y0, s.y1 - o.y1]],
    "inside": lambda s, o: [_within(s, o)],
    "surrounding": lambda s, o: [_within(o, s)],
}


def slack(alternatives: list[Conditions]) -> float:
    """By how much a rule holds for boxes of numbers: the worst condition of the best alternative."""
    return float(max(min(conditions) for conditions in alternatives))
