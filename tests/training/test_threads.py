"""Two threads, as users have them, where other tests have one: bit by bit the same weights, run after run."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from sg2im_cli.evaluation.judge_training import JudgeRecipe, train_judge
from sg2im_cli.model.crops import crop_objects
from sg2im_cli.model.graph import GraphTripleConv
from sg2im_cli.model.layout import compose_layout
from sg2im_cli.training.run import train

from ..evaluation.conftest import colored_crops
from .conftest import Silent, options, small_scenes, tensors

TRIES = 10
LONGER = {"steps": 6, "layout_steps": 6, "batch_size": 12, "layout_batch_size": 12, "checkpoint_every": 4}


@pytest.fixture(scope="module", autouse=True)
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def gradients(of, *inputs):
    """Of a weighted sum, with respect to each input, as bytes."""
    inputs = [tensor.clone().requires_grad_() for tensor in inputs]
    found = of(*inputs)
    weights = torch.randn(found.shape, generator=torch.Generator().manual_seed(1))
    return tuple(g.numpy().tobytes() for g in torch.autograd.grad((found * weights).sum(), inputs))


def graph_convolution():
    """200 objects in 3,000 triples: each is added up from many, in both threads."""
    layer = GraphTripleConv(64, 64, 64)
    edges = torch.randint(0, 200, (3000, 2))
    return lambda objects, predicates: layer(objects, predicates, edges)[0], torch.randn(200, 64), torch.randn(3000, 64)


def crops():
    boxes = torch.rand(200, 4).sort(1).values
    owners = torch.randint(0, 4, (200,))
    return lambda images: crop_objects(images, boxes, owners, 16), torch.randn(4, 3, 64, 64)


def layout():
    owners = torch.randint(0, 8, (200,))
    of = lambda vectors, coverage: compose_layout(vectors, coverage, owners, 8)  # noqa: E731
    return of, torch.randn(200, 32), torch.rand(200, 32, 32)


def embedding():
    words = torch.randint(0, 20, (3000,))
    return lambda table: torch.nn.functional.embedding(words, table), torch.randn(20, 64)


@pytest.mark.parametrize("made", [graph_convolution, crops, layout, embedding])
def test_gradients_are_the_same_every_time(made):
    torch.manual_seed(0)
    of, *inputs = made()
    assert len({gradients(of, *inputs) for _ in range(TRIES)}) == 1


@pytest.fixture(scope="module")
def longer(tiny_data):
    """Options of a run with batches that are worth dividing among threads."""

    def call(out):
        made = options(tiny_data, out)
        training = replace(made.recipe.training, **LONGER)
        generator = replace(made.recipe.generator, gconv_dim=64, gconv_hidden_dim=128)
        return replace(made, recipe=replace(made.recipe, training=training, generator=generator))

    return call


@pytest.fixture(scope="module")
def whole(longer, tmp_path_factory):
    run = tmp_path_factory.mktemp("threads") / "whole"
    assert train(longer(run), Silent()).finished
    return tensors(run)


def assert_equal(one, other):
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_run_made_twice_is_the_same(longer, whole, tmp_path):
    assert train(longer(tmp_path / "again"), Silent()).finished
    assert_equal(tensors(tmp_path / "again"), whole)


@pytest.mark.parametrize("stop_after", [5, 6 + 5], ids=["among layouts", "among pictures"])
def test_a_run_that_broke_off_goes_on_and_equals_the_whole(longer, whole, tmp_path, stop_after):
    with pytest.raises(KeyboardInterrupt):
        train(longer(tmp_path / "broken"), Silent(stop_after))
    assert train(longer(tmp_path / "broken"), Silent()).finished
    assert_equal(tensors(tmp_path / "broken"), whole)


def test_one_seed_makes_one_judge():
    crops = colored_crops(64, 0)
    recipe = JudgeRecipe(epochs=1, batch_size=32, least=5, precision="float32")
    one, same = (train_judge(crops, recipe, lambda *_: None).state_dict() for _ in range(2))
    assert_equal(one, same)


def test_a_run_with_projected_discriminators_made_twice_is_the_same(tiny_data, tmp_path):
    for name in ("one", "again"):
        recipe = small_scenes()
        training = replace(recipe.training, steps=2, layout_steps=2)
        made = replace(options(tiny_data, tmp_path / name), recipe=replace(recipe, training=training))
        assert train(made, Silent()).finished
    assert_equal(tensors(tmp_path / "one"), tensors(tmp_path / "again"))
