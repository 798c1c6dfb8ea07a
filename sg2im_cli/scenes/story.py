"""A story as pictures: what stays keeps its box, its mask, its seed and the picture's noise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sg2im_cli.drawing.parts import Marks
from sg2im_parsers.graph_json import graph_to_json
from sg2im_parsers.scene_graph import SceneGraph
from sg2im_parsers.stories.alignment import keep_layout
from sg2im_parsers.stories.story import Scene

if TYPE_CHECKING:
    from sg2im_cli.painter import Painter, Painting


@dataclass(frozen=True)
class Step:
    """One scene of a story, painted.

    Attributes:
        scene: what there is.
        painting: of it, with one picture.
        before: the graph of the scene before, as it was drawn; None for the first.
    """

    scene: Scene
    painting: Painting
    before: SceneGraph | None

    @property
    def marks(self) -> Marks:
        """What is new in this scene, or said anew; nothing in the first."""
        if self.before is None:
            return Marks()
        kept, graph = self.scene.kept, self.painting.graph
        said = {(r.subject, r.predicate, r.object) for r in self.before.relationships}
        new = frozenset(i for i, old in enumerate(kept) if old is None) | self.scene.moved
        told = frozenset(
            i for i, r in enumerate(graph.relationships) if (kept[r.subject], r.predicate, kept[r.object]) not in said
        )
        return Marks(new, told)

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        painting, scene = self.painting, self.scene
        graph = replace(painting.graph, objects=tuple(replace(item, mask=None) for item in painting.graph.objects))
        return {
            "line": scene.number,
            "text": scene.text,
            "kind": scene.kind,
            "seed": painting.seeds[0],
            "graph": graph_to_json(graph),
            "kept": list(scene.kept),
            "moved": sorted(scene.moved),
            "account": {**scene.account.to_json(), "checks": [item.to_json() for item in painting.checks]},
        }


def paint_story(painter: Painter, scenes: Iterable[Scene], seed: int = 0, enforced: bool = True) -> Iterator[Step]:
    """Paint scene after scene.

    An object that was there before keeps its box and mask, unless something new is said of it; then it keeps its mask,
    or, of a model that samples masks to fill their boxes, the seed that it is drawn from. Every picture has the noise
    of the one seed.

    Args:
        painter: draws them.
        scenes: of `read_story` or `scenes_of`.
        seed: of every picture.
        enforced: move what is new, as little as possible, until the relationships hold; what is kept stays.
    """
    before: SceneGraph | None = None
    for scene in scenes:
        graph = scene.graph if before is None else _kept(scene, before, painter.samples_masks)
        drawn = painter.paint(graph, seed, enforced=None if enforced else False)
        painting = replace(drawn, text=scene.text, account=scene.account)
        yield Step(scene, painting, before)
        before = painting.graph


def _kept(scene: Scene, before: SceneGraph, samples_masks: bool) -> SceneGraph:
    """A scene's graph with what stays; a mask that was sampled for a box does not stay where the box does not."""
    graph = keep_layout(scene.graph, before, scene.kept, scene.moved)
    if not samples_masks:
        return graph
    each = zip(graph.objects, scene.graph.objects, scene.kept, strict=True)
    objects = (
        item if old is None or item.box == before.objects[old].box else replace(item, mask=own.mask)
        for item, own, old in each
    )
    return replace(graph, objects=tuple(objects))
