"""Reports as Markdown, and as an HTML page that needs no other file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image
from torch import Tensor

from sg2im_cli.drawing.html import data_url, render
from sg2im_cli.drawing.parts import encode_png
from sg2im_cli.evaluation.comparison import Comparison
from sg2im_cli.evaluation.report import Report
from sg2im_cli.evaluation.rows import (
    COLUMNS,
    COMPARED,
    Block,
    about,
    comparison_blocks,
    left_out,
    pictures_left_out,
    report_blocks,
)
from sg2im_cli.evaluation.sentences import graph_of
from sg2im_cli.evaluation.subject import Subject

SHOWN = 24
"""Graphs on a sheet, spread evenly over the split and chosen by nobody."""


@dataclass(frozen=True)
class Page:
    """What a page says.

    Attributes:
        title: its heading.
        about: sentences below it.
        columns: of every table.
        blocks: the tables.
    """

    title: str
    about: tuple[str, ...]
    columns: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class DrawnGraph:
    """Pictures of one graph.

    Attributes:
        caption: what the graph says.
        pictures: each one's caption, and the picture as a URL.
    """

    caption: str
    pictures: tuple[tuple[str, str], ...]


def report_page(report: Report) -> Page:
    """The page of one report."""
    sentences = tuple(s for s in (about(report), pictures_left_out(report), left_out(report)) if s)
    return Page(f"{report.weights} on {report.data} {report.split}", sentences, COLUMNS, tuple(report_blocks(report)))


def comparison_page(comparison: Comparison) -> Page:
    """The page of two reports."""
    a, b = comparison.a, comparison.b
    title = f"{a.weights} against {b.weights} on {a.data} {a.split}"
    rule = "Better or worse: the interval of the difference, on the same pictures, graphs and seeds, does not hold 0."
    sentences = tuple(s for s in (about(a), pictures_left_out(a), left_out(a), rule) if s)
    columns = tuple(column.format(a=a.weights, b=b.weights) for column in COMPARED)
    return Page(title, sentences, columns, tuple(comparison_blocks(comparison)))


def to_markdown(page: Page) -> str:
    """Tables that any Markdown reader shows."""
    lines = [f"# {page.title}", ""]
    for sentence in page.about:
        lines += [sentence, ""]
    for block in page.blocks:
        lines += [f"## {block.title}", ""]
        if block.rows:
            lines += [_line(page.columns), _line(["---"] * len(page.columns)), *map(_line, block.rows), ""]
        for note in block.notes:
            lines += [note, ""]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def to_html(page: Page, graphs: Sequence[DrawnGraph] = ()) -> str:
    """A page with its style and pictures in it.

    Args:
        page: its text.
        graphs: of `sheet`.
    """
    return render("sg2im_cli.evaluation", "report.html", page=page, graphs=graphs)


def sheet(subjects: Sequence[tuple[str, Subject]], count: int = SHOWN) -> tuple[DrawnGraph, ...]:
    """Pictures of some graphs side by side: the real one, and each model's from given and predicted layouts.

    Args:
        subjects: models by name, on the same split.
        count: how many graphs.
    """
    _, first = subjects[0]
    chosen = np.unique(np.linspace(0, len(first.data) - 1, min(count, len(first.data))).round().astype(int))
    return tuple(DrawnGraph(_said(first, i), tuple(_pictures(subjects, i))) for i in chosen.tolist())


def _pictures(subjects: Sequence[tuple[str, Subject]], index: int) -> Iterator[tuple[str, str]]:
    yield "real", _url(subjects[0][1].drawn("real").images[index])
    for name, subject in subjects:
        mark = f"{name}: " if len(subjects) > 1 else ""
        for layout in ("given", "predicted"):
            yield f"{mark}{layout}", _url(subject.drawn(layout).images[index])


def _said(subject: Subject, index: int) -> str:
    names, triples = graph_of(subject.data, index, subject.seed)
    said = [f"{names[s]} {predicate} {names[o]}" for s, predicate, o in triples]
    return "; ".join(said) or ", ".join(names)


def _url(image: Tensor) -> str:
    return data_url("image/png", encode_png(Image.fromarray(image.permute(1, 2, 0).numpy())))
