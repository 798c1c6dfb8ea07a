"""A graph and a layout as pictures: PNG through Pillow, SVG as text."""

from __future__ import annotations

import colorsys
import math
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from sg2im_parsers.scene_graph import SceneGraph

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
    for index in _by_area(graph):
        item = graph.objects[index]
        box = [round(v * (side - 1)) for v in item.box or (0, 0, 0, 0)]
        _shade(canvas, box, item.mask, object_color(item.label))
    draw = ImageDraw.Draw(canvas)
    taken: list[tuple[float, float, float, float]] = []
    for index in _by_area(graph):
        item = graph.objects[index]
        x0, y0, x1, y1 = (v * (side - 1) for v in item.box or (0, 0, 0, 0))
        color = object_color(item.label)
        draw.rectangle((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), outline=color, width=3)
        _tag(draw, (min(x0, x1), min(y0, y1)), item.label, color, taken, side)
    return canvas


def _shade(canvas: Image.Image, box: list[int], mask: object, color: Color) -> None:
    width, height = max(1, abs(box[2] - box[0])), max(1, abs(box[3] - box[1]))
    if isinstance(mask, tuple):
        values = bytes(round(255 * value) for row in mask for value in row)
        alpha = Image.frombytes("L", (len(mask[0]), len(mask)), values).resize((width, height))
    else:
        alpha = Image.new("L", (width, height), 255)
    alpha = alpha.point(lambda value: round(value * 0.45))
    canvas.paste(Image.new("RGB", (width, height), color), (min(box[0], box[2]), min(box[1], box[3])), alpha)


def _tag(
    draw: ImageDraw.ImageDraw,
    corner: Point,
    label: str,
    color: Color,
    taken: list[tuple[float, float, float, float]],
    side: int,
) -> None:
    """A name at the corner of its box, moved down while another name is there."""
    font = _font()
    width, height = draw.textlength(label, font=font) + 8, FONT_SIZE + 6
    x, y = min(max(0, corner[0]), side - width), min(max(0, corner[1]), side - height)
    while any(x < r and x + width > left and y < b and y + height > t for left, t, r, b in taken) and y < side - height:
        y += height
    taken.append((x, y, x + width, y + height))
    draw.rectangle(taken[-1], fill=color)
    draw.text((x + 4, y + 2), label, font=font, fill="white")


def _by_area(graph: SceneGraph) -> list[int]:
    def area(index: int) -> float:
        x0, y0, x1, y1 = graph.objects[index].box or (0, 0, 0, 0)
        return abs((x1 - x0) * (y1 - y0))

    return sorted(range(len(graph.objects)), key=area, reverse=True)


def _layout_svg(graph: SceneGraph, side: int = 600) -> str:
    shapes, names = [], []
    for index in _by_area(graph):
        item = graph.objects[index]
        x0, y0, x1, y1 = (v * side for v in item.box or (0, 0, 0, 0))
        color = "#{:02x}{:02x}{:02x}".format(*object_color(item.label))
        shapes.append(_mask_svg(item.mask, (x0, y0, x1, y1), color))
        shapes.append(
            f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" fill="none" '
            f'stroke="{color}" stroke-width="3"/>'
        )
        names.append(
            f'<text x="{x0 + 5:.1f}" y="{y0 + FONT_SIZE:.1f}" fill="{color}" stroke="white" stroke-width="4" '
            f'paint-order="stroke">{escape(item.label)}</text>'
        )
    return _svg(side, side, [*shapes, *names])


def _mask_svg(mask: object, box: tuple[float, float, float, float], color: str) -> str:
    x0, y0, x1, y1 = box
    if not isinstance(mask, tuple):
        return f'<rect x="{x0}" y="{y0}" width="{x1 - x0}" height="{y1 - y0}" fill="{color}" opacity="0.4"/>'
    rows, cols = len(mask), len(mask[0])
    width, height = (x1 - x0) / cols, (y1 - y0) / rows
    cells = [
        f'<rect x="{x0 + c * width:.1f}" y="{y0 + r * height:.1f}" width="{width + 0.5:.1f}" '
        f'height="{height + 0.5:.1f}" opacity="{0.45 * value:.2f}"/>'
        for r, row in enumerate(mask)
        for c, value in enumerate(row)
        if value > 0.05
    ]
    return f'<g fill="{color}">{"".join(cells)}</g>'


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
        color = "#{:02x}{:02x}{:02x}".format(*node.color)
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
