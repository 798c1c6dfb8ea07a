"""What is not the same in two graphs and their layouts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sg2im_cli.drawing.parts import Marks
from sg2im_parsers.scene_graph import Box, Relationship, SceneGraph
from sg2im_parsers.stories.alignment import pair_objects

NOTICED = 0.05
"""How far a box must have gone to be marked, as a share of the picture."""


@dataclass(frozen=True)
class Move:
    """How the box of one object changed.

    Attributes:
        before: the object's position in the first graph.
        after: in the second.
        right: how far its middle went to the right, as a share of the picture; below 0 to the left.
        down: likewise.
        wider: its width, as a multiple of what it was.
        higher: its height, likewise.
        iou: of both boxes.
    """

    before: int
    after: int
    right: float
    down: float
    wider: float
    higher: float
    iou: float

    @property
    def far(self) -> float:
        """How far its middle went."""
        return math.hypot(self.right, self.down)

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        names = ("right", "down", "far", "wider", "higher", "iou")
        return {"before": self.before, "after": self.after, **{name: round(getattr(self, name), 4) for name in names}}


@dataclass(frozen=True)
class Comparison:
    """Two graphs, and what became of the first one's objects and relationships in the second.

    Attributes:
        before: the first, with boxes.
        after: the second, with boxes.
        kept: objects of both: position in the first, position in the second.
        removed: positions in the first.
        added: positions in the second.
        told: relationships of both, likewise as positions in their lists.
        untold: relationships of the first alone.
        told_anew: relationships of the second alone.
        moves: of the objects of both that have boxes in both.
    """

    before: SceneGraph
    after: SceneGraph
    kept: tuple[tuple[int, int], ...]
    removed: tuple[int, ...]
    added: tuple[int, ...]
    told: tuple[tuple[int, int], ...]
    untold: tuple[int, ...]
    told_anew: tuple[int, ...]
    moves: tuple[Move, ...]

    @property
    def marks(self) -> tuple[Marks, Marks]:
        """What is not the same, for pictures of both: other objects and relationships, and boxes that went far.

        An object of which something else is said is another one, too.
        """
        other = [(move.before, move.after) for move in self.moves if move.far > NOTICED]
        other += [pair for pair in self.kept if any(self.attributes(*pair))]
        first = Marks(frozenset((*self.removed, *(before for before, _ in other))), frozenset(self.untold))
        return first, Marks(frozenset((*self.added, *(after for _, after in other))), frozenset(self.told_anew))

    def attributes(self, before: int, after: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What is said of an object in the first graph alone, and in the second alone."""
        one, two = self.before.objects[before].attributes, self.after.objects[after].attributes
        return tuple(word for word in one if word not in two), tuple(word for word in two if word not in one)

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        return {
            "objects": {
                "kept": [self._kept(b, a) for b, a in self.kept],
                "removed": [{"name": self.before.objects[i].label, "before": i} for i in self.removed],
                "added": [{"name": self.after.objects[i].label, "after": i} for i in self.added],
            },
            "relationships": {
                "kept": [in_words(self.after, self.after.relationships[a]) for _, a in self.told],
                "removed": [in_words(self.before, self.before.relationships[i]) for i in self.untold],
                "added": [in_words(self.after, self.after.relationships[i]) for i in self.told_anew],
            },
            "moves": [move.to_json() for move in self.moves],
        }

    def _kept(self, before: int, after: int) -> dict[str, Any]:
        known = {"name": self.after.objects[after].label, "before": before, "after": after}
        gone, new = self.attributes(before, after)
        return {**known, "attributes": {"removed": list(gone), "added": list(new)}} if gone or new else known


def compare(before: SceneGraph, after: SceneGraph) -> Comparison:
    """Compare two graphs in a model's words; objects are matched as in `pair_objects`."""
    pairs = pair_objects(after, before)
    kept = tuple((old, new) for new, old in enumerate(pairs) if old is not None)
    place = {(r.subject, r.predicate, r.object): i for i, r in enumerate(before.relationships)}
    told = tuple(
        (old, new)
        for new, r in enumerate(after.relationships)
        if (old := place.get((_sign(pairs[r.subject]), r.predicate, _sign(pairs[r.object])))) is not None
    )
    both = {old for old, _ in told}, {new for _, new in told}
    return Comparison(
        before,
        after,
        kept,
        removed=tuple(i for i in range(len(before.objects)) if i not in pairs),
        added=tuple(i for i, old in enumerate(pairs) if old is None),
        told=told,
        untold=tuple(i for i in range(len(before.relationships)) if i not in both[0]),
        told_anew=tuple(i for i in range(len(after.relationships)) if i not in both[1]),
        moves=tuple(
            _move(old, new, one, two)
            for old, new in kept
            if (one := before.objects[old].box) is not None and (two := after.objects[new].box) is not None
        ),
    )


def in_words(graph: SceneGraph, r: Relationship) -> str:
    """A relationship as a phrase: "sheep on grass"."""
    return f"{graph.objects[r.subject].label} {r.predicate} {graph.objects[r.object].label}"


def _sign(place: int | None) -> int:
    return -1 if place is None else place


def _move(before: int, after: int, one: Box, two: Box) -> Move:
    right, down = ((two[i] + two[i + 2] - one[i] - one[i + 2]) / 2 for i in (0, 1))
    wider, higher = ((two[i + 2] - two[i]) / (one[i + 2] - one[i]) for i in (0, 1))
    return Move(before, after, right, down, wider, higher, _iou(one, two))


def _iou(one: Box, two: Box) -> float:
    width = max(0.0, min(one[2], two[2]) - max(one[0], two[0]))
    height = max(0.0, min(one[3], two[3]) - max(one[1], two[1]))
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (one, two)]
    return width * height / (sum(areas) - width * height)
