"""Layouts and pictures as HTML for the cells of a notebook; everything is in it, nothing is fetched."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from io import BytesIO
from pathlib import Path

from PIL import Image

from sg2im_cli.drawing import graph_picture, layout_picture
from sg2im_cli.painter.painting import Layout, Painting
from sg2im_cli.steering.check import Verdict
from sg2im_cli.steering.statements import said

HEIGHT = 256
"""Of every picture in a cell, in pixels."""


def layout_html(layout: Layout) -> str:
    """Graph, layout and account."""
    return _cell(layout, [])


def painting_html(painting: Painting) -> str:
    """Pictures with their seeds, graph, layout and account."""
    shown = [_figure(_png(image), f"seed {seed}") for image, seed in zip(painting.images, painting.seeds, strict=True)]
    return _cell(painting, shown)


def _cell(layout: Layout, figures: list[str]) -> str:
    graph, place = Path("graph.svg"), Path("layout.svg")
    figures = [
        *figures,
        _figure(_url("image/svg+xml", graph_picture(layout.graph, graph)), "graph"),
        _figure(_url("image/svg+xml", layout_picture(layout.graph, place)), "layout"),
    ]
    title = "" if layout.text is None else f"<p>{escape(layout.text)}</p>"
    row = f'<div style="display:flex;flex-wrap:wrap;gap:12px">{"".join(figures)}</div>'
    return f"<div>{title}{row}{_words(layout)}{_said(layout)}{_remarks(layout)}</div>"


def _words(layout: Layout) -> str:
    rows = [(w.word, w.becomes or w.status, w.rule or w.reason or "") for w in layout.account.words]
    return _table(("word", "became", "how"), rows)


def _said(layout: Layout) -> str:
    graph = layout.graph
    rows = [(said(item.relationship, graph), _verdict(item), _verdict(item.on_masks)) for item in layout.checks]
    rows += [(said(item.placement, graph), _verdict(item), _verdict(item.on_masks)) for item in layout.place_checks]
    return _table(("said", "holds", "on masks"), rows)


def _remarks(layout: Layout) -> str:
    return "".join(f"<p>{escape(remark)}</p>" for remark in layout.account.remarks)


def _verdict(found: Verdict | None) -> str:
    if found is None or found.satisfied is None:
        return "-"
    return f"yes, by {found.margin:.2f}" if found.satisfied else f"no, off by {found.off:.2f}"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    head = "".join(f"<th>{escape(name)}</th>" for name in headings)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if body else ""


def _figure(url: str, caption: str) -> str:
    image = f'<img src="{url}" alt="{escape(caption)}" style="height:{HEIGHT}px"/>'
    return f'<figure style="margin:0">{image}<figcaption>{escape(caption)}</figcaption></figure>'


def _png(image: Image.Image) -> str:
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return _url("image/png", buffer.getvalue())


def _url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
