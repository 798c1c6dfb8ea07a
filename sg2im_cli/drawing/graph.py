"""A scene graph as a picture: PNG through Pillow, SVG as text."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw

from sg2im_cli.drawing.arrangement import NO_PLACES, SMALL, Drawn, Node, Places, arrange
from sg2im_cli.drawing.parts import (
    DARK,
    FONT_SIZE,
    NO_MARKS,
    Color,
    Marks,
    Point,
    encode_png,
    font,
    hex_color,
    svg_document,
    svg_rect,
    text_width,
)
from sg2im_parsers.scene_graph import SceneGraph

GREY: Color = (85, 85, 85)
RIM = 4
"""Of a node that is marked."""


def graph_picture(graph: SceneGraph, path: Path) -> bytes:
    """The graph as the bytes of a ``.png`` or ``.svg``, by the path's ending."""
    return graph_svg(graph).encode() if path.suffix.lower() == ".svg" else encode_png(draw_graph(graph))


def draw_graph(graph: SceneGraph, marks: Marks = NO_MARKS, places: Places = NO_PLACES) -> Image.Image:
    """The graph; what is marked stands out."""
    return _as_image(arrange(graph, marks, places))


def graph_svg(graph: SceneGraph, marks: Marks = NO_MARKS, places: Places = NO_PLACES) -> str:
    """The graph as an SVG document; what is marked stands out."""
    return _as_svg(arrange(graph, marks, places))


def _as_svg(drawn: Drawn) -> str:
    parts = [
        '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 1L10 5L0 9z" fill="{hex_color(GREY)}"/></marker></defs>'
    ]
    for edge in drawn.edges:
        points, width = " ".join(f"{x:.1f},{y:.1f}" for x, y in edge.points), 4 if edge.marked else 2
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{hex_color(GREY)}" stroke-width="{width}" '
            'marker-end="url(#arrow)"/>'
        )
    for edge in drawn.edges:
        parts.append(svg_rect(edge.label_area, 'fill="white"'))
        parts.append(_svg_text(edge.label_at, FONT_SIZE, edge.label, "black"))
    for node in drawn.nodes:
        parts.append(svg_rect(node.area, f'rx="10" fill="{hex_color(node.color)}"{_rim(node)}'))
        parts += [_svg_text(middle, size, line, "white") for middle, size, line in _lines(node)]
    return svg_document(drawn.frame, parts)


def _rim(node: Node) -> str:
    return f' stroke="{hex_color(DARK)}" stroke-width="{RIM}"' if node.marked else ""


def _svg_text(middle: Point, size: float, line: str, color: str) -> str:
    """Text as wide as it was taken to be, whatever font the viewer has."""
    width = f' textLength="{text_width(line) * size / FONT_SIZE:.1f}" lengthAdjust="spacingAndGlyphs"' if line else ""
    return (
        f'<text x="{middle[0]:.1f}" y="{middle[1] + size * 0.35:.1f}" font-size="{size:.1f}" text-anchor="middle" '
        f'fill="{color}"{width}>{escape(line)}</text>'
    )


def _lines(node: Node) -> list[tuple[Point, float, str]]:
    """Middle, size and text of each line in a node."""
    x, y = node.center
    top = y - len(node.details) * FONT_SIZE / 2
    lines = [((x, top - (1 if node.details else 0)), float(FONT_SIZE), node.label)]
    for i, line in enumerate(node.details, 1):
        lines.append(((x, top + i * FONT_SIZE + 1), FONT_SIZE * SMALL, line))
    return lines


def _as_image(drawn: Drawn) -> Image.Image:
    """Drawn twice as large and reduced, so that slanting lines are smooth."""
    x0, y0, x1, y1 = drawn.frame

    def at(point: Point) -> Point:
        return (point[0] - x0) * 2, (point[1] - y0) * 2

    canvas = Image.new("RGB", (math.ceil(x1 - x0) * 2, math.ceil(y1 - y0) * 2), "white")
    draw = ImageDraw.Draw(canvas)
    for edge in drawn.edges:
        points = [at(point) for point in edge.points]
        draw.line(points, fill=DARK if edge.marked else GREY, width=8 if edge.marked else 4, joint="curve")
        draw.polygon(_arrow_head(points[-2], points[-1]), fill=DARK if edge.marked else GREY)
    for edge in drawn.edges:
        left, top, right, bottom = edge.label_area
        draw.rectangle((*at((left, top)), *at((right, bottom))), fill="white")
        draw.text(at(edge.label_at), edge.label, fill="black", font=font(2 * FONT_SIZE), anchor="mm")
    for node in drawn.nodes:
        left, top, right, bottom = node.area
        rim = 2 * RIM if node.marked else 0
        draw.rounded_rectangle((*at((left, top)), *at((right, bottom))), 20, fill=node.color, outline=DARK, width=rim)
        for middle, size, line in _lines(node):
            draw.text(at(middle), line, font=font(2 * size), fill="white", anchor="mm")
    return canvas.reduce(2)


def _arrow_head(start: Point, end: Point, size: float = 26) -> list[Point]:
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    sides = [angle + math.pi - 0.38, angle + math.pi + 0.38]
    return [end, *((end[0] + size * math.cos(a), end[1] + size * math.sin(a)) for a in sides)]
