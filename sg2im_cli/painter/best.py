"""The best of several pictures, and by what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sg2im_cli.painter.painting import Choice, Layout, Painting
from sg2im_parsers.scene_graph import Box, SceneGraph

Score = Callable[[Sequence[Image.Image], SceneGraph], Sequence[float] | None]
"""Says of pictures of one graph, with boxes and masks, how good each is: a larger number is better.

None says that it knows nothing of such a graph; then `contrast` decides."""

RELATIONSHIPS = "relationships"


def choose(drawn: Sequence[Painting], score: Score) -> Painting:
    """The best picture of several paintings of one graph or sentence, with the choice in it.

    Args:
        drawn: seeds follow each other.
        score: decides where the same holds in all layouts, and between equals; its name is that of the criterion.
    """
    each = [(painting, i) for painting in drawn for i in range(len(painting.images))]
    alone = [painting.alone(i) for painting, i in each]
    if score(alone[0].images, alone[0].graph) is None:
        score = contrast
    measured = alone if any(painting.apart for painting in drawn) else drawn  # of one layout all are looked at together
    looks = [value for painting in measured for value in _measure(score, painting)]
    kept = [_kept(painting) for painting in alone]
    best = max(range(len(alone)), key=lambda i: (kept[i], looks[i], -i))
    apart = len(set(kept)) > 1
    shown = [share for share, _ in kept] if apart else looks
    scores = tuple((painting.seeds[0], value) for painting, value in zip(alone, shown, strict=True))
    by = RELATIONSHIPS if apart else getattr(score, "__name__", type(score).__name__)
    return replace(alone[best], choice=Choice(by, alone[best].seeds[0], scores))


def _measure(score: Score, painting: Painting) -> Sequence[float]:
    found = score(painting.images, painting.graph)
    return [0.0] * len(painting.images) if found is None else found


def _kept(layout: Layout) -> tuple[float, float]:
    """The share of what is said that holds, and how far the rest is from holding, below 0."""
    judged = [item for item in (*layout.checks, *layout.place_checks) if item.satisfied is not None]
    if not judged:
        return 1.0, 0.0
    return round(sum(bool(item.satisfied) for item in judged) / len(judged), 4), -sum(item.off for item in judged)


def contrast(images: Sequence[Image.Image], graph: SceneGraph) -> list[float]:
    """How well objects stand out: the mean difference in colour between inside and outside of their boxes, of 255.

    It needs no network, and knows nothing of what a car looks like. An object that fills the picture is left out.
    """
    boxes = [item.box for item in graph.objects if item.box is not None]
    return [_contrast(np.asarray(image.convert("RGB"), dtype=np.float64), boxes) for image in images]


def _contrast(pixels: NDArray[np.float64], boxes: Sequence[Box]) -> float:
    height, width = pixels.shape[:2]
    found = []
    for x0, y0, x1, y1 in boxes:
        inside = np.zeros((height, width), dtype=bool)
        inside[round(y0 * height) : round(y1 * height), round(x0 * width) : round(x1 * width)] = True
        if inside.any() and not inside.all():
            found.append(float(np.abs(pixels[inside].mean(0) - pixels[~inside].mean(0)).mean()))
    return round(sum(found) / len(found), 4) if found else 0.0
