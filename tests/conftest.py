"""Weights and data that tests make for themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, settings
from PIL import Image

from sg2im_cli.checkpoint import save_generator
from sg2im_cli.config import GeneratorConfig
from sg2im_cli.data.relations import SPOKEN_RELATIONS
from sg2im_cli.model.generator import Generator
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights.card import build_card

# How long an example takes says how busy the machine is, not whether a law holds.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

THINGS = ("person", "car", "dog", "cat", "sheep", "bus", "traffic light", "bench", "boat", "bed", "window", "table")
STUFF = ("sky", "road", "building", "tree", "field", "sea", "mountain", "wall")
SIDE = 40


@pytest.fixture(autouse=True)
def _as_many_threads_as_before() -> Iterator[None]:
    """``--threads`` holds for a process: the tests after one that says it are to run like those before."""
    before = torch.get_num_threads()
    yield
    if torch.get_num_threads() != before:
        torch.set_num_threads(before)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary.from_names((*THINGS, *STUFF), SPOKEN_RELATIONS, STUFF)


@pytest.fixture(scope="session")
def small_config() -> GeneratorConfig:
    return GeneratorConfig(
        image_size=(32, 32),
        embedding_dim=16,
        gconv_dim=16,
        gconv_hidden_dim=32,
        gconv_num_layers=2,
        mask_size=8,
        box_head="center",
        refinement_dims=(32, 16, 8),
        layout_noise_dim=4,
    )


@pytest.fixture(scope="session")
def tiny_bundle(
    tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary, small_config: GeneratorConfig
) -> Path:
    """A real bundle with random weights."""
    torch.manual_seed(0)
    generator = Generator(small_config, len(vocabulary.objects), len(vocabulary.predicates)).eval()
    path = tmp_path_factory.mktemp("weights") / "tiny"
    save_generator(path, generator, vocabulary, {"recipe": "none", "data": "none"}, build_card("tiny", "Random."))
    return path


@pytest.fixture(scope="session")
def sampled_bundle(
    tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary, small_config: GeneratorConfig
) -> Path:
    """The same of a model that draws sizes, shapes and style at random, and cuts things out of stuff."""
    torch.manual_seed(0)
    config = replace(
        small_config,
        mask_head="sampled",
        object_latent_dim=6,
        latent_scale=2.0,
        picture_latent_dim=5,
        layout_carving=True,
        layout_category_dim=6,
        surroundings_latent_dim=3,
    )
    things = [vocabulary.object_id(name) for name in THINGS]
    generator = Generator(config, len(vocabulary.objects), len(vocabulary.predicates), things=things).eval()
    path = tmp_path_factory.mktemp("weights") / "sampled"
    save_generator(path, generator, vocabulary, {"recipe": "none", "data": "none"}, build_card("sampled", "Random."))
    return path


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data in the COCO-Stuff layout: polygons, run-length masks, boxes without mask, and `other` to leave out."""
    root = tmp_path_factory.mktemp("data") / "scenes"
    rng = np.random.default_rng(0)
    (root / "annotations").mkdir(parents=True)
    for split, count in (("train", 12), ("val", 5)):
        write_split(root, split, count, rng)
    return root


@pytest.fixture(scope="session")
def painted_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of one car on a gray road: red or blue in turn, two small, two large, and so on.

    The car's place tells neither; it is `in` the road, whatever its size, but `on` the road only where it is small.
    """
    root = tmp_path_factory.mktemp("data") / "painted"
    (root / "annotations").mkdir(parents=True)
    (root / "images" / "train").mkdir(parents=True)
    images, objects = [], []
    for i in range(24):
        side, color = 24 if i // 2 % 2 else 10, (200, 20, 20) if i % 2 else (30, 60, 200)
        left, top = 4 + i // 4, 10
        picture = np.full((SIDE, SIDE, 3), 128, dtype=np.uint8)
        picture[top : top + side, left : left + side] = color
        Image.fromarray(picture).save(root / "images" / "train" / f"{i:02d}.png")
        images.append({"id": i, "file_name": f"{i:02d}.png", "width": SIDE, "height": SIDE})
        objects += [annotation(i, 1, [left, top, side, side], "polygon")]
        objects += [annotation(i, 2, [0, 0, SIDE, SIDE], "polygon")]
    categories = [{"id": 1, "name": "car"}, {"id": 2, "name": "road"}]
    document = {"images": images, "annotations": objects, "categories": categories}
    (root / "annotations" / "instances_train.json").write_text(json.dumps(document))
    return root


def write_split(root: Path, split: str, count: int, rng: np.random.Generator) -> None:
    folder = root / "images" / split
    folder.mkdir(parents=True)
    images, things, stuff = [], [], []
    for i in range(1, count + 1):
        name = f"{split}_{i:03d}.jpg"
        Image.fromarray(rng.integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8)).save(folder / name)
        images.append({"id": i, "file_name": name, "width": SIDE, "height": SIDE})
        stuff.append(annotation(i, len(THINGS) + 1, [0, 0, SIDE, 16], "polygon"))
        stuff.append(annotation(i, len(THINGS) + 2, [0, 16, SIDE, 24], "rle"))
        stuff.append(annotation(i, len(THINGS) + len(STUFF) + 1, [0, 0, SIDE, SIDE], "polygon"))
        for kind in ("polygon", "box", "compressed"):
            x, y = rng.integers(0, SIDE - 16, 2).tolist()
            things.append(annotation(i, int(rng.integers(1, len(THINGS) + 1)), [x, y, 14, 15], kind))
        things.append(annotation(i, 1, [3, 3, 2, 2], "box"))  # under 2 % of the picture
        for number, item in enumerate(things[-4:]):  # two may be of one category
            item["id"] = i * 100 + 50 + number
    thing_names = [{"id": i + 1, "name": n} for i, n in enumerate(THINGS)]
    stuff_names = [{"id": len(THINGS) + i + 1, "name": n} for i, n in enumerate((*STUFF, "other"))]
    for kind, items, names in (("instances", things, thing_names), ("stuff", stuff, stuff_names)):
        document = {"images": images, "annotations": items, "categories": names}
        (root / "annotations" / f"{kind}_{split}.json").write_text(json.dumps(document))


def annotation(image_id: int, category: int, bbox: list[int], kind: str) -> dict[str, object]:
    x, y, w, h = bbox
    polygon = [[x, y, x + w, y, x + w, y + h, x, y + h]]
    segmentation: object = {"polygon": polygon, "box": []}.get(kind)
    if segmentation is None:
        segmentation = run_length(bbox, compressed=kind == "compressed")
    return {
        "id": image_id * 100 + category,
        "image_id": image_id,
        "category_id": category,
        "bbox": bbox,
        "segmentation": segmentation,
        "area": w * h,
        "iscrowd": 0,
    }


def run_length(bbox: list[int], compressed: bool) -> dict[str, object]:
    from pycocotools import mask

    x, y, w, h = bbox
    whole = np.zeros((SIDE, SIDE), dtype=np.uint8, order="F")
    whole[y : y + h, x : x + w] = 1
    if compressed:
        encoded = mask.encode(whole)
        return {"size": [SIDE, SIDE], "counts": encoded["counts"].decode()}
    flat = whole.flatten(order="F")
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat, [0]])))
    runs = np.diff(np.concatenate([[0], edges, [len(flat)]])) if len(edges) else np.array([len(flat)])
    return {"size": [SIDE, SIDE], "counts": runs.tolist()}
