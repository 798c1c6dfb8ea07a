"""EfficientNet-Lite1 as an eye: what it looks at, and that it does so in pieces of any size."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from sg2im_cli.evaluation import pretrained
from sg2im_cli.evaluation.drawing import Drawn
from sg2im_cli.evaluation.pretrained import PictureFeatures, large, square_boxes
from sg2im_cli.model.efficientnet import load_efficientnet


@pytest.fixture(scope="module")
def eye():
    return PictureFeatures(torch.device("cpu"))


@pytest.fixture(scope="module")
def drawn():
    """Five pictures, each with a box over its left half and one over all of it."""
    images = torch.randint(0, 256, (5, 3, 40, 40), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    boxes = torch.tensor([[0.0, 0, 0.5, 1], [0, 0, 1, 1]]).repeat(5, 1)
    return Drawn(images, boxes, torch.arange(5).repeat_interleave(2))


def test_pictures_are_enlarged_and_pooled(eye, drawn):
    enlarged = functional.interpolate(drawn.images / 127.5 - 1, (96, 96), mode="bilinear", align_corners=False)
    expected = load_efficientnet("lite1").pooled(enlarged)
    torch.testing.assert_close(eye.of_pictures(drawn.images), expected, atol=1e-4, rtol=1e-4)


def test_batches_change_nothing(eye, drawn, monkeypatch):
    every = torch.ones(10, dtype=torch.bool)
    whole = eye.of_pictures(drawn.images), eye.of_objects(drawn, every)
    monkeypatch.setattr(pretrained, "BATCH_SIZE", 3)
    parts = eye.of_pictures(drawn.images), eye.of_objects(drawn, every)
    for a, b in zip(whole, parts, strict=True):
        torch.testing.assert_close(a, b, atol=1e-4, rtol=1e-4)


def test_only_objects_that_are_asked_for_and_only_what_is_there(eye, drawn):
    which = torch.arange(10) == 4
    alone = eye.of_objects(drawn, which)
    darkened = drawn.images.clone()
    darkened[2, :, :, 36:] = 0  # beyond the left half and its surroundings
    others = drawn.images.clone()
    others[[0, 1, 3, 4]] = 0
    for images in (darkened, others):
        torch.testing.assert_close(eye.of_objects(Drawn(images, drawn.boxes, drawn.owners), which), alone)
    darkened[2, :, :, 10:] = 0
    assert (eye.of_objects(Drawn(darkened, drawn.boxes, drawn.owners), which) - alone).abs().max() > 0.01


def test_nothing_to_look_at(eye, drawn):
    assert eye.of_objects(drawn, torch.zeros(10, dtype=torch.bool)).shape == (0, 1280)


def test_large_boxes():
    boxes = torch.tensor([[0, 0, 0.2, 0.2], [0, 0, 0.1, 0.2], [0.5, 0, 1, 0.1]])
    assert large(boxes).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((0.4, 0.4, 0.6, 0.6), (0.385, 0.385, 0.615, 0.615)),  # 1.15 times as large
        ((0.4, 0.3, 0.5, 0.7), (0.312, 0.27, 0.588, 0.73)),  # as wide as 0.6 times its height
        ((0, 0, 1, 1), (0, 0, 1, 1)),  # no more than there is
        ((0.6, 0.6, 0.4, 0.4), (0.385, 0.385, 0.615, 0.615)),  # corners the wrong way round
        ((-1, float("nan"), 2, 2), (0, 0, 1, 1)),
    ],
)
def test_boxes_get_squarer_and_have_surroundings(box, expected):
    torch.testing.assert_close(square_boxes(torch.tensor([box]))[0], torch.tensor(expected, dtype=torch.float32))


def test_a_box_without_a_size_is_looked_at_all_the_same():
    found = square_boxes(torch.tensor([[0.5, 0.5, 0.5, 0.5]]))[0]
    assert (found[2:] - found[:2]).min() > 0.01


def test_without_the_extra_there_is_no_eye(monkeypatch):
    monkeypatch.setattr(
        pretrained.importlib.util, "find_spec", lambda name: None if name == "torchmetrics" else "found"
    )
    assert PictureFeatures.if_installed(torch.device("cpu")) is None
    monkeypatch.setattr(pretrained, "is_installed", lambda _: False)
    assert PictureFeatures.if_installed(torch.device("cpu")) is None
