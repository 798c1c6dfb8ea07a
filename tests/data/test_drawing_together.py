"""What is made and drawn for many pictures at once is what it is for one after the other."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.attributes import DERIVED
from sg2im_cli.data.batch import collate
from sg2im_cli.data.color_terms import (
    ALONE,
    COLORS,
    LEAST_PIXELS,
    MAJORITY,
    UNNAMED,
    VIVID,
    VIVID_SHARE,
    cover,
    name_pixels,
    object_colors,
    to_lightness_chroma_hue,
    topmost,
)
from sg2im_cli.data.dataset import Scene, SceneDataset, load_scenes
from sg2im_cli.data.grouping import Grouping
from sg2im_cli.data.prepared.options import PrepareOptions
from sg2im_cli.data.prepared.writing import prepare
from sg2im_cli.data.readers.coco_source import CocoOptions, coco_source
from sg2im_cli.data.relations import PAPER_RELATIONS, RELATIONS, SPOKEN_RELATIONS, paper_table, spoken_table
from sg2im_cli.data.scenes.weighing import fragments
from sg2im_parsers.vocabulary import Vocabulary

from .plain_graphs import draw_plainly

SIDE, CELLS = 20, 6
STATED = ("left of", "right of", "holding", "near")


def boxes_of(rng, count):
    """Some on a grid, so that edges meet and centres lie on diagonals."""
    corners = rng.random((count, 2, 2))
    corners = np.where(rng.random((count, 1, 1)) < 0.5, np.round(corners * 5) / 5, corners).astype(np.float32)
    return np.concatenate([corners.min(1), corners.max(1)], axis=1)


def scene_of(rng, kind, words, attributes, pixels, weights):
    count = int(rng.integers(1, 8))
    objs, boxes = rng.integers(1, len(words.objects), count), boxes_of(rng, count)
    stuff = np.array([words.objects[i] in words.stuff for i in objs])
    relations = triples = None
    if kind == "stated":
        ends = rng.integers(0, count, (int(rng.integers(0, 6)), 2))
        said = rng.integers(1, len(words.predicates), len(ends))
        triples = np.stack([ends[:, 0], said, ends[:, 1]], axis=1)
    elif kind == "none":
        relations = np.zeros((0, count, count), dtype=bool)
    else:
        relations = (
            spoken_table(boxes, stuff) if kind == "spoken" else paper_table(boxes, (boxes[:, :2] + boxes[:, 2:]) / 2)
        )
    return Scene(
        objs=objs,
        boxes=boxes,
        masks=(rng.random((count, CELLS, CELLS)) < 0.8).astype(np.uint8),
        has_mask=rng.random(count) < 0.8,
        relations=relations,
        triples=triples,
        image=rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8).transpose(2, 0, 1) if pixels else None,
        attributes=rng.random((count, len(words.attributes))) < 0.3 if attributes else None,
        mask_weight=rng.random(count).astype(np.float32) if weights and rng.random() < 0.7 else None,
    )


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    kind=st.sampled_from(["paper", "spoken", "none", "stated"]),
    told=st.sampled_from(["", "pixels", "attributes", "pixels, attributes", "pixels, attributes"]),
    weights=st.booleans(),
    exact=st.sampled_from([False, False, True]),
    flip=st.booleans(),
    shares=st.tuples(*[st.sampled_from([0.0, 0.4, 1.0])] * 3),
    most=st.sampled_from([3, 4, 8]),
)
def test_graphs_of_a_batch_are_those_drawn_plainly(seed, kind, told, weights, exact, flip, shares, most):
    rng, pixels, attributes = np.random.default_rng(seed), "pixels" in told, "attributes" in told
    predicates = STATED if kind == "stated" else RELATIONS[kind]
    words = Vocabulary.from_names(("car", "dog", "sky"), predicates, ("sky",), DERIVED if attributes else ())
    config = DataConfig(
        relations="paper" if kind == "stated" else kind,
        min_objects=1,
        max_objects=most,
        flip=flip,
        object_dropout=shares[0],
        attribute_dropout=shares[1],
        recolor=shares[2],
    )
    scenes = [scene_of(rng, kind, words, attributes, pixels, weights) for _ in range(6)]
    data = SceneDataset(scenes, words, config)
    indices = rng.integers(0, 6, 5).tolist()
    plain = [draw_plainly(scenes[i], words, config, np.random.default_rng((7, 2, i)), exact) for i in indices]
    same_batch(data.collate(indices, epoch=2, seed=7, exact=exact), joined_plainly(plain))
    without = data.collate(indices, epoch=2, seed=7, exact=exact, with_images=False)
    assert without.images is None
    same_batch(without, joined_plainly(plain), but=("images",))
    for index, one in zip(indices, plain, strict=True):
        example = data.example(index, 2, 7, exact)
        for name in ("objs", "boxes", "masks", "has_mask", "triples", "attributes", "image"):
            np.testing.assert_array_equal(getattr(example, name), getattr(one, name))


def joined_plainly(scenes):
    """Batch fields as lists, row by row, with the image after the objects of each scene."""
    found = {name: [] for name in ("objs", "boxes", "masks", "has_mask", "triples", "obj_to_img")}
    found |= {"images": [], "attributes": [], "mask_weight": []}
    for number, scene in enumerate(scenes):
        start, count = len(found["objs"]), len(scene.objs)
        found["objs"] += [*scene.objs, 0]
        found["boxes"] += [*scene.boxes, (0, 0, 1, 1)]
        found["masks"] += [*scene.masks, np.ones((CELLS, CELLS))]
        found["has_mask"] += [*scene.has_mask, True]
        found["triples"] += [(s + start, p, o + start) for s, p, o in scene.triples]
        found["triples"] += [(start + i, 0, start + count) for i in range(count)]
        found["obj_to_img"] += [number] * (count + 1)
        found["images"] += [] if scene.image is None else [scene.image]
        found["attributes"] += [] if scene.attributes is None else [*scene.attributes, [0] * scene.attributes.shape[1]]
        found["mask_weight"] += [*(np.ones(count) if scene.mask_weight is None else scene.mask_weight), 1]
    if all(scene.mask_weight is None for scene in scenes):
        found["mask_weight"] = []
    return {name: np.array(rows) if rows else None for name, rows in found.items()}


def same_batch(batch, wanted, but=()):
    for name, rows in wanted.items():
        if name in but:
            continue
        got = getattr(batch, name)
        assert (got is None) == (rows is None), name
        if rows is not None:
            np.testing.assert_array_equal(got, rows.reshape(got.shape), err_msg=name)


def pictures_of(rng, sizes):
    return [boxes_of(rng, size) for size in sizes], [rng.random(size) < 0.4 for size in sizes]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_tables_and_fragments_of_many_pictures_are_those_of_each(seed, sizes):
    rng, objects = np.random.default_rng(seed), Grouping(np.array(sizes))
    boxes, stuff = pictures_of(rng, sizes)
    centers = [rng.random((size, 2), dtype=np.float32) for size in sizes]
    padded = objects.padded(np.concatenate(boxes), 0)
    told = objects.padded(np.concatenate(stuff), True)
    spoken = spoken_table(padded, told)
    paper = paper_table(padded, objects.padded(np.concatenate(centers), 0))
    parts = fragments(padded, told)
    assert spoken.shape[0] == len(SPOKEN_RELATIONS) and paper.shape[0] == len(PAPER_RELATIONS)
    for i, n in enumerate(sizes):
        np.testing.assert_array_equal(spoken[:, i, :n, :n], spoken_table(boxes[i], stuff[i]))
        np.testing.assert_array_equal(paper[:, i, :n, :n], paper_table(boxes[i], centers[i]))
        np.testing.assert_array_equal(parts[i, :n], fragments(boxes[i], stuff[i]))


def covered_plainly(box, mask, row, column):
    """Whether a pixel's centre lies in the cell of a mask that is 1."""
    low, high, at = box[:2].astype(float), box[2:].astype(float), np.array([column + 0.5, row + 0.5]) / SIDE
    share = (at - box[:2]) / np.maximum(box[2:] - box[:2], 1e-6)
    if not ((share >= 0) & (share < 1)).all() or not (high >= low).all():
        return False
    x, y = np.minimum((share * CELLS).astype(int), CELLS - 1)
    return bool(mask[y, x])


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_every_pixel_is_of_the_smallest_object_there(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(0, 5, 3)
    count = int(sizes.sum())
    boxes, known = boxes_of(rng, count), rng.random(count) < 0.7
    masks = rng.integers(0, 2, (count, CELLS, CELLS), dtype=np.uint8)
    found = topmost(sizes, boxes, masks, known, SIDE, SIDE)
    alone = cover(boxes, masks, SIDE, SIDE)
    for picture, (first, end) in enumerate(Grouping(sizes).bounds):
        for row, column in itertools.product(range(SIDE), range(SIDE)):
            there = [covered_plainly(boxes[k], masks[k], row, column) for k in range(first, end)]
            assert alone[first:end, row, column].tolist() == there
            seen = [k + 1 for k in range(end - first) if there[k] and known[first + k]]
            assert found[picture, row, column] == max(seen, default=0)


def colored_plainly(image, owners, number):
    """The rules of the module's own words, pixel by pixel."""
    pixels = []
    for row, column in zip(*np.nonzero(owners == number), strict=True):
        around = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
        if all(owners[r, c] == number for r, c in around if 0 <= r < SIDE and 0 <= c < SIDE):
            seen = to_lightness_chroma_hue(image[:, row, column])
            pixels.append((int(name_pixels(seen)), bool(seen[1] >= VIVID)))
    if len(pixels) < LEAST_PIXELS:
        return UNNAMED
    for least, of_vivid, chosen in ((MAJORITY, 0, pixels), (VIVID_SHARE, ALONE, [p for p in pixels if p[1]])):
        counts = Counter(term for term, _ in chosen if term != UNNAMED)
        most = max(counts.values(), default=0)
        if most and most >= least * len(pixels) and most >= of_vivid * len(chosen):
            return min(term for term, n in counts.items() if n == most)
    return UNNAMED


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), spread=st.sampled_from([0, 20, 60, 90]))
def test_colours_of_many_pictures_are_those_told_pixel_by_pixel(seed, spread):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 4, 3)
    count = int(sizes.sum())
    boxes, known = boxes_of(rng, count), rng.random(count) < 0.8
    masks = (rng.random((count, CELLS, CELLS)) < 0.9).astype(np.uint8)
    base = rng.integers(0, 256, (3, 3, 4, 4)).repeat(5, 2).repeat(5, 3)
    images = (base + rng.integers(-spread, spread + 1, base.shape)).clip(0, 255).astype(np.uint8)
    found = Grouping(sizes).split(object_colors(images, sizes, boxes, masks, known))
    owners = topmost(sizes, boxes, masks, known, SIDE, SIDE)
    for picture, own in enumerate(found):
        wanted = [colored_plainly(images[picture], owners[picture], k + 1) for k in range(len(own))]
        assert own.tolist() == wanted
    assert {int(c) for own in found for c in own} <= {UNNAMED, *range(len(COLORS))}


CONFIG = DataConfig(
    relations="spoken", min_objects=1, crowded="largest", attributes="derived", recolor=0.5, fragment_weight=0.5
)
GENERATOR = GeneratorConfig(image_size=(32, 32), refinement_dims=(8, 8), mask_size=8)


@pytest.fixture(scope="module")
def ready(tiny_data, tmp_path_factory):
    options = PrepareOptions(image_size=(32, 32), mask_size=8)
    source = coco_source(tiny_data, CocoOptions(keep=options.keep))
    return prepare(source, tmp_path_factory.mktemp("together") / "tiny", options, lambda *_: None, print).path


def test_scenes_are_the_same_in_whatever_company_they_are_made(ready):
    whole, single, mixed = (load_scenes(ready, "train", CONFIG, GENERATOR) for _ in range(3))
    together = whole.scenes[:]
    groups = [mixed.scenes.take(indices) for indices in ([7, 3, 7], [11, 0, 3, 5], range(12))]
    for index, scene in enumerate(together):
        for other in (single.scenes[index], groups[-1][index]):
            for field in fields(Scene):
                np.testing.assert_array_equal(getattr(scene, field.name), getattr(other, field.name), field.name)
    assert groups[0][0] is groups[0][2] is groups[2][7]  # made once


@pytest.mark.parametrize(("size", "workers"), [(1, 0), (2, 0), (5, 0), (2, 2)])
def test_what_is_made_ahead_changes_no_batch(ready, size, workers):
    fresh, made = (load_scenes(ready, "train", CONFIG, GENERATOR) for _ in range(2))
    assert len(made.scenes[:]) == 12  # all of them, before the first batch
    one, other = (data.batches(size, start=3, seed=1, workers=workers) for data in (fresh, made))
    for _ in range(14):  # beyond the end of an epoch
        first, second = next(one), next(other)
        for field in fields(first):
            np.testing.assert_array_equal(getattr(first, field.name), getattr(second, field.name), field.name)


def test_a_batch_of_drawn_scenes_joined_again_is_the_same(ready):
    data = load_scenes(ready, "train", CONFIG, GENERATOR)
    batch = data.collate(range(6), seed=4)
    again = collate([data.example(i, seed=4) for i in range(6)])
    for field in fields(batch):
        np.testing.assert_array_equal(getattr(batch, field.name), getattr(again, field.name), field.name)
