"""Scenes side by side: the objects and triples of several as one, so that all are worked on at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.data.grouping import Grouping
from sg2im_cli.data.scenes.scene import Scene
from sg2im_cli.data.scenes.weighing import Weights

OF_OBJECTS = ("objs", "boxes", "masks", "has_mask", "attributes", "box_weight", "mask_weight")
"""Fields with a row for each object."""

NO_TRIPLES = np.zeros((0, 3), dtype=np.int64)


@dataclass(frozen=True)
class JoinedScenes:
    """N scenes with their O objects and T triples, one scene's after the other's; see `Scene`.

    Attributes:
        objects: how many each scene has.
        related: how many triples each scene has.
        objs: (O,) ids.
        boxes: (O, 4).
        masks: (O, M, M).
        has_mask: (O,).
        triples: (T, 3), objects counted within their scene.
        images: (N, 3, H, W), or None.
        attributes: (O, A), or None.
        box_weight: (O,), or None.
        mask_weight: likewise.
    """

    objects: Grouping
    related: Grouping
    objs: NDArray[np.int64]
    boxes: NDArray[np.float32]
    masks: NDArray[np.uint8]
    has_mask: NDArray[np.bool_]
    triples: NDArray[np.int64]
    images: NDArray[np.uint8] | None = None
    attributes: NDArray[np.bool_] | None = None
    box_weight: Weights | None = None
    mask_weight: Weights | None = None

    @classmethod
    def of(cls, scenes: Sequence[Scene], with_images: bool = True) -> JoinedScenes:
        """Join scenes; a scene whose triples are to be drawn has none yet."""
        objects = Grouping.of([scene.objs for scene in scenes])
        triples = [NO_TRIPLES if scene.triples is None else scene.triples for scene in scenes]
        images = [scene.image for scene in scenes if with_images and scene.image is not None]
        attributes = [scene.attributes for scene in scenes if scene.attributes is not None]
        return cls(
            objects=objects,
            related=Grouping.of(triples),
            objs=np.concatenate([scene.objs for scene in scenes]),
            boxes=np.concatenate([scene.boxes for scene in scenes]),
            masks=np.concatenate([scene.masks for scene in scenes]),
            has_mask=np.concatenate([scene.has_mask for scene in scenes]),
            triples=np.concatenate(triples),
            images=np.stack(images) if images else None,
            attributes=np.concatenate(attributes) if attributes else None,
            box_weight=_weights([scene.box_weight for scene in scenes], objects),
            mask_weight=_weights([scene.mask_weight for scene in scenes], objects),
        )

    def part(self, kept: Sequence[NDArray[np.int64]]) -> JoinedScenes:
        """The scenes with some of their objects each, by their places in order, and the triples between these.

        Args:
            kept: of each scene.
        """
        objects = Grouping.of(kept)
        rows = np.concatenate(kept) + self.objects.firsts[objects.pictures]
        places = np.full(len(self.objs), -1)
        places[rows] = objects.places
        before = self.objects.firsts[self.related.pictures]
        subjects, others = places[self.triples[:, 0] + before], places[self.triples[:, 2] + before]
        arrays = {name: getattr(self, name) for name in OF_OBJECTS}
        taken: dict[str, Any] = {name: array[rows] for name, array in arrays.items() if array is not None}
        moved = replace(self, triples=np.stack([subjects, self.triples[:, 1], others], axis=1))
        return replace(moved.with_triples((subjects >= 0) & (others >= 0)), objects=objects, **taken)

    def with_triples(self, which: NDArray[np.bool_]) -> JoinedScenes:
        """The scenes with these (T,) of their triples."""
        counts = np.bincount(self.related.pictures[which], minlength=len(self.related.counts))
        return replace(self, related=Grouping(counts), triples=self.triples[which])

    def split(self) -> list[Scene]:
        """The scenes one by one."""
        arrays = {name: getattr(self, name) for name in OF_OBJECTS}
        split: dict[str, Any] = {name: self.objects.split(array) for name, array in arrays.items() if array is not None}
        split["triples"] = self.related.split(self.triples)
        if self.images is not None:
            split["image"] = list(self.images)
        return [Scene(**{name: own[i] for name, own in split.items()}) for i in range(len(self.objects.counts))]


def _weights(weights: Sequence[Weights | None], objects: Grouping) -> Weights | None:
    """Weights of all objects, 1 in scenes without any; None if no scene has some."""
    if all(own is None for own in weights):
        return None
    counts = objects.counts.tolist()
    return np.concatenate(
        [np.ones(n, np.float32) if own is None else own for own, n in zip(weights, counts, strict=True)]
    )
