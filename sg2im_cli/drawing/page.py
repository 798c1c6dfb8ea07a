"""A sheet as one HTML file: nothing outside it is needed, and what it shows is also said in words."""

from __future__ import annotations

from dataclasses import dataclass

from sg2im_cli.drawing.graph import graph_svg
from sg2im_cli.drawing.html import data_url, render
from sg2im_cli.drawing.layout import layout_svg
from sg2im_cli.drawing.parts import encode_png
from sg2im_cli.drawing.sheet import Row, Sheet
from sg2im_cli.drawing.words import graph_in_words, layout_in_words


@dataclass(frozen=True)
class _Figure:
    """One column of a row: its kind, what it shows in words, and the picture."""

    kind: str
    alt: str
    url: str


def sheet_page(sheet: Sheet) -> str:
    """The sheet as an HTML document."""
    return render("sg2im_cli.drawing", "page.html", sheet=sheet, rows=[(row, _figures(row)) for row in sheet.rows])


def _figures(row: Row) -> tuple[_Figure, ...]:
    said = graph_in_words(row.graph)
    graph = data_url("image/svg+xml", graph_svg(row.graph, row.marks, row.places))
    layout = data_url("image/svg+xml", layout_svg(row.graph, marks=row.marks))
    picture = data_url("image/png", row.png or encode_png(row.image))
    return (
        _Figure("graph", f"Scene graph: {said}.", graph),
        _Figure("layout", f"Layout: {layout_in_words(row.graph)}.", layout),
        _Figure("picture", f"Picture, drawn by the model, of: {said}.", picture),
    )
