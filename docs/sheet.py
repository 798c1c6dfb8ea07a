"""Draw the README's sheet: sentences, where their objects go, and the first pictures of seeds 0 and 1, unpicked.

python docs/sheet.py                    # docs/images/sheet.png, from the embedded weights
python docs/sheet.py --sentences FILE   # docs/images/sentences.png: a picture each, of seed 0; the project's file is
                                        # sg2im_cli/training/sentences.txt
python docs/sheet.py --colors           # docs/images/colors.png: things in colours, of seed 0
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont

from sg2im_cli import Painter, draw_layout
from sg2im_parsers import InputError

SENTENCES = (
    "a car on the street beside buildings",
    "a bed under a window",
    "mountains behind the sea",
    "trees beside a road under the sky",
    "two people walking on the beach",
    "a table and two chairs in front of a window",
    "a boat on a river",
    "a sofa in front of a wall with a painting",
    "a skyscraper above the street",
    "two sheep in a field",
    "a bus behind a person",
    "a dog on the grass",
)
COLORS = ("", "red", "blue", "green", "yellow", "white", "black", "brown", "orange", "gray")
THINGS = (
    "car on the road",
    "bus on the road",
    "dog on the grass",
    "building under the sky",
    "sofa in front of a wall",
    "person on the beach",
    "curtain beside a window",
    "wall behind a table",
)
COLUMNS = 2
SIDE, GAP, CAPTION = 144, 6, 22


def main() -> None:
    """Draw every sentence and save one picture."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--weights", default="default")
    options.add_argument("--sentences", type=Path, help="a text file with a sentence a line")
    options.add_argument("--colors", action="store_true", help="things in colours")
    options.add_argument("--output", type=Path)
    arguments = options.parse_args()
    painter = Painter.from_pretrained(arguments.weights)
    if arguments.colors:
        sheet, name = draw_colors(painter), "colors"
    elif arguments.sentences is None:
        sheet, name = draw_sheet(painter, SENTENCES), "sheet"
    else:
        sheet, name = draw_pictures(painter, arguments.sentences.read_text().splitlines()), arguments.sentences.stem
    output = arguments.output or Path(__file__).parent / "images" / f"{name}.png"
    output.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(output)


def draw_sheet(painter: Painter, sentences: Sequence[str]) -> Image.Image:
    """Layout and two pictures of each."""
    cell = 3 * SIDE + 2 * GAP, SIDE + CAPTION
    rows = -(-len(sentences) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (cell[0] + 3 * GAP) - 3 * GAP, rows * (cell[1] + GAP) - GAP), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for i, text in enumerate(sentences):
        painting = painter.paint(text, seed=0, samples=2)
        left, top = (i % COLUMNS) * (cell[0] + 3 * GAP), (i // COLUMNS) * (cell[1] + GAP)
        panels = draw_layout(painting.graph, 3 * SIDE), *painting.images
        for k, panel in enumerate(panels):
            small = panel.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
            sheet.paste(small, (left + k * (SIDE + GAP), top + CAPTION))
        pen.text((left, top + 2), text, fill="black", font=font)
    return sheet


def draw_pictures(painter: Painter, sentences: Sequence[str], columns: int = 8) -> Image.Image:
    """One picture of each, with as much of the sentence as there is room for on two lines."""
    rows = -(-len(sentences) // columns)
    step = SIDE + GAP, SIDE + 2 * CAPTION
    sheet = Image.new("RGB", (columns * step[0] - GAP, rows * step[1]), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for i, text in enumerate(sentences):
        left, top = (i % columns) * step[0], (i // columns) * step[1]
        try:
            image = painter.paint(text, seed=0).images[0].resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        except InputError:  # nothing in it that these weights can draw: an empty place says so
            image = Image.new("RGB", (SIDE, SIDE), (235, 235, 235))
        sheet.paste(image, (left, top + 2 * CAPTION - 8))
        for line, part in enumerate(wrap(text, 24)[:2]):
            pen.text((left, top + 2 + 15 * line), part, fill="black", font=font)
    return sheet


def draw_colors(painter: Painter) -> Image.Image:
    """A row for each thing, a column for each colour; nothing is said of the first."""
    side = SIDE * 2 // 3
    sheet = Image.new("RGB", (len(COLORS) * (side + GAP) - GAP, CAPTION + len(THINGS) * (side + GAP) - GAP), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for column, color in enumerate(COLORS):
        pen.text((column * (side + GAP), 2), color or "(none)", fill="black", font=font)
        for row, thing in enumerate(THINGS):
            image = painter.paint(" ".join(f"a {color} {thing}".split()), seed=0).images[0]
            place = column * (side + GAP), CAPTION + row * (side + GAP)
            sheet.paste(image.resize((side, side), Image.Resampling.BICUBIC), place)
    return sheet


if __name__ == "__main__":
    main()
