"""Figures of ``sg2im eval`` on a model card: a table between two marks, and in the front matter for the Hub."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
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
        other: the same of the weights that these were held against.
    """

    name: str
    value: str
    count: str
    number: float | None = None
    other: str = ""


@dataclass(frozen=True)
class Figures:
    """What was measured, on what.

    Attributes:
        rows: the table.
        data: name of the data.
        split: of it.
        seed: of what was drawn at random.
        checksum: of the weights that were measured; None if it is not known.
        against: name of the weights that they were held against, if there are any.
    """

    rows: tuple[FigureRow, ...]
    data: str
    split: str
    seed: int
    checksum: str | None = None
    against: str | None = None


def read_figures(path: Path) -> Figures:
    """The figures in a file of ``sg2im eval``, also of ``sg2im eval A --against B``: then those of A, beside B's.

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
        return _figures(report)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise WeightsInputError(f"{path} holds no figures of sg2im eval; make it with: sg2im eval -o {path}.") from None


def _figures(report: Mapping[str, Any]) -> Figures:
    """Raises KeyError, TypeError or ValueError for what is no report."""
    own, against = report.get("a", report), report.get("b")
    others = {(entry["name"], entry.get("layout")): _value(entry) for entry in _entries(against or {"sections": {}})}
    rows = [_row(entry, others.get((entry["name"], entry.get("layout")), "")) for entry in _entries(own)]
    if not rows:
        raise ValueError
    checksum, other = own.get("checksum"), against and str(against["weights"])
    return Figures(tuple(rows), str(own["data"]), str(own["split"]), int(own["seed"]), checksum, other)


def _entries(report: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The figures of a report that are numbers."""
    for section in report["sections"].values():
        yield from (e for e in section["figures"] if e["value"] is not None and math.isfinite(e["value"]))


def _row(entry: Mapping[str, Any], other: str) -> FigureRow:
    name = str(entry.get("title") or entry["name"])
    if layout := entry.get("layout"):
        name += f", {layout}" + ("" if layout == "real" else " layout")
    count = f"{int(entry['count']):,} {entry.get('of', '')}".strip()
    return FigureRow(name, _value(entry), count, float(entry["value"]), other)


def _value(entry: Mapping[str, Any]) -> str:
    text = f"{float(entry['value']):.3f}"
    if entry.get("interval"):
        low, high = map(float, entry["interval"])
        text += f" ({low:.3f} to {high:.3f})"
    return text


def add_figures(card: str, figures: Figures) -> str:
    """The card with these figures in place of any that it had.

    Raises:
        WeightsInputError: the card cannot be read.
    """
    said = f"Measured by `sg2im eval` on `{figures.data}` {figures.split}, seed {figures.seed}."
    if any("(" in row.value for row in figures.rows):
        said += " In brackets: 95 % intervals."
    return _with_model_index(write_section(card, SECTION, f"{said}\n\n{_table(figures)}"), figures)


def has_figures(card: str) -> bool:
    """Whether a card has a table of figures."""
    return bool(re.search(r"^\|.*\d.*\|$", read_section(card, SECTION) or "", re.MULTILINE))


def _table(figures: Figures) -> str:
    rows = [("measure", "value", figures.against or "", "over"), ("---",) * 4]
    rows += [(row.name, row.value, row.other, row.count) for row in figures.rows]
    columns = (0, 1, 3) if figures.against is None else (0, 1, 2, 3)
    return "\n".join(f"| {' | '.join(row[i].replace('|', '/') for i in columns)} |" for row in rows)


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
