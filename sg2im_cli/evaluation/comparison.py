"""Two models on the same graphs, seeds and resamples: their differences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from sg2im_cli.evaluation.figures import Figure, interval
from sg2im_cli.evaluation.report import Report

OF_RELATIONS = frozenset({"satisfied", "relationships_survive", "said_satisfied"})
"""Figures that two models with different relations are asked different things for."""
BOXES_OF_DATA = ("layout", "given")
"""What is the annotations' own, whatever the model."""


@dataclass(frozen=True)
class Difference:
    """One figure of two models.

    Attributes:
        section: its name.
        a: of the first.
        b: of the second, which it is held against.
    """

    section: str
    a: Figure
    b: Figure

    @property
    def value(self) -> float:
        """The first's less the second's."""
        return self.a.value - self.b.value

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of 95 %, over pictures that both have; None if the figures were not resampled."""
        if len(self.a.resampled) != len(self.b.resampled):
            return None
        return interval(self.value, self.a.resampled - self.b.resampled)

    @property
    def verdict(self) -> Literal["better", "worse", "open"] | None:
        """Whether the first is better beyond the interval; None where neither more nor less is better."""
        if self.a.better is None or self.interval is None:
            return None
        low, high = self.interval if self.a.better == "higher" else (-self.interval[1], -self.interval[0])
        return "better" if low > 0 else "worse" if high < 0 else "open"

    def to_json(self) -> dict[str, Any]:
        """By name."""
        return {
            "section": self.section,
            "name": self.a.name,
            "title": self.a.title,
            "layout": self.a.layout,
            "a": _number(self.a.value),
            "b": _number(self.b.value),
            "difference": _number(self.value),
            "interval": None if self.interval is None else list(self.interval),
            "verdict": self.verdict,
            "count": self.a.count,
            "of": self.a.of,
        }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


@dataclass(frozen=True)
class Comparison:
    """Two reports on the same split, and what differs.

    Attributes:
        a: the first.
        b: the second.
        differences: of every figure that both have; those of the data itself are left out.
    """

    a: Report
    b: Report
    differences: tuple[Difference, ...]

    def to_json(self) -> dict[str, Any]:
        """As ``sg2im eval --against`` saves it."""
        differences = [difference.to_json() for difference in self.differences]
        return {"differences": differences, "a": self.a.to_json(), "b": self.b.to_json()}


def compare(a: Report, b: Report, same_relations: bool = True) -> Comparison:
    """Hold one report against another.

    Args:
        a: the first.
        b: the second, on the same objects of the same pictures and with the same seed.
        same_relations: whether both models have the same relations, so that their graphs are the same too.
    """
    assert (a.split_hash, a.seed) == (b.split_hash, b.seed), "measured on the same"
    differences = []
    for section in a.sections:
        other = b.section(section.name)
        for figure in section.figures:
            match = other and other.figure(figure.name, figure.layout)
            of_data = figure.layout == "real" or (section.name, figure.layout) == BOXES_OF_DATA
            told_apart = not of_data and (same_relations or figure.name not in OF_RELATIONS)
            if match and told_apart:
                differences.append(Difference(section.name, figure, match))
    return Comparison(a, b, tuple(differences))
