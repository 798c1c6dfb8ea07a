"""From images in words to scenes in the numbers of a vocabulary, with what is derived from boxes and pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

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
        attributes = self._attributes(items, images, objects)
        parts = self._fragments(items, objects)
        scenes = []
        for place, (first, end) in enumerate(objects.bounds):
            known = ids[first:end] != UNKNOWN
            scene = self._scene(items[place], known, ids[first:end], None if parts is None else parts[first:end])
            image = images[place] if self.with_images else None
            said = None if attributes is None else attributes[first:end][known]
            scenes.append(replace(scene, image=image, attributes=said))
        return self._with_relations(scenes)

    def _scene(
        self, item: PreparedImage, known: NDArray[np.bool_], ids: NDArray[np.int64], parts: NDArray[np.bool_] | None
    ) -> Scene:
        """What an image says of its known objects."""
        weights = box_weights(item, self.config), mask_weights(item, parts, self.config)
        box_weight, mask_weight = (None if weight is None else weight[known] for weight in weights)
        return Scene(
            objs=ids[known],
            boxes=item.boxes[known],
            masks=item.masks[known],
            has_mask=item.has_mask[known],
            triples=None if item.relationships is None else self._stated(item, known),
            box_weight=box_weight,
            mask_weight=mask_weight,
            machine=None if item.machine is None else item.machine[known],
            source=item.source,
        )

    @cached_property
    def _ids(self) -> dict[str, int]:
        words = self.vocabulary
        return {name: words.object_id(name) for name in words.objects if words.has_object(name)}

    def _stuff(self, names: Iterable[str]) -> NDArray[np.bool_]:
        return np.array([name in self.vocabulary.stuff for name in names], dtype=bool)

    def _pixels(self, item: PreparedImage) -> NDArray[np.uint8] | None:
        if item.pixels is None and self.size is not None:
            return load_image(item.path, self.size)
        return item.pixels

    def _fragments(self, items: Sequence[PreparedImage], objects: Grouping) -> NDArray[np.bool_] | None:
        """Which objects (O,) are seen in parts; None where these count as much as others."""
        if self.config.fragment_weight == 1:
            return None
        boxes = objects.padded(np.concatenate([item.boxes for item in items]), 0)
        stuff = objects.padded(self._stuff(name for item in items for name in item.names), True)
        found: NDArray[np.bool_] = fragments(boxes, stuff)[objects.pictures, objects.places]
        return found

    def _with_relations(self, scenes: Sequence[Scene]) -> list[Scene]:
        """The scenes with the relations that hold between boxes, but for those whose relationships are stated."""
        objects = Grouping.of([scene.objs for scene in scenes])
        tables = self._tables(scenes, objects)
        return [
            scene if scene.triples is not None else replace(scene, relations=tables[:, place, :count, :count].copy())
            for place, (scene, count) in enumerate(zip(scenes, objects.counts.tolist(), strict=True))
        ]

    def _tables(self, scenes: Sequence[Scene], objects: Grouping) -> NDArray[np.bool_]:
        """(P, N, most objects, most objects) which relations hold in each scene."""
        flat = np.concatenate([scene.boxes for scene in scenes])
        boxes = objects.padded(flat, 0)
        if self.config.relations == "none":
            return np.zeros((0, *boxes.shape[:2], boxes.shape[1]), dtype=bool)
        if self.config.relations == "spoken":
            ids = np.concatenate([scene.objs for scene in scenes]).tolist()
            return spoken_table(boxes, objects.padded(self._stuff(self.vocabulary.objects[i] for i in ids), True))
        masks, has_mask = (np.concatenate([getattr(s, name) for s in scenes]) for name in ("masks", "has_mask"))
        return paper_table(boxes, objects.padded(mask_centers(flat, masks, has_mask), 0))

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
        names = [name for item in items for name in item.names]
        rows = (np.concatenate([getattr(item, name) for item in items]) for name in ("boxes", "masks", "has_mask"))
        return derive_attributes(np.stack(pixels), objects.counts, names, *rows, self.usual)


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
