"""Arrays of several pictures' things as one, a picture's things after those of the picture before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Grouping:
    """To which of N pictures each of K things belongs.

    Attributes:
        counts: (N,) things of each.
    """

    counts: NDArray[np.int64]

    @classmethod
    def of(cls, groups: Sequence[Sequence[Any] | NDArray[Any]]) -> Grouping:
        """As many things in each as there are in these."""
        return cls(np.array([len(group) for group in groups], dtype=np.int64))

    @cached_property
    def firsts(self) -> NDArray[np.int64]:
        """(N,) where each picture's things begin."""
        return self.counts.cumsum() - self.counts

    @cached_property
    def pictures(self) -> NDArray[np.int64]:
        """(K,) the picture of each thing."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """(K,) the place of each thing among those of its picture."""
        return np.arange(len(self.pictures)) - self.firsts[self.pictures]

    @property
    def bounds(self) -> list[tuple[int, int]]:
        """Where each picture's things begin and end."""
        return list(zip(self.firsts.tolist(), (self.firsts + self.counts).tolist(), strict=True))

    def split(self, rows: NDArray[Any]) -> list[NDArray[Any]]:
        """The rows (K, ...) of each picture, as views."""
        return [rows[first:end] for first, end in self.bounds]

    def padded(self, rows: NDArray[Any], fill: float) -> NDArray[Any]:
        """The rows (K, ...) as (N, most things of a picture, ...), filled up where a picture has fewer."""
        filled = np.full((len(self.counts), self.counts.max(initial=0), *rows.shape[1:]), fill, rows.dtype)
        filled[self.pictures, self.places] = rows
        return filled
