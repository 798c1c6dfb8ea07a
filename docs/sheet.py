"""Draw the README's sheet: sentences, where their objects go, and the first pictures of seeds 0 and 1, unpicked.

python docs/sheet.py            # docs/images/sheet.png, from the embedded weights
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from sg2im_cli import Painter
from sg2im_cli.drawing import draw_layout

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
COLUMNS = 2
SIDE, GAP, CAPTION = 144, 6, 22


def main() -> None:
    """Draw every sentence and save one picture."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--weights", default="default")
    options.add_argument("--output", type=Path, default=Path(__file__).parent / "images" / "sheet.png")
    arguments = options.parse_args()
    painter = Painter.from_pretrained(arguments.weights)
    cell = 3 * SIDE + 2 * GAP, SIDE + CAPTION
    rows = -(-len(SENTENCES) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (cell[0] + 3 * GAP) - 3 * GAP, rows * (cell[1] + GAP) - GAP), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for i, text in enumerate(SENTENCES):
        painting = painter.paint(text, seed=0, samples=2)
        left, top = (i % COLUMNS) * (cell[0] + 3 * GAP), (i // COLUMNS) * (cell[1] + GAP)
        panels = draw_layout(painting.graph, 3 * SIDE), *painting.images
        for k, panel in enumerate(panels):
            small = panel.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
            sheet.paste(small, (left + k * (SIDE + GAP), top + CAPTION))
        pen.text((left, top + 2), text, fill="black", font=font)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(arguments.output)


if __name__ == "__main__":
    main()
