"""Copies of one thing, told apart for a model."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from sg2im_parsers.scene_graph import Relationship, SceneGraph
from sg2im_parsers.vocabulary import Vocabulary

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
