"""From an image in words to a scene in the numbers of a vocabulary, with what is derived from boxes and pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig
from sg2im_cli.data.attributes import Usual, derive_attributes
from sg2im_cli.data.images import PreparedImage
from sg2im_cli.data.pixels import load_image
from sg2im_cli.data.relations import mask_centers, paper_table, spoken_table
from sg2im_cli.data.scenes.scene import Scene, triples_among
from sg2im_cli.data.scenes.weighing import box_weights, mask_weights
from sg2im_parsers.vocabulary import Vocabulary


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

    def __call__(self, item: PreparedImage) -> Scene:
        """The scene of an image.

        Raises:
            InputError: the picture cannot be read.
        """
        image = item.pixels
        if image is None and self.size is not None:
            image = load_image(item.path, self.size, item.stated)
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
            triples=None if item.relationships is None else self._stated(item, known),
            box_weight=None if box_weight is None else box_weight[known],
            mask_weight=None if mask_weight is None else mask_weight[known],
            machine=None if item.machine is None else item.machine[known],
            source=item.source,
        )

    def _relations(
        self, item: PreparedImage, known: NDArray[np.bool_], stuff: NDArray[np.bool_]
    ) -> NDArray[np.bool_] | None:
        """Which relations hold between boxes; None where the data states relationships."""
        if item.relationships is not None:
            return None
        boxes = item.boxes[known]
        if self.config.relations == "none":
            return np.zeros((0, len(boxes), len(boxes)), dtype=bool)
        if self.config.relations == "paper":
            return paper_table(boxes, mask_centers(boxes, item.masks[known], item.has_mask[known]))
        return spoken_table(boxes, stuff[known])

    def _stated(self, item: PreparedImage, known: NDArray[np.bool_]) -> NDArray[np.int64]:
        """(T, 3) the relationships whose words are all known."""
        words = self.vocabulary
        said = [(s, words.predicate_id(p), o) for s, p, o in item.relationships or () if words.has_predicate(p)]
        return triples_among(np.array(said, dtype=np.int64).reshape(-1, 3), np.flatnonzero(known))

    def _attributes(self, item: PreparedImage, image: NDArray[np.uint8] | None) -> NDArray[np.bool_] | None:
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
