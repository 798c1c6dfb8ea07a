"""Figures as rows of text: what the table, the Markdown and the HTML sheet have in common."""

from __future__ import annotations

from dataclasses import dataclass

from sg2im_cli.evaluation.comparison import Comparison, Difference
from sg2im_cli.evaluation.figures import Figure, Section
from sg2im_cli.evaluation.report import Report

COLUMNS = ("measure", "predicted layouts", "given layouts", "real", "over")
COMPARED = ("measure", "layouts", "{a}", "{b}", "difference", "", "over")


@dataclass(frozen=True)
class Block:
    """Rows under one heading.

    Attributes:
        title: of the section.
        rows: of cells, as many as there are columns.
        notes: below them.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def report_blocks(report: Report) -> list[Block]:
    """A block for each section; columns as in `COLUMNS`."""
    return [Block(section.title, tuple(_rows(section)), section.notes) for section in report.sections]


def _rows(section: Section) -> list[tuple[str, ...]]:
    rows = []
    for name in dict.fromkeys(figure.name for figure in section.figures):
        cells = [section.figure(name, layout) for layout in ("predicted", "given", "real")]
        first = next(figure for figure in cells if figure is not None)
        rows.append((first.title, *("" if f is None else cell(f) for f in cells), f"{first.count:,} {first.of}"))
    return rows


def comparison_blocks(comparison: Comparison) -> list[Block]:
    """A block for each section; columns as in `COMPARED`."""
    blocks = []
    for section in comparison.a.sections:
        here = [d for d in comparison.differences if d.section == section.name]
        blocks.append(Block(section.title, tuple(map(_compared, here)), section.notes))
    return blocks


def _compared(d: Difference) -> tuple[str, ...]:
    over = f"{d.a.count:,} {d.a.of}"
    shown = with_interval(d.value, d.interval, sign="+")
    return (d.a.title, d.a.layout, cell(d.a), cell(d.b), shown, d.verdict or "", over)


def cell(figure: Figure) -> str:
    """A value and its interval."""
    return with_interval(figure.value, figure.interval)


def with_interval(value: float, interval: tuple[float, float] | None, sign: str = "") -> str:
    """``0.444 [0.425, 0.464]``, with as many digits as say something."""
    digits = 1 if abs(value) >= 100 else 2 if abs(value) >= 10 else 3 if abs(value) >= 0.1 or not value else 4
    if interval is None:
        return f"{value:{sign}.{digits}f}"
    low, high = interval
    return f"{value:{sign}.{digits}f} [{low:{sign}.{digits}f}, {high:{sign}.{digits}f}]"


def about(report: Report) -> str:
    """What the figures rest on."""
    which = " (all, with at most their eight largest objects)" if report.all_pictures else ""
    return (
        f"{report.data} {report.split}{which}: {report.pictures:,} pictures with {report.objects:,} objects, "
        f"seed {report.seed}, split {report.split_hash[:12]}. In brackets: 95 % bootstrap intervals over pictures."
    )


WHY = {
    "few": "too few objects",
    "machine": "labels by a machine only",
    "many": "too many objects",
    "small": "objects that are too small",
    "unknown": "no object that the weights know",
}


def pictures_left_out(report: Report) -> str | None:
    """How many pictures are not measured and why, and what measures more of them; None if all are."""
    if not report.left_out:
        return None
    whys = ", ".join(f"{count:,} with {WHY[why]}" for why, count in report.left_out.items())
    whole = report.pictures + sum(report.left_out.values())
    more = {"few", "many", "small"} & set(report.left_out) and not report.all_pictures
    hint = " --all-pictures measures those with few or many, too." if more else ""
    return f"{report.pictures:,} of {whole:,} pictures are used; left out: {whys}.{hint}"


def left_out(report: Report) -> str | None:
    """Which words the weights lack; None if they know all."""
    if not report.unknown:
        return None
    words = ", ".join(f"{name} ({count})" for name, count in report.unknown.items())
    return f"Left out, as the weights do not know them: {words}."
