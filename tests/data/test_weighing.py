"""Outlines of which only a part is seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.scenes.weighing import EDGE, HIDDEN, fragments

FINE = 400
"""Pixels a side by which coverage is painted and counted."""


def boxes_of(*corners):
    return np.array(corners, dtype=np.float32)


def nothing_is_stuff(boxes):
    return np.zeros(len(boxes), dtype=bool)


@pytest.mark.parametrize(
    ("box", "cut"),
    [
        ((0.1, 0.1, 0.5, 0.5), False),
        ((0.014, 0.1, 0.5, 0.5), True),
        ((0.016, 0.1, 0.5, 0.5), False),
        ((0.1, 0.0, 0.5, 0.5), True),
        ((0.1, 0.1, 0.99, 0.5), True),
        ((0.1, 0.1, 0.5, 1.0), True),
    ],
)
def test_the_edge_cuts(box, cut):
    boxes = boxes_of(box)
    assert fragments(boxes, nothing_is_stuff(boxes)).tolist() == [cut]
    assert fragments(boxes, np.array([True])).tolist() == [False]  # stuff has no outline of its own


def test_things_in_front_hide():
    large, half = (0.1, 0.1, 0.9, 0.9), (0.1, 0.1, 0.9, 0.5)
    boxes = boxes_of(large, half)
    assert fragments(boxes, np.array([False, False])).tolist() == [True, False]
    assert fragments(boxes, np.array([False, True])).tolist() == [False, False]  # stuff is never in front
    third = boxes_of(large, (0.1, 0.1, 0.9, 0.34), (0.1, 0.1, 0.5, 0.34))  # twice over the same place
    assert fragments(third, nothing_is_stuff(third)).tolist() == [False, True, False]


@given(st.integers(0, 2**32 - 1))
def test_coverage_is_that_of_painted_boxes(seed):
    rng = np.random.default_rng(seed)
    corners = rng.random((5, 2, 2)) * 0.9 + 0.05
    boxes = np.concatenate([corners.min(1), corners.max(1)], axis=1).astype(np.float32)
    size = boxes[:, 2:] - boxes[:, :2]
    boxes = boxes[np.argsort(-size.prod(1))]
    stuff = rng.random(5) < 0.3
    found = fragments(boxes, stuff)
    pixels = np.round(boxes * FINE).astype(int)
    for i, (x0, y0, x1, y1) in enumerate(pixels):
        front = np.zeros((FINE, FINE), dtype=bool)
        for j in range(i + 1, 5):
            if not stuff[j]:
                front[pixels[j, 1] : pixels[j, 3], pixels[j, 0] : pixels[j, 2]] = True
        if x1 - x0 < 20 or y1 - y0 < 20:
            continue
        covered = front[y0:y1, x0:x1].mean()
        if stuff[i] or covered < HIDDEN - 0.1:
            assert not found[i]
        elif covered > HIDDEN + 0.1:
            assert found[i]


def test_their_masks_count_less_and_their_boxes_do_not(tiny_data):
    generator = GeneratorConfig(image_size=(32, 32), refinement_dims=(8, 8), mask_size=8)
    config = DataConfig(relations="spoken", fragment_weight=0.25)
    data = load_scenes(tiny_data, "train", config, generator)
    batch = data.collate(range(len(data)))
    assert batch.box_weight is None and set(batch.mask_weight.tolist()) == {0.25, 1.0}
    things = things_of(data, batch)
    edge = ((batch.boxes[:, :2] < EDGE).any(1) | (batch.boxes[:, 2:] > 1 - EDGE).any(1)).numpy()
    assert (batch.mask_weight.numpy()[things & edge] == 0.25).all() and (things & edge).any()
    assert (batch.mask_weight.numpy()[~things] == 1).all()


def things_of(data, batch):
    words = data.vocabulary
    return np.array([i != 0 and words.objects[i] not in words.stuff for i in batch.objs])
