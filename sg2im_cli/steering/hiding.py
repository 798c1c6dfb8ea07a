"""Things that hide each other, though nothing said wants them in one place, and where they can be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.steering.conditions import MOST_SHARED
from sg2im_cli.steering.statements import Apart, ends
from sg2im_parsers.scene_graph import Box, SceneGraph
from sg2im_parsers.vocabulary import Vocabulary

HIDDEN = 0.5
"""Two things hide each other from this share of what both cover together (intersection over union)."""

BESIDE = frozenset({"left of", "right of", "above", "below", "beside", "next to", "near", "by", "with", "and"})
"""Relations of things that are seen beside each other; all others may want one in front of the other."""

SHRINK = (1.0, 0.85, 0.7, 0.55)
"""How much of its size a thing keeps where there is no room for more, largest first."""

STEP = 0.05
"""Places that are tried are so far from each other, in shares of the picture."""

UPWARDS = 2.0
"""How much more a way up or down counts than one to the side: things stand on the ground."""

Boxes = NDArray[np.float64]


def hiding(graph: SceneGraph, vocabulary: Vocabulary) -> tuple[Apart, ...]:
    """Pairs of things whose boxes are nearly the same, though nothing said wants that.

    A model sums what it draws in one place: of two animals in one box neither can be seen.

    Args:
        graph: with boxes; an object without one hides nothing.
        vocabulary: of the model; stuff hides nothing and is not hidden.
    """
    things = _things(graph, vocabulary)
    if len(things) < 2:
        return ()
    shared = _iou(np.array([graph.objects[i].box for i in things]))
    close = _close(graph)
    return tuple(
        Apart(i, j)
        for (a, i), (b, j) in combinations(enumerate(things), 2)
        if shared[a, b] >= HIDDEN and frozenset((i, j)) not in close
    )


def spread(graph: SceneGraph, pairs: Sequence[Apart], fixed: frozenset[int], vocabulary: Vocabulary) -> SceneGraph:
    """The graph with things that hide each other where they can be seen, each as near as there is room.

    The more things hide a thing, the smaller it becomes. One for which no place is found stays.

    Args:
        graph: with boxes.
        pairs: of it, from `hiding`.
        fixed: objects that must not move.
        vocabulary: of the model.
    """
    crowd = Counter(i for pair in pairs for i in ends(pair))
    names = [(item.box, item.name) for item in graph.objects]  # the order must not depend on what is said first
    moving = sorted((i for i in crowd if i not in fixed), key=names.__getitem__)
    close = _close(graph)
    placed = {i: graph.objects[i].box for i in _things(graph, vocabulary) if i not in moving}
    for i in moving:
        box = graph.objects[i].box
        assert box is not None
        others = [other for j, other in placed.items() if frozenset((i, j)) not in close]
        room = min(1.0, 1.3 / (1 + crowd[i]) ** 0.5)
        found = (_nearest_free(box, room * size, np.array(others).reshape(-1, 4)) for size in SHRINK)
        placed[i] = next((free for free in found if free is not None), box)
    items = enumerate(graph.objects)
    return replace(graph, objects=tuple(replace(o, box=placed[i]) if i in moving else o for i, o in items))


def _things(graph: SceneGraph, vocabulary: Vocabulary) -> list[int]:
    return [i for i, item in enumerate(graph.objects) if item.box is not None and item.name not in vocabulary.stuff]


def _close(graph: SceneGraph) -> set[frozenset[int]]:
    """Pairs of which something is said that may want one in front of the other."""
    return {frozenset((r.subject, r.object)) for r in graph.relationships if r.predicate not in BESIDE}


def _nearest_free(box: Box, size: float, others: Boxes) -> Box | None:
    """The nearest place for a box of so much of its size, on its bottom line if it can be, that is free of others."""
    x0, y0, x1, y1 = box
    middle, width, height = (x0 + x1) / 2, (x1 - x0) * size, (y1 - y0) * size
    start = np.array([middle - width / 2, y1 - height, middle + width / 2, y1])
    places = start + np.array([(dx, dy, dx, dy) for dx, dy in STEPS])
    inside = (places[:, :2] >= 0).all(1) & (places[:, 2:] <= 1).all(1)
    free = np.flatnonzero(inside & _apart(places, others))
    if not len(free):
        return None
    left, top, right, bottom = (round(float(v), 6) for v in places[free[0]])
    return left, top, right, bottom


def _steps() -> Iterator[tuple[float, float]]:
    """All ways that are tried, the nearest first."""
    reach = round(1 / STEP)
    ways = product(range(-reach, reach + 1), repeat=2)
    for dx, dy in sorted(ways, key=lambda way: (abs(way[0]) + UPWARDS * abs(way[1]), way)):
        yield dx * STEP, dy * STEP


STEPS = tuple(_steps())


def _apart(places: Boxes, others: Boxes) -> NDArray[np.bool_]:
    """(P,) which places (P, 4) can be told from all others (O, 4), as `sg2im_cli.steering.conditions.apart` says."""
    low = np.maximum(places[:, None, :2], others[None, :, :2])
    high = np.minimum(places[:, None, 2:], others[None, :, 2:])
    shorter = np.minimum(places[:, None, 2:] - places[:, None, :2], others[None, :, 2:] - others[None, :, :2])
    free: NDArray[np.bool_] = np.any(high - low <= shorter * MOST_SHARED, axis=2).all(axis=1)
    return free


def _iou(boxes: Boxes) -> Boxes:
    """Intersection over union of all pairs: (O, 4) to (O, O)."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    inner = (high - low).clip(0).prod(2)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    return np.asarray(inner / (areas[:, None] + areas[None, :] - inner))
