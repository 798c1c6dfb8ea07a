"""A sheet of scenes: each picture as it is, with its boxes and masks, and its graph beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sg2im_cli.drawing.graph import draw_graph
from sg2im_cli.drawing.layout import draw_layout
from sg2im_cli.drawing.parts import encode_png
from sg2im_parsers.scene_graph import SceneGraph

SIDE = 400
GRAPH = 600
GAP = 12


def scene_sheet(scenes: Sequence[tuple[NDArray[np.uint8], SceneGraph]]) -> bytes:
    """A row for each scene, as the bytes of a PNG.

    Args:
        scenes: pixels (3, H, W) uint8 and a graph whose objects have boxes.
    """
    canvas = Image.new("RGB", (2 * SIDE + GRAPH + 2 * GAP, len(scenes) * (SIDE + GAP) - GAP), "white")
    for number, (pixels, graph) in enumerate(scenes):
        top = number * (SIDE + GAP)
        picture = Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))
        picture = picture.resize((SIDE, SIDE), Image.Resampling.NEAREST)
        canvas.paste(picture, (0, top))
        canvas.paste(draw_layout(graph, SIDE, picture=picture), (SIDE + GAP, top))
        drawn = draw_graph(graph)
        drawn.thumbnail((GRAPH, SIDE), Image.Resampling.LANCZOS)
        canvas.paste(drawn, (2 * (SIDE + GAP), top + (SIDE - drawn.height) // 2))
    return encode_png(canvas)
