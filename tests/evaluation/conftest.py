"""A small model, a small split with pixels, and a judge of two colours."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sg2im_cli.checkpoint import load_generator
from sg2im_cli.config import DataConfig
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.evaluation.judge import LoadedJudge
from sg2im_cli.evaluation.judge_training import Crops, JudgeRecipe, train_judge
from sg2im_weights import resolve


@pytest.fixture(scope="session")
def small_checkpoint(tiny_bundle):
    return load_generator(resolve(str(tiny_bundle)))


@pytest.fixture(scope="session")
def small_generator(small_checkpoint):
    return small_checkpoint.generator


@pytest.fixture(scope="session")
def small_scenes(tiny_data, small_checkpoint):
    config = small_checkpoint.generator.config
    return load_scenes(tiny_data, "train", DataConfig(relations="spoken"), config, small_checkpoint.vocabulary)


def colored_crops(count, seed, classes=("car", "dog")):
    """Cars are reddish squares, dogs bluish ones, on grey noise."""
    rng = np.random.default_rng(seed)
    images = rng.integers(90, 160, (count, 3, 64, 64)).astype(np.uint8)
    boxes = np.zeros((count, 4), dtype=np.float32)
    names = []
    for i in range(count):
        x, y = rng.integers(0, 34, 2)
        side = int(rng.integers(14, 30))
        kind = int(rng.integers(0, 2))
        images[i, :, y : y + side, x : x + side] //= 3
        images[i, 0 if kind == 0 else 2, y : y + side, x : x + side] += 150
        boxes[i] = np.array([x, y, x + side, y + side]) / 64
        names.append(classes[kind])
    has_mask = torch.from_numpy(np.arange(count) % 2 == 0)
    return Crops(torch.from_numpy(images), torch.from_numpy(boxes), torch.arange(count), tuple(names), has_mask)


@pytest.fixture(scope="session")
def color_judge():
    """A judge that learned to tell red cars from blue dogs."""
    recipe = JudgeRecipe(epochs=3, batch_size=32, least=20, precision="float32")
    judge = train_judge(colored_crops(192, 0), recipe, lambda *_: None)
    return LoadedJudge(judge, {"val": {}}, "0" * 64)


@pytest.fixture(scope="session")
def eigen_distance():
    """The Fréchet distance of fewer rows than features, by eigenvalues in the space that they span."""

    def measure(a, b):
        axes = np.linalg.qr(np.concatenate([a, b]).T)[0]
        a, b = a @ axes, b @ axes
        s, t = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
        roots = np.sqrt(np.linalg.eigvals(s @ t).real.clip(0))
        return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(s) + np.trace(t) - 2 * roots.sum()

    return measure
