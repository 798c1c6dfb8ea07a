"""Whether what is said of a layout holds on its boxes and its masks, and by how much.

Relationships are judged by the rules of training (`sg2im_cli.data.relations`): the spoken relations go by boxes alone,
the paper's six by boxes and the centres of masks. The same rules are asked once more of what the masks show: of the
smallest boxes around them. Places have rules of their own (`sg2im_cli.steering.places`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.steering.conditions import Corners, slack
from sg2im_cli.steering.places import place_rule
from sg2im_cli.steering.statements import Placement, Rules, mask_means, placements, rules_for, shape_box
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

DIGITS = 4


@dataclass(frozen=True)
class Verdict:
    """Whether a statement holds on some boxes.

    Attributes:
        satisfied: whether it does; None if there is no rule for it, or no box.
        margin: how far an edge may go until it no longer holds, in shares of the picture, 0 where that is not known;
            below 0 if it does not hold: how far an edge would have to go for it to hold.
    """

    satisfied: bool | None
    margin: float = 0.0

    @property
    def off(self) -> float:
        """How far an edge would have to go for it to hold; 0 where it holds."""
        return max(0.0, -self.margin)


@dataclass(frozen=True, kw_only=True)
class Check(Verdict):
    """One relationship, judged by the rules of training.

    Attributes:
        relationship: of the graph.
        on_masks: the same for what the masks show; None if no mask of the two is known.
    """

    relationship: Relationship
    on_masks: Verdict | None = None

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        r = self.relationship
        return {"relationship": [r.subject, r.predicate, r.object], **_verdict_json(self, self.on_masks)}


@dataclass(frozen=True, kw_only=True)
class PlaceCheck(Verdict):
    """One place, judged by the rules of `sg2im_cli.steering.places`.

    Attributes:
        placement: which object is said to be where.
        on_masks: the same for what its mask shows; None without a mask.
    """

    placement: Placement
    on_masks: Verdict | None = None

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        p = self.placement
        return {"object": p.object, "place": p.place, **_verdict_json(self, self.on_masks)}


def check(graph: SceneGraph, vocabulary: Vocabulary) -> tuple[Check, ...]:
    """Judge every relationship of a graph on the boxes and masks of its objects."""
    if not graph.relationships:
        return ()
    rules = rules_for(vocabulary)
    boxes = _Judge(graph, vocabulary, rules, by_shape=False)
    masked = frozenset(i for i, item in enumerate(graph.objects) if item.mask is not None)
    shapes = _Judge(graph, vocabulary, rules, by_shape=True) if masked else boxes
    checks = []
    for r in graph.relationships:
        found = boxes.relationship(r)
        seen = found.satisfied is not None and not masked.isdisjoint((r.subject, r.object))
        on_masks = shapes.relationship(r) if seen else None
        checks.append(Check(found.satisfied, found.margin, relationship=r, on_masks=on_masks))
    return tuple(checks)


def check_places(graph: SceneGraph) -> tuple[PlaceCheck, ...]:
    """Judge the place of every object that has one, on its box and its mask."""
    checks = []
    for placement in placements(graph):
        item = graph.objects[placement.object]
        if item.box is None:
            checks.append(PlaceCheck(None, placement=placement))
            continue
        found = _judge_place(placement, Corners(*item.box))
        shape = None if item.mask is None or found.satisfied is None else Corners(*shape_box(item.box, item.mask))
        on_masks = None if shape is None else _judge_place(placement, shape)
        checks.append(PlaceCheck(found.satisfied, found.margin, placement=placement, on_masks=on_masks))
    return tuple(checks)


class _Judge:
    """Judges relationships on all boxes of a graph, or on the smallest boxes around its masks."""

    def __init__(self, graph: SceneGraph, vocabulary: Vocabulary, rules: Rules, by_shape: bool) -> None:
        self.graph = graph
        self.rules = rules
        boxes = [item.box or (0.0, 0.0, 0.0, 0.0) for item in graph.objects]
        means = mask_means([item.mask if rules.by_masks else None for item in graph.objects])
        corners = [Corners(*box, *mean) for box, mean in zip(boxes, means, strict=True)]
        if by_shape:
            corners = [_shape(item, box, rules.by_masks) for item, box in zip(graph.objects, corners, strict=True)]
        self.corners = corners
        self.stuff = np.array([item.name in vocabulary.stuff for item in graph.objects], dtype=bool)

    @cached_property
    def table(self) -> NDArray[np.bool_]:
        """(R, O, O) which relation each pair of objects is in."""
        return _table(self.rules, self.corners, self.stuff)

    def relationship(self, r: Relationship) -> Verdict:
        if None in (self.graph.objects[r.subject].box, self.graph.objects[r.object].box):
            return Verdict(None)
        alternatives = self.rules.alternatives(r, self.corners)
        if alternatives is None:
            return Verdict(None)
        held = bool(self.table[self.rules.names.index(r.predicate), r.subject, r.object])
        return _verdict(held, slack(alternatives))


def _shape(item: SceneObject, box: Corners, by_masks: bool) -> Corners:
    """Corners of what an object's mask shows; where the rules go by masks, its mean stays where it is."""
    x0, y0, x1, y1 = shape_box((box.x0, box.y0, box.x1, box.y1), item.mask)
    if not by_masks or item.mask is None or x1 <= x0 or y1 <= y0:
        return Corners(x0, y0, x1, y1)
    return Corners(x0, y0, x1, y1, (box.cx - x0) / (x1 - x0), (box.cy - y0) / (y1 - y0))


def _table(rules: Rules, corners: Sequence[Corners], stuff: NDArray[np.bool_]) -> NDArray[np.bool_]:
    boxes = np.array([(c.x0, c.y0, c.x1, c.y1) for c in corners], dtype=np.float64).reshape(-1, 4)
    centers = np.array([(c.cx, c.cy) for c in corners], dtype=np.float64).reshape(-1, 2)
    return rules.table(boxes, centers, stuff)


def _judge_place(placement: Placement, box: Corners) -> Verdict:
    rule = place_rule(placement.place)
    if rule is None:
        return Verdict(None)
    room = slack(rule(box))
    return _verdict(room >= 0, room)


def _verdict(held: bool, room: float) -> Verdict:
    """Conditions are a little stricter than some rules: what holds by the rule has a margin of at least 0."""
    return Verdict(held, round(max(0.0, room) if held else min(0.0, room), DIGITS) or 0.0)


def _verdict_json(found: Verdict, on_masks: Verdict | None) -> dict[str, Any]:
    masks = None if on_masks is None else {"satisfied": on_masks.satisfied, "margin": on_masks.margin}
    return {"satisfied": found.satisfied, "margin": found.margin, "masks": masks}
