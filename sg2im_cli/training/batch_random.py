"""What is drawn at random in a step: for the whole batch, of which each process and each part keeps its own rows."""

from __future__ import annotations

import torch
from torch import Tensor

STEPS_PER_SEED = 1_000_003
"""Seeds lie so far apart that no two runs meet in a step."""


class BatchRandom:
    """Draws for the pictures of a batch, the same however the batch is divided.

    Every process draws for all pictures and keeps what is for its own, so a picture's noise and augmentation depend on
    the seed, the step and its place in the whole batch only.

    Args:
        seed: of the run.
        step: counted from 0.
        first: place of the first picture that draws are wanted for.
        count: how many pictures.
        total: pictures of the whole batch.
    """

    def __init__(self, seed: int, step: int, first: int, count: int, total: int) -> None:
        self.rng = torch.Generator().manual_seed(seed * STEPS_PER_SEED + step)
        self.total = total
        self.mine = slice(first, first + count)

    def uniform(self, *shape: int) -> Tensor:
        """(count, *shape) in [0, 1), on the CPU."""
        return torch.rand(self.total, *shape, generator=self.rng)[self.mine]

    def normal(self, *shape: int) -> Tensor:
        """(count, *shape), standard normal, on the CPU."""
        return torch.randn(self.total, *shape, generator=self.rng)[self.mine]

    def below(self, bound: int, *shape: int) -> Tensor:
        """(count, *shape) whole numbers in [0, bound), on the CPU."""
        return torch.randint(0, bound, (self.total, *shape), generator=self.rng)[self.mine]

    def copy(self) -> BatchRandom:
        """The same draws once more, so that a real picture is changed as the generated one beside it."""
        other = BatchRandom(0, 0, 0, 0, self.total)
        other.mine = self.mine
        other.rng.set_state(self.rng.get_state())
        return other
