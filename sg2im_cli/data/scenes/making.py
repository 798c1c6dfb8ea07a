"""From images in words to scenes in the numbers of a vocabulary, with what is derived from boxes and pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig
from sg2im_cli.data.attributes import Usual, derive_attributes
from sg2im_cli.data.grouping import Grouping
from sg2im_cli.data.images import PreparedImage
from sg2im_cli.data.pixels import load_image
from sg2im_cli.data.relations import mask_centers, paper_table, spoken_table
from sg2im_cli.data.scenes.scene import Scene, triples_among
from sg2im_cli.data.scenes.weighing import box_weights, fragments, mask_weights
from sg2im_parsers.vocabulary import Vocabulary

PAIRS = 4096
"""About so many pairs of objects are worked on at once: enough that Python's part is small, few enough for a cache."""

UNKNOWN = -1
"""The id of a name that the vocabulary lacks."""


@dataclass(frozen=True)
class SceneMaker:
    """Makes scenes of images.

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

    def __call__(self, items: Sequence[PreparedImage]) -> list[Scene]:
        """The scenes of images; what is derived is derived for many at once.

        Raises:
            InputError: a picture cannot be read.
        """
        return [scene for some in _some_at_once(items) for scene in self._make(some)]

    def _make(self, items: Sequence[PreparedImage]) -> list[Scene]:
        images = [self._pixels(item) for item in items]
        objects = Grouping.of([item.names for item in items])
        ids = np.array([self._ids.get(name, UNKNOWN) for item in items for name in item.names], dtype=np.int64)
        known = objects.split(ids != UNKNOWN)
        tables = self._relations(items, known, ids[ids != UNKNOWN])
        attributes = _split(objects, self._attributes(items, images, objects))
        parts = _split(objects, self._fragments(items, objects))
        return [
            Scene(
                objs=own[here],
                boxes=item.boxes[here],
                masks=item.masks[here],
                has_mask=item.has_mask[here],
                relations=table if item.relationships is None else None,
                image=image if self.with_images else None,
                attributes=_some(said, here),
                triples=None if item.relationships is None else self._stated(item, here),
                box_weight=_some(box_weights(item, self.config), here),
                mask_weight=_some(mask_weights(item, part, self.config), here),
                machine=_some(item.machine, here),
                source=item.source,
            )
            for item, own, here, table, image, said, part in zip(
                items, objects.split(ids), known, tables, images, attributes, parts, strict=True
            )
        ]

    @cached_property
    def _ids(self) -> dict[str, int]:
        words = self.vocabulary
        return {name: words.object_id(name) for name in words.objects if words.has_object(name)}

    def _stuff(self, names: Iterable[str]) -> NDArray[np.bool_]:
        return np.array([name in self.vocabulary.stuff for name in names], dtype=bool)

    def _pixels(self, item: PreparedImage) -> NDArray[np.uint8] | None:
        if item.pixels is None and self.size is not None:
            return load_image(item.path, self.size, item.stated)
        return item.pixels

    def _fragments(self, items: Sequence[PreparedImage], objects: Grouping) -> NDArray[np.bool_] | None:
        """Which objects (O,) are seen in parts; None where these count as much as others."""
        if self.config.fragment_weight == 1:
            return None
        boxes = objects.padded(np.concatenate([item.boxes for item in items]), 0)
        stuff = objects.padded(self._stuff(name for item in items for name in item.names), True)
        found: NDArray[np.bool_] = fragments(boxes, stuff)[objects.pictures, objects.places]
        return found

    def _relations(
        self, items: Sequence[PreparedImage], known: Sequence[NDArray[np.bool_]], ids: NDArray[np.int64]
    ) -> list[NDArray[np.bool_]]:
        """Which relations hold between the known objects (O,) of each image, (P, objects, objects)."""
        flat = np.concatenate([item.boxes[own] for item, own in zip(items, known, strict=True)])
        objects = Grouping(np.array([own.sum() for own in known]))
        boxes = objects.padded(flat, 0)
        if self.config.relations == "none":
            tables = np.zeros((0, *boxes.shape[:2], boxes.shape[1]), dtype=bool)
        elif self.config.relations == "spoken":
            stuff = self._stuff(self.vocabulary.objects[i] for i in ids.tolist())
            tables = spoken_table(boxes, objects.padded(stuff, True))
        else:
            masks = np.concatenate([item.masks[own] for item, own in zip(items, known, strict=True)])
            has_mask = np.concatenate([item.has_mask[own] for item, own in zip(items, known, strict=True)])
            tables = paper_table(boxes, objects.padded(mask_centers(flat, masks, has_mask), 0))
        return [tables[:, place, :count, :count].copy() for place, count in enumerate(objects.counts.tolist())]

    def _stated(self, item: PreparedImage, known: NDArray[np.bool_]) -> NDArray[np.int64]:
        """(T, 3) the relationships whose words are all known."""
        words = self.vocabulary
        said = [(s, words.predicate_id(p), o) for s, p, o in item.relationships or () if words.has_predicate(p)]
        return triples_among(np.array(said, dtype=np.int64).reshape(-1, 3), np.flatnonzero(known))

    def _attributes(
        self, items: Sequence[PreparedImage], images: Sequence[NDArray[np.uint8] | None], objects: Grouping
    ) -> NDArray[np.bool_] | None:
        """Which attributes of the vocabulary each object has (O, A): those that the data states, else derived ones."""
        words = self.vocabulary
        if self.config.attributes == "none" or not words.attributes:
            return None
        derived = self._derived(items, images, objects)
        stated = [said for item in items for said in item.attributes]
        table = np.zeros((len(stated), len(words.attributes)), dtype=bool)
        ids = {name: words.attribute_id(name) for name in words.attributes}
        for row, said, found in zip(table, stated, derived, strict=True):
            row[[ids[word] for word in said if word in ids] or [ids[word] for word in found if word in ids]] = True
        return table

    def _derived(
        self, items: Sequence[PreparedImage], images: Sequence[NDArray[np.uint8] | None], objects: Grouping
    ) -> Sequence[Sequence[str]]:
        """Words that pixels and boxes say of each object."""
        pixels = [image for image in images if image is not None]
        if not pixels or self.config.attributes != "derived":
            return [()] * len(objects.pictures)
        return derive_attributes(
            np.stack(pixels),
            objects.counts,
            [name for item in items for name in item.names],
            np.concatenate([item.boxes for item in items]),
            np.concatenate([item.masks for item in items]),
            np.concatenate([item.has_mask for item in items]),
            self.usual,
        )


def _split(objects: Grouping, rows: NDArray[Any] | None) -> Sequence[NDArray[Any] | None]:
    """The rows of each picture, or None for each."""
    return [None] * len(objects.counts) if rows is None else objects.split(rows)


def _some(rows: NDArray[Any] | None, which: NDArray[np.bool_]) -> NDArray[Any] | None:
    return None if rows is None else rows[which]


def _some_at_once(items: Sequence[PreparedImage]) -> Iterator[Sequence[PreparedImage]]:
    """The items in groups of about `PAIRS` pairs of objects, where each counts as much as its largest."""
    some: list[PreparedImage] = []
    most = 0
    for item in items:
        most = max(most, len(item.names))
        if some and (len(some) + 1) * most**2 > PAIRS:
            yield some
            some, most = [], len(item.names)
        some.append(item)
    if some:
        yield some
