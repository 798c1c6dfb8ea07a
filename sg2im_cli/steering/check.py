"""Whether the relationships of a graph hold on its boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.data.relations import PAPER_RELATIONS, SPOKEN_RELATIONS, paper_table, spoken_table
from sg2im_cli.steering.conditions import PAPER, SPOKEN, Corners, Rule, slack
from sg2im_parsers.scene_graph import Relationship, SceneGraph
from sg2im_parsers.vocabulary import Vocabulary


@dataclass(frozen=True)
class Check:
    """One relationship, judged by the rules of training.

    Attributes:
        relationship: of the graph.
        satisfied: whether it holds; None if there is no rule for it, or no box.
        off: how far a box's edge would have to go for it to hold, in shares of the picture; 0 where it holds.
    """

    relationship: Relationship
    satisfied: bool | None
    off: float

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        r = self.relationship
        return {"relationship": [r.subject, r.predicate, r.object], "satisfied": self.satisfied, "off": self.off}


@dataclass(frozen=True)
class Rules:
    """The rules that belong to a vocabulary's relations.

    Attributes:
        names: of the relations that have one, in the order of the table.
        conditions: of each, as linear conditions.
        table: boxes (O, 4) and (O,) which are stuff, to (P, O, O) which relation holds.
    """

    names: tuple[str, ...]
    conditions: dict[str, Rule]
    table: Callable[[NDArray[np.float64], NDArray[np.bool_]], NDArray[np.bool_]]


def rules_for(vocabulary: Vocabulary) -> Rules:
    """The paper's six relations have the paper's rules; all others those of the spoken set, where it has them."""
    if set(vocabulary.predicate_names) <= set(PAPER_RELATIONS):
        return Rules(PAPER_RELATIONS, PAPER, lambda boxes, _: paper_table(boxes, (boxes[:, :2] + boxes[:, 2:]) / 2))
    return Rules(SPOKEN_RELATIONS, SPOKEN, spoken_table)


def check(graph: SceneGraph, vocabulary: Vocabulary) -> tuple[Check, ...]:
    """Judge every relationship of a graph on the boxes of its objects."""
    rules = rules_for(vocabulary)
    boxes = [item.box or (0.0, 0.0, 0.0, 0.0) for item in graph.objects]
    stuff = np.array([item.name in vocabulary.stuff for item in graph.objects], dtype=bool)
    table = rules.table(np.array(boxes, dtype=np.float64).reshape(-1, 4), stuff)
    checks = []
    for r in graph.relationships:
        unplaced = None in (graph.objects[r.subject].box, graph.objects[r.object].box)
        if unplaced or r.predicate not in rules.names:
            checks.append(Check(r, None, 0.0))
            continue
        held = bool(table[rules.names.index(r.predicate), r.subject, r.object])
        room = slack(rules.conditions[r.predicate], Corners(*boxes[r.subject]), Corners(*boxes[r.object]))
        checks.append(Check(r, held, 0.0 if held else round(max(0.0, -room), 4)))
    return tuple(checks)
