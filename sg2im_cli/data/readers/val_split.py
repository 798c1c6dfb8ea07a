"""Which pictures become val where files name no such split."""

from __future__ import annotations

import numpy as np

from sg2im_errors import InputError


def drawn_for_val(count: int, share: float, seed: int) -> frozenset[int]:
    """The places of the val split; never all, and at least one.

    Args:
        count: of pictures.
        share: of them that is wanted.
        seed: of the draw.

    Raises:
        InputError: there are fewer than two.
    """
    if count < 2:
        raise InputError("There are too few pictures to put a share of them into val.")
    wanted = min(max(1, round(share * count)), count - 1)
    return frozenset(np.random.default_rng(seed).permutation(count)[:wanted].tolist())
