"""What is drawn at random for a picture, from its seed: noise, a latent of its own, and the seeds of its objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from torch import Tensor

from sg2im_cli.config import GeneratorConfig
from sg2im_cli.model.latents import draw_object_latents, object_seeds
from sg2im_parsers.scene_graph import SceneGraph


def layouts_differ(config: GeneratorConfig, graph: SceneGraph) -> bool:
    """Whether pictures of a graph with different seeds have different layouts."""
    return config.object_latent_dim > 0 and any(item.seed is None for item in graph.objects)


def with_seeds(graph: SceneGraph, seed: int) -> SceneGraph:
    """The graph with a seed for each object: its own, or the one that a picture has for an object of its position.

    A seed that another object has as its own is passed over, so that no two are twins: where an object was taken out
    of a layout, or was put in, the others keep theirs and may stand in other positions.

    Args:
        graph: of O objects.
        seed: of the picture.
    """
    count = len(graph.objects)
    taken = {item.seed for item in graph.objects}
    first = object_seeds(int(seed), 2 * count)
    spare = (one for one in first[count:] if one not in taken)
    seeds = [
        (own if own not in taken else next(spare)) if item.seed is None else item.seed
        for item, own in zip(graph.objects, first, strict=False)
    ]
    return replace(graph, objects=tuple(replace(o, seed=own) for o, own in zip(graph.objects, seeds, strict=True)))


def object_latents(config: GeneratorConfig, graphs: Sequence[SceneGraph]) -> Tensor | None:
    """(O, Z) of graphs whose objects have seeds, `__image__` last in each, which needs none; None without latents."""
    seeds = [seed for graph in graphs for seed in (*(item.seed or 0 for item in graph.objects), 0)]
    return draw_object_latents(config, seeds)
