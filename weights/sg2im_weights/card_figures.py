"""Figures of ``sg2im eval`` on a model card: a table between two marks, and in the front matter for the Hub."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sg2im_weights.card import compose_card, parse_card
from sg2im_weights.card_sections import read_section, write_section
from sg2im_weights.errors import WeightsInputError

SECTION = "figures"


@dataclass(frozen=True)
class FigureRow:
    """One line of the table.

    Attributes:
        name: for people.
        value: for people, with an interval if there is one.
        count: what it was taken over.
        number: the value itself, for the Hub; None leaves the row out there.
    """

    name: str
    value: str
    count: str
    number: float | None = None


@dataclass(frozen=True)
class Figures:
    """What was measured, on what.

    Attributes:
        rows: the table.
        data: name of the data.
        split: of it.
        seed: of what was drawn at random.
    """

    rows: tuple[FigureRow, ...]
    data: str
    split: str
    seed: int


def read_figures(path: Path) -> Figures:
    """The figures in a file of ``sg2im eval``.

    Every object with a ``value`` and a ``count`` in its sections is a figure; ``interval``, ``of`` and ``layout`` are
    shown if they are there.

    Raises:
        WeightsInputError: it cannot be read, or holds no figures.
    """
    try:
        report = json.loads(path.read_text(encoding="utf8"))
    except FileNotFoundError:
        raise WeightsInputError(f"There is no file {path}; make it with: sg2im eval -o {path}.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise WeightsInputError(f"{path} cannot be read as JSON: {error}.") from None
    try:
        rows = tuple(_row(entry) for entry in _entries(report))
        return Figures(rows or _fail(), str(report["data"]), str(report["split"]), int(report["seed"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise WeightsInputError(f"{path} holds no figures of sg2im eval; make it with: sg2im eval -o {path}.") from None


def _fail() -> tuple[FigureRow, ...]:
    raise ValueError


def _entries(part: object) -> Iterator[Mapping[str, Any]]:
    """The figures in a part of the report, in its order."""
    if isinstance(part, Mapping):
        if "value" in part and "count" in part:
            if part["value"] is not None and math.isfinite(part["value"]):
                yield part
        else:
            for key, inner in part.items():
                if key != "details":  # more than a card has room for
                    yield from _entries(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _entries(inner)


def _row(entry: Mapping[str, Any]) -> FigureRow:
    value = float(entry["value"])
    text = f"{value:.3f}"
    if entry.get("interval"):
        low, high = map(float, entry["interval"])
        text += f" ({low:.3f} to {high:.3f})"
    name = str(entry.get("title") or entry["name"])
    if entry.get("layout"):
        name += f", {entry['layout']}" + ("" if entry["layout"] == "real" else " layout")
    return FigureRow(name, text, f"{int(entry['count']):,} {entry.get('of', '')}".strip(), value)


def add_figures(card: str, figures: Figures) -> str:
    """The card with these figures in place of any that it had.

    Raises:
        WeightsInputError: the card cannot be read.
    """
    said = f"Measured by `sg2im eval` on `{figures.data}` {figures.split}, seed {figures.seed}."
    if any("(" in row.value for row in figures.rows):
        said += " In brackets: 95 % intervals."
    return _with_model_index(write_section(card, SECTION, f"{said}\n\n{_table(figures.rows)}"), figures)


def has_figures(card: str) -> bool:
    """Whether a card has a table of figures."""
    return bool(re.search(r"^\|.*\d.*\|$", read_section(card, SECTION) or "", re.MULTILINE))


def _table(rows: Sequence[FigureRow]) -> str:
    lines = [("measure", "value", "over"), ("---", "---", "---"), *((row.name, row.value, row.count) for row in rows)]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


def _with_model_index(text: str, figures: Figures) -> str:
    from huggingface_hub import EvalResult

    data, body = parse_card(text)
    data.model_name = data.model_name or "sg2im"
    data.eval_results = [
        EvalResult(
            task_type="text-to-image",
            dataset_type=figures.data,
            dataset_name=figures.data,
            dataset_split=figures.split,
            metric_type=re.sub(r"[^a-z0-9]+", "_", row.name.lower()).strip("_"),
            metric_name=row.name,
            metric_value=round(row.number, 4),
        )
        for row in figures.rows
        if row.number is not None
    ] or None
    return compose_card(data, body)
