"""Scores of predicted boxes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from sg2im_cli.checkpoint import load_generator
from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.relations import PAPER_RELATIONS
from sg2im_cli.evaluation.layout import box_iou, evaluate_layout, satisfied
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.object_layout import ObjectLayout
from sg2im_weights import resolve


@pytest.fixture(scope="module")
def checkpoint(tiny_bundle):
    return load_generator(resolve(str(tiny_bundle)))


@pytest.fixture(scope="module")
def scenes(tiny_data, checkpoint):
    config = DataConfig(relations="spoken")
    return load_scenes(tiny_data, "val", config, checkpoint.generator.config, checkpoint.vocabulary, with_images=False)


class Told(Generator):
    """A generator that was told the boxes of all scenes, in order, and what to make of them."""

    def __init__(self, data, change=lambda boxes: boxes):
        super().__init__(GeneratorConfig(gconv_num_layers=0), len(data.vocabulary.objects), 2)
        self.boxes = change(data.collate(range(len(data)), exact=True, with_images=False).boxes)
        self.place = 0

    def predict_layout(self, objs, triples, attributes=None, latents=None):
        self.place += len(objs)
        return ObjectLayout(objs[:, None].float(), self.boxes[self.place - len(objs) : self.place], None)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((0, 0, 1, 1), (0, 0, 1, 1), 1),
        ((0, 0, 0.5, 1), (0, 0, 1, 1), 1 / 2),
        ((0, 0, 0.5, 0.5), (0.25, 0.25, 0.75, 0.75), 1 / 7),  # 1/16 of 1/4 + 1/4 - 1/16
        ((0, 0, 0.4, 0.4), (0.2, 0, 0.6, 0.4), 1 / 3),
        ((0, 0, 0.5, 0.5), (0.5, 0, 1, 0.5), 0),  # they touch
        ((0, 0, 0.1, 0.1), (0.9, 0.9, 1, 1), 0),
        ((0.5, 0.5, 0.5, 0.5), (0, 0, 1, 1), 0),  # no area
        ((0.5, 0.5, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5), 0),
        ((0.8, 0, 0.2, 1), (0, 0, 1, 1), 0),  # corners the wrong way round, as the paper's box head may say
        ((0, 0, 2, 1), (0, 0, 1, 1), 1 / 2),  # beyond the picture
        ((math.nan, 0, 1, 1), (0, 0, 1, 1), 0),
    ],
)
def test_iou_by_hand(a, b, expected):
    for one, other in ((a, b), (b, a)):
        assert box_iou(torch.tensor([one]).float(), torch.tensor([other]).float()).item() == pytest.approx(expected)


def test_overlaps_are_the_originals():
    """Its `jaccard` is the sum of the boxes' intersections over unions."""
    expected = load_file(Path(__file__).parents[1] / "golden" / "parity" / "expected.safetensors")
    total = box_iou(expected["jaccard.a"], expected["jaccard.b"]).sum()
    assert float(total) == pytest.approx(float(expected["jaccard.sum"]), rel=1e-4)


def test_iou_is_the_share_of_pixels():
    rng = np.random.default_rng(0)
    grid = np.stack(np.meshgrid(np.arange(20), np.arange(20)), axis=-1) + 0.5

    def covered(box):
        return ((grid >= box[:2]) & (grid <= box[2:])).all(-1)

    for _ in range(50):
        boxes = np.concatenate([a := rng.integers(0, 10, (2, 2)), a + rng.integers(1, 10, (2, 2))], axis=1)
        a, b = (covered(box) for box in boxes)
        found = box_iou(*torch.from_numpy(boxes / 20).float()[:, None]).item()
        assert found == pytest.approx((a & b).sum() / (a | b).sum(), abs=1e-6)


def test_real_boxes_score_one(scenes):
    scores = evaluate_layout(Told(scenes), scenes, batch_size=2)
    assert (scores.images, scores.objects, scores.relationships) == (5, 25, 25)
    assert scores.mean_iou == pytest.approx(1)
    assert scores.recall_30 == scores.recall_50 == scores.satisfied == scores.satisfied_by_data == 1
    assert sum(score.relationships for score in scores.by_relation.values()) == 25
    assert {score.satisfied for score in scores.by_relation.values()} == {1}


def test_the_image_object_is_not_counted(scenes):
    """Boxes of no size are never right; `__image__`'s own box would be."""

    def nothing(boxes):
        whole = (boxes == torch.tensor([0.0, 0.0, 1.0, 1.0])).all(1, keepdim=True)
        return torch.where(whole, boxes, boxes[:, [0, 1, 0, 1]])

    scores = evaluate_layout(Told(scenes, nothing), scenes)
    assert scores.mean_iou == scores.recall_30 == 0


@pytest.mark.parametrize(("share", "recall_30", "recall_50"), [(0.6, 1, 1), (0.4, 1, 0), (0.2, 0, 0)])
def test_a_box_of_part_of_the_width_has_that_iou(scenes, share, recall_30, recall_50):
    def narrow(boxes):
        return torch.stack(
            [boxes[:, 0], boxes[:, 1], boxes[:, 0] + share * (boxes[:, 2] - boxes[:, 0]), boxes[:, 3]], 1
        )

    scores = evaluate_layout(Told(scenes, narrow), scenes)
    assert scores.mean_iou == pytest.approx(share, abs=1e-6)
    assert (scores.recall_30, scores.recall_50) == (recall_30, recall_50)


def test_a_mirrored_layout_breaks_left_and_right_only(scenes):
    def mirror(boxes):
        return torch.stack([1 - boxes[:, 2], boxes[:, 1], 1 - boxes[:, 0], boxes[:, 3]], dim=1)

    by_relation = evaluate_layout(Told(scenes, mirror), scenes, seed=1).by_relation
    sides = {"left of", "right of"} & set(by_relation)
    assert sides and all(by_relation[name].satisfied == 0 for name in sides)
    assert all(score.satisfied == 1 for name, score in by_relation.items() if name not in sides)


def test_figures_depend_on_nothing_but_the_seed(checkpoint, scenes):
    first, again, one_by_one = (evaluate_layout(checkpoint.generator, scenes, batch_size=n) for n in (64, 64, 1))
    assert first == again
    assert one_by_one.mean_iou == pytest.approx(first.mean_iou, abs=1e-5)
    assert one_by_one.relationships == first.relationships
    assert evaluate_layout(checkpoint.generator, scenes, seed=1).by_relation != first.by_relation


def test_relationships_of_the_papers_kind_are_judged_by_boxes(tiny_data):
    data = load_scenes(tiny_data, "val", DataConfig(), GeneratorConfig(), with_images=False)
    batch = data.collate(range(len(data)), exact=True, with_images=False)
    held = satisfied(batch, batch.boxes, data)
    triples = batch.triples[batch.triples[:, 1] != 0]
    centers = (batch.boxes[:, :2] + batch.boxes[:, 2:]) / 2
    assert len(held) == len(triples)
    for (s, p, o), kept in zip(triples.tolist(), held.tolist(), strict=True):
        dx, dy = (centers[s] - centers[o]).tolist()
        name = PAPER_RELATIONS[p - 1]
        if kept and name in {"left of", "right of"}:
            assert abs(dx) >= abs(dy) and (dx < 0) == (name == "left of")
        if kept and name in {"above", "below"}:
            assert abs(dy) >= abs(dx) and (dy < 0) == (name == "above")
