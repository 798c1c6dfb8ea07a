"""Graphs that have objects in common, as the scenes of a story: what stays has one place in all their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sg2im_cli.drawing.arrangement import NO_PLACES, Places, arrange
from sg2im_cli.drawing.parts import Area
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject


@dataclass
class _Union:
    """All objects of some graphs, each once, as it was last, and all that is said of them in any."""

    objects: list[SceneObject] = field(default_factory=list)
    relationships: dict[Relationship, None] = field(default_factory=dict)

    def add(self, graph: SceneGraph, known: Sequence[int | None]) -> list[int]:
        """Take in a graph; the places of its objects here, of which some are known."""
        places = [len(self.objects) + i for i in range(known.count(None))]
        self.objects += [item for item, place in zip(graph.objects, known, strict=True) if place is None]
        fresh = iter(places)
        found = [next(fresh) if place is None else place for place in known]
        for item, place in zip(graph.objects, found, strict=True):
            self.objects[place] = item
        for r in graph.relationships:
            self.relationships[Relationship(found[r.subject], r.predicate, found[r.object])] = None
        return found


def places_together(graphs: Sequence[SceneGraph], kept: Sequence[Sequence[int | None]]) -> list[Places]:
    """Where the objects of each graph go in its picture, and what the picture shows.

    Args:
        graphs: one after the other.
        kept: for each object of each graph its position in the graph before, None for what is new. Where nothing is
            kept, places begin anew.
    """
    done: list[Places] = []
    start = 0
    for end in range(1, len(graphs) + 1):
        if end == len(graphs) or not any(place is not None for place in kept[end]):
            done += _of_one_scene(graphs[start:end], kept[start:end])
            start = end
    return done


def _of_one_scene(graphs: Sequence[SceneGraph], kept: Sequence[Sequence[int | None]]) -> list[Places]:
    union, found = _Union(), list[list[int]]()
    for graph, before in zip(graphs, kept, strict=True):
        known = [None if not found or place is None else found[-1][place] for place in before]
        found.append(union.add(graph, known))
    whole = arrange(SceneGraph(tuple(union.objects), tuple(union.relationships)))
    centers = [tuple(whole.nodes[place].center for place in places) for places in found]
    drawn = [arrange(graph, places=Places(at)) for graph, at in zip(graphs, centers, strict=True)]
    frame = _around(tuple(picture.frame for picture in drawn))
    return [Places(at, frame) for at in centers] if len(graphs) > 1 else [NO_PLACES]


def _around(areas: Sequence[Area]) -> Area:
    x0, y0 = (min(area[i] for area in areas) for i in (0, 1))
    x1, y1 = (max(area[i] for area in areas) for i in (2, 3))
    return x0, y0, x1, y1
