"""Scenes that are made when they are first looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.data.scenes.making import SceneMaker
from sg2im_cli.data.scenes.scene import Scene
from sg2im_cli.data.splits import Split


class LazyScenes(Sequence[Scene]):
    """The scenes at some places of a split; each is made once and kept, its pixels being a view of the map.

    Args:
        split: its images.
        places: which of them.
        maker: makes their scenes; objects that its vocabulary lacks do not count.
    """

    def __init__(self, split: Split, places: Sequence[int], maker: SceneMaker) -> None:
        self._split, self._places, self._maker = split, places, maker
        self._made: dict[int, Scene] = {}

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Scene: ...
    @overload
    def __getitem__(self, index: slice) -> list[Scene]: ...
    def __getitem__(self, index: int | slice) -> Scene | list[Scene]:
        if isinstance(index, slice):
            return self.take(range(*index.indices(len(self))))
        return self.take([index])[0]

    def take(self, indices: Iterable[int]) -> list[Scene]:
        """The scenes at these indices."""
        places = [self._places[index] for index in indices]
        if any(place not in self._made for place in places):
            self._make(places)
        return [self._made[place] for place in places]

    def make(self, indices: Sequence[int]) -> None:
        """Make the scenes at these indices together, for that is quicker, if the first of them are not there yet."""
        if indices and self._places[indices[0]] not in self._made:
            self._make([self._places[index] for index in indices])

    def _make(self, places: Iterable[int]) -> None:
        new = [place for place in dict.fromkeys(places) if place not in self._made]
        self._made.update(zip(new, self._maker([self._split[place] for place in new]), strict=True))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_made": {}}  # pixels are views, and would be copied

    def labels(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
        """Ids of each scene's objects, and which have a mask, without making the scenes."""
        words = self._maker.vocabulary
        for place in self._places:
            names = self._split.names(place)
            known = np.array([words.has_object(name) for name in names], dtype=bool)
            ids = np.array([words.object_id(name) for name in names if words.has_object(name)], dtype=np.int64)
            yield ids, self._split.has_mask(place)[known]
