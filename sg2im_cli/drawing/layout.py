"""A layout as a picture: PNG through Pillow, SVG as text."""

from __future__ import annotations

from html import escape
from pathlib import Path

from PIL import Image, ImageDraw

from sg2im_cli.drawing.html import data_url
from sg2im_cli.drawing.parts import (
    DARK,
    FONT_SIZE,
    NO_MARKS,
    Area,
    Marks,
    encode_png,
    font,
    hex_color,
    object_color,
    overlap,
    printable,
    shared_area,
    svg_document,
    svg_rect,
    text_width,
)
from sg2im_parsers.scene_graph import Box, SceneGraph, SceneObject

SIDE = 600
RIM = 3
LEADER = 2
SMALL = 40
"""Pixels: a name would cover most of a box with a shorter side."""

CROWD = 40
"""With more objects, names beyond these are not looked a free place for."""

EDGE = (218, 218, 218)
"""Where the picture ends: without it nobody sees how far from the side a thing is."""

MARKED_RIM = 7
"""All of it but the outer `RIM` is dark."""


def layout_picture(graph: SceneGraph, path: Path) -> bytes:
    """Boxes, masks and names of a graph with boxes as the bytes of a ``.png`` or ``.svg``, by the path's ending."""
    return layout_svg(graph).encode() if path.suffix.lower() == ".svg" else encode_png(draw_layout(graph))


def draw_layout(
    graph: SceneGraph, side: int = SIDE, marks: Marks = NO_MARKS, picture: Image.Image | None = None
) -> Image.Image:
    """Boxes, masks and names on white or on a picture, large objects first so that small ones stay visible.

    Marked ones have a dark rim.
    """
    canvas = Image.new("RGB", (side, side), "white") if picture is None else picture.resize((side, side))
    order = _by_area(graph)
    items = [graph.objects[i] for i in order]
    for item in items:
        x0, y0, x1, y1 = (round(v) for v in _corners(item, side - 1))
        shade = _shade(item).resize((max(1, x1 - x0), max(1, y1 - y0)))
        canvas.paste(shade, (x0, y0), shade)
    draw = ImageDraw.Draw(canvas)
    if picture is None:
        draw.rectangle((0, 0, side - 1, side - 1), outline=EDGE, width=RIM)
    for place, item in zip(order, items, strict=True):
        corners = _corners(item, side - 1)
        if place in marks.objects:
            draw.rectangle(corners, outline=DARK, width=MARKED_RIM)
        draw.rectangle(corners, outline=object_color(item.label), width=RIM)
    tags = _tags(items, side)
    for item, tag in zip(items, tags, strict=True):
        if (leader := _leader(item, tag, side - 1)) is not None:
            draw.line(leader, fill=object_color(item.label), width=LEADER)
    for item, tag in zip(items, tags, strict=True):
        draw.rectangle(tag, fill=object_color(item.label))
        draw.text((tag[0] + 4, tag[1] + 2), printable(item.label), font=font(), fill="white")
    return canvas


def layout_svg(graph: SceneGraph, side: int = SIDE, marks: Marks = NO_MARKS) -> str:
    """The same as an SVG document."""
    order = _by_area(graph)
    items = [graph.objects[i] for i in order]
    parts = [_mask_svg(item, side) for item in items]
    edge = (RIM / 2, RIM / 2, side - RIM / 2, side - RIM / 2)
    parts.append(svg_rect(edge, f'fill="none" stroke="{hex_color(EDGE)}" stroke-width="{RIM}"'))
    for place, item in zip(order, items, strict=True):
        x0, y0, x1, y1 = _corners(item, side)
        if place in marks.objects:
            wide = (x0 + MARKED_RIM / 2, y0 + MARKED_RIM / 2, x1 - MARKED_RIM / 2, y1 - MARKED_RIM / 2)
            parts.append(svg_rect(wide, f'fill="none" stroke="{hex_color(DARK)}" stroke-width="{MARKED_RIM}"'))
        rim = (x0 + RIM / 2, y0 + RIM / 2, max(x0, x1 - RIM) + RIM / 2, max(y0, y1 - RIM) + RIM / 2)  # inside its box
        parts.append(svg_rect(rim, f'fill="none" stroke="{hex_color(object_color(item.label))}" stroke-width="{RIM}"'))
    tags = _tags(items, side)
    parts += [_leader_svg(item, tag, side) for item, tag in zip(items, tags, strict=True)]
    for item, tag in zip(items, tags, strict=True):
        parts.append(svg_rect(tag, f'fill="{hex_color(object_color(item.label))}"'))
        name = escape(printable(item.label))
        parts.append(f'<text x="{tag[0] + 4:.1f}" y="{tag[1] + FONT_SIZE:.1f}" fill="white">{name}</text>')
    return svg_document((0, 0, side, side), parts)


def _leader_svg(item: SceneObject, tag: Area, side: int) -> str:
    leader = _leader(item, tag, side)
    if leader is None:
        return ""
    x0, y0, x1, y1 = leader
    stroke = f'stroke="{hex_color(object_color(item.label))}" stroke-width="{LEADER}"'
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" {stroke}/>'


def _mask_svg(item: SceneObject, side: int) -> str:
    x0, y0, x1, y1 = _corners(item, side)
    shade = data_url("image/png", encode_png(_shade(item)))
    return (
        f'<image x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" preserveAspectRatio="none" '
        f'href="{shade}"/>'
    )


def _shade(item: SceneObject) -> Image.Image:
    """An object's colour, see-through where its mask is low."""
    rows = item.mask or ((1.0,),)
    alpha = Image.frombytes("L", (len(rows[0]), len(rows)), bytes(round(255 * 0.45 * v) for row in rows for v in row))
    shade = Image.new("RGBA", alpha.size, object_color(item.label))
    shade.putalpha(alpha)
    return shade


def _tags(items: list[SceneObject], side: int) -> list[Area]:
    """Where the names go: in or at their boxes, over no other name and no small box as far as there is room."""
    boxes = [_corners(item, side - 1) for item in items]
    small = [box for box in boxes if box[2] - box[0] < SMALL or box[3] - box[1] < SMALL]
    taken: list[Area] = []
    for i, (item, box) in enumerate(zip(items, boxes, strict=True)):
        width, height = text_width(printable(item.label)) + 8, FONT_SIZE + 6
        others = [*taken, *small[:CROWD]]
        places = _places(box, width, height, side, everywhere=i < CROWD)
        taken.append(min(places, key=lambda tag: sum(shared_area(tag, other) for other in others)))
    return taken


def _places(box: Box, width: float, height: float, side: int, everywhere: bool) -> list[Area]:
    """Where a name may be: in the corners of its box, above, below and beside it, then ever further away."""
    x0, y0, x1, y1 = box
    wanted = [(x0, y0), (x1 - width, y0), (x0, y1 - height), (x1 - width, y1 - height)]
    wanted += [(x0, y0 - height), (x0, y1), (x1 - width, y0 - height), (x1 - width, y1), (x1, y0), (x0 - width, y0)]
    if everywhere:
        far = [(x, y) for x in range(0, side, 2 * FONT_SIZE) for y in range(0, side, round(height))]
        wanted += sorted(far, key=lambda at: abs(at[0] - x0) + abs(at[1] - y0))
    corners = [(max(0, min(x, side - width)), max(0, min(y, side - height))) for x, y in wanted]
    return [(x, y, x + width, y + height) for x, y in corners]


def _leader(item: SceneObject, tag: Area, side: float) -> tuple[float, float, float, float] | None:
    """A line from a name to its box, where they do not touch."""
    x0, y0, x1, y1 = _corners(item, side)
    if overlap((x0 - 2, y0 - 2, x1 + 2, y1 + 2), tag):
        return None
    x, y = (tag[0] + tag[2]) / 2, (tag[1] + tag[3]) / 2
    return x, y, min(max(x, x0), x1), min(max(y, y0), y1)


def _corners(item: SceneObject, side: float) -> Box:
    """An object's box in pixels."""
    x0, y0, x1, y1 = (v * side for v in item.box or (0, 0, 0, 0))
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _by_area(graph: SceneGraph) -> list[int]:
    """Positions of the objects, large ones first."""

    def area(place: int) -> float:
        x0, y0, x1, y1 = _corners(graph.objects[place], 1)
        return (x1 - x0) * (y1 - y0)

    return sorted(range(len(graph.objects)), key=area, reverse=True)
