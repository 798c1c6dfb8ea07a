"""Reading data and drawing graphs from it."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.batch import batch_graphs
from sg2im_cli.data.dataset import load_scenes
from sg2im_parsers.errors import InputError
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject

GENERATOR = GeneratorConfig(image_size=(32, 32), refinement_dims=(8, 8), mask_size=8)
SPOKEN = DataConfig(relations="spoken")


@pytest.fixture(scope="module")
def scenes(tiny_data):
    return load_scenes(tiny_data, "train", SPOKEN, GENERATOR)


def test_vocabulary_comes_from_the_files(scenes):
    assert scenes.vocabulary.object_id("person") == 1
    assert "sky" in scenes.vocabulary.stuff
    assert not scenes.vocabulary.has_object("other")


def test_small_objects_and_other_are_left_out(scenes):
    assert len(scenes) == 12
    assert all(len(scene.objs) == 5 for scene in scenes.scenes)


def test_every_kind_of_segmentation_gives_the_same_mask(scenes):
    for scene in scenes.scenes:
        assert scene.has_mask.sum() == 4
        assert (scene.masks[scene.has_mask] == 1).all()  # rectangles fill their boxes


def test_a_polygon_becomes_its_shape(tmp_path, tiny_data):
    root = tmp_path / "scenes"
    shutil.copytree(tiny_data, root)
    path = root / "annotations" / "stuff_train.json"
    data = json.loads(path.read_text())
    data["annotations"][0]["segmentation"] = [[0, 0, 40, 0, 0, 16]]  # the upper left half of the box
    path.write_text(json.dumps(data))
    scene = load_scenes(root, "train", SPOKEN, GENERATOR).scenes[0]
    sky = scene.masks[list(scene.objs).index(13)]
    assert sky[0, 0] == 1 and sky[-1, -1] == 0
    assert 0.35 < sky.mean() < 0.65


def test_draws_depend_on_seed_epoch_and_index_only(scenes):
    one, again, other = scenes.example(3, 1, 5), scenes.example(3, 1, 5), scenes.example(3, 2, 5)
    np.testing.assert_array_equal(one.triples, again.triples)
    assert not np.array_equal(one.triples, other.triples)


def test_every_object_has_a_relationship_that_holds(scenes):
    for index in range(len(scenes)):
        for epoch in range(5):
            example = scenes.example(index, epoch)
            triples = example.triples[example.triples[:, 1] != 0]
            assert set(range(len(example.objs) - 1)) <= set(triples[:, [0, 2]].flatten())
            for s, p, o in triples:
                assert scenes.scenes[index].relations[p - 1, s, o]


def test_image_object_is_last_and_whole(scenes):
    example = scenes.example(0)
    assert example.objs[-1] == 0
    assert example.boxes[-1].tolist() == [0, 0, 1, 1]
    in_image = example.triples[example.triples[:, 1] == 0]
    assert in_image[:, 0].tolist() == list(range(len(example.objs) - 1))
    assert set(in_image[:, 2]) == {len(example.objs) - 1}


def test_thinning_leaves_the_picture_whole(tiny_data):
    thin = load_scenes(tiny_data, "train", DataConfig(relations="spoken", thinning=1.0), GENERATOR)
    counts = {len(thin.example(i, e).objs) - 1 for i in range(12) for e in range(6)}
    assert counts == {1, 2, 3, 4}
    np.testing.assert_array_equal(thin.example(0).image, thin.scenes[0].image)


def test_flipping_mirrors_everything(tiny_data):
    flipping = load_scenes(tiny_data, "train", DataConfig(relations="spoken", flip=True), GENERATOR)
    scene = flipping.scenes[0]
    seen = {flipping.example(0, epoch).image.tobytes() for epoch in range(20)}
    assert seen == {scene.image.tobytes(), scene.image[:, :, ::-1].tobytes()}
    flipped = next(e for e in (flipping.example(0, n) for n in range(20)) if e.image.tobytes() != scene.image.tobytes())
    np.testing.assert_allclose(flipped.boxes[:-1, 0], 1 - scene.boxes[:, 2], atol=1e-6)


def test_batches_go_on_where_a_run_stopped(scenes):
    def take(batches, n):
        return [next(batches) for _ in range(n)]

    whole = take(scenes.batches(4, seed=3), 8)
    rest = take(scenes.batches(4, start=5, seed=3), 3)
    for a, b in zip(whole[5:], rest, strict=True):
        torch.testing.assert_close(a.triples, b.triples)
        torch.testing.assert_close(a.images, b.images)


def test_crowded_pictures(tiny_data):
    few = DataConfig(relations="spoken", max_objects=3, crowded="largest")
    assert all(len(s.objs) == 3 for s in load_scenes(tiny_data, "train", few, GENERATOR).scenes)
    with pytest.raises(InputError, match="no picture with 3 to 3 objects"):
        load_scenes(tiny_data, "train", DataConfig(max_objects=3), GENERATOR)


def test_batch_of_scene_graphs(vocabulary):
    graph = SceneGraph((SceneObject(name="car"), SceneObject(name="road")), (Relationship(0, "on", 1),))
    batch = batch_graphs([graph, graph], vocabulary)
    assert batch.objs.tolist() == [2, 14, 0, 2, 14, 0]
    assert batch.triples.tolist() == [[0, 1, 1], [0, 0, 2], [1, 0, 2], [3, 1, 4], [3, 0, 5], [4, 0, 5]]
    assert batch.obj_to_img.tolist() == [0, 0, 0, 1, 1, 1]


def break_json(root):
    (root / "annotations" / "instances_train.json").write_text("{")


def break_schema(root):
    (root / "annotations" / "instances_train.json").write_text("[]")


def remove_image(root):
    (root / "images" / "train" / "train_004.jpg").unlink()


def spoil_image(root):
    (root / "images" / "train" / "train_004.jpg").write_bytes(b"no picture")


def remove_annotations(root):
    (root / "annotations" / "instances_train.json").unlink()


def remove_images(root):
    shutil.rmtree(root / "images")


def spoil_segmentation(root):
    path = root / "annotations" / "instances_train.json"
    data = json.loads(path.read_text())
    data["annotations"][0]["segmentation"] = {"size": [40, 40]}
    path.write_text(json.dumps(data))


def unknown_category(root):
    path = root / "annotations" / "instances_train.json"
    data = json.loads(path.read_text())
    data["annotations"][0]["category_id"] = 999
    path.write_text(json.dumps(data))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (break_json, "instances_train.json cannot be read as JSON"),
        (break_schema, "instances_train.json is not a COCO annotation file"),
        (remove_image, "train_004.jpg cannot be read"),
        (spoil_image, "train_004.jpg cannot be read"),
        (remove_annotations, "There is no file .*instances_train.json"),
        (remove_images, "has no directory images/train"),
        (spoil_segmentation, "has a segmentation that cannot be read"),
        (unknown_category, "has category 999"),
        (shutil.rmtree, "There is no directory"),
    ],
)
def test_damaged_data_is_named(tmp_path, tiny_data, damage, message):
    root = tmp_path / "scenes"
    shutil.copytree(tiny_data, root)
    damage(root)
    with pytest.raises(InputError, match=message):
        load_scenes(root, "train", SPOKEN, GENERATOR)


def test_without_stuff_files(tmp_path, tiny_data):
    root = tmp_path / "scenes"
    shutil.copytree(tiny_data, root)
    (root / "annotations" / "stuff_train.json").unlink()
    scenes = load_scenes(root, "train", DataConfig(min_objects=1), GENERATOR)
    assert scenes.vocabulary.stuff == frozenset()
