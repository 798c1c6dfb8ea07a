"""What pictures of graphs and of layouts share: colours, text, rectangles, PNG and SVG."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from unicodedata import east_asian_width

from PIL import Image, ImageFont

Area = tuple[float, float, float, float]
Color = tuple[int, int, int]
Point = tuple[float, float]

FONT_SIZE = 18
GOLDEN = 0.61803398875


@dataclass(frozen=True)
class Marks:
    """What of a graph stands out in its pictures: by a dark rim, or a dark arrow, as not all people tell all colours.

    Attributes:
        objects: positions.
        relationships: likewise.
    """

    objects: frozenset[int] = frozenset()
    relationships: frozenset[int] = frozenset()


NO_MARKS = Marks()
DARK: Color = (17, 17, 17)


def object_color(name: str) -> Color:
    """A colour of its own for a word, dark enough for white letters; the same in every picture."""
    hue = (sum((i + 1) * ord(c) for i, c in enumerate(name)) * GOLDEN) % 1
    red, green, blue = colorsys.hls_to_rgb(hue, 0.38, 0.6)
    return round(red * 255), round(green * 255), round(blue * 255)


def hex_color(color: Color) -> str:
    """As SVG writes it."""
    return "#{:02x}{:02x}{:02x}".format(*color)


@cache
def font(size: float = FONT_SIZE) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The one that comes with Pillow."""
    return ImageFont.load_default(size)


def text_width(text: str) -> float:
    """In pixels; letters that the font lacks count as their script is wide."""
    wide = sum(east_asian_width(letter) in "WF" for letter in text)
    return font().getlength(text) + wide * FONT_SIZE / 2


def printable(text: str) -> str:
    """In one line, without what XML cannot hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def overlap(a: Area, b: Area) -> bool:
    """Whether two rectangles share any room."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def shared_area(a: Area, b: Area) -> float:
    """How much room two rectangles share."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def svg_rect(area: Area, style: str) -> str:
    """A rectangle with attributes of its own."""
    x0, y0, x1, y1 = area
    return f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" {style}/>'


def svg_document(frame: Area, parts: list[str]) -> str:
    """A whole file that shows what lies in a frame."""
    x0, y0, x1, y1 = frame
    width, height = round(x1 - x0), round(y1 - y0)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x0:.1f} {y0:.1f} {x1 - x0:.1f} {y1 - y0:.1f}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="{FONT_SIZE}">'
        + svg_rect(frame, 'fill="white"')
        + "".join(parts)
        + "</svg>\n"
    )


def encode_png(image: Image.Image) -> bytes:
    """The bytes of a file."""
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
