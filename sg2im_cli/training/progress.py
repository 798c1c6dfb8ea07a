"""How far a run is, how fast, and who is told."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Progress:
    """Where a run is.

    Attributes:
        phase: ``"layout"`` or ``"pictures"``.
        step: updates done in this phase.
        steps: updates of this phase in all.
        losses: of the last update.
        rate: pictures (or graphs) a second, lately.
        left: seconds that the rest of this phase takes at this rate.
    """

    phase: str
    step: int
    steps: int
    losses: dict[str, float]
    rate: float
    left: float


class Reporter(Protocol):
    """Who is told how a run goes."""

    def message(self, text: str) -> None:
        """Something that happens once."""

    def progress(self, progress: Progress) -> None:
        """After every update."""


class Meter:
    """Measures the time of a phase's updates, smoothed.

    Args:
        phase: ``"layout"`` or ``"pictures"``.
        batch_size: pictures (or graphs) an update.
        steps: updates of this phase in all.
    """

    def __init__(self, phase: str, batch_size: int, steps: int) -> None:
        self.phase, self.batch_size, self.steps = phase, batch_size, steps
        self.last = time.monotonic()
        self.seconds, self.ticks = 0.0, 0

    def tick(self, step: int, losses: dict[str, float]) -> Progress:
        """Where the run is after update number ``step``, counted from 1."""
        now = time.monotonic()
        keep = min(0.95, self.ticks / (self.ticks + 1))  # at first a plain mean, or the slow first update would last
        self.seconds = keep * self.seconds + (1 - keep) * (now - self.last)
        self.last, self.ticks = now, self.ticks + 1
        rate = self.batch_size / max(self.seconds, 1e-9)
        return Progress(self.phase, step, self.steps, losses, rate, (self.steps - step) * self.seconds)
