"""Reading data and drawing graphs from it."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.batch import batch_graphs
from sg2im_cli.data.dataset import Scene, SceneDataset, load_scenes
from sg2im_cli.data.relations import PAPER_RELATIONS, SPOKEN_RELATIONS, spoken_table
from sg2im_errors import InputError
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

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
            assert set(range(len(example.objs))) <= set(example.triples[:, [0, 2]].flatten())
            for s, p, o in example.triples:
                assert scenes.scenes[index].relations[p - 1, s, o]


def test_image_object_is_last_and_whole(scenes):
    batch = scenes.collate([0])
    assert batch.objs[-1] == 0 and (batch.objs[:-1] > 0).all()
    assert batch.boxes[-1].tolist() == [0, 0, 1, 1]
    assert (batch.masks[-1] == 1).all() and batch.has_mask[-1]
    in_image = batch.triples[batch.triples[:, 1] == 0]
    assert in_image[:, 0].tolist() == list(range(len(batch.objs) - 1))
    assert set(in_image[:, 2].tolist()) == {len(batch.objs) - 1}


def test_thinning_leaves_the_picture_whole(tiny_data):
    thin = load_scenes(tiny_data, "train", DataConfig(relations="spoken", object_dropout=1.0), GENERATOR)
    counts = {len(thin.example(i, e).objs) for i in range(12) for e in range(6)}
    assert counts == {1, 2, 3, 4}
    np.testing.assert_array_equal(thin.example(0).image, thin.scenes[0].image)


@pytest.fixture(scope="module")
def random_scenes(vocabulary):
    """Scenes without pixels, with boxes on no grid and masks of every kind."""
    rng = np.random.default_rng(0)
    scenes = []
    for _ in range(30):
        corners = rng.random((5, 2, 2), dtype=np.float32)
        boxes = np.concatenate([corners.min(1), corners.max(1)], axis=1)
        objs = rng.integers(1, len(vocabulary.objects), 5)
        masks = rng.integers(0, 2, (5, 8, 8), dtype=np.uint8)
        table = spoken_table(boxes, stuff_of(objs, vocabulary))
        scenes.append(Scene(objs, boxes, masks, rng.random(5) < 0.5, table, None))
    return SceneDataset(scenes, vocabulary, DataConfig(relations="spoken", flip=True))


def stuff_of(objs, vocabulary):
    return np.array([vocabulary.objects[i] in vocabulary.stuff for i in objs])


def test_flipping_mirrors_everything(tiny_data):
    flipping = load_scenes(tiny_data, "train", DataConfig(relations="spoken", flip=True), GENERATOR)
    scene = flipping.scenes[0]
    seen = {flipping.example(0, epoch).image.tobytes() for epoch in range(20)}
    assert seen == {scene.image.tobytes(), scene.image[:, :, ::-1].tobytes()}
    flipped = next(e for e in (flipping.example(0, n) for n in range(20)) if e.image.tobytes() != scene.image.tobytes())
    np.testing.assert_allclose(flipped.boxes[:, 0], 1 - scene.boxes[:, 2], atol=1e-6)


def test_a_flipped_graph_is_true_of_the_flipped_boxes(random_scenes):
    flipped = 0
    for index, scene in enumerate(random_scenes.scenes):
        for epoch in range(4):
            example = random_scenes.example(index, epoch)
            mirrored = not np.array_equal(example.boxes, scene.boxes)
            flipped += mirrored
            table = spoken_table(example.boxes, stuff_of(scene.objs, random_scenes.vocabulary))
            for s, p, o in example.triples:
                assert table[p - 1, s, o]
            np.testing.assert_array_equal(example.masks, scene.masks[:, :, ::-1] if mirrored else scene.masks)
    assert 30 < flipped < 90


def test_what_holds_both_ways_is_said_from_left_to_right(random_scenes):
    names = random_scenes.vocabulary.predicates
    seen = 0
    for index in range(len(random_scenes)):
        for epoch in range(4):
            example = random_scenes.example(index, epoch)
            places = example.boxes[:, 0] + example.boxes[:, 2]
            for s, p, o in example.triples:
                if names[p] in ("beside", "near"):
                    assert places[s] <= places[o]
                    seen += 1
    assert seen > 20


def test_people_hear_what_is_worth_saying_more_often(random_scenes):
    """Where "on" and "near" both hold, "on" is drawn eight times as often: weights 4 and 0.5."""
    on, near = (random_scenes.vocabulary.predicate_id(name) for name in ("on", "near"))
    drawn = {on: 0, near: 0}
    for index, scene in enumerate(random_scenes.scenes):
        both = scene.relations[on - 1] & scene.relations[near - 1]
        for epoch in range(150):
            for s, p, o in random_scenes.example(index, epoch, exact=True).triples:
                if p in drawn and both[s, o]:
                    drawn[p] += 1
    assert 5 < drawn[on] / drawn[near] < 13


def test_a_batch_is_its_examples_in_a_row(random_scenes):
    indices = [4, 0, 17]
    batch = random_scenes.collate(indices, epoch=2, seed=9)
    examples = [random_scenes.example(i, epoch=2, seed=9) for i in indices]
    assert batch.n_images == 3 and batch.images is None
    assert batch.obj_to_img.tolist() == [n for n, e in enumerate(examples) for _ in range(len(e.objs) + 1)]
    for n, example in enumerate(examples):
        mine = batch.obj_to_img == n
        start = int(mine.nonzero()[0])
        for name in ("objs", "boxes", "masks", "has_mask"):
            np.testing.assert_array_equal(getattr(batch, name)[mine][:-1], getattr(example, name))
        triples = batch.triples[mine[batch.triples[:, 0]]] - torch.tensor([start, 0, start])
        np.testing.assert_array_equal(triples[triples[:, 1] > 0], example.triples)
    moved = batch.to("cpu")
    assert moved.n_images == 3 and torch.equal(moved.triples, batch.triples)


def test_a_share_of_the_pictures_without_masks_is_shown(random_scenes, vocabulary):
    scenes = [
        Scene(s.objs, s.boxes, s.masks, np.full(5, i < 10), s.relations, None)
        for i, s in enumerate(random_scenes.scenes)
    ]
    shown = {}
    for share in (0.0, 0.5, 1.0):
        data = SceneDataset(scenes, vocabulary, DataConfig(relations="spoken", unmasked_share=share))
        batch = next(data.batches(30 if share == 1 else 10 if share == 0 else 20))
        masked = [bool(batch.has_mask[batch.obj_to_img == n][:-1].any()) for n in range(batch.n_images)]
        shown[share] = (sum(masked), len(masked) - sum(masked))
    assert shown == {0.0: (10, 0), 0.5: (10, 10), 1.0: (10, 20)}
    none = SceneDataset(scenes[10:], vocabulary, DataConfig(relations="spoken", unmasked_share=0.0))
    with pytest.raises(InputError, match="No picture of the data has a mask"):
        next(none.batches(4))


def test_an_epoch_shows_every_picture_once(scenes):
    batches = scenes.batches(4, with_images=True)
    seen = [image.numpy().tobytes() for _ in range(3) for image in next(batches).images]
    assert sorted(seen) == sorted(scene.image.tobytes() for scene in scenes.scenes)


def test_fewer_pictures_than_a_batch(scenes):
    assert next(scenes.batches(100)).n_images == len(scenes)


def test_a_lonely_object_has_its_picture_only(vocabulary):
    boxes, mask = np.array([[0, 0, 0.5, 0.5]], dtype=np.float32), np.ones((1, 8, 8), dtype=np.uint8)
    table = spoken_table(boxes, np.array([False]))
    data = SceneDataset(
        [Scene(np.array([3]), boxes, mask, np.array([True]), table, None)],
        vocabulary,
        DataConfig(relations="spoken", object_dropout=1.0),
    )
    assert data.collate([0]).triples.tolist() == [[0, 0, 1]]


def test_the_papers_graphs(tiny_data):
    data = load_scenes(tiny_data, "train", DataConfig(), GENERATOR)
    assert data.vocabulary.predicate_names == PAPER_RELATIONS
    for index, scene in enumerate(data.scenes):
        assert (scene.relations.sum(0) == 1 - np.eye(len(scene.objs))).all()
        for s, p, o in data.example(index, epoch=1).triples[: len(scene.objs)]:
            assert scene.relations[p - 1, s, o]


def test_relations_and_vocabulary_must_agree(random_scenes):
    with pytest.raises(InputError, match="predicates are not the paper relations"):
        SceneDataset(random_scenes.scenes, random_scenes.vocabulary, DataConfig())


def test_another_models_words(tiny_data):
    few = Vocabulary.from_names(("sky", "road"), SPOKEN_RELATIONS, ("sky", "road"))
    data = load_scenes(tiny_data, "val", SPOKEN, GENERATOR, few)
    assert all(sorted(scene.objs) == [1, 2] for scene in data.scenes)
    assert len(data) == 5 and sum(data.unknown.values()) == 15


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
    shutil.rmtree(root / "annotations")


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
        (remove_annotations, "is in no layout that is known: COCO and CVAT have annotations/instances_train.json"),
        (remove_images, "train_001.jpg cannot be read"),
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
