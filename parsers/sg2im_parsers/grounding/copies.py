"""Copies of one thing: made where a graph gives a number, and told apart for a model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate, pairwise, product

from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

MOST_COPIES = 8
"""Objects that one number makes at most: "a thousand birds" stay finite."""

SIDE_BY_SIDE = ("left of", "beside", "next to", "near")
"""Relations that keep copies apart, best first."""


def keep_copies_apart(graph: SceneGraph, vocabulary: Vocabulary) -> SceneGraph:
    """The graph with copies of one mention set side by side, for a model to lay out.

    To a graph network, "two sheep in a field" are one and the same object: equal words, equal relationships, so equal
    boxes. Each copy therefore stands left of the next one, unless something is already said of the two. Only objects
    that come from a sentence are meant: they have a ``text``.

    Args:
        graph: in the vocabulary's words.
        vocabulary: of the model.
    """
    name = next((name for name in SIDE_BY_SIDE if vocabulary.has_predicate(name)), None)
    said = {frozenset((r.subject, r.object)) for r in graph.relationships}
    added = [
        Relationship(i, name, i + 1)
        for i, (one, other) in enumerate(pairwise(graph.objects))
        if name and one.text and (one.name, one.text) == (other.name, other.text) and {i, i + 1} not in said
    ]
    return replace(graph, relationships=(*graph.relationships, *added))


def spread_quantities(graph: SceneGraph) -> SceneGraph:
    """The graph with so many objects as each ``quantity`` says, at most `MOST_COPIES`.

    Each copy carries the relationships; those between two groups of one size hold one to one. An object with a box, a
    mask or a pin is one object, whatever it counts. A ``seed`` is the first copy's: no two are to have one shape.
    """
    counts = [_copies(o) for o in graph.objects]
    starts = [0, *accumulate(counts)]
    places = [range(start, end) for start, end in pairwise(starts)]
    objects = [
        replace(o, quantity=None, seed=None if copy else o.seed) if count > 1 else o
        for o, count in zip(graph.objects, counts, strict=True)
        for copy in range(count)
    ]
    relationships = [
        Relationship(subject, r.predicate, obj)
        for r in graph.relationships
        for subject, obj in _paired(places[r.subject], places[r.object])
    ]
    return SceneGraph(tuple(objects), tuple(relationships))


def _copies(item: SceneObject) -> int:
    alone = item.box is not None or item.mask is not None or item.pin
    return 1 if alone else max(1, min(item.quantity or 1, MOST_COPIES))


def _paired(subjects: range, objects: range) -> Iterable[tuple[int, int]]:
    if len(subjects) == len(objects):
        return zip(subjects, objects, strict=True)
    return product(subjects, objects)
