"""What enforcing costs: relationships of val graphs before and after, how far boxes move, and how long it takes.

python benchmarks/enforce_layouts.py DATA [--weights REF]

DATA has the COCO / COCO-Stuff layout; graphs are those of `sg2im eval`.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import mean, median

import torch

from sg2im_cli.checkpoint import load_generator
from sg2im_cli.config import DataConfig
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.steering.check import check
from sg2im_cli.steering.enforce import enforce
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_weights import resolve


@torch.no_grad()
def main() -> None:
    """Predict, check, enforce, check again, and print what came of it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("--weights", default="default")
    arguments = options.parse_args()
    loaded = load_generator(resolve(arguments.weights))
    generator, vocabulary = loaded.generator, loaded.vocabulary
    config = DataConfig(relations="spoken")
    scenes = load_scenes(arguments.data, "val", config, generator.config, vocabulary, with_images=False)
    before: list[bool] = []
    after: list[bool] = []
    moved: list[float] = []
    seconds: list[float] = []
    given_up = 0
    for index in range(len(scenes)):
        example = scenes.example(index, exact=True)
        boxes = generator.predict_layout(torch.from_numpy(example.objs), torch.from_numpy(example.triples)).boxes
        objects = tuple(
            SceneObject(name=vocabulary.objects[i], box=(box[0], box[1], box[2], box[3]))
            for i, box in zip(example.objs[:-1], boxes.tolist()[:-1], strict=True)
        )
        triples = [Relationship(int(s), vocabulary.predicates[p], int(o)) for s, p, o in example.triples if p]
        graph = SceneGraph(objects, tuple(dict.fromkeys(triples)))
        before += [bool(item.satisfied) for item in check(graph, vocabulary)]
        start = time.process_time()
        held = enforce(graph, vocabulary)
        seconds.append(time.process_time() - start)
        after += [bool(item.satisfied) for item in check(held.graph, vocabulary)]
        moved += held.moved
        given_up += len(held.given_up)
    print(f"{len(scenes)} graphs, {len(moved)} objects, {len(before)} relationships, {given_up} given up")
    print(f"satisfied: {100 * mean(before):.1f} % before, {100 * mean(after):.1f} % after")
    going = [distance for distance in moved if distance > 0]
    print(
        f"moved: {100 * len(going) / len(moved):.1f} % of the objects, by {median(going):.3f} of the picture (median), "
        f"{max(going):.3f} at the most"
    )
    print(f"time: {1000 * median(seconds):.2f} ms a graph (median), {1000 * max(seconds):.1f} ms at the most")


if __name__ == "__main__":
    main()
