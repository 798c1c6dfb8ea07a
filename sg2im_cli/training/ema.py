"""An exponential average of a model's weights, which draws better than the weights of any one step."""

from __future__ import annotations

import copy

import torch
from torch import nn


class ExponentialAverage:
    """Keeps the average of a model's parameters and statistics.

    Args:
        model: what to average.
        decay: share of the old average that stays at each update; it starts lower, so that the first steps are
            forgotten soon.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.model = copy.deepcopy(model).eval().requires_grad_(False)

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        """Take in the weights after this step, counted from 0."""
        keep = min(self.decay, (1 + step) / (10 + step))
        for mine, new in zip(self.model.state_dict().values(), model.state_dict().values(), strict=True):
            if mine.is_floating_point():
                mine.lerp_(new, 1 - keep)
            else:
                mine.copy_(new)
