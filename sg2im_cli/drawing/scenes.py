"""A sheet of scenes: each picture as it is, with its boxes and masks, and its graph beside it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sg2im_cli.drawing.graph import draw_graph
from sg2im_cli.drawing.layout import draw_layout
from sg2im_cli.drawing.parts import encode_png
from sg2im_parsers.scene_graph import SceneGraph, SceneObject

SIDE = 500
GRAPH = 600
"""The least width of the graphs' column: it is as wide as the widest graph needs."""

GAP = 12
REDUCED = 0.8
"""What a graph's size is multiplied by: words of smaller letters are hard to read."""


def scene_sheet(scenes: Sequence[tuple[NDArray[np.uint8], SceneGraph]]) -> bytes:
    """A row for each scene, as the bytes of a PNG; objects of one name are numbered, so that one finds them again.

    Args:
        scenes: pixels (3, H, W) uint8 and a graph whose objects have boxes.
    """
    told = [numbered(graph) for _, graph in scenes]
    drawn = [_reduced(draw_graph(graph)) for graph in told]
    heights = [max(SIDE, graph.height) for graph in drawn]
    width = max((GRAPH, *(graph.width for graph in drawn)))
    canvas = Image.new("RGB", (2 * (SIDE + GAP) + width, sum(heights) + GAP * (len(scenes) - 1)), "white")
    top = 0
    for (pixels, _), graph, picture_of_graph, height in zip(scenes, told, drawn, heights, strict=True):
        picture = Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))
        picture = picture.resize((SIDE, SIDE), Image.Resampling.NEAREST)
        canvas.paste(picture, (0, top))
        canvas.paste(draw_layout(graph, SIDE, picture=picture), (SIDE + GAP, top))
        canvas.paste(picture_of_graph, (2 * (SIDE + GAP), top + (height - picture_of_graph.height) // 2))
        top += height + GAP
    return encode_png(canvas)


def numbered(graph: SceneGraph) -> SceneGraph:
    """The same with ``dog 1`` and ``dog 2`` where there are two dogs; each has a colour of its own, too."""
    many = Counter(item.label for item in graph.objects)
    seen: Counter[str] = Counter()

    def told(item: SceneObject) -> SceneObject:
        if many[item.label] == 1:
            return item
        seen[item.label] += 1
        return replace(item, name=f"{item.label} {seen[item.label]}")

    return replace(graph, objects=tuple(told(item) for item in graph.objects))


def _reduced(image: Image.Image) -> Image.Image:
    size = math.ceil(image.width * REDUCED), math.ceil(image.height * REDUCED)
    return image.resize(size, Image.Resampling.LANCZOS)
