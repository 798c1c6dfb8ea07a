"""Which pictures become the val split where data has none."""

from __future__ import annotations

import numpy as np

from sg2im_errors import InputError


def draw_val(count: int, share: float, seed: int) -> frozenset[int]:
    """The places of the val split's pictures; never all, and at least one.

    Args:
        count: of all pictures.
        share: of them that is wanted.
        seed: of the draw.

    Raises:
        InputError: there are fewer than two.
    """
    if count < 2:
        raise InputError("There are too few pictures to put a share of them into val.")
    wanted = min(max(1, round(share * count)), count - 1)
    return frozenset(np.random.default_rng(seed).permutation(count)[:wanted].tolist())
