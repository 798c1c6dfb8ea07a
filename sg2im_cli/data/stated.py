"""Graphs of scenes whose relationships the data states, as the paper draws them from Visual Genome."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
