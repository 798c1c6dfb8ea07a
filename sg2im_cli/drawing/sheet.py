"""A sheet: graph, layout and picture side by side, a row for each scene, as one picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from sg2im_cli.drawing.arrangement import NO_PLACES, Places
from sg2im_cli.drawing.graph import draw_graph
from sg2im_cli.drawing.layout import draw_layout
from sg2im_cli.drawing.parts import FONT_SIZE, NO_MARKS, Marks, font, printable, text_width
from sg2im_parsers.scene_graph import SceneGraph

COLUMNS = ("graph", "layout", "picture")
GRAPH_WIDTH, SIDE = 560, 300
GAP, EDGE = 20, 28
WIDTH = 2 * EDGE + GRAPH_WIDTH + 2 * SIDE + 2 * GAP
TITLE, CAPTION, NOTE = 24, 19, 14
BLACK, GREY, RULE = (17, 17, 17), (90, 90, 90), (218, 218, 218)


@dataclass(frozen=True)
class Row:
    """One scene of a sheet.

    Attributes:
        caption: what it shows.
        graph: with boxes, and masks if there are any.
        image: its picture.
        marks: what stands out.
        notes: smaller, under the caption.
        png: the picture as a file, where it carries more than pixels.
        places: where the objects go in the picture of the graph.
    """

    caption: str
    graph: SceneGraph
    image: Image.Image
    marks: Marks = NO_MARKS
    notes: tuple[str, ...] = ()
    png: bytes | None = None
    places: Places = NO_PLACES


@dataclass(frozen=True)
class Sheet:
    """Rows under one title.

    Attributes:
        title: of all.
        rows: the first at the top.
        legend: what marks mean, and what made the pictures; a line each.
    """

    title: str
    rows: tuple[Row, ...]
    legend: tuple[str, ...] = ()


def draw_sheet(sheet: Sheet) -> Image.Image:
    """The sheet as one picture, `WIDTH` pixels wide."""
    canvas = Image.new("RGB", (WIDTH, _height(sheet)), "white")
    pen = ImageDraw.Draw(canvas)
    y = _write(pen, EDGE, sheet.title, TITLE, BLACK)
    for line in sheet.legend:
        y = _write(pen, y, line, NOTE, GREY)
    for row in sheet.rows:
        pen.line((EDGE, y + GAP // 2, WIDTH - EDGE, y + GAP // 2), fill=RULE)
        y = _write(pen, y + GAP, row.caption, CAPTION, BLACK)
        for note in row.notes:
            y = _write(pen, y, note, NOTE, GREY)
        x = EDGE
        for panel, width in zip(_panels(row), (GRAPH_WIDTH, SIDE, SIDE), strict=True):
            canvas.paste(panel, (x + (width - panel.width) // 2, y + 6 + (SIDE - panel.height) // 2))
            x += width + GAP
        y += SIDE + 6
    return canvas


def _panels(row: Row) -> Iterator[Image.Image]:
    yield _fitted(draw_graph(row.graph, row.marks, row.places), GRAPH_WIDTH, SIDE)
    yield draw_layout(row.graph, SIDE * 3 // 2, row.marks).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    yield row.image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _fitted(image: Image.Image, width: int, height: int) -> Image.Image:
    """Made smaller until it fits; never larger."""
    share = min(1.0, width / image.width, height / image.height)
    size = max(1, round(image.width * share)), max(1, round(image.height * share))
    return image if share == 1 else image.resize(size, Image.Resampling.LANCZOS)


def _height(sheet: Sheet) -> int:
    lines = [(sheet.title, TITLE), *((line, NOTE) for line in sheet.legend)]
    for row in sheet.rows:
        lines += [(row.caption, CAPTION), *((note, NOTE) for note in row.notes)]
    text = sum(len(_wrapped(line, size)) * _step(size) for line, size in lines)
    return EDGE + text + len(sheet.rows) * (GAP + SIDE + 6) + EDGE


def _step(size: int) -> int:
    return round(size * 1.4)


def _write(pen: ImageDraw.ImageDraw, y: int, text: str, size: int, color: tuple[int, int, int]) -> int:
    """Text from this height on, and the height below it."""
    for line in _wrapped(text, size):
        pen.text((EDGE, y), line, fill=color, font=font(size))
        y += _step(size)
    return y


def _wrapped(text: str, size: int) -> list[str]:
    """Lines that fit, broken between words, or within one that is too long."""
    lines, line = [], ""
    for word in _short(printable(text).split(), size):
        longer = f"{line} {word}" if line else word
        if line and not _fits(longer, size):
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]


def _short(words: Sequence[str], size: int) -> Iterator[str]:
    for word in words:
        while not _fits(word, size):
            end = next(i for i in range(len(word), 0, -1) if i == 1 or _fits(word[:i], size))
            yield word[:end]
            word = word[end:]
        yield word


def _fits(text: str, size: int) -> bool:
    return text_width(text) * size / FONT_SIZE <= WIDTH - 2 * EDGE
