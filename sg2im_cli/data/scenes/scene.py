"""An image in the numbers of a vocabulary: what graphs are drawn from, and what was drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.data.scenes.weighing import Weights


@dataclass(frozen=True)
class Scene:
    """An image in the numbers of a vocabulary; `__image__` is none of its objects.

    A split's scene has all objects that are used, and either ``relations``, of which graphs take some, or ``triples``
    that the data states. What `GraphSampler.draw` makes of it is a scene again: with the objects and ``triples`` of one
    graph, from which batches are made.

    Attributes:
        objs: (O,) ids.
        boxes: (O, 4).
        masks: (O, M, M) uint8, 0 or 1; meaningless where ``has_mask`` is False.
        has_mask: (O,) False where the data gives a box only.
        relations: (P, O, O) which relation holds, in the order of the vocabulary without `__in_image__`; None where
            there are triples.
        image: (3, H, W) uint8, or None; of prepared data it lies in the memory map until it is looked at.
        attributes: (O, A) which attributes each object has; None where the vocabulary or the configuration has none.
        triples: (T, 3) subject, predicate id, object: what the data states, or one graph; None where they are to be
            drawn.
        box_weight: (O,) what the loss of each box counts; None where all count 1.
        mask_weight: likewise, of each mask.
        machine: (O, 2) whether a machine made an object's box and name, and its mask; None where people made all.
        source: where the picture comes from, if the data says so.
    """

    objs: NDArray[np.int64]
    boxes: NDArray[np.float32]
    masks: NDArray[np.uint8]
    has_mask: NDArray[np.bool_]
    relations: NDArray[np.bool_] | None = None
    image: NDArray[np.uint8] | None = None
    attributes: NDArray[np.bool_] | None = None
    triples: NDArray[np.int64] | None = None
    box_weight: Weights | None = None
    mask_weight: Weights | None = None
    machine: NDArray[np.bool_] | None = None
    source: str = ""

    def part(self, kept: NDArray[np.int64]) -> Scene:
        """The scene with some of its objects, in this order."""

        def own(rows: NDArray[Any] | None) -> NDArray[Any] | None:
            return None if rows is None else rows[kept]

        return replace(
            self,
            objs=self.objs[kept],
            boxes=self.boxes[kept],
            masks=self.masks[kept],
            has_mask=self.has_mask[kept],
            relations=None if self.relations is None else self.relations[:, kept][:, :, kept],
            attributes=own(self.attributes),
            triples=None if self.triples is None else triples_among(self.triples, kept),
            box_weight=own(self.box_weight),
            mask_weight=own(self.mask_weight),
            machine=own(self.machine),
        )


def triples_among(triples: NDArray[np.int64], kept: NDArray[np.int64]) -> NDArray[np.int64]:
    """The triples between the objects that are kept, by their new places."""
    inside = np.isin(triples[:, 0], kept) & np.isin(triples[:, 2], kept)
    s, p, o = triples[inside].T
    return np.stack([np.searchsorted(kept, s), p, np.searchsorted(kept, o)], axis=1)
