"""Labels that a machine made: which those are, what they count, and that they can be left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sg2im_cli.config import ConfigError, DataConfig, GeneratorConfig, read
from sg2im_cli.data.batch import collate
from sg2im_cli.data.checks import check_data
from sg2im_cli.data.choosing import EVERYTHING
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.division import divide
from sg2im_cli.data.prepared.options import PrepareOptions
from sg2im_cli.data.prepared.reading import open_prepared
from sg2im_cli.data.prepared.writing import prepare
from sg2im_cli.data.readers.coco import read_annotations
from sg2im_cli.data.readers.coco_source import CocoOptions, coco_source
from sg2im_cli.data.scenes.scene import Scene
from sg2im_errors import InputError

from .machine_scenes import change, mark, people_only, source_of

GENERATOR = GeneratorConfig(image_size=(32, 32), refinement_dims=(8, 8), mask_size=8)
FEW = DataConfig(relations="spoken", min_objects=1, min_area=0.0)
VERSION_1 = Path(__file__).parents[1] / "golden" / "prepared1"
HALF = replace(FEW, machine_labels=("found=0.5", "outlined=0.25"))


@pytest.fixture(scope="module")
def marked(tiny_data, tmp_path_factory):
    return mark(tiny_data, tmp_path_factory.mktemp("marked") / "scenes", "train", "val")


def make(data, out):
    options = PrepareOptions(image_size=(32, 32), mask_size=8)
    return prepare(coco_source(data, CocoOptions(keep=EVERYTHING)), out, options, lambda *_: None, print).path


@pytest.fixture(scope="module")
def ready(marked, tmp_path_factory):
    return make(marked, tmp_path_factory.mktemp("ready") / "scenes")


def flags(data, split="train"):
    """By source, kind and whether there is an outline: whose box and outline it is."""
    found = read_annotations(data, split)
    return {
        (picture.source, item.name in found.stuff, item.segmentation != "[]"): item.machine
        for picture in found
        for item in picture.annotations
    }


def test_whose_labels_they_are(marked):
    """Of things on which a machine found no outline, people must have drawn the boxes, so also of the others there."""
    by_people, outline, everything = (False, False), (False, True), (True, True)
    assert flags(marked) == {
        ("drawn", False, True): by_people,
        ("drawn", False, False): by_people,
        ("drawn", True, True): by_people,
        ("outlined", False, True): outline,
        ("outlined", False, False): by_people,
        ("outlined", True, True): everything,
        ("found", False, True): everything,
        ("found", True, True): everything,
    }


def test_stuff_of_which_people_drew_boxes(marked, tmp_path):
    """A category of stuff that people boxed in a source is people's there, and the others stay the machine's."""
    root = tmp_path / "scenes"
    mark(marked, root)

    def one_by_people(content):
        first = next(a for a in content["annotations"] if source_of(a["image_id"]) == "found")
        first["segmentation"] = []

    change(root, "stuff_train", one_by_people)
    data = read_annotations(root, "train")
    machine = {
        item.name: item.machine
        for picture in data
        if picture.source == "found"
        for item in picture.annotations
        if item.name in data.stuff and item.segmentation != "[]"
    }
    assert machine == {"sky": (False, True), "road": (True, True)}


@pytest.mark.parametrize(("said", "flags"), [("segmentation", (False, True)), ("all", (True, True))])
def test_a_file_may_say_what_the_machine_made(tiny_data, tmp_path, said, flags):
    root = mark(tiny_data, tmp_path / "scenes")
    change(root, "stuff_train", lambda content: [a.update(machine=said) for a in content["annotations"]])
    data = read_annotations(root, "train")
    assert {i.machine for p in data for i in p.annotations if i.name in data.stuff} == {flags}


@pytest.mark.parametrize("value", ["yes", 1])
def test_a_wrong_mark_is_named(tiny_data, tmp_path, value):
    root = mark(tiny_data, tmp_path / "scenes")
    change(root, "stuff_train", lambda content: content["annotations"][1].update(machine=value))
    with pytest.raises(InputError, match=f"annotations cannot be used: {value!r} is not of type bool"):
        read_annotations(root, "train")


@pytest.mark.parametrize(
    "config",
    [
        FEW,
        HALF,
        replace(HALF, fragment_weight=0.5),
        FEW.by_people(),
        replace(FEW, machine_labels=("found=0",), attributes="derived"),
        replace(FEW, machine_labels=("*=0", "outlined=1"), min_objects=3, min_area=0.02),
    ],
)
@pytest.mark.parametrize("split", ["train", "val"])
def test_prepared_scenes_are_those_of_the_files(marked, ready, config, split):
    raw, mapped = (load_scenes(data, split, config, GENERATOR) for data in (marked, ready))
    assert len(raw) == len(mapped)
    for one, other in zip(raw.scenes, mapped.scenes, strict=True):
        for name in ("objs", "boxes", "masks", "has_mask", "attributes", "machine", "box_weight", "mask_weight"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert one.source == other.source
    for (ids, known), scene in zip(mapped.labels(), mapped.scenes, strict=True):
        np.testing.assert_array_equal(ids, scene.objs)
        np.testing.assert_array_equal(known, scene.has_mask)


@pytest.mark.parametrize("form", ["files", "prepared"])
def test_without_a_machines_labels_it_is_as_if_there_were_none(marked, tmp_path, form):
    """Pictures are chosen by what is left, not by what was there."""
    bare = people_only(marked, tmp_path / "bare", "train")
    data, expected = (marked, bare) if form == "files" else (make(d, tmp_path / d.parent.name) for d in (marked, bare))
    for config in (FEW, DataConfig(relations="spoken", min_objects=3)):
        left = load_scenes(data, "train", config.by_people(), GENERATOR)
        wanted = load_scenes(expected, "train", config, GENERATOR)
        assert left.vocabulary == wanted.vocabulary and len(left) == len(wanted)
        for one, other in zip(left.scenes, wanted.scenes, strict=True):
            for name in ("objs", "boxes", "masks", "has_mask", "image"):
                np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
            assert one.machine is None and one.box_weight is None and one.mask_weight is None


def test_weights_go_with_their_labels(ready):
    scenes = load_scenes(ready, "train", replace(HALF, object_dropout=1.0, flip=True), GENERATOR)
    batch = scenes.collate(range(len(scenes)), epoch=1)
    assert batch.box_weight.dtype == batch.mask_weight.dtype == torch.float32
    assert len(batch.box_weight) == len(batch.mask_weight) == len(batch.objs)
    image = batch.objs == 0
    assert (batch.box_weight[image] == 1).all() and (batch.mask_weight[image] == 1).all()
    stuff = torch.tensor([scenes.vocabulary.objects[i] in scenes.vocabulary.stuff for i in batch.objs])
    for index, scene in enumerate(scenes.scenes):
        mine = (batch.obj_to_img == index) & ~image
        weight = {"drawn": 1.0, "outlined": 0.25, "found": 0.5}[scene.source]
        assert (batch.mask_weight[mine & batch.has_mask] == weight).all()
        by_machine = mine & (stuff | torch.tensor(scene.source == "found"))
        assert (batch.box_weight[by_machine] == weight).all()
        assert (batch.box_weight[mine & ~by_machine] == 1).all()


def test_parts_have_their_own_weights(ready):
    batch = load_scenes(ready, "train", HALF, GENERATOR).collate(range(12))
    parts = divide(batch, 5)
    for name in ("box_weight", "mask_weight"):
        torch.testing.assert_close(torch.cat([getattr(part, name) for part in parts]), getattr(batch, name))
        assert getattr(batch.to("meta"), name).is_meta


def test_without_weights_there_are_none(ready):
    batch = load_scenes(ready, "train", FEW, GENERATOR).collate(range(12))
    assert batch.box_weight is None and batch.mask_weight is None


def scene_of_one(weight):
    boxes = np.zeros((1, 4), np.float32)
    masks = np.zeros((1, 8, 8), np.uint8)
    triples = np.zeros((0, 3), np.int64)
    return Scene(np.ones(1, np.int64), boxes, masks, np.ones(1, dtype=bool), triples=triples, mask_weight=weight)


def test_scenes_without_weights_count_one():
    batch = collate([scene_of_one(None), scene_of_one(np.array([0.5], np.float32)), scene_of_one(None)])
    assert batch.box_weight is None and batch.mask_weight.tolist() == [1, 1, 0.5, 1, 1, 1]


def test_data_of_version_1_still_opens():
    """It knows of no machine: people made all of it; and what it says of itself still holds."""
    small = GeneratorConfig(image_size=(8, 8), refinement_dims=(8,), mask_size=4)
    data = load_scenes(VERSION_1, "train", FEW.by_people(), small)
    assert len(data) == 3 and all(len(scene.objs) == 6 for scene in data.scenes)
    assert all(scene.machine is None and scene.source == "" for scene in data.scenes)
    found = check_data(VERSION_1, lambda *_: None, least=0)
    assert not found.wrong and found.to_json()["machine"] == {"train": {}, "val": {}}


def test_checks_count_them(marked, ready):
    counts = [check_data(data, lambda *_: None, least=1).to_json()["machine"] for data in (marked, ready)]
    assert counts[0] == counts[1] and set(counts[0]) == {"train", "val"}
    assert set(counts[0]["train"]) == {"outlined", "found"}
    assert counts[0]["train"]["found"] == {"boxes": 16, "masks": 16, "machine_boxes": 16, "machine_masks": 16}
    assert counts[0]["train"]["outlined"] == {"boxes": 24, "masks": 16, "machine_boxes": 8, "machine_masks": 16}


def test_a_recipe_weighs_sources():
    config = read(DataConfig, {"machine_labels": ["found=0", "a=b=0.5", "*=0.25"]})  # as a recipe's file has it
    weights = {name: config.machine_weight(name) for name in ("found", "a=b", "", "drawn")}
    assert weights == {"found": 0, "a=b": 0.5, "": 0.25, "drawn": 0.25}
    assert DataConfig().machine_weight("found") == 1


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (("found",), r"machine_labels\[0\] is 'found' and must look like 'SOURCE=0.5'"),
        (("*=1", "found=much"), r"machine_labels\[1\] is 'found=much' and must look like"),
        (("found=2",), r"machine_labels\[0\] is 'found=2' and its weight must be from 0 to 1"),
        (("found=-1",), "must be from 0 to 1"),
        (("found=nan",), "must be from 0 to 1"),
        (("found=1", "found=0"), r"machine_labels\[1\] is 'found=0', and 'found' is named before"),
    ],
)
def test_wrong_weights_are_named(entries, message):
    with pytest.raises(ConfigError, match=message):
        DataConfig(machine_labels=entries)


@pytest.mark.parametrize(("name", "value"), [("rare", -1), ("rare", float("inf")), ("fragment_weight", 1.5)])
def test_other_wrong_settings_are_named(name, value):
    with pytest.raises(ConfigError, match=f"{name} is {value} and must be at"):
        DataConfig(**{name: value})


def test_prepared_says_where_pictures_come_from(ready):
    rows = open_prepared(ready).rows("train")
    assert [rows.source(i) for i in range(len(rows))] == [source_of(i + 1) for i in range(12)]
