"""Which pictures an epoch shows: all once, or rare ones more often; always the same for a seed."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.scenes.order import Order, draw_evenly, rare_chances

STUFF = np.array([True, False, False, False, True, True])
"""Of `__image__`, three things and two kinds of stuff."""


def ids(*pictures):
    return [np.array(picture, dtype=np.int64) for picture in pictures]


def test_the_rarest_thing_tells():
    """Thing 1 is in three pictures, 2 in two and 3 in one; twice in a picture is once."""
    pictures = ids([1, 1, 1, 4], [1, 2, 5], [2, 1, 3], [4])
    assert rare_chances(pictures, STUFF, 1.0).tolist() == pytest.approx([1 / 3, 1 / 2, 1, 1 / 2])
    assert rare_chances(pictures, STUFF, 0.5).tolist() == pytest.approx([3**-0.5, 2**-0.5, 1, 2**-0.5])
    assert (rare_chances(pictures, STUFF, 0.0) == 1).all()


@given(
    chances=st.lists(st.floats(0, 100), min_size=1, max_size=30).filter(lambda v: sum(v) > 0.01),
    count=st.integers(1, 60),
    seed=st.integers(0, 9),
)
def test_each_comes_as_often_as_its_chance_give_or_take_one(chances, count, seed):
    drawn = draw_evenly(np.array(chances), count, np.random.default_rng(seed))
    times = np.bincount(drawn, minlength=len(chances))
    expected = np.array(chances) / sum(chances) * count
    assert len(drawn) == count and (np.abs(times - expected) < 1 + 1e-6).all()


def test_chances_hold_over_epochs():
    chances = np.array([1.0, 0.35, 0.05, 0.6])
    order = Order(np.ones(4, dtype=bool), 1.0, chances)
    seen = np.bincount(np.concatenate([order(0, epoch) for epoch in range(1000)]), minlength=4)
    assert order.shown == 4
    np.testing.assert_allclose(seen / 4000, chances / chances.sum(), atol=0.02)


def test_pictures_without_masks_keep_their_share():
    has_mask = np.array([True] * 10 + [False] * 20)
    order = Order(has_mask, 0.25, np.ones(30))
    seen = np.concatenate([order(0, epoch) for epoch in range(400)])
    assert order.shown == 15
    assert (seen >= 10).mean() == pytest.approx(5 / 15, abs=0.02)
    never = Order(has_mask, 0.0, np.ones(30))
    assert max(never(0, epoch).max() for epoch in range(50)) < 10


@pytest.fixture(scope="module")
def rare(tiny_data):
    generator = GeneratorConfig(image_size=(32, 32), refinement_dims=(8, 8), mask_size=8)
    return load_scenes(tiny_data, "train", DataConfig(relations="spoken", rare=1.0), generator)


def test_rare_things_are_shown_more_often(rare):
    labels = [set(scene.objs[scene.objs < 13].tolist()) for scene in rare.scenes]  # things only
    pictures_with = {name: sum(name in there for there in labels) for name in set.union(*labels)}
    rarest = np.array([min(pictures_with[name] for name in there) for there in labels])
    batches = islice(rare.batches(4), 600)
    places = {scene.image.tobytes(): i for i, scene in enumerate(rare.scenes)}
    seen = np.bincount([places[image.numpy().tobytes()] for b in batches for image in b.images], minlength=12)
    assert len(set(rarest)) > 1
    np.testing.assert_allclose(seen * rarest / (seen * rarest).mean(), 1, atol=0.12)


def test_a_resumed_run_sees_the_same(rare):
    whole = list(islice(rare.batches(4, seed=3), 9))
    for batch, again in zip(whole[4:], rare.batches(4, start=4, seed=3), strict=False):
        torch.testing.assert_close(batch.images, again.images)
        torch.testing.assert_close(batch.triples, again.triples)
    assert not torch.equal(whole[0].images, next(rare.batches(4, seed=4)).images)


def test_processes_share_a_batch(rare):
    whole = list(islice(rare.batches(4, seed=3), 4))
    parts = [list(islice(rare.batches(4, seed=3, rank=rank, processes=2), 4)) for rank in range(2)]
    for batch, one, other in zip(whole, *parts, strict=True):
        torch.testing.assert_close(torch.cat([one.images, other.images]), batch.images)
