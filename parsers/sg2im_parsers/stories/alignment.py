"""What two graphs have in common, and a graph that keeps the layout of what it has in common with another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sg2im_parsers.scene_graph import SceneGraph


def pair_objects(graph: SceneGraph, before: SceneGraph) -> tuple[int | None, ...]:
    """For each object of a graph the object of another one that it is, or None.

    Objects of one name are paired in their order: the first with the first, and so on.

    Args:
        graph: in a model's words.
        before: likewise.
    """
    known: defaultdict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(before.objects):
        known[item.label].append(place)
    left: dict[str, Iterator[int]] = {name: iter(places) for name, places in known.items()}
    return tuple(next(left.get(item.label, iter(())), None) for item in graph.objects)


def keep_layout(
    graph: SceneGraph,
    before: SceneGraph,
    pairs: Sequence[int | None] | None = None,
    moved: frozenset[int] = frozenset(),
) -> SceneGraph:
    """The graph with boxes, masks and seeds of the objects that another one has, too; its own go before.

    Args:
        graph: in a model's words.
        before: with boxes and masks, and with seeds where its model draws objects from them.
        pairs: for each object of the graph the one that it is in ``before``; see `pair_objects`, which says it if this
            is not given.
        moved: objects of the graph that keep no box.
    """
    pairs = pair_objects(graph, before) if pairs is None else pairs
    objects = list(keep_seeds(graph, before, pairs).objects)
    for place, old in enumerate(pairs):
        if old is not None:
            item, known = objects[place], before.objects[old]
            box = item.box if place in moved else item.box or known.box
            objects[place] = replace(item, box=box, mask=item.mask or known.mask)
    return replace(graph, objects=tuple(objects))


def keep_seeds(graph: SceneGraph, before: SceneGraph, pairs: Sequence[int | None] | None = None) -> SceneGraph:
    """The graph with the seeds alone; see `keep_layout`."""
    pairs = pair_objects(graph, before) if pairs is None else pairs
    known = [None if old is None else before.objects[old].seed for old in pairs]
    items = zip(graph.objects, known, strict=True)
    return replace(graph, objects=tuple(replace(o, seed=seed if o.seed is None else o.seed) for o, seed in items))


def pin_boxes(graph: SceneGraph) -> SceneGraph:
    """The graph with every box that it has pinned, so that none gives way where all that is said is enforced."""
    return replace(graph, objects=tuple(replace(item, pin=item.box is not None) for item in graph.objects))
