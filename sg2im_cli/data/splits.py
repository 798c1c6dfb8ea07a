"""The images of a split that a configuration uses: read from annotation files, or looked up in prepared data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig
from sg2im_cli.data.arrays import without_machine_masks
from sg2im_cli.data.images import PreparedImage
from sg2im_cli.data.prepared.reading import PreparedData


class Split(ABC):
    """The images of a split that a configuration uses, and the words of its data.

    What is asked of all images before the first is used (`names`, `boxes`, ...) has methods of its own, so that of
    prepared data no mask is unpacked and no pixel touched for it.

    Attributes:
        lazy: whether looking an image up costs little, so that none need be held.
        things: category names.
        stuff: likewise.
        predicates: of relationships that the data states; None where they are derived from boxes.
        attributes: words of objects that were chosen for a model when the data was prepared; None if none were.
    """

    lazy: ClassVar[bool]

    def __init__(
        self,
        things: tuple[str, ...],
        stuff: tuple[str, ...],
        predicates: tuple[str, ...] | None = None,
        attributes: tuple[str, ...] | None = None,
    ) -> None:
        self.things, self.stuff = things, stuff
        self.predicates, self.attributes = predicates, attributes

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def __getitem__(self, index: int) -> PreparedImage: ...

    def left_out(self) -> Counter[str]:
        """How many images the configuration leaves out, by why (see `choosing.why_left_out`)."""
        return Counter()

    def names(self, index: int) -> tuple[str, ...]:
        """Of the objects of an image."""
        return self[index].names

    def has_mask(self, index: int) -> NDArray[np.bool_]:
        """Of the objects of an image."""
        return self[index].has_mask

    def boxes(self, index: int) -> NDArray[np.float32]:
        """Of the objects of an image."""
        return self[index].boxes

    def attribute_words(self, index: int) -> tuple[tuple[str, ...], ...]:
        """Of the objects of an image."""
        return self[index].attributes


class ReadSplit(Split):
    """Images that were read from annotation files, all held."""

    lazy = False

    def __init__(
        self,
        images: Sequence[PreparedImage],
        things: tuple[str, ...],
        stuff: tuple[str, ...],
        left_out: Counter[str] | None = None,
    ) -> None:
        super().__init__(things, stuff)
        self.images, self._left_out = images, left_out or Counter()

    def left_out(self) -> Counter[str]:
        """As they were counted when they were read."""
        return self._left_out

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> PreparedImage:
        return self.images[index]


class MappedSplit(Split):
    """Images of prepared data, looked up in the memory map; only which objects of them are used is held.

    Args:
        data: the directory.
        split: of it.
        config: which images and objects are used.
        with_pixels: whether pixels are wanted.
        derive: pass over relationships that the data states.

    Raises:
        InputError: there is no such split, or a shard is missing or damaged.
    """

    lazy = True

    def __init__(self, data: PreparedData, split: str, config: DataConfig, with_pixels: bool, derive: bool) -> None:
        predicates = None if derive else data.predicates
        super().__init__(
            data.things, data.stuff, predicates, data.attributes if data.metadata["layout"] == "vg" else None
        )
        self.rows, self.config = data.rows(split), config
        self.with_pixels, self.stated = with_pixels, predicates is not None
        kept = ((row, self.rows.kept(row, config, self.stated)) for row in range(len(self.rows)))
        self.kept = [(row, objects) for row, objects in kept if objects is not None]

    def __len__(self) -> int:
        return len(self.kept)

    def __getitem__(self, index: int) -> PreparedImage:
        row, kept = self.kept[index]
        image = self.rows.image(row, kept, with_pixels=self.with_pixels, stated=self.stated)
        return without_machine_masks(image) if self._by_people(row) else image

    def left_out(self) -> Counter[str]:
        """Looked up when asked for."""
        used = {row for row, _ in self.kept}
        return Counter(self.rows.why_left_out(r, self.config) for r in range(len(self.rows)) if r not in used)

    def _by_people(self, row: int) -> bool:
        """Whether labels that a machine made are left out."""
        config = self.config
        return bool(config.machine_labels) and config.machine_weight(self.rows.source(row)) == 0

    def names(self, index: int) -> tuple[str, ...]:
        """Of the objects of an image."""
        row, kept = self.kept[index]
        names = self.rows.names(row)
        return tuple(names[i] for i in kept)

    def has_mask(self, index: int) -> NDArray[np.bool_]:
        """Of the objects of an image."""
        row, kept = self.kept[index]
        known: NDArray[np.bool_] = self.rows.array(row, "has_mask").astype(bool)
        machine = self.rows.machine(row) if self._by_people(row) else None
        return known[kept] if machine is None else (known & ~machine[:, 1])[kept]

    def boxes(self, index: int) -> NDArray[np.float32]:
        """Of the objects of an image."""
        row, kept = self.kept[index]
        found: NDArray[np.float32] = self.rows.array(row, "boxes").reshape(-1, 4)[kept]
        return found

    def attribute_words(self, index: int) -> tuple[tuple[str, ...], ...]:
        """Of the objects of an image."""
        row, kept = self.kept[index]
        words = self.rows.attributes(row)
        return tuple(tuple(words[i]) for i in kept)
