"""Layouts and pictures as HTML for the cells of a notebook; everything is in it, nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from sg2im_cli.drawing import graph_picture, layout_picture
from sg2im_cli.drawing.html import data_url, render
from sg2im_cli.drawing.parts import encode_png
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
        *((data_url("image/png", encode_png(image)), caption) for image, caption in pictures),
        (data_url("image/svg+xml", graph_picture(graph, Path("graph.svg"))), "graph"),
        (data_url("image/svg+xml", layout_picture(graph, Path("layout.svg"))), "layout"),
    ]
    tables = (
        (("word", "became", "how"), [(w.word, w.becomes or w.status, w.rule or w.reason or "") for w in account.words]),
        (("said", "holds", "on masks"), [_row(item, graph) for item in held]),
    )
    return render(
        "sg2im_cli.painter",
        "cell.html",
        text=text,
        figures=figures,
        height=HEIGHT,
        tables=tables,
        remarks=account.remarks,
    )


def _row(item: Check | PlaceCheck, graph: SceneGraph) -> tuple[str, str, str]:
    return said(_statement(item), graph), _verdict(item), _verdict(item.on_masks)


def _statement(item: Check | PlaceCheck) -> Statement:
    return item.placement if isinstance(item, PlaceCheck) else item.relationship


def _verdict(found: Verdict | None) -> str:
    if found is None or found.satisfied is None:
        return "-"
    return f"yes, by {found.margin:.2f}" if found.satisfied else f"no, off by {found.off:.2f} of the picture"
