"""What holding layouts to what is said costs: what holds before and after, how far boxes move, and how long it takes.

``hidden`` counts pairs of things in nearly one place.

python benchmarks/enforce_layouts.py DATA [--weights REF]

DATA has the COCO / COCO-Stuff layout; graphs are those of `sg2im eval`. With places, each object is also said to be in
a place where its real box is. Twelve objects are drawn at random: twelve relationships and four places that hold in
one random layout are asked of another, and with contradictions three relationships are also asked the other way round.
Time is that of the processor, on one core.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles

import numpy as np
import torch

from sg2im_cli.checkpoint import Checkpoint, load_generator
from sg2im_cli.config import DataConfig
from sg2im_cli.data.dataset import SceneDataset, load_scenes
from sg2im_cli.data.relations import SPOKEN_RELATIONS, spoken_table
from sg2im_cli.steering.around import place_around
from sg2im_cli.steering.check import check, check_places
from sg2im_cli.steering.hiding import hiding
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import resolve

PLACES = (
    "on the left",
    "on the right",
    "at the top",
    "at the bottom",
    "in the middle",
    "in the background",
    "in the foreground",
)


@torch.no_grad()
def val_graphs(loaded: Checkpoint, scenes: SceneDataset, placed: bool) -> Iterator[SceneGraph]:
    """Graphs of real pictures, on the boxes that the weights predict."""
    vocabulary, rng = loaded.vocabulary, np.random.default_rng(0)
    for index in range(len(scenes)):
        batch = scenes.collate([index], exact=True, with_images=False)
        boxes = loaded.generator.predict_layout(batch.objs, batch.triples, batch.attributes).boxes
        names = [vocabulary.objects[i] for i in batch.objs[:-1].tolist()]
        triples = [Relationship(s, vocabulary.predicates[p], o) for s, p, o in batch.triples.tolist() if p]
        assert batch.boxes is not None
        real = with_boxes(SceneGraph(tuple(SceneObject(name=name) for name in names)), batch.boxes[:-1].tolist())
        graph = replace(put_in_places(real, rng) if placed else real, relationships=tuple(dict.fromkeys(triples)))
        yield with_boxes(graph, boxes[:-1].clamp(0, 1).tolist())


def random_graphs(vocabulary: Vocabulary, contradicted: bool, count: int = 100) -> Iterator[SceneGraph]:
    """Twelve things: what holds in one random layout is said of another."""
    rng = np.random.default_rng(1)
    thing = next(name for name in vocabulary.object_names if name not in vocabulary.stuff)
    for _ in range(count):
        there, here = (_random_boxes(rng) for _ in range(2))
        table = spoken_table(there, np.zeros(12, dtype=bool))
        found = rng.permutation(np.argwhere(table))[:12]
        said = [Relationship(int(s), SPOKEN_RELATIONS[p], int(o)) for p, s, o in found]
        if contradicted:
            turned = [r for r in said if r.predicate not in ("near", "beside")][:3]
            said += [Relationship(r.object, r.predicate, r.subject) for r in turned]
        graph = with_boxes(SceneGraph((SceneObject(name=thing),) * 12, tuple(said)), there.tolist())
        placed = put_in_places(graph, rng).objects
        objects = tuple(item if i < 4 else replace(item, place=None) for i, item in enumerate(placed))
        yield with_boxes(replace(graph, objects=objects), here.tolist())


def _random_boxes(rng: np.random.Generator) -> np.ndarray:
    corners = rng.uniform(0, 0.6, (12, 2))
    return np.hstack([corners, corners + rng.uniform(0.08, 0.4, (12, 2))])


def put_in_places(graph: SceneGraph, rng: np.random.Generator) -> SceneGraph:
    """Say of each object that it is in a place where it is, if it is in any."""
    objects = []
    for item in graph.objects:
        there = [
            place
            for place in PLACES
            if check_places(SceneGraph((replace(item, place=place),)))[0].satisfied  # one object at a time
        ]
        objects.append(replace(item, place=str(rng.choice(there)) if there else None))
    return replace(graph, objects=tuple(objects))


def with_boxes(graph: SceneGraph, boxes: Iterable[list[float]]) -> SceneGraph:
    """The graph with other boxes."""
    pairs = zip(graph.objects, boxes, strict=True)
    return replace(graph, objects=tuple(replace(o, box=(b[0], b[1], b[2], b[3])) for o, b in pairs))


def satisfied(graph: SceneGraph, vocabulary: Vocabulary) -> list[bool]:
    """Of each relationship and place that has a rule whether it holds."""
    found = (*check(graph, vocabulary), *check_places(graph))
    return [item.satisfied for item in found if item.satisfied is not None]


def measure(title: str, graphs: Iterable[SceneGraph], vocabulary: Vocabulary) -> None:
    """Enforce, and print a row of the table."""
    before, after, moved, seconds, named = [], [], [], [], 0
    hidden_before, hidden_after = 0, 0
    for graph in graphs:
        before += satisfied(graph, vocabulary)
        open_graph = replace(graph, objects=tuple(replace(item, box=None) for item in graph.objects))
        start = time.process_time()
        held = place_around(open_graph, [item.box for item in graph.objects], vocabulary)
        seconds.append(1000 * (time.process_time() - start))
        after += satisfied(held.graph, vocabulary)
        hidden_before += len(hiding(graph, vocabulary))
        hidden_after += len(hiding(held.graph, vocabulary))
        moved += [distance for distance in held.moved if distance > 0]
        named += len(held.given_up)
    tenths = quantiles(moved, n=10)
    print(
        f"| {title} | {len(seconds)} | {len(before)} | {100 * sum(before) / len(before):.1f} % | "
        f"{100 * sum(after) / len(after):.1f} % | {named} | "
        f"{hidden_before} | {hidden_after} | {median(moved):.3f} | {tenths[-1]:.3f} | "
        f"{median(seconds):.1f} | {quantiles(seconds, n=10)[-1]:.1f} | {max(seconds):.1f} |",
        flush=True,
    )


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("--weights", default="default")
    arguments = options.parse_args()
    loaded = load_generator(resolve(arguments.weights))
    vocabulary = loaded.vocabulary
    config = DataConfig(relations="spoken").by_people()
    scenes = load_scenes(arguments.data, "val", config, loaded.generator.config, vocabulary, with_images=False)
    columns = "graphs said before after named hidden_before hidden_after median_move p90_move ms_median ms_p90 most"
    print(f"| | {' | '.join(name.replace('_', ' ') for name in columns.split())} |")
    print("| --- " * 13 + "|")
    measure("val", val_graphs(loaded, scenes, placed=False), vocabulary)
    measure("val, with places", val_graphs(loaded, scenes, placed=True), vocabulary)
    measure("12 objects", random_graphs(vocabulary, contradicted=False), vocabulary)
    measure("12 objects, contradictions", random_graphs(vocabulary, contradicted=True), vocabulary)


if __name__ == "__main__":
    main()
