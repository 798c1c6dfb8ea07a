"""Places in the picture as linear conditions on one box: "on the left", "in the top right corner", "in the background".

No rule of training says where "on the left" is, so the rules are these. Boxes are x0 y0 x1 y1 in [0, 1], y points down:

    left, right, top (upper), bottom (lower)
                 the box's centre is within the 40 % of the picture on that side
    ... corner, ... third
                 within a third on that side; a corner is within a third both ways, and "in the corner" is any of four
    far (very, extreme) ...
                 within a quarter on that side
    ... edge     and the box reaches to 5 % from that edge
    middle, center
                 the centre is within the middle third, both ways; only across if the height is said, and the reverse
    background, distance
                 the lower edge is in the upper 70 % of the picture: what is far is high up, as in "behind"
    foreground   the lower edge is in the lowest 15 %
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import product

from sg2im_cli.steering.conditions import Conditions, Corners

SIDE, THIRD, FAR = 0.4, 1 / 3, 0.25
"""How far from its side of the picture a centre may be."""

AT_EDGE = 0.05
BACKGROUND, FOREGROUND = 0.7, 0.85
"""Where the lower edge is."""

PlaceRule = Callable[[Corners], list[Conditions]]
Way = Callable[[Corners], Conditions]

ACROSS = {"left": "left", "right": "right"}
UPRIGHT = {"top": "top", "upper": "top", "bottom": "bottom", "lower": "bottom"}
MIDDLES = frozenset({"middle", "center", "centre"})
FAR_BACK = frozenset({"background", "distance"})
FAR_WORDS = frozenset({"far", "very", "extreme"})
ANYWHERE = frozenset({"corner", "side", "edge"})
"""Without a side they are any of them."""


@cache
def place_rule(place: str) -> PlaceRule | None:
    """What a place asks of a box; None if its words say no place of the picture.

    Args:
        place: as the sentence or the graph says it; several may follow each other.
    """
    words = frozenset(re.findall(r"[a-z]+", place.lower()))
    sides = [ACROSS[w] for w in sorted(words & ACROSS.keys())], [UPRIGHT[w] for w in sorted(words & UPRIGHT.keys())]
    deep = bool(words & FAR_BACK or "foreground" in words)
    free = words & ANYWHERE
    if not (any(sides) or deep or words & MIDDLES or free):
        return None
    ways: list[list[Way]] = [_depths(words)]
    share = FAR if words & FAR_WORDS else THIRD if words & {"corner", "third"} else SIDE
    for names in sides:
        ways += [[_at(name, share, "edge" in words)] for name in dict.fromkeys(names)]
    if words & MIDDLES:
        ways += [[_middle(axis)] for axis, named in enumerate((sides[0], sides[1] or deep)) if not named]
    elif "corner" in words:
        ways += [
            [_at(name, share, "edge" in words) for name in pair]
            for pair, named in ((("left", "right"), sides[0]), (("top", "bottom"), sides[1]))
            if not named
        ]
    elif free and not any(sides) and not deep:
        anywhere = ("left", "right", "top", "bottom") if "edge" in words else ("left", "right")
        ways.append([_at(name, share, "edge" in words) for name in anywhere])
    chosen = list(product(*(way for way in ways if way)))
    return lambda box: [[condition for way in each for condition in way(box)] for each in chosen]


def _depths(words: frozenset[str]) -> list[Way]:
    found: list[Way] = []
    if words & FAR_BACK:
        found.append(lambda box: [BACKGROUND - box.y1])
    if "foreground" in words:
        found.append(lambda box: [box.y1 - FOREGROUND])
    return [lambda box: [condition for way in found for condition in way(box)]] if found else []


def _at(side: str, share: float, edge: bool) -> Way:
    """The centre within a share of the picture at a side, and at its edge if asked."""

    def left(box: Corners) -> Conditions:
        return [share - box.middle[0], *([AT_EDGE - box.x0] if edge else [])]

    def right(box: Corners) -> Conditions:
        return [box.middle[0] - (1 - share), *([box.x1 - (1 - AT_EDGE)] if edge else [])]

    def top(box: Corners) -> Conditions:
        return [share - box.middle[1], *([AT_EDGE - box.y0] if edge else [])]

    def bottom(box: Corners) -> Conditions:
        return [box.middle[1] - (1 - share), *([box.y1 - (1 - AT_EDGE)] if edge else [])]

    return {"left": left, "right": right, "top": top, "bottom": bottom}[side]


def _middle(axis: int) -> Way:
    """The centre within the middle third of the picture's width (0) or height (1)."""
    return lambda box: [box.middle[axis] - THIRD, (1 - THIRD) - box.middle[axis]]
