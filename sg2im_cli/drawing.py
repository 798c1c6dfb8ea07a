"""A graph and a layout as pictures: PNG through Pillow, SVG as text."""

from __future__ import annotations

import base64
import colorsys
import math
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from sg2im_parsers.scene_graph import Box, SceneGraph, SceneObject

Color = tuple[int, int, int]
Point = tuple[float, float]

WIDTH, HEIGHT = 800, 600
FONT_SIZE = 18
GOLDEN = 0.61803398875


@dataclass(frozen=True)
class _Node:
    center: Point
    label: str
    detail: str
    color: Color

    @property
    def size(self) -> Point:
        longest = max(len(self.label), len(self.detail) * 0.8)
        return longest * FONT_SIZE * 0.6 + 24, FONT_SIZE * (2.8 if self.detail else 1.8)


@dataclass(frozen=True)
class _Edge:
    start: Point
    end: Point
    label: str
    color: Color

    @property
    def middle(self) -> Point:
        return (self.start[0] + self.end[0]) / 2, (self.start[1] + self.end[1]) / 2


def object_color(name: str) -> Color:
    """A colour of its own for a word, dark enough for white letters; the same in every picture."""
    hue = (sum((i + 1) * ord(c) for i, c in enumerate(name)) * GOLDEN) % 1
    red, green, blue = colorsys.hls_to_rgb(hue, 0.38, 0.6)
    return round(red * 255), round(green * 255), round(blue * 255)


def graph_picture(graph: SceneGraph, path: Path) -> bytes:
    """The graph as the bytes of a ``.png`` or ``.svg``, by the path's ending."""
    nodes, edges = _arrange(graph)
    return _graph_svg(nodes, edges).encode() if path.suffix.lower() == ".svg" else _png(_draw_graph(nodes, edges))


def layout_picture(graph: SceneGraph, path: Path) -> bytes:
    """Boxes, masks and names of a graph with boxes as the bytes of a ``.png`` or ``.svg``, by the path's ending."""
    return _layout_svg(graph).encode() if path.suffix.lower() == ".svg" else _png(draw_layout(graph))


def draw_layout(graph: SceneGraph, side: int = 600) -> Image.Image:
    """Boxes, masks and names, large objects first so that small ones stay visible."""
    canvas = Image.new("RGB", (side, side), "white")
    items = _by_area(graph)
    for item in items:
        x0, y0, x1, y1 = (round(v) for v in _corners(item, side - 1))
        shade = _shade(item).resize((max(1, x1 - x0), max(1, y1 - y0)))
        canvas.paste(shade, (x0, y0), shade)
    draw = ImageDraw.Draw(canvas)
    for item in items:
        draw.rectangle(_corners(item, side - 1), outline=object_color(item.label), width=3)
    for item, rim in zip(items, _tags(items, side), strict=True):
        draw.rectangle(rim, fill=object_color(item.label))
        draw.text((rim[0] + 4, rim[1] + 2), item.label, font=_font(), fill="white")
    return canvas


def _layout_svg(graph: SceneGraph, side: int = 600) -> str:
    items = _by_area(graph)
    rims = [
        _rect(_corners(item, side), f'fill="none" stroke="{_hex(object_color(item.label))}" stroke-width="3"')
        for item in items
    ]
    names = [
        _rect(rim, f'fill="{_hex(object_color(item.label))}"')
        + f'<text x="{rim[0] + 4:.1f}" y="{rim[1] + FONT_SIZE:.1f}" fill="white">{escape(item.label)}</text>'
        for item, rim in zip(items, _tags(items, side), strict=True)
    ]
    return _svg(side, side, [*(_mask_svg(item, side) for item in items), *rims, *names])


def _mask_svg(item: SceneObject, side: int) -> str:
    x0, y0, x1, y1 = _corners(item, side)
    data = base64.b64encode(_png(_shade(item))).decode()
    return (
        f'<image x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{data}"/>'
    )


def _rect(box: Box, style: str) -> str:
    x0, y0, x1, y1 = box
    return f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" {style}/>'


def _hex(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _shade(item: SceneObject) -> Image.Image:
    """An object's colour, see-through where its mask is low."""
    rows = item.mask or ((1.0,),)
    alpha = Image.frombytes("L", (len(rows[0]), len(rows)), bytes(round(255 * 0.45 * v) for row in rows for v in row))
    shade = Image.new("RGBA", alpha.size, object_color(item.label))
    shade.putalpha(alpha)
    return shade


def _tags(items: list[SceneObject], side: int) -> list[Box]:
    """Where the names go: at the corners of their boxes, each moved down while another is there."""
    taken: list[Box] = []
    for item in items:
        left, top, _, _ = _corners(item, side - 1)
        width, height = _font().getlength(item.label) + 8, FONT_SIZE + 6
        x, y = max(0, min(left, side - width)), max(0, min(top, side - height))
        while y < side - height and any(_overlap((x, y, x + width, y + height), other) for other in taken):
            y += height
        taken.append((x, y, x + width, y + height))
    return taken


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _corners(item: SceneObject, side: float) -> Box:
    """An object's box in pixels."""
    x0, y0, x1, y1 = (v * side for v in item.box or (0, 0, 0, 0))
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _by_area(graph: SceneGraph) -> list[SceneObject]:
    def area(item: SceneObject) -> float:
        x0, y0, x1, y1 = _corners(item, 1)
        return (x1 - x0) * (y1 - y0)

    return sorted(graph.objects, key=area, reverse=True)


def _arrange(graph: SceneGraph) -> tuple[list[_Node], list[_Edge]]:
    """Objects on an ellipse, relationships between them, cut off at the nodes' edges."""
    count = len(graph.objects)
    nodes = []
    for i, item in enumerate(graph.objects):
        angle = 2 * math.pi * i / max(1, count) - math.pi / 2
        reach = 0.0 if count == 1 else 1.0
        center = (
            WIDTH / 2 + reach * WIDTH * 0.36 * math.cos(angle),
            HEIGHT / 2 + reach * HEIGHT * 0.38 * math.sin(angle),
        )
        detail = ", ".join(item.attributes)
        nodes.append(_Node(center, item.label, detail, object_color(item.label)))
    edges = []
    for r in graph.relationships:
        if r.subject != r.object:
            start, end = nodes[r.subject], nodes[r.object]
            edges.append(_Edge(_rim(start, end.center), _rim(end, start.center), r.predicate, start.color))
    return nodes, edges


def _rim(node: _Node, toward: Point) -> Point:
    """Where a line from a node's centre leaves its rectangle."""
    dx, dy = toward[0] - node.center[0], toward[1] - node.center[1]
    width, height = node.size
    scale = 1 / max(abs(dx) / (width / 2 + 4), abs(dy) / (height / 2 + 4), 1e-9)
    return node.center[0] + dx * min(1, scale), node.center[1] + dy * min(1, scale)


def _graph_svg(nodes: list[_Node], edges: list[_Edge]) -> str:
    parts = [
        '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0 0L10 5L0 10z" fill="#555"/></marker></defs>'
    ]
    for edge in edges:
        (x0, y0), (x1, y1), (mx, my) = edge.start, edge.end, edge.middle
        parts.append(
            f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="#555" stroke-width="2" '
            f'marker-end="url(#arrow)"/><text x="{mx:.1f}" y="{my:.1f}" text-anchor="middle" stroke="white" '
            f'stroke-width="5" paint-order="stroke">{escape(edge.label)}</text>'
        )
    for node in nodes:
        (x, y), (width, height) = node.center, node.size
        color = _hex(node.color)
        parts.append(
            f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'rx="10" fill="{color}"/>'
        )
        lines = [node.label, node.detail] if node.detail else [node.label]
        for i, line in enumerate(lines):
            top = y + (i - (len(lines) - 1) / 2) * FONT_SIZE * 1.2 + FONT_SIZE * 0.35
            size = FONT_SIZE if i == 0 else FONT_SIZE * 0.8
            parts.append(
                f'<text x="{x:.1f}" y="{top:.1f}" font-size="{size}" text-anchor="middle" fill="white">'
                f"{escape(line)}</text>"
            )
    return _svg(WIDTH, HEIGHT, parts)


def _svg(width: int, height: int, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="{FONT_SIZE}"><rect width="100%" height="100%" fill="white"/>'
        + "".join(parts)
        + "</svg>\n"
    )


def _draw_graph(nodes: list[_Node], edges: list[_Edge]) -> Image.Image:
    canvas = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(canvas)
    for edge in edges:
        draw.line((*edge.start, *edge.end), fill=(85, 85, 85), width=2)
        draw.polygon(_arrow_head(edge.start, edge.end), fill=(85, 85, 85))
    for edge in edges:
        draw.text(edge.middle, edge.label, font=_font(), fill="black", anchor="mm", stroke_width=4, stroke_fill="white")
    for node in nodes:
        (x, y), (width, height) = node.center, node.size
        rim = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        draw.rounded_rectangle(rim, 10, fill=node.color)
        text = f"{node.label}\n{node.detail}" if node.detail else node.label
        draw.multiline_text((x, y), text, font=_font(), fill="white", anchor="mm", align="center")
    return canvas


def _arrow_head(start: Point, end: Point, size: float = 12) -> list[Point]:
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    sides = [angle + math.pi - 0.4, angle + math.pi + 0.4]
    return [end, *((end[0] + size * math.cos(a), end[1] + size * math.sin(a)) for a in sides)]


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(FONT_SIZE)


def _png(image: Image.Image) -> bytes:
    import io

    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
