"""Scenes to be looked at: pixels and a graph in words, with boxes and masks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.dataset import DEFAULT_MASK_SIZE, SceneDataset, load_scenes
from sg2im_cli.data.label_counts import LabelCounts
from sg2im_cli.data.prepared.reading import is_prepared, open_prepared
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_cli.data.scenes.scene import Scene
from sg2im_cli.data.sources import find_data
from sg2im_parsers.scene_graph import Box, Relationship, SceneGraph, SceneObject

SIDE = 128
"""Of pictures that are not prepared."""

ViewedScene = tuple[NDArray[np.uint8], SceneGraph]
"""Pixels (3, H, W) and the graph."""


@dataclass(frozen=True)
class View:
    """Some scenes of a split.

    Attributes:
        scenes: pixels and graph of each.
        labels: who made those of the objects in these scenes.
    """

    scenes: list[ViewedScene]
    labels: LabelCounts


def view_scenes(data: Path, split: str, count: int, seed: int, relations: Literal["paper", "spoken"]) -> View:
    """Some scenes of a split, drawn at random.

    Args:
        data: prepared or not.
        split: of it.
        count: how many; all if there are fewer.
        seed: of which, and of their graphs.
        relations: which are derived where the data states none.

    Raises:
        InputError: data that cannot be used.
    """
    folder = find_data(data)
    image_size, mask_size = (SIDE, SIDE), DEFAULT_MASK_SIZE
    if is_prepared(folder):
        prepared = open_prepared(folder)
        image_size, mask_size = prepared.image_size, prepared.mask_size
    config = DataConfig(relations=relations, min_objects=1, min_area=0.0, crowded="largest", max_objects=10)
    generator = replace(GeneratorConfig(mask_size=mask_size), image_size=image_size)
    scenes = load_scenes(data, split, config, generator, notes=Notes(bears=Severity.CONTRADICTION))
    chosen = np.sort(np.random.default_rng(seed).permutation(len(scenes))[:count])
    labels = LabelCounts()
    for scene in (scenes.scenes[int(i)] for i in chosen):
        labels.add(scene.source, scene.has_mask, scene.machine)
    return View([_viewed(scenes, scenes.example(int(i), 0, seed)) for i in chosen], labels)


def _box(corners: NDArray[np.float32]) -> Box:
    x0, y0, x1, y1 = map(float, corners)
    return x0, y0, x1, y1


def _viewed(scenes: SceneDataset, drawn: Scene) -> ViewedScene:
    words = scenes.vocabulary
    objects = tuple(
        SceneObject(
            name=words.objects[drawn.objs[i]],
            box=_box(drawn.boxes[i]),
            mask=tuple(tuple(map(float, row)) for row in drawn.masks[i]) if drawn.has_mask[i] else None,
        )
        for i in range(len(drawn.objs))
    )
    assert drawn.image is not None and drawn.triples is not None
    said = dict.fromkeys((int(s), int(p), int(o)) for s, p, o in drawn.triples)
    relationships = tuple(Relationship(s, words.predicates[p], o) for s, p, o in said)
    return drawn.image, SceneGraph(objects, relationships)
