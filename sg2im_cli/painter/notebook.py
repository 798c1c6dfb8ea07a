"""Layouts and pictures as HTML for the cells of a notebook; everything is in it, nothing is fetched."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from io import BytesIO
from pathlib import Path

from PIL import Image

from sg2im_cli.drawing import graph_picture, layout_picture
from sg2im_cli.steering.check import Check, PlaceCheck, Verdict
from sg2im_cli.steering.statements import Statement, said
from sg2im_parsers.grounding.account import Account
from sg2im_parsers.scene_graph import SceneGraph

HEIGHT = 256
"""Of every picture in a cell, in pixels."""


def cell_html(
    text: str | None,
    graph: SceneGraph,
    account: Account,
    held: Sequence[Check | PlaceCheck],
    pictures: Sequence[tuple[Image.Image, str]] = (),
) -> str:
    """Pictures with their captions, graph, layout and account.

    Args:
        text: the sentence, or None.
        graph: with boxes, and masks if there are any.
        account: what became of the sentence's words.
        held: what was said, and whether it holds.
        pictures: each with its caption.
    """
    figures = [
        *(_figure(_png(image), caption) for image, caption in pictures),
        _figure(_url("image/svg+xml", graph_picture(graph, Path("graph.svg"))), "graph"),
        _figure(_url("image/svg+xml", layout_picture(graph, Path("layout.svg"))), "layout"),
    ]
    title = "" if text is None else f"<p>{escape(text)}</p>"
    row = f'<div style="display:flex;flex-wrap:wrap;gap:12px">{"".join(figures)}</div>'
    return f"<div>{title}{row}{_words(account)}{_said(graph, held)}{_remarks(account)}</div>"


def _words(account: Account) -> str:
    rows = [(w.word, w.becomes or w.status, w.rule or w.reason or "") for w in account.words]
    return _table(("word", "became", "how"), rows)


def _said(graph: SceneGraph, held: Sequence[Check | PlaceCheck]) -> str:
    rows = [(said(_statement(item), graph), _verdict(item), _verdict(item.on_masks)) for item in held]
    return _table(("said", "holds", "on masks"), rows)


def _statement(item: Check | PlaceCheck) -> Statement:
    return item.placement if isinstance(item, PlaceCheck) else item.relationship


def _remarks(account: Account) -> str:
    return "".join(f"<p>{escape(remark)}</p>" for remark in account.remarks)


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
