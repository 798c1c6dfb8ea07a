"""A linear probe: what can be read off features by one matrix, learned on real objects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

STEPS, LEARNING_RATE = 60, 2e-3
DECAY = 2e-3
"""Of the squares of all weights, added up."""
LEAST_SPREAD = 1e-3
"""Added to the standard deviations by which features are divided."""


@dataclass(frozen=True)
class Probe:
    """Features (K, F) to one of C classes.

    Attributes:
        classes: (C,) names.
        mean: (F,) of the features it learned from.
        spread: (F,) likewise.
        weight: (F, C).
        bias: (C,).
    """

    classes: NDArray[np.str_]
    mean: Tensor
    spread: Tensor
    weight: Tensor
    bias: Tensor

    def name(self, features: Tensor) -> NDArray[np.str_]:
        """(K,) the likeliest class of each."""
        logits = (features - self.mean) / self.spread @ self.weight + self.bias
        named: NDArray[np.str_] = self.classes[logits.argmax(1).numpy()]
        return named


def train_probe(features: Tensor, names: NDArray[np.str_]) -> Probe:
    """Softmax regression on features (K, F) of objects with these names (K,), by Adam on all of them at once."""
    classes, ids = np.unique(names, return_inverse=True)
    mean, spread = features.mean(0), features.std(0, correction=0) + LEAST_SPREAD
    x, y = (features - mean) / spread, torch.from_numpy(ids)
    weight = torch.zeros(features.shape[1], len(classes), requires_grad=True)
    bias = torch.zeros(len(classes), requires_grad=True)
    optimizer = torch.optim.Adam([weight, bias], lr=LEARNING_RATE)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = functional.cross_entropy(x @ weight + bias, y) + DECAY * weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return Probe(classes, mean, spread, weight.detach(), bias.detach())
