"""Reports as Markdown, and as an HTML page that needs no other file."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from PIL import Image
from torch import Tensor

from sg2im_cli.evaluation.comparison import Comparison
from sg2im_cli.evaluation.report import Report
from sg2im_cli.evaluation.rows import COLUMNS, COMPARED, Block, about, comparison_blocks, left_out, report_blocks
from sg2im_cli.evaluation.sentences import graph_of
from sg2im_cli.evaluation.subject import Subject

SHOWN = 24
"""Graphs on a sheet, spread evenly over the split and chosen by nobody."""

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 74rem; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 1rem; }
th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid #ddd; vertical-align: top; }
td { font-variant-numeric: tabular-nums; }
.note, .about { color: #555; }
.better { color: #0a6b2d; font-weight: 600; } .worse { color: #a3180f; font-weight: 600; }
.sheet { display: flex; flex-wrap: wrap; gap: 1.2rem; }
figure { margin: 0; width: max-content; } figcaption { font-size: 12px; color: #555; max-width: 25rem; }
.pictures { display: flex; gap: 4px; } .pictures div { font-size: 11px; color: #555; }
img { display: block; width: 128px; height: 128px; image-rendering: pixelated; background: #eee; }
"""


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


def report_page(report: Report) -> Page:
    """The page of one report."""
    sentences = tuple(s for s in (about(report), left_out(report)) if s)
    return Page(f"{report.weights} on {report.data} {report.split}", sentences, COLUMNS, tuple(report_blocks(report)))


def comparison_page(comparison: Comparison) -> Page:
    """The page of two reports."""
    a, b = comparison.a, comparison.b
    title = f"{a.weights} against {b.weights} on {a.data} {a.split}"
    rule = "Better or worse: the interval of the difference, on the same pictures, graphs and seeds, does not hold 0."
    sentences = tuple(s for s in (about(a), left_out(a), rule) if s)
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


def to_html(page: Page, pictures: str = "") -> str:
    """A page with its style and pictures in it.

    Args:
        page: its text.
        pictures: HTML of `sheet`.
    """
    parts = [f"<h1>{escape(page.title)}</h1>", *(f'<p class="about">{escape(s)}</p>' for s in page.about)]
    for block in page.blocks:
        parts.append(f"<h2>{escape(block.title)}</h2>")
        if block.rows:
            head = "".join(f"<th>{escape(column)}</th>" for column in page.columns)
            body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>\n" for row in block.rows)
            parts.append(f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>")
        parts += [f'<p class="note">{escape(note)}</p>' for note in block.notes]
    head = f'<meta charset="utf-8"><title>{escape(page.title)}</title><style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{"".join(parts)}{pictures}</body></html>\n'


def _cell(text: str) -> str:
    kind = f' class="{text}"' if text in {"better", "worse"} else ""
    return f"<td{kind}>{escape(text)}</td>"


def sheet(subjects: Sequence[tuple[str, Subject]], count: int = SHOWN) -> str:
    """Pictures of some graphs side by side: the real one, and each model's from given and predicted layouts.

    Args:
        subjects: models by name, on the same split.
        count: how many graphs.
    """
    _, first = subjects[0]
    chosen = np.unique(np.linspace(0, len(first.data) - 1, min(count, len(first.data))).round().astype(int))
    figures = []
    for i in chosen.tolist():
        pictures = [("real", first.drawn("real").images[i])]
        for name, subject in subjects:
            mark = f"{name}: " if len(subjects) > 1 else ""
            pictures += [(f"{mark}{layout}", subject.drawn(layout).images[i]) for layout in ("given", "predicted")]
        shown = "".join(f"<div>{_picture(image)}{escape(caption)}</div>" for caption, image in pictures)
        figures.append(
            f'<figure><div class="pictures">{shown}</div><figcaption>{_caption(first, i)}</figcaption></figure>'
        )
    heading = f"<h2>{len(chosen)} graphs, spread evenly over the split</h2>"
    return f'{heading}<div class="sheet">{"".join(figures)}</div>'


def _caption(subject: Subject, index: int) -> str:
    names, triples = graph_of(subject.data, index, subject.seed)
    said = [f"{names[s]} {predicate} {names[o]}" for s, predicate, o in triples]
    return escape("; ".join(said) or ", ".join(names))


def _picture(image: Tensor) -> str:
    file = io.BytesIO()
    Image.fromarray(image.permute(1, 2, 0).numpy()).save(file, "PNG")
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}">'
