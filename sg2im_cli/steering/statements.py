"""What is said of a layout, relationships and places, and which rules judge it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.data.relations import PAPER_RELATIONS, SPOKEN_RELATIONS, mask_centers, paper_table, spoken_table
from sg2im_cli.steering.conditions import PAPER, SPOKEN, Conditions, Corners, Rule, apart
from sg2im_cli.steering.places import place_rule
from sg2im_parsers.scene_graph import Box, Mask, Relationship, SceneGraph
from sg2im_parsers.vocabulary import Vocabulary

SOLID = 0.5
"""A mask is where it has at least this."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placement:
    """An object's place in the picture: ``object`` is a position in `SceneGraph.objects`."""

    object: int
    place: str


@dataclass(frozen=True, slots=True)
class Apart:
    """Two things that are to be seen beside each other: positions in `SceneGraph.objects`, the smaller first.

    Nobody says it. It is wished where things would hide each other; see `sg2im_cli.steering.hiding`.
    """

    one: int
    other: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A relationship that holds on what the masks show, too: wished where it is said and holds on boxes only."""

    relationship: Relationship


Statement = Relationship | Placement
"""What is said."""

Goal = Statement | Apart | Seen
"""What boxes can be moved for."""

Wish = Relationship | Apart | Seen
"""What is not said, or not so; it is kept where it can be."""


@dataclass(frozen=True)
class Rules:
    """The rules that belong to a vocabulary's relations.

    Attributes:
        names: of the relations that have one, in the order of the table.
        conditions: of each, as linear conditions.
        table: boxes (O, 4), centres (O, 2) and (O,) which are stuff, to (P, O, O) which relation holds.
        by_masks: whether an object's centre is that of its mask, where it has one.
    """

    names: tuple[str, ...]
    conditions: dict[str, Rule]
    table: Callable[[Floats, Floats, NDArray[np.bool_]], NDArray[np.bool_]]
    by_masks: bool

    def alternatives(self, statement: Goal, boxes: Sequence[Corners]) -> list[Conditions] | None:
        """Ways in which a statement can hold on boxes of numbers or of variables; None if there is no rule for it."""
        if isinstance(statement, Placement):
            rule = place_rule(statement.place)
            return None if rule is None else rule(boxes[statement.object])
        if isinstance(statement, Apart):
            return apart(boxes[statement.one], boxes[statement.other])
        if isinstance(statement, Seen):
            return self.alternatives(statement.relationship, [box.shown for box in boxes])
        if statement.predicate not in self.conditions:
            return None
        return self.conditions[statement.predicate](boxes[statement.subject], boxes[statement.object])


def rules_for(vocabulary: Vocabulary) -> Rules:
    """The paper's six relations have the paper's rules; all others those of the spoken set, where it has them."""
    if set(vocabulary.predicate_names) <= set(PAPER_RELATIONS):
        return Rules(PAPER_RELATIONS, PAPER, lambda boxes, centers, _: paper_table(boxes, centers), by_masks=True)
    return Rules(SPOKEN_RELATIONS, SPOKEN, lambda boxes, _, stuff: spoken_table(boxes, stuff), by_masks=False)


def placements(graph: SceneGraph) -> tuple[Placement, ...]:
    """The places of a graph's objects."""
    return tuple(Placement(i, item.place) for i, item in enumerate(graph.objects) if item.place is not None)


def ends(statement: Goal) -> frozenset[int]:
    """The objects that a statement is about."""
    if isinstance(statement, Placement):
        return frozenset({statement.object})
    if isinstance(statement, Apart):
        return frozenset({statement.one, statement.other})
    if isinstance(statement, Seen):
        return ends(statement.relationship)
    return frozenset({statement.subject, statement.object})


def said(statement: Statement, graph: SceneGraph) -> str:
    """In words: ``1 boat above 0 car``, ``0 car on the left``."""
    if isinstance(statement, Placement):
        return f"{statement.object} {graph.objects[statement.object].label} {statement.place}"
    subject, target = (f"{i} {graph.objects[i].label}" for i in (statement.subject, statement.object))
    return f"{subject} {statement.predicate} {target}"


def mask_means(masks: Sequence[Mask | None]) -> list[tuple[float, float]]:
    """Where in its box the mean of each mask is, by the rule of training; the middle where there is none."""
    known = [mask for mask in masks if mask is not None]
    box, has = np.array([[0.0, 0.0, 1.0, 1.0]]), np.array([True])
    found = iter([tuple(mask_centers(box, _solid(mask)[None], has)[0].tolist()) for mask in known])
    return [(0.5, 0.5) if mask is None else next(found) for mask in masks]


def shape_box(box: Box, mask: Mask | None) -> Box:
    """The box of what a mask shows in its box; the box itself where there is no mask, or an empty one."""
    if mask is None:
        return box
    rows, columns = (np.flatnonzero(_solid(mask).any(axis)) for axis in (1, 0))
    if not len(rows):
        return box
    size, (x0, y0, x1, y1) = len(mask), box
    left, right = (x0 + (x1 - x0) * int(share) / size for share in (columns[0], columns[-1] + 1))
    top, bottom = (y0 + (y1 - y0) * int(share) / size for share in (rows[0], rows[-1] + 1))
    return left, top, right, bottom


def _solid(mask: Mask) -> NDArray[np.uint8]:
    return (np.array(mask) >= SOLID).astype(np.uint8)
