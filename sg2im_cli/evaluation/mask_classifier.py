"""A small network that names things by their masks alone, learned from real ones.

How often it names a predicted mask as what it was predicted for says whether masks have shapes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from sg2im_cli.evaluation.drawing import Told, nothing

SIDE = 16
"""Cells of a mask as it is looked at, whatever M is."""
WIDTH, HIDDEN, FEATURES = 48, 256, 64
DROPOUT, SMOOTHING = 0.3, 0.1
BATCH_SIZE, LEARNING_RATE, WEIGHT_DECAY = 128, 2e-3, 0.05
EPOCHS = 6
RARENESS = 0.5
"""A mask is drawn by the number of its kind to the power of minus this."""
LEAST_SIDE = 0.02
"""Of a box, as a share of the picture; narrower ones count as this."""


@dataclass(frozen=True)
class Shapes:
    """Things, each with a mask.

    Attributes:
        masks: (K, M, M) in [0, 1].
        boxes: (K, 4) which the masks are cut to.
        names: (K,) what each is.
    """

    masks: Tensor
    boxes: Tensor
    names: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.names)

    def first(self, count: int) -> Shapes:
        """So many of them, from the beginning."""
        return Shapes(self.masks[:count], self.boxes[:count], self.names[:count])


class MaskClassifier(nn.Module):
    """Masks and the shapes of their boxes to features and one of C classes; where a box lies is not seen.

    Args:
        classes: (C,) names.
    """

    def __init__(self, classes: NDArray[np.str_]) -> None:
        super().__init__()
        self.classes = classes
        self.convolutions = nn.Sequential(
            nn.PixelUnshuffle(2),
            nn.Conv2d(4, WIDTH, 3, padding=1),
            nn.BatchNorm2d(WIDTH),
            nn.ReLU(),
            nn.Conv2d(WIDTH, 2 * WIDTH, 4, stride=2, padding=1),
            nn.BatchNorm2d(2 * WIDTH),
            nn.ReLU(),
            nn.Flatten(),
        )
        self.hidden = nn.Linear(2 * WIDTH * (SIDE // 4) ** 2 + 3, HIDDEN)
        self.embed = nn.Linear(HIDDEN, FEATURES)
        self.classify = nn.Linear(FEATURES, len(classes))

    def forward(self, masks: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """(K, M, M) and (K, 4) to features (K, F) and logits (K, C)."""
        masks = functional.adaptive_avg_pool2d(masks[:, None], SIDE)
        found = torch.cat([self.convolutions(2 * masks - 1), box_shapes(boxes)], dim=1)
        features = self.embed(functional.dropout(self.hidden(found).relu(), DROPOUT, self.training))
        return features, self.classify(features.relu())

    @torch.no_grad()
    def look(self, shapes: Shapes) -> tuple[Tensor, NDArray[np.str_]]:
        """Features (K, F), and what each is taken for (K,)."""
        features, logits = self(shapes.masks, shapes.boxes)
        return features, self.classes[logits.argmax(1).numpy()]


def box_shapes(boxes: Tensor) -> Tensor:
    """(O, 3) how wide, how high, and how much wider than high, in logarithms, from (O, 4)."""
    sides = (boxes[:, 2:] - boxes[:, :2]).clamp_min(LEAST_SIDE).log()
    return torch.cat([sides + 1, sides[:, :1] - sides[:, 1:]], dim=1)


def train_mask_classifier(shapes: Shapes, told: Told = nothing) -> MaskClassifier:
    """Learn from real masks, half of them mirrored; the same ones give the same network.

    Rare kinds are drawn more often than they are there: else the shape of a box, which says what is frequent, would do.
    """
    classes, ids, counts = np.unique(shapes.names, return_inverse=True, return_counts=True)
    labels, chances = torch.from_numpy(ids), torch.from_numpy(counts[ids] ** -RARENESS)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = MaskClassifier(classes)
        optimizer = torch.optim.AdamW(net.parameters(), weight_decay=WEIGHT_DECAY)
        steps = -(-EPOCHS * len(shapes) // BATCH_SIZE)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps + 1)
        for step in range(steps):
            rows = torch.multinomial(chances, BATCH_SIZE, replacement=True)
            masks = shapes.masks[rows]
            masks = torch.where((torch.rand(BATCH_SIZE) < 0.5)[:, None, None], masks.flip(2), masks)
            logits = net(masks, shapes.boxes[rows])[1]
            optimizer.zero_grad()
            functional.cross_entropy(logits, labels[rows], label_smoothing=SMOOTHING).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            told(step + 1, steps)
    return net.eval().requires_grad_(False)
