"""How long and how fast a model is trained."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from sg2im_cli.config.bounds import at_least, require

Precision = Literal["float32", "bfloat16", "float16", "auto"]


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How long and how fast.

    Attributes:
        steps: updates with pictures.
        layout_steps: updates of the graph half (embeddings, graph network, heads) on annotations alone, before.
        batch_size: pictures an update, over all processes and parts.
        accumulate: parts of its batch that a process works on one after the other, to need less memory; the update is
            the same, but for batch norm, which sees a part at a time.
        layout_every: steps with pictures for each further update of the graph half, which then learns from annotations
            alone; 0, as in the paper, lets it learn from the pictures with the rest.
        layout_batch_size: graphs an update of the graph half.
        learning_rate: of the generator (Adam).
        discriminator_lr: of both discriminators (Adam).
        layout_lr: of the graph half while it is trained alone.
        betas: of Adam.
        layout_betas: of Adam for the graph half trained alone and the adversary of its masks; none for ``betas``.
        final_lr_ratio: share of each rate that is left at the end; it falls along a cosine. 1 keeps it.
        adversarial_from: step from which the generator learns from its discriminators (the losses ``image``,
            ``objects``, ``categories``, ``features``); they themselves learn from the first step.
        predicted_layouts: share of pictures whose layout is made of predicted boxes and masks.
        coarse_pixels: side in pixels of the squares whose mean colours are compared with the real picture's where a
            layout was predicted; its things lie elsewhere than in the real picture, and single pixels would teach
            blur. 0 compares nothing there, and colours drift.
        freeze_norm_at: step from which the generator's batch statistics are fixed (paper: 100,000); none for never.
        ema_decay: decay of the exponential average of the generator's weights; 0 for none.
        precision: of convolutions and matrix products while training; weights stay in float32. ``"float16"`` scales
            losses so that small gradients are not lost. ``"auto"`` is bfloat16 where the hardware computes it, else
            float32; a run that goes on keeps what it was started in.
        diffaugment: differentiable augmentation (Zhao et al. 2020) of what the discriminators see.
        checkpoint_every: steps between checkpoints.
        sample_every: steps between sample sheets.
    """

    RENAMED: ClassVar[Mapping[str, str]] = {
        "discriminator_rate": "discriminator_lr",
        "layout_rate": "layout_lr",
        "final_rate": "final_lr_ratio",
        "averaging": "ema_decay",
        "augment": "diffaugment",
    }

    steps: int = 1_000_000
    layout_steps: int = 0
    batch_size: int = 32
    accumulate: int = 1
    layout_every: int = 0
    layout_batch_size: int = 128
    learning_rate: float = 1e-4
    discriminator_lr: float = 1e-4
    layout_lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    layout_betas: tuple[float, float] | None = None
    final_lr_ratio: float = 1.0
    adversarial_from: int = 0
    predicted_layouts: float = 0.0
    coarse_pixels: int = 0
    freeze_norm_at: int | None = None
    ema_decay: float = 0.0
    precision: Precision = "float32"
    diffaugment: bool = False
    checkpoint_every: int = 1000
    sample_every: int = 1000

    def __post_init__(self) -> None:
        problems = at_least(self, 1, "steps", "batch_size", "layout_batch_size", "checkpoint_every")
        problems += at_least(self, 1, "sample_every", "accumulate") + at_least(
            self, 0, "layout_steps", "adversarial_from", "layout_every"
        )
        problems += at_least(self, 0, "coarse_pixels")
        problems += at_least(self, 0, "final_lr_ratio", "predicted_layouts", "ema_decay")
        for name in ("learning_rate", "discriminator_lr", "layout_lr"):
            if not 0 < getattr(self, name) < math.inf:
                problems.append(f"{name} is {getattr(self, name)} and must be above 0")
        for name in ("predicted_layouts", "ema_decay", "final_lr_ratio"):
            if getattr(self, name) > 1:
                problems.append(f"{name} is {getattr(self, name)} and must be at most 1")
        require(problems)
