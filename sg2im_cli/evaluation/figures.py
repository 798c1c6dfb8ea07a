"""Figures with their sample counts and intervals: what every measurement gives, and every report shows.

Intervals are bootstrap intervals over pictures: pictures are drawn anew, with replacement, and what hangs on a picture
(objects, relationships, samples) goes with it. All figures of a call are resampled with the same draws, and so are two
models that are compared: what is hard for both then does not blur their difference.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Layout = Literal["predicted", "given", "real"]
"""Where a figure is of: pictures drawn from predicted or from annotated boxes and masks, or the real ones."""

RESAMPLES = 1000
FEW = 200
"""Resamples for figures that take long to compute."""


class Resamples:
    """Which pictures each resample has, and how often.

    Args:
        pictures: N.
        seed: of the draws.
        count: B, how many resamples.
    """

    def __init__(self, pictures: int, seed: int = 0, count: int = RESAMPLES) -> None:
        rng = np.random.default_rng((seed, pictures))
        self.pictures = pictures
        self.weights: Floats = rng.multinomial(pictures, np.full(pictures, 1 / pictures), size=count).astype(np.float64)
        """(B, N)."""

    def ratio(self, values: NDArray[Any], owners: NDArray[np.int64]) -> Floats:
        """Means of (K,) values that hang on pictures ``owners`` (K,), in each resample: (B,)."""
        total = np.bincount(owners, weights=values, minlength=self.pictures)
        count = np.bincount(owners, minlength=self.pictures)
        there = self.weights @ count
        found: Floats = np.divide(self.weights @ total, there, out=np.full(len(there), np.nan), where=there > 0)
        return found

    def few(self, compute: Callable[[Floats], float]) -> Floats:
        """What a function of the pictures' weights (N,) gives in the first `FEW` resamples."""
        return np.array([compute(weights) for weights in self.weights[:FEW]])


@dataclass(frozen=True)
class Figure:
    """One number, with what it rests on.

    Attributes:
        name: in JSON; a name means the same in every report.
        title: for people.
        layout: of which pictures.
        value: the number.
        count: how many it was taken over.
        of: what those are, such as ``"objects"``.
        resampled: (B,) the number in each resample; empty if it was not resampled.
        better: whether more or less is better; None where neither is.
    """

    name: str
    title: str
    layout: Layout
    value: float
    count: int
    of: str
    resampled: Floats = field(default_factory=lambda: np.zeros(0), repr=False)
    better: Literal["higher", "lower"] | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of 95 %; None if it was not resampled."""
        return interval(self.value, self.resampled)

    def to_json(self) -> dict[str, Any]:
        """By name; the resamples stay behind."""
        return {
            "name": self.name,
            "title": self.title,
            "layout": self.layout,
            "value": self.value if math.isfinite(self.value) else None,
            "interval": None if self.interval is None else list(self.interval),
            "count": self.count,
            "of": self.of,
            "better": self.better,
        }


@dataclass(frozen=True)
class Section:
    """Figures that belong together.

    Attributes:
        name: as ``--only`` takes it.
        title: for people.
        figures: in the order in which they are shown.
        notes: sentences that a reader of the figures must know.
        details: more, as plain JSON, such as figures by category.
    """

    name: str
    title: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def figure(self, name: str, layout: Layout) -> Figure | None:
        """The figure of that name, if there is one."""
        return next((f for f in self.figures if (f.name, f.layout) == (name, layout)), None)

    def to_json(self) -> dict[str, Any]:
        """All of it."""
        figures = [figure.to_json() for figure in self.figures]
        return {"title": self.title, "figures": figures, "notes": list(self.notes), "details": dict(self.details)}


def interval(value: float, resampled: Floats) -> tuple[float, float] | None:
    """The middle 95 % of the resamples, moved so that their mean is the figure itself.

    Distances between distributions and spreads are biased in resamples, which hold fewer different pictures; the move
    takes that off, and changes nothing of note where there is no bias.
    """
    known = resampled[np.isfinite(resampled)]
    if len(known) < 2 or not np.isfinite(value):
        return None
    low, high = np.quantile(known, (0.025, 0.975)) - known.mean() + value
    return float(low), float(high)


def mean_figure(
    name: str,
    title: str,
    layout: Layout,
    values: NDArray[Any],
    owners: NDArray[np.int64],
    resamples: Resamples,
    of: str,
    better: Literal["higher", "lower"] | None = "higher",
) -> list[Figure]:
    """The mean of (K,) values that hang on pictures; no figure where there are none.

    Args:
        name: see `Figure`.
        title: likewise.
        layout: likewise.
        values: (K,) numbers or flags.
        owners: (K,) the picture of each.
        resamples: of the pictures.
        of: what the values are of.
        better: see `Figure`.
    """
    if not len(values):
        return []
    numbers = values.astype(np.float64)
    resampled = resamples.ratio(numbers, owners)
    return [Figure(name, title, layout, float(numbers.mean()), len(numbers), of, resampled, better)]
