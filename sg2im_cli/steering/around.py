"""Boxes for the objects of a layout that somebody has given in part.

What is given stays: a box with a pin always; any other box unless there is a pin in the layout, or all that was said is
to be enforced; then it gives way, starting from where it was given. An object without a box starts where the network
puts it, moved along with the given objects that it has relationships with. From there, boxes that may move go as
little as possible until what is said of them holds, where it can be on what their masks show, too; things that would
hide each other are spread out first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sg2im_cli.steering.check import check
from sg2im_cli.steering.enforce import Enforced, distances, enforce
from sg2im_cli.steering.hiding import hiding, spread
from sg2im_cli.steering.statements import Seen, Statement, Wish, ends, placements
from sg2im_parsers.scene_graph import Box, Relationship, SceneGraph
from sg2im_parsers.vocabulary import Vocabulary

STEPS = tuple(sign * step / 20 for step in range(20) for sign in (1, -1))
"""How far to the side a free place is looked for, nearest first, in shares of the picture."""

ROUNDS = 3
"""How often it is looked for things that hide each other: what is moved may hide something else."""

LARGEST_CROWD = 24
"""So many things that hide each other are kept apart; for more there is no room in a picture."""


def fixed_objects(graph: SceneGraph, enforced: bool) -> frozenset[int]:
    """The objects of a given graph whose boxes must not move.

    Args:
        graph: boxes where they are given.
        enforced: whether all that is said is to be enforced.
    """
    give_way = enforced or any(item.pin for item in graph.objects)
    return frozenset(i for i, item in enumerate(graph.objects) if item.pin or (item.box is not None and not give_way))


def place_around(
    graph: SceneGraph,
    predicted: Sequence[Box | None],
    vocabulary: Vocabulary,
    enforced: bool = False,
    wishes: Sequence[Relationship] = (),
) -> Enforced:
    """Give every object of a partly given layout a box.

    Args:
        graph: boxes where they are given, and masks as they will be drawn.
        predicted: (O,) boxes as the network has them; None where it puts nothing in the picture.
        vocabulary: of the model.
        enforced: whether to hold all that is said, not only what is said of objects without a box or beside a pin.
        wishes: further relationships, kept where they can be, as it is that things do not hide each other.

    Returns:
        The layout; ``moved`` is counted from where each box was given or predicted.
    """
    fixed = fixed_objects(graph, enforced)
    said: list[Statement] = [*graph.relationships, *placements(graph)]
    if not enforced:
        said = [s for s in said if not ends(s) <= fixed]
        wishes = [w for w in wishes if not ends(w) <= fixed]
    given = any(item.box is not None for item in graph.objects)
    boxes = list(_starts(graph, predicted, vocabulary)) if given else list(predicted)
    placed = replace(
        graph, objects=tuple(replace(item, box=box) for item, box in zip(graph.objects, boxes, strict=True))
    )
    meant = fixed if enforced else fixed | {i for i, item in enumerate(graph.objects) if item.box is not None}
    return _held_and_seen(placed, vocabulary, fixed, meant, wishes, said)


def _held_and_seen(
    graph: SceneGraph,
    vocabulary: Vocabulary,
    fixed: frozenset[int],
    meant: frozenset[int],
    wishes: Sequence[Relationship],
    statements: Sequence[Statement],
) -> Enforced:
    """What is said enforced, on masks, too, and things that would hide each other apart, where that can be.

    Not two that are meant to be where they are: a person gave both their boxes.
    """
    found = enforce(graph, vocabulary, fixed, wishes, statements)
    wanted: list[Wish] = list(wishes)
    for _ in range(ROUNDS):
        hidden = [pair for pair in hiding(found.graph, vocabulary) if not ends(pair) <= meant]
        if len(frozenset().union(*map(ends, hidden))) > LARGEST_CROWD:
            hidden = []
        unseen = [item for item in _unseen(found.graph, vocabulary, statements) if item not in wanted]
        if not (hidden or unseen):
            break
        apart = {ends(pair) for pair in hidden}
        wanted = [*(w for w in wanted if isinstance(w, Seen) or ends(w) not in apart), *hidden, *unseen]
        found = enforce(spread(found.graph, hidden, fixed, vocabulary), vocabulary, fixed, wanted, statements)
    return replace(found, moved=distances(graph, found.graph))


def _unseen(graph: SceneGraph, vocabulary: Vocabulary, statements: Sequence[Statement]) -> Iterator[Seen]:
    """What holds on boxes, and not on what the masks show."""
    for item in check(graph, vocabulary):
        only_boxes = item.satisfied and item.on_masks is not None and not item.on_masks.satisfied
        if only_boxes and item.relationship in statements:
            yield Seen(item.relationship)


def _starts(graph: SceneGraph, predicted: Sequence[Box | None], vocabulary: Vocabulary) -> Iterator[Box | None]:
    """Given boxes, and for the other objects where they start."""
    for i, (item, box) in enumerate(zip(graph.objects, predicted, strict=True)):
        if item.box is not None or item.pin or box is None:
            yield item.box or box
            continue
        related = [j for r in graph.relationships for j in (r.subject, r.object) if i in (r.subject, r.object)]
        pairs = [(graph.objects[j].box, predicted[j]) for j in dict.fromkeys(related) if j != i]
        shifts = [_shift(old, new) for new, old in pairs if new is not None and old is not None]
        if shifts:
            yield _moved(box, *(sum(shift[axis] for shift in shifts) / len(shifts) for axis in (0, 1)))
        elif item.name in vocabulary.stuff or item.place is not None or related:
            yield box
        else:
            yield _free_place(box, [o.box for o in graph.objects if o.box and o.name not in vocabulary.stuff])


def _free_place(box: Box, taken: Sequence[Box]) -> Box:
    """The box, or where beside it there is least of the other things, the nearest of equals."""
    return min((_moved(box, step, 0.0) for step in STEPS), key=lambda b: round(sum(_shared(b, o) for o in taken), 6))


def _shift(old: Box, new: Box) -> tuple[float, float]:
    """How far the centre went."""
    return (new[0] + new[2] - old[0] - old[2]) / 2, (new[1] + new[3] - old[1] - old[3]) / 2


def _moved(box: Box, dx: float, dy: float) -> Box:
    """The same size elsewhere, inside the picture."""
    x0, y0, x1, y1 = box
    dx, dy = min(max(dx, -x0), 1 - x1), min(max(dy, -y0), 1 - y1)
    left, top, right, bottom = (round(v, 6) for v in (x0 + dx, y0 + dy, x1 + dx, y1 + dy))
    return left, top, right, bottom


def _shared(a: Box, b: Box) -> float:
    """Area that two boxes have in common."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
