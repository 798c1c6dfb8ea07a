"""What is said of objects as something that boxes can learn: by how much a relationship is violated."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from sg2im_cli.steering.conditions import PAPER, SPOKEN, Corners, Rule

MARGIN = 0.01
"""By so much of the picture's side a relationship is to hold at least."""


class RelationLoss:
    """How far boxes are from what is said of them, by the conditions that ``--enforce`` keeps.

    Args:
        predicates: names by id; of those that have no rule nothing is learned.
    """

    def __init__(self, predicates: Sequence[str]) -> None:
        rules = SPOKEN if set(SPOKEN) & set(predicates) - set(PAPER) else PAPER
        self.rules: dict[int, Rule] = {i: rules[name] for i, name in enumerate(predicates) if name in rules}

    def __call__(self, triples: Tensor, boxes: Tensor) -> Tensor:
        """The mean over relationships with a rule of what is missing, in shares of the picture's side.

        Args:
            triples: (T, 3) subject, predicate id, object.
            boxes: (O, 4).
        """
        missing = [
            functional.relu(MARGIN - slack(rule, *self._ends(triples[triples[:, 1] == predicate], boxes)))
            for predicate, rule in self.rules.items()
        ]
        if not missing:
            return boxes.sum() * 0
        found = torch.cat(missing)
        return found.sum() / max(1, len(found))

    def _ends(self, triples: Tensor, boxes: Tensor) -> tuple[Corners, Corners]:
        found = []
        for place in (0, 2):
            x0, y0, x1, y1 = boxes.float().index_select(0, triples[:, place]).unbind(1)
            found.append(Corners(x0, y0, x1, y1))
        return found[0], found[1]


def slack(rule: Rule, subjects: Corners, objects: Corners) -> Tensor:
    """(T,) by how much a rule holds: the worst condition of the best alternative; below 0 it does not."""
    best = [torch.stack(conditions).amin(0) for conditions in rule(subjects, objects)]
    return torch.stack(best).amax(0)
