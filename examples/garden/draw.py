"""Draw a small data set to try `sg2im data` and `sg2im train` with.

python examples/garden/draw.py

16 pictures of flat colours, a building and trees on grass under a sky, with `pictures.jsonl` that says where everything
is. Nothing in them is a photograph, so that they can be copied freely.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

HERE = Path(__file__).parent
SIDE = 64
WALLS = {"red": "#b5493a", "yellow": "#d9b84a", "white": "#e9e4da", "gray": "#8d9197"}

Box = tuple[int, int, int, int]


def main() -> None:
    """Draw all pictures, and say in a line for each what it shows."""
    chance = random.Random(0)
    lines = [draw(f"{number:02d}.png", chance) for number in range(16)]
    (HERE / "pictures.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf8")


def draw(name: str, chance: random.Random) -> dict[str, Any]:
    """Draw one picture.

    Args:
        name: of its file.
        chance: says where things are.

    Returns:
        Its line: objects with boxes in pixels, and polygons where they are no rectangles.
    """
    horizon = chance.randint(30, 40)
    picture = Image.new("RGB", (SIDE, SIDE), "#8fbce6")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, horizon, SIDE, SIDE), fill="#6f9a4c")
    objects = [_object("sky", (0, 0, SIDE, horizon)), _object("grass", (0, horizon, SIDE, SIDE))]
    left = chance.randint(2, 34)
    objects.append(_building(pen, (left, horizon - 18, left + 22, horizon + 6), chance))
    for middle in chance.sample(range(8, SIDE - 8, 12), chance.randint(1, 2)):
        objects.append(_tree(pen, middle, horizon + chance.randint(8, 16)))
    picture.quantize(16).save(HERE / name)
    return {"image": name, "objects": objects}


def _object(name: str, box: Box, **more: object) -> dict[str, Any]:
    return {"name": name, "box": list(box), **more}


def _building(pen: ImageDraw.ImageDraw, box: Box, chance: random.Random) -> dict[str, Any]:
    x0, y0, x1, y1 = box
    color = chance.choice(sorted(WALLS))
    corners = [(x0, y1), (x0, y0 + 8), ((x0 + x1) // 2, y0), (x1, y0 + 8), (x1, y1)]
    pen.polygon(corners, fill=WALLS[color])
    pen.rectangle((x0 + 8, y1 - 9, x0 + 13, y1), fill="#4c3a30")
    return _object("building", box, polygon=[number for corner in corners for number in corner], attributes=[color])


def _tree(pen: ImageDraw.ImageDraw, middle: int, foot: int) -> dict[str, Any]:
    x0, y0, x1 = middle - 8, foot - 30, middle + 8
    pen.rectangle((middle - 2, foot - 10, middle + 1, foot), fill="#6b4a2f")
    pen.polygon([(x0, foot - 9), (middle, y0), (x1, foot - 9)], fill="#2f6b3a")
    outline = [x0, foot - 9, middle, y0, x1, foot - 9, middle + 2, foot - 9, middle + 2, foot, middle - 2, foot]
    return _object("tree", (x0, y0, x1, foot), polygon=[*outline, middle - 2, foot - 9])


if __name__ == "__main__":
    main()
