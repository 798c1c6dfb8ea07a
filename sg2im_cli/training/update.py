"""One optimizer: from the losses of a batch's parts, in all processes, to one change of the weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam

from sg2im_cli.config import TrainingConfig
from sg2im_cli.training.part import Part
from sg2im_cli.training.processes import Processes
from sg2im_errors import Sg2imError

Losses = dict[str, Tensor]


class NotFiniteError(Sg2imError):
    """A loss is no longer a number: what was saved before stays good, and training must not go on."""


class Update:
    """Adam on the weights of one network.

    Args:
        name: of what it changes.
        model: what it changes.
        rate: at the first step.
        training: betas, precision, and how the rate falls.
        processes: which make the same update.
    """

    def __init__(
        self, name: str, model: nn.Module, rate: float, training: TrainingConfig, processes: Processes
    ) -> None:
        self.name, self.model, self.rate, self.training, self.processes = name, model, rate, training, processes
        of_layout = name in ("layout", "shapes") and training.layout_betas is not None
        self.betas = training.layout_betas if of_layout else training.betas
        half = training.precision == "float16"
        self.scaler = torch.amp.GradScaler(processes.device.type, enabled=half)
        self.restart()

    def restart(self) -> None:
        """A fresh optimizer."""
        assert self.betas is not None
        fused = self.processes.device.type in ("cpu", "cuda")
        self.optimizer = Adam(
            [p for p in self.model.parameters() if p.requires_grad], lr=self.rate, betas=self.betas, fused=fused
        )

    def set_rate(self, step: int, steps: int) -> None:
        """The rate of this step: it falls along a cosine."""
        end = self.training.final_rate
        share = min(1.0, step / max(1, steps))
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * (end + (1 - end) * (1 + math.cos(math.pi * share)) / 2)

    def __call__(
        self, parts: Iterable[Part], objective: Callable[[Part], Losses], weigh: Callable[[Losses], Tensor]
    ) -> dict[str, float]:
        """Change the weights once.

        Args:
            parts: of the batch, one after the other.
            objective: losses of a part by name.
            weigh: the sum of losses that is to become small.

        Returns:
            each loss by name, of the whole batch, before its weight.

        Raises:
            NotFiniteError: the sum is not a finite number; no weight was changed.
        """
        self.optimizer.zero_grad(set_to_none=True)
        found: list[Tensor] = []
        names: list[str] = []
        for part in parts:
            with autocast(self.processes, self.training):
                losses = objective(part)
            total = weigh(losses)
            self.scaler.scale(total).backward()  # type: ignore[no-untyped-call]
            names = list(losses)
            found.append(torch.stack([total, *losses.values()]).detach())
        *numbers, total_number = self.processes.sum(torch.stack(found).sum(0).roll(-1)).tolist()
        if not math.isfinite(total_number):
            raise NotFiniteError(f"The loss of the {self.name} update is {total_number}, not a finite number.")
        self.processes.add_gradients(self.model.parameters())
        self.scaler.step(self.optimizer)
        self.scaler.update()
        return dict(zip(names, numbers, strict=True))

    def state(self) -> dict[str, Any]:
        """Of the optimizer."""
        return self.optimizer.state_dict()

    def load(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self.optimizer.load_state_dict(state)


def autocast(processes: Processes, training: TrainingConfig) -> torch.autocast:
    """The precision of convolutions and matrix products in training."""
    kind = torch.float16 if training.precision == "float16" else torch.bfloat16
    return torch.autocast(processes.device.type, kind, enabled=training.precision != "float32")
