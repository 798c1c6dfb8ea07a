"""Laws of how surroundings are learned: what is left out, what annotations tell, and what gets gradients."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from sg2im_cli.config import ConfigError
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.model.surroundings import GRID
from sg2im_cli.training.microbatch import split_batch
from sg2im_cli.training.processes import Processes
from sg2im_cli.training.shapes import divergence_from_normal
from sg2im_cli.training.step import Trainer
from sg2im_cli.training.surroundings import annotated_coverage, divergence, kept, known_stuff, surroundings_loss

from .conftest import small_scenes

MOST = 9


@pytest.fixture(scope="module")
def scenes(tiny_data):
    recipe = small_scenes()
    return load_scenes(tiny_data, "train", recipe.data, recipe.generator)


@pytest.fixture(scope="module")
def generator(scenes):
    torch.manual_seed(0)
    return Trainer(small_scenes(), scenes.vocabulary, torch.device("cpu")).generator


def part_of(scenes, step=0, pictures=6):
    (part,) = split_batch(scenes.collate(range(pictures), exact=True), 1, 0, step, 0.5, Processes(torch.device("cpu")))
    return part


def test_they_need_projected_discriminators():
    with pytest.raises(ConfigError, match=r"generator\.surroundings_latent_dim above 0 needs projected"):
        replace(small_scenes(), projected=None)


def test_stuff_is_left_out_more_often_than_things_and_the_picture_itself_never(scenes, generator):
    shares = torch.zeros(3)
    counts = torch.zeros(3)
    for step in range(40):
        part = part_of(scenes, step, 12)
        things = generator.things(part.batch.objs)
        chosen = kept(part, things, MOST)
        kinds = torch.where(part.batch.objs == 0, 2, things.long())
        shares += torch.bincount(kinds, chosen.float(), 3)
        counts += torch.bincount(kinds, minlength=3)
    stuff, things, whole = (shares / counts).tolist()
    assert whole == 1
    assert 0.1 < stuff < 0.65
    assert stuff + 0.1 < things < 0.95


def test_annotations_tell_what_most_of_a_place_shows():
    half = GRID // 2
    coverage = torch.zeros(4, GRID, GRID)
    coverage[0, :, :half] = 1  # stuff 3 on the left
    coverage[1, :, half:] = 0.4  # stuff 4 on the right, too little to be sure
    coverage[2, : half // 2] = 1  # a thing
    coverage[3, :half, half:] = 0.4  # more of stuff 4
    batch = SimpleNamespace(
        objs=torch.tensor([3, 4, 1, 4]),
        obj_to_img=torch.zeros(4, dtype=torch.long),
        has_mask=torch.tensor([True] * 4),
        n_images=1,
    )
    things = batch.objs == 1
    ids, known = known_stuff(batch, coverage, things, 5)
    assert (ids[0, :, :half] == 3).all()
    assert known[0, :, :half].all()
    assert (ids[0, :half, half:] == 4).all()
    assert known[0, :half, half:].all()
    assert not known[0, half:, half:].any()
    batch.has_mask = torch.tensor([False, True, True, True])
    assert not known_stuff(batch, coverage, things, 5)[1][0, :, :half].any()


def test_divergence_is_that_of_torch_and_of_normal_ones():
    torch.manual_seed(1)
    one, other = ((torch.randn(5, 3), torch.randn(5, 3)) for _ in range(2))
    normal = [torch.distributions.Normal(m, (v / 2).exp()) for m, v in (one, other)]
    expected = torch.distributions.kl_divergence(*normal).sum(1)
    torch.testing.assert_close(divergence(one, other), expected)
    zeros = torch.zeros(5, 3)
    torch.testing.assert_close(divergence(one, (zeros, zeros)), divergence_from_normal(*one))


def test_annotated_stuff_ends_where_things_begin(scenes, generator):
    batch = part_of(scenes).batch
    coverage = annotated_coverage(generator, batch)
    assert coverage.shape == (len(batch.objs), GRID, GRID)
    things = generator.things(batch.objs)
    for i in torch.nonzero(~things & (batch.objs != 0))[:, 0]:
        own = things & (batch.obj_to_img == batch.obj_to_img[i])
        hidden = (coverage[own] > 0.999).any(0)
        assert (coverage[i][hidden] < 0.01).all()


def test_it_teaches_network_prior_and_encoder_and_not_the_graph_half(scenes):
    torch.manual_seed(0)
    trainer = Trainer(small_scenes(), scenes.vocabulary, torch.device("cpu"))
    generator, encoder = trainer.generator, trainer.nets.surroundings_encoder
    loss = surroundings_loss(generator, encoder, part_of(scenes), MOST)
    assert loss > 0
    loss.backward()
    network = generator.surroundings
    for layer in (network.words, network.first, network.latents, network.said, network.out, network.prior[-1]):
        assert layer.weight.grad.any()
    assert network.vectors.weight.grad is None
    assert all(p.grad.any() for p in encoder.parameters())
    others = [p for name, p in generator.named_parameters() if not name.startswith("surroundings.")]
    assert all(p.grad is None for p in others)


def test_it_falls(scenes):
    torch.manual_seed(0)
    trainer = Trainer(small_scenes(), scenes.vocabulary, torch.device("cpu"))
    generator, encoder = trainer.generator, trainer.nets.surroundings_encoder
    optimizer = torch.optim.Adam([*generator.surroundings.parameters(), *encoder.parameters()], 3e-3)
    found = []
    for _ in range(40):
        loss = surroundings_loss(generator, encoder, part_of(scenes), MOST)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(float(loss.detach()))
    assert found[-1] < 0.7 * found[0]
