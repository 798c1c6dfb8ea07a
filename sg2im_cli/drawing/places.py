"""Where the objects of a graph go in its picture, by networkx: what belongs together lies together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any

Point = tuple[float, float]

STEP: Point = (190.0, 120.0)
"""How far neighbours lie apart: names are wider than they are high."""

CROWD = 60
"""With more objects they go round in a circle: no arrangement would be legible, and forces take long."""

WIDEST_CIRCLE = 1200.0

TOGETHER = 0.05
"""How strongly objects that are not related attract each other, of how related ones do: it bends long chains, which
are half as wide so."""


def place_objects(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[Point]]:
    """Several arrangements to choose from; always the same ones for the same graph.

    Args:
        count: of the objects.
        pairs: objects that are related.

    Returns:
        For each arrangement the middle of every object.
    """
    if count > CROWD:
        return [_circle(count)]
    return [_side_by_side(count, pairs, seed) for seed in range(12 if count <= 20 else 3)]


def _circle(count: int) -> list[Point]:
    radius = min(WIDEST_CIRCLE, count * 60 / math.tau)
    angles = [math.tau * i / count - math.pi / 2 for i in range(count)]
    return [(radius * 1.6 * math.cos(a), radius * math.sin(a)) for a in angles]


def _side_by_side(count: int, pairs: Sequence[tuple[int, int]], seed: int) -> list[Point]:
    """Parts that are not related to each other in rows, about as wide as high, the largest first."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(pairs)
    parts = [_by_forces(graph.subgraph(part), seed) for part in nx.connected_components(graph)]
    parts.sort(key=len, reverse=True)
    widest = max(_width(part) for part in parts) if parts else 0.0
    room = max(widest, math.sqrt(sum((_width(part) + STEP[0]) * (_height(part) + STEP[1]) for part in parts)))
    places: dict[int, Point] = {}
    left = top = row_height = 0.0
    for part in parts:
        if left > 0 and left + _width(part) > room:
            left, top, row_height = 0.0, top + row_height + STEP[1], 0.0
        places.update({i: (left + x, top + y) for i, (x, y) in part.items()})
        left += _width(part) + STEP[0]
        row_height = max(row_height, _height(part))
    return [places[i] for i in range(count)]


def _by_forces(part: Any, seed: int) -> dict[int, Point]:  # noqa: ANN401 a graph; networkx has no types
    """Related objects attract and all repel each other (Fruchterman and Reingold); lying rather than upright."""
    import networkx as nx

    drawn_together = nx.Graph()
    drawn_together.add_nodes_from(part)
    for one, other in combinations(part, 2):
        drawn_together.add_edge(one, other, weight=1.0 if part.has_edge(one, other) else TOGETHER)
    found = nx.spring_layout(drawn_together, seed=seed, iterations=150, k=1.0, scale=None)
    points = {i: (float(x), float(y)) for i, (x, y) in found.items()}
    if _height(points) > _width(points):
        points = {i: (y, x) for i, (x, y) in points.items()}
    left, top = (min(point[axis] for point in points.values()) for axis in (0, 1))
    return {i: ((x - left) * STEP[0], (y - top) * STEP[1]) for i, (x, y) in points.items()}


def _width(part: dict[int, Point]) -> float:
    return max(x for x, _ in part.values()) - min(x for x, _ in part.values())


def _height(part: dict[int, Point]) -> float:
    return max(y for _, y in part.values()) - min(y for _, y in part.values())
