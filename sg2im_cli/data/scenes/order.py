"""Which pictures an epoch shows, and in which order."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


class Order:
    """The epochs of a split; each depends only on the seed and its number. The last one is kept.

    Args:
        has_mask: (N,) of which pictures at least half of the objects have a mask.
        unmasked_share: share of the others that an epoch shows.
        chances: (N,) how often each is shown beside the others; None shows each once.
    """

    def __init__(
        self, has_mask: NDArray[np.bool_], unmasked_share: float, chances: NDArray[np.float64] | None = None
    ) -> None:
        self._masked, self._unmasked = np.flatnonzero(has_mask), np.flatnonzero(~has_mask)
        self.shown = len(self._masked) + round(unmasked_share * len(self._unmasked))
        self._chances = None if chances is None else chances * np.where(has_mask, 1.0, unmasked_share)
        self._last = (-1, -1), self._masked

    def __call__(self, seed: int, epoch: int) -> NDArray[np.int64]:
        """The pictures of one epoch (S,), S being ``shown``."""
        if self._last[0] != (seed, epoch):
            rng = np.random.default_rng((seed, epoch))
            self._last = (seed, epoch), rng.permutation(self._choose(rng))
        return self._last[1]

    def _choose(self, rng: np.random.Generator) -> NDArray[np.int64]:
        if self._chances is None:
            unmasked = rng.permutation(self._unmasked)[: self.shown - len(self._masked)]
            return np.concatenate([self._masked, unmasked])
        return draw_evenly(self._chances, self.shown, rng)


def draw_evenly(chances: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw so that each place comes up as often as its chance says, give or take one (systematic sampling).

    Args:
        chances: (N,), not all 0; they need not add up to 1.
        count: how many to draw.
        rng: where chance comes from.

    Returns:
        (count,) places, some of them more than once.
    """
    mixed = rng.permutation(len(chances))
    ends = chances[mixed].cumsum()
    marks = (np.arange(count) + rng.random()) / count * ends[-1]
    places = np.minimum(np.searchsorted(ends, marks, side="right"), len(ends) - 1)
    found: NDArray[np.int64] = mixed[places]
    return found


def rare_chances(
    pictures: Iterable[NDArray[np.int64]], stuff: NDArray[np.bool_], exponent: float
) -> NDArray[np.float64]:
    """How often each picture (N,) is shown, by the rarest of its things; by its stuff where it has no thing.

    A picture with a category that n pictures have counts n ** -exponent, after Gupta et al. 2019 (LVIS), section 4.

    Args:
        pictures: ids of the objects of each, at least one.
        stuff: (C,) which categories are stuff.
        exponent: 0 shows all alike.
    """
    there = [np.unique(ids) for ids in pictures]
    counts = np.bincount(np.concatenate(there), minlength=len(stuff))
    things = (ids[~stuff[ids]] for ids in there)
    told_by = (own if len(own) else ids for own, ids in zip(things, there, strict=True))
    return np.array([float(counts[ids].min()) for ids in told_by]) ** -exponent
