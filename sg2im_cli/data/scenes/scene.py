"""One picture of a split, ready to draw graphs from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig
from sg2im_cli.data.attributes import Usual, derive_attributes
from sg2im_cli.data.images import Annotated, load_image
from sg2im_cli.data.relations import mask_centers, paper_table, spoken_table
from sg2im_cli.data.scenes.weighing import Weights, box_weights, mask_weights
from sg2im_parsers.vocabulary import Vocabulary


@dataclass(frozen=True)
class Scene:
    """One picture of a split, ready to draw graphs from.

    Attributes:
        objs: (O,) ids, without `__image__`.
        boxes: (O, 4).
        masks: (O, M, M) uint8.
        has_mask: (O,).
        relations: (P, O, O) which relation holds, in the order of the vocabulary without `__in_image__`.
        image: (3, H, W) uint8, or None; of prepared data it lies in the memory map until it is looked at.
        attributes: (O, A) which attributes each object has; None where the vocabulary or the configuration has none.
        stated: (T, 3) subject, predicate id, object, where the data states relationships; then ``relations`` is empty.
        box_weight: (O,) what the loss of each box counts; None where all count 1.
        mask_weight: likewise, of each mask.
        machine: (O, 2) whether a machine made an object's box and name, and its mask; None where people made all.
        source: where the picture comes from, if the data says so.
    """

    objs: NDArray[np.int64]
    boxes: NDArray[np.float32]
    masks: NDArray[np.uint8]
    has_mask: NDArray[np.bool_]
    relations: NDArray[np.bool_]
    image: NDArray[np.uint8] | None
    attributes: NDArray[np.bool_] | None = None
    stated: NDArray[np.int64] | None = None
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
            relations=self.relations[:, kept][:, :, kept],
            attributes=own(self.attributes),
            stated=None if self.stated is None else triples_among(self.stated, kept),
            box_weight=own(self.box_weight),
            mask_weight=own(self.mask_weight),
            machine=own(self.machine),
        )


@dataclass(frozen=True)
class SceneMaker:
    """Makes scenes of annotated pictures.

    Attributes:
        vocabulary: objects with other names are left out.
        config: which relations and attributes are derived.
        size: height and width; None where no pixels are needed.
        with_images: whether scenes keep the pixels.
        usual: sizes of the split's categories, for attributes.
    """

    vocabulary: Vocabulary
    config: DataConfig
    size: tuple[int, int] | None
    with_images: bool = True
    usual: Mapping[str, Usual] = field(default_factory=dict)

    def __call__(self, item: Annotated) -> Scene:
        """The scene of a picture.

        Raises:
            InputError: the picture cannot be read.
        """
        image = item.pixels
        if image is None and self.size is not None:
            image = load_image(item.path, self.size)
        known = np.array([self.vocabulary.has_object(name) for name in item.names], dtype=bool)
        attributes = self._attributes(item, image)
        stuff = np.array([name in self.vocabulary.stuff for name in item.names], dtype=bool)
        box_weight, mask_weight = box_weights(item, self.config), mask_weights(item, stuff, self.config)
        return Scene(
            objs=np.array(
                [self.vocabulary.object_id(n) for n in item.names if self.vocabulary.has_object(n)], np.int64
            ),
            boxes=item.boxes[known],
            masks=item.masks[known],
            has_mask=item.has_mask[known],
            relations=self._relations(item, known, stuff),
            image=image if self.with_images else None,
            attributes=None if attributes is None else attributes[known],
            stated=None if item.relationships is None else self._stated(item, known),
            box_weight=None if box_weight is None else box_weight[known],
            mask_weight=None if mask_weight is None else mask_weight[known],
            machine=None if item.machine is None else item.machine[known],
            source=item.source,
        )

    def _relations(self, item: Annotated, known: NDArray[np.bool_], stuff: NDArray[np.bool_]) -> NDArray[np.bool_]:
        boxes = item.boxes[known]
        if item.relationships is not None or self.config.relations == "none":
            return np.zeros((0, len(boxes), len(boxes)), dtype=bool)
        if self.config.relations == "paper":
            return paper_table(boxes, mask_centers(boxes, item.masks[known], item.has_mask[known]))
        return spoken_table(boxes, stuff[known])

    def _stated(self, item: Annotated, known: NDArray[np.bool_]) -> NDArray[np.int64]:
        """(T, 3) the relationships whose words are all known."""
        words = self.vocabulary
        said = [(s, words.predicate_id(p), o) for s, p, o in item.relationships or () if words.has_predicate(p)]
        return triples_among(np.array(said, dtype=np.int64).reshape(-1, 3), np.flatnonzero(known))

    def _attributes(self, item: Annotated, image: NDArray[np.uint8] | None) -> NDArray[np.bool_] | None:
        """Which attributes of the vocabulary each object has (O, A): those that the data states, else derived ones."""
        words = self.vocabulary
        if self.config.attributes == "none" or not words.attributes:
            return None
        found: Sequence[Sequence[str]] = [()] * len(item.names)
        if image is not None and self.config.attributes == "derived":
            found = derive_attributes(image, item.names, item.boxes, item.masks, item.has_mask, self.usual)
        table = np.zeros((len(item.names), len(words.attributes)), dtype=bool)
        for row, stated, derived in zip(table, item.attributes, found, strict=True):
            known = [word for word in stated if words.has_attribute(word)] or derived
            row[[words.attribute_id(word) for word in known if words.has_attribute(word)]] = True
        return table


def pick_objects(triples: NDArray[np.int64], count: int, most: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """The objects of one graph: those in relationships, with some others where they are few.

    As in the 2018 code: more than ``most - 1`` in relationships are thinned to ``most``; fewer are filled up to
    ``most - 1`` with others.

    Args:
        triples: (T, 3) of the scene.
        count: its objects.
        most: the largest number of objects.
        rng: where chance comes from.

    Returns:
        Their places, in the scene's order.
    """
    related = np.unique(triples[:, [0, 2]])
    if len(related) > most - 1:
        return np.sort(rng.permutation(related)[:most])
    others = np.setdiff1d(np.arange(count), related)
    filled = max(most - 1 - len(related), int(not len(related)))
    return np.sort(np.concatenate([related, rng.permutation(others)[:filled]]))


def triples_among(triples: NDArray[np.int64], kept: NDArray[np.int64]) -> NDArray[np.int64]:
    """The triples between the objects that are kept, by their new places."""
    inside = np.isin(triples[:, 0], kept) & np.isin(triples[:, 2], kept)
    s, p, o = triples[inside].T
    return np.stack([np.searchsorted(kept, s), p, np.searchsorted(kept, o)], axis=1)
