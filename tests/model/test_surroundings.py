"""Laws of surroundings: they fill what is left free, with stuff alone, by seed and graph, and change no object."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from sg2im_cli.config import ConfigError, GeneratorConfig
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.surroundings import FINE, GRID, Surroundings, free_space, shares_of, shown_shares

from .test_shapes import CONFIG, OBJS, OWNERS, TRIPLES

FILLED = replace(CONFIG, layout_category_dim=6, layout_vector_dim=4, surroundings_latent_dim=3)
THINGS = [1, 2]
STUFF = [3, 4]
WORDS = 32


@pytest.fixture(scope="module")
def generator():
    torch.manual_seed(3)
    made = Generator(FILLED, 5, 4, things=THINGS).eval().requires_grad_(False)
    for parameter in made.surroundings.prior[-1].parameters():
        parameter.normal_(std=0.1)
    return made


@pytest.fixture(scope="module")
def canvas(generator):
    layout = generator.predict_layout(OBJS, TRIPLES)
    return generator.compose(layout.vectors, layout.boxes, layout.masks, OWNERS, 2, OBJS)


def normal(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", ["layout_category_dim", "layout_carving"])
def test_they_need_what_they_are_made_from(name):
    with pytest.raises(ConfigError, match="surroundings_latent_dim above 0 needs layout_carving"):
        replace(FILLED, **{name: 0 if name.endswith("dim") else False})


def test_free_space_is_what_no_object_of_the_picture_covers():
    coverage = torch.rand(7, 5, 5, generator=torch.Generator().manual_seed(0))
    said = OBJS != 0
    found = free_space(coverage, said, OWNERS, 2)
    for picture in range(2):
        expected = torch.ones(5, 5)
        for i in range(7):
            if said[i] and OWNERS[i] == picture:
                expected = expected * (1 - coverage[i])
        torch.testing.assert_close(found[picture, 0], expected)


def test_a_canvas_says_how_much_is_left_free_and_paper_models_have_none(generator, canvas):
    assert canvas.shape == (2, FILLED.layout_dim + WORDS + 1, 32, 32)
    assert (canvas[:, -1] >= 0).all()
    assert (canvas[:, -1] <= 1).all()
    plain = Generator(CONFIG, 5, 4, things=THINGS).eval()
    layout = plain.predict_layout(OBJS, TRIPLES)
    composed = plain.compose(layout.vectors, layout.boxes, layout.masks, OWNERS, 2, OBJS)
    assert composed.shape[1] == CONFIG.layout_dim
    latents = normal(0, 2, 5)
    filled, used = plain.surround(composed, latents)
    assert filled is composed
    assert used is latents
    assert plain.surroundings_of(composed, latents) is None


def test_only_stuff_is_proposed(generator, canvas):
    shares = generator.surroundings_of(canvas, normal(1, 2, 8))
    assert shares.shape == (2, 5)
    assert (shares[:, [0, *THINGS]] == 0).all()
    assert (shares[:, STUFF] > 0).all()
    assert (shares.sum(1) <= canvas[:, -1].mean((1, 2)) + 1e-5).all()


def test_a_full_picture_gets_nothing_and_an_empty_one_all(generator):
    layout = normal(2, 1, FILLED.layout_dim, 32, 32)
    for free, expected in ((0.0, 0.0), (1.0, 1.0)):
        told = normal(11, 1, WORDS, 32, 32)
        canvas = torch.cat([layout, told, torch.full((1, 1, 32, 32), free)], dim=1)
        latents = normal(3, 1, 8)
        filled, _ = generator.surround(canvas, latents)
        assert torch.equal(filled, layout) == (free == 0)
        torch.testing.assert_close(generator.surroundings_of(canvas, latents).sum(), torch.tensor(expected))


def test_what_objects_cover_keeps_its_layout(generator, canvas):
    covered = canvas.clone()
    covered[:, -1, :, :16] = 0
    filled, _ = generator.surround(covered, normal(4, 2, 8))
    assert torch.equal(filled[..., :16], canvas[:, : FILLED.layout_dim, :, :16])
    assert not torch.allclose(filled[..., 16:], canvas[:, : FILLED.layout_dim, :, 16:])


def test_pictures_do_not_depend_on_each_other(generator, canvas):
    latents = normal(5, 2, 8)
    together, used = generator.surround(canvas, latents)
    assert torch.equal(used, latents[:, :5])
    for i in range(2):
        alone, own = generator.surround(canvas[i : i + 1], latents[i : i + 1])
        torch.testing.assert_close(alone[0], together[i])
        torch.testing.assert_close(own[0], used[i])


def test_other_latents_other_surroundings(generator, canvas):
    first, second = (generator.surroundings_of(canvas, normal(seed, 2, 8)) for seed in (6, 7))
    assert not torch.allclose(first, second)


def test_a_prior_that_has_not_learned_is_standard_normal():
    torch.manual_seed(0)
    network = Surroundings(5, 7, 4)
    mean, log_variance = network.expect(normal(8, 3, WORDS + 1, 32, 32))
    assert not mean.any()
    assert not log_variance.any()


def test_shares_of_a_place_add_up_and_follow_scores():
    scores = torch.full((1, 5, GRID, GRID), float("-inf"))
    scores[:, 3], scores[:, 4] = 0.0, 5.0
    shares = shares_of(scores)
    assert shares.shape == (1, 5, FINE, FINE)
    torch.testing.assert_close(shares.sum(1), torch.ones(1, FINE, FINE))
    assert (shares[:, 4] > 0.99).all()
    half = torch.cat([torch.zeros(1, 1, 32, 16), torch.ones(1, 1, 32, 16)], dim=3)
    torch.testing.assert_close(shown_shares(shares, half).sum(), torch.tensor(0.5))


def test_the_generator_draws_what_its_parts_draw(generator, canvas):
    noise, latents = normal(9, 2, 2, 32, 32), normal(10, 2, 8)
    whole = generator(OBJS, TRIPLES, OWNERS, noise=noise, picture_latents=latents)
    torch.testing.assert_close(generator.refine(canvas, noise, latents), whole.images)
    torch.testing.assert_close(generator.surround(canvas, latents)[0], whole.layout)


def test_pixels_teach_what_a_word_looks_like_and_not_what_is_proposed():
    torch.manual_seed(4)
    made = Generator(FILLED, 5, 4, things=THINGS)
    output = made(OBJS, TRIPLES, OWNERS, noise=normal(0, 2, 2, 32, 32), picture_latents=normal(1, 2, 8))
    output.images.sum().backward()
    assert made.surroundings.vectors.weight.grad[STUFF].any()
    assert made.surroundings.out.weight.grad is None


def test_paper_models_have_no_such_part():
    assert Generator(GeneratorConfig(), 5, 4).surroundings is None
