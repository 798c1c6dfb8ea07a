"""Where the objects, arrows and labels of a graph go in its picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sg2im_cli.drawing.parts import (
    FONT_SIZE,
    NO_MARKS,
    Area,
    Color,
    Marks,
    Point,
    object_color,
    overlap,
    printable,
    text_width,
)
from sg2im_cli.drawing.places import CROWD, place_objects
from sg2im_parsers.scene_graph import SceneGraph, SceneObject

MARGIN = 24.0
SMALL = 0.8
"""Size of attributes beside that of names."""

ENLARGED = (1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.5)
ALONG = (0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72)
"""Where on its arrow a label may stand, best first."""

APART = 26.0
"""Between arrows that join the same two objects."""

WIDEST = 240.0
"""A line of attributes that is wider goes on in the next line, if it has several."""

HEAD, TAIL = 18.0, 10.0
"""How much of an arrow must be seen before and behind its label."""


@dataclass(frozen=True)
class Node:
    """An object: a box with its name, and in further lines what is said of it."""

    center: Point
    label: str
    details: tuple[str, ...]
    color: Color
    marked: bool = False

    @property
    def size(self) -> Point:
        """Width and height."""
        longest = max(text_width(self.label), *(text_width(line) * SMALL for line in self.details), 0)
        return longest + 28, FONT_SIZE * (1.8 + len(self.details))

    @property
    def area(self) -> Area:
        """What it covers."""
        return _around(self.center, *self.size)


@dataclass(frozen=True)
class Edge:
    """A relationship: an arrow along some points, and its label."""

    points: tuple[Point, ...]
    label: str
    label_at: Point
    marked: bool = False

    @property
    def label_area(self) -> Area:
        """What its label covers."""
        return _around(self.label_at, text_width(self.label) + 8, FONT_SIZE + 2)

    @property
    def hidden(self) -> bool:
        """Whether the label covers the head or the beginning of a straight arrow."""
        if len(self.points) != 2:
            return False
        (x0, y0), (x1, y1) = self.points
        length = math.hypot(x1 - x0, y1 - y0)
        left, top, right, bottom = self.label_area
        ways = [(right - left) * length / abs(x1 - x0)] if x1 != x0 else []
        ways += [(bottom - top) * length / abs(y1 - y0)] if y1 != y0 else []
        covered = min(ways, default=0.0) / 2
        return math.dist(self.label_at, self.points[0]) < covered + TAIL or (
            math.dist(self.label_at, self.points[1]) < covered + HEAD
        )


@dataclass(frozen=True)
class Places:
    """Where the objects of a graph go, if that is known before.

    Attributes:
        centers: of all objects; None for the best places.
        frame: what the picture shows; None for just what is in it.
    """

    centers: tuple[Point, ...] | None = None
    frame: Area | None = None


NO_PLACES = Places()


@dataclass(frozen=True)
class Drawn:
    """All that is in the picture, how much of it lies on other things, and what the picture shows, if that is given."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    overlaps: int
    shown: Area | None = None

    @property
    def frame(self) -> Area:
        """What the picture must show."""
        if self.shown is not None:
            return self.shown
        areas = [node.area for node in self.nodes] + [edge.label_area for edge in self.edges]
        areas += [(x, y, x, y) for edge in self.edges for x, y in edge.points]
        if not areas:
            return 0.0, 0.0, 200.0, 100.0
        x0, y0 = (min(area[i] for area in areas) - MARGIN for i in (0, 1))
        x1, y1 = (max(area[i] for area in areas) + MARGIN for i in (2, 3))
        return x0, y0, x1, y1

    @property
    def badness(self) -> tuple[int, float]:
        """Overlaps first, then how large a picture of the usual shape must be to hold it."""
        x0, y0, x1, y1 = self.frame
        return self.overlaps, max(x1 - x0, (y1 - y0) * 1.5)


def arrange(graph: SceneGraph, marks: Marks = NO_MARKS, places: Places = NO_PLACES) -> Drawn:
    """The smallest arrangement without overlaps, or that with the fewest, where no places are given."""
    if places.centers is not None:
        return replace(_connect(graph, _nodes(graph, places.centers, marks), marks), shown=places.frame)
    return _best(graph, marks)


def _best(graph: SceneGraph, marks: Marks) -> Drawn:
    pairs = [(r.subject, r.object) for r in graph.relationships if r.subject != r.object]
    found: list[Drawn] = []
    tries = place_objects(len(graph.objects), pairs)
    for scale in ENLARGED if len(graph.objects) <= CROWD else (1.0,):
        for centers in tries:
            spread = [(x * scale, y * scale) for x, y in centers]
            found.append(_connect(graph, _nodes(graph, spread, marks), marks))
        best = min(found, key=lambda drawn: drawn.badness)
        if not best.overlaps:
            break
    return best


def _nodes(graph: SceneGraph, centers: Sequence[Point], marks: Marks) -> tuple[Node, ...]:
    pairs = enumerate(zip(graph.objects, centers, strict=True))
    return tuple(_node(item, center, i in marks.objects) for i, (item, center) in pairs)


def _node(item: SceneObject, center: Point, marked: bool) -> Node:
    said = [str(item.quantity)] if item.quantity else []
    said += [*item.attributes, *([] if item.place is None else [item.place])]
    lines = tuple(_lines(map(printable, said)))
    return Node(center, printable(item.label), lines, object_color(item.label), marked)


def _lines(said: Iterable[str]) -> Iterator[str]:
    """What is said of an object, with commas, in lines of no great width."""
    line = ""
    for word in said:
        if line and text_width(f"{line}, {word}") * SMALL > WIDEST:
            yield f"{line},"
            line = word
        else:
            line = f"{line}, {word}" if line else word
    if line:
        yield line


def _connect(graph: SceneGraph, nodes: tuple[Node, ...], marks: Marks) -> Drawn:
    """Arrows between the nodes, those of the same two side by side, and their labels where nothing else is."""
    taken = [node.area for node in nodes]
    overlaps = sum(overlap(a, b) for i, a in enumerate(taken) for b in taken[:i])
    crowded = len(nodes) > CROWD
    edges: list[Edge] = []
    for pair, bundle in _bundles(graph, marks).items():
        others = [] if crowded else [node.area for k, node in enumerate(nodes) if k not in pair]
        for edge in _draw_bundle(nodes, pair, bundle, [] if crowded else taken):
            overlaps += edge.hidden + any(overlap(edge.label_area, other) for other in ([] if crowded else taken))
            overlaps += sum(_crosses(edge.points[0], edge.points[1], area) for area in others)
            edges.append(edge)
            taken.append(edge.label_area)
    return Drawn(nodes, tuple(edges), overlaps)


Bundle = list[tuple[int, int, str, bool]]
"""Subject, object, label, and whether it is marked."""


def _bundles(graph: SceneGraph, marks: Marks) -> dict[tuple[int, int], Bundle]:
    """Relationships by the two objects that they join."""
    bundles: dict[tuple[int, int], Bundle] = {}
    for i, r in enumerate(graph.relationships):
        key = (min(r.subject, r.object), max(r.subject, r.object))
        told = (r.subject, r.object, printable(r.predicate), i in marks.relationships)
        bundles.setdefault(key, []).append(told)
    return bundles


def _draw_bundle(nodes: tuple[Node, ...], pair: tuple[int, int], bundle: Bundle, taken: list[Area]) -> Iterator[Edge]:
    if pair[0] == pair[1]:
        label = ", ".join(dict.fromkeys(label for _, _, label, _ in bundle))
        yield replace(_loop(nodes[pair[0]], label), marked=any(marked for *_, marked in bundle))
        return
    for i, (subject, target, label, marked) in enumerate(bundle):
        shift = (i - (len(bundle) - 1) / 2) * APART * (1 if subject == pair[0] else -1)
        yield replace(_arrow(nodes[subject], nodes[target], label, shift, taken), marked=marked)


def _arrow(start: Node, end: Node, label: str, shift: float, taken: list[Area]) -> Edge:
    """An arrow from rim to rim, with its label where nothing else is, if there is such a place."""
    dx, dy = end.center[0] - start.center[0], end.center[1] - start.center[1]
    length = math.hypot(dx, dy) or 1.0
    aside = -dy / length * shift, dx / length * shift
    one, two = _moved(start.center, aside), _moved(end.center, aside)
    points = _leave(start.area, one, two), _leave(end.area, two, one)
    (x0, y0), (x1, y1) = points
    tries = [Edge(points, label, (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t)) for t in ALONG]
    free = [edge for edge in tries if not any(overlap(edge.label_area, other) for other in taken)]
    return next((edge for edge in free if not edge.hidden), (free or tries)[0])


def _loop(node: Node, label: str) -> Edge:
    """An object's relationship with itself."""
    _, y = node.center
    right = node.area[2]
    points = ((right, y - 7), (right + 20, y - 7), (right + 20, y + 7), (right + 3, y + 7))
    return Edge(points, label, (right + 28 + text_width(label) / 2, y))


def _around(center: Point, width: float, height: float) -> Area:
    x, y = center
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _moved(point: Point, by: Point) -> Point:
    return point[0] + by[0], point[1] + by[1]


def _leave(area: Area, inside: Point, toward: Point) -> Point:
    """Where a line from a point in a rectangle leaves it, with a little room."""
    dx, dy = toward[0] - inside[0], toward[1] - inside[1]
    x0, y0, x1, y1 = area
    ways = [
        ((x1 + 4 if dx > 0 else x0 - 4) - inside[0]) / dx if dx else math.inf,
        ((y1 + 4 if dy > 0 else y0 - 4) - inside[1]) / dy if dy else math.inf,
    ]
    share = min(1.0, max(0.0, min(ways)))
    return inside[0] + dx * share, inside[1] + dy * share


def _crosses(start: Point, end: Point, area: Area) -> bool:
    """Whether a line passes through a rectangle."""
    low, high = 0.0, 1.0
    for axis in (0, 1):
        step = end[axis] - start[axis]
        near, far = area[axis] - start[axis], area[axis + 2] - start[axis]
        if step == 0:
            if near > 0 or far < 0:
                return False
            continue
        enter, leave = sorted((near / step, far / step))
        low, high = max(low, enter), min(high, leave)
    return low < high
