"""The judge as the measure of --best-of."""

from __future__ import annotations

import pytest
import torch
from PIL import Image

from sg2im_cli.cli.judge_score import JudgeScore, choose_score
from sg2im_cli.evaluation.judge import Judge, JudgeConfig
from sg2im_parsers.scene_graph import SceneGraph, SceneObject

BOX = (0.0, 0.0, 0.5, 0.5)


@pytest.fixture(scope="module")
def judge():
    torch.manual_seed(0)
    return Judge(JudgeConfig(classes=("car", "dog"), image_size=16, crop_size=8, widths=(4, 8), features=4)).eval()


def test_it_is_the_log_probability_of_what_was_asked_for(judge):
    rng = torch.Generator().manual_seed(0)
    pictures = torch.randint(0, 256, (3, 16, 16, 3), generator=rng, dtype=torch.uint8)
    images = [Image.fromarray(picture.numpy()) for picture in pictures]
    graph = SceneGraph((SceneObject(name="dog", box=BOX), SceneObject(name="unicorn", box=BOX)))
    with torch.no_grad():
        crops = judge.crop(pictures.permute(0, 3, 1, 2) / 255, torch.tensor([BOX] * 3), torch.arange(3))
        expected = judge(crops)[1].log_softmax(1)[:, 1].tolist()
    assert JudgeScore(judge)(images, graph) == pytest.approx(expected, abs=1e-4)
    both = SceneGraph((graph.objects[0], SceneObject(name="car", box=BOX)))
    with torch.no_grad():
        means = judge(crops)[1].log_softmax(1).mean(1).tolist()
    assert JudgeScore(judge)(images, both) == pytest.approx(means, abs=1e-4)


def test_it_says_nothing_of_what_it_does_not_know(judge):
    image = Image.new("RGB", (16, 16))
    for item in (SceneObject(name="unicorn", box=BOX), SceneObject(name="dog")):
        assert JudgeScore(judge)([image], SceneGraph((item,))) is None


def test_the_judge_of_the_package():
    graph = SceneGraph((SceneObject(name="person", box=BOX),))
    (score,) = choose_score(torch.device("cpu"))([Image.new("RGB", (64, 64), "green")], graph)
    assert score < 0
