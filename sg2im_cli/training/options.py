"""What a run is started with, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from sg2im_cli.config import Recipe


@dataclass(frozen=True, kw_only=True)
class TrainOptions:
    """What a run is started with.

    Attributes:
        data: directory of prepared data, or with COCO's annotation files.
        recipe: what to train.
        recipe_name: what to call it.
        out: the run's directory.
        steps: updates with pictures, in place of the recipe's.
        checkpoint_every: steps between checkpoints, in place of the recipe's.
        minutes: stop (and save) after so long; the same call again goes on.
        seed: of everything that is drawn at random.
        device: where to train; of several GPUs, each process takes its own.
        init: weights to start from, as for ``--weights``; none starts from random ones.
        workers: processes that prepare batches ahead; they change nothing else.
        compiled: whether `torch.compile` makes the convolutions, for GPUs.
    """

    data: Path
    recipe: Recipe
    recipe_name: str
    out: Path
    steps: int | None = None
    checkpoint_every: int | None = None
    minutes: float | None = None
    seed: int = 0
    device: torch.device = torch.device("cpu")  # noqa: RUF009
    init: str | None = None
    workers: int = 0
    compiled: bool = False

    @property
    def resolved(self) -> Recipe:
        """The recipe with what is given in place of its own."""
        training = self.recipe.training
        steps = training.steps if self.steps is None else self.steps
        every = training.checkpoint_every if self.checkpoint_every is None else self.checkpoint_every
        return replace(self.recipe, training=replace(training, steps=steps, checkpoint_every=every))


@dataclass(frozen=True)
class TrainResult:
    """How a run ended.

    Attributes:
        finished: False if it was stopped before the last step.
        step: updates with pictures done.
        weights: the bundle's directory.
    """

    finished: bool
    step: int
    weights: Path
