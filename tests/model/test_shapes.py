"""Laws of latents: what they change and what they leave, sampled masks and sizes, and things cut out of stuff."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from sg2im_cli.config import ConfigError, GeneratorConfig
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.latents import (
    derived_seed,
    draw_noise,
    draw_object_latents,
    draw_picture_latents,
    object_seeds,
)
from sg2im_cli.model.layout import carve, sample_masks
from sg2im_cli.model.shapes import (
    MOST_LOGIT,
    MaskDiscriminator,
    MaskEncoder,
    SampledMaskHead,
    SampledSizes,
    _planes,
    box_places,
    box_shapes,
)

CONFIG = GeneratorConfig(
    image_size=(32, 32),
    embedding_dim=16,
    gconv_dim=16,
    gconv_hidden_dim=32,
    gconv_num_layers=2,
    mask_size=8,
    mask_head="sampled",
    box_head="center",
    object_latent_dim=6,
    latent_scale=0.8,
    picture_latent_dim=5,
    layout_carving=True,
    layout_modulation=True,
    refinement_dims=(16, 8),
    layout_noise_dim=2,
)
OBJS = torch.tensor([1, 2, 3, 0, 2, 2, 0])
TRIPLES = torch.tensor([[0, 1, 1], [2, 2, 1], [0, 0, 3], [1, 0, 3], [2, 0, 3], [4, 1, 5], [4, 0, 6], [5, 0, 6]])
OWNERS = torch.tensor([0, 0, 0, 0, 1, 1, 1])


@pytest.fixture(scope="module")
def generator():
    torch.manual_seed(3)
    return Generator(CONFIG, 5, 4, things=[1, 2]).eval().requires_grad_(False)


def latents(seed):
    return torch.randn(len(OBJS), 6, generator=torch.Generator().manual_seed(seed))


def plain_carving(coverage, things, stuff, owners):
    found = coverage.clone()
    for i in range(len(coverage)):
        if stuff[i]:
            for j in range(len(coverage)):
                if things[j] and owners[j] == owners[i]:
                    found[i] = found[i] * (1 - coverage[j])
    return found


def test_carving_multiplies_stuff_by_what_each_thing_leaves():
    coverage = torch.rand(7, 5, 6)
    things = torch.tensor([True, False, True, False, True, False, False])
    stuff = torch.tensor([False, True, False, False, False, True, False])
    torch.testing.assert_close(
        carve(coverage, things, stuff, OWNERS, 2), plain_carving(coverage, things, stuff, OWNERS), rtol=1e-3, atol=1e-4
    )


def test_where_a_thing_is_all_there_is_no_stuff():
    coverage = torch.ones(2, 4, 4)
    carved = carve(coverage, torch.tensor([True, False]), torch.tensor([False, True]), torch.tensor([0, 0]), 1)
    assert torch.equal(carved[0], coverage[0])
    assert carved[1].max() < 1e-3


def test_things_of_one_picture_leave_the_stuff_of_another_alone():
    coverage = torch.rand(2, 4, 4)
    carved = carve(coverage, torch.tensor([True, False]), torch.tensor([False, True]), torch.tensor([0, 1]), 2)
    assert torch.equal(carved, coverage)


def test_a_generator_carves_only_if_its_configuration_says_so(generator):
    boxes, masks = torch.tensor([[0.0, 0.0, 1.0, 1.0]] * 7), torch.ones(7, 8, 8)
    plain = Generator(replace(CONFIG, layout_carving=False), 5, 4)
    seen = sample_masks(boxes, masks, 32, 32)
    assert torch.equal(plain.cover(boxes, masks, OWNERS, 2, OBJS), seen)
    carved = generator.cover(boxes, masks, OWNERS, 2, OBJS)
    assert carved[2].max() < 1e-3  # 3 is stuff; `__image__`, 0, is neither
    assert torch.equal(carved[[0, 1, 3, 4, 5, 6]], seen[[0, 1, 3, 4, 5, 6]])


def test_which_words_are_things_is_kept_with_the_weights(generator):
    other = Generator(CONFIG, 5, 4)
    other.load_state_dict(generator.state_dict())
    assert other.is_thing.tolist() == [False, True, True, False, False]


def test_no_latents_are_latents_of_zeros(generator):
    none, zeros = generator.predict_layout(OBJS, TRIPLES), generator.predict_layout(OBJS, TRIPLES, None, 0 * latents(0))
    torch.testing.assert_close(none.boxes, zeros.boxes)
    torch.testing.assert_close(none.mask_logits, zeros.mask_logits)


def test_latents_change_sizes_and_shapes_and_no_vector(generator):
    a, b = (generator.predict_layout(OBJS, TRIPLES, None, latents(seed)) for seed in (1, 2))
    assert torch.equal(a.vectors, b.vectors)
    assert not torch.allclose(a.boxes, b.boxes)
    assert not torch.allclose(a.mask_logits, b.mask_logits)


def test_an_objects_latent_is_its_own(generator):
    one = latents(1)
    other = one.clone()
    other[4] += 1
    a, b = (generator.predict_layout(OBJS, TRIPLES, None, z) for z in (one, other))
    same = [0, 1, 2, 3, 5, 6]
    torch.testing.assert_close(a.boxes[same], b.boxes[same])
    torch.testing.assert_close(a.mask_logits[same], b.mask_logits[same])
    assert not torch.allclose(a.boxes[4], b.boxes[4])


def test_a_batch_equals_one_by_one(generator):
    noise, pictures, z = torch.randn(2, 2, 32, 32), torch.randn(2, 5), latents(1)
    both = generator(OBJS, TRIPLES, OWNERS, noise=noise, n_images=2, latents=z, picture_latents=pictures)
    parts = [(slice(0, 4), TRIPLES[:5], 0), (slice(4, 7), TRIPLES[5:] - torch.tensor([4, 0, 4]), 1)]
    for objects, triples, i in parts:
        alone = generator(
            OBJS[objects],
            triples,
            OWNERS[objects] - i,
            noise=noise[i : i + 1],
            n_images=1,
            latents=z[objects],
            picture_latents=pictures[i : i + 1],
        )
        torch.testing.assert_close(both.boxes[objects], alone.boxes, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(both.masks[objects], alone.masks, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(both.images[i : i + 1], alone.images, rtol=1e-4, atol=1e-4)


def test_masks_fill_the_boxes_that_they_are_given(generator):
    predicted = generator.predict_layout(OBJS, TRIPLES, None, latents(1))
    wide = torch.tensor([[0.1, 0.4, 0.9, 0.5]] * 7)
    filled = generator.fill_boxes(predicted, wide, OBJS)
    assert torch.equal(filled.boxes[OBJS != 0], wide[OBJS != 0])
    assert not torch.allclose(filled.masks, predicted.masks)
    again = generator.fill_boxes(filled, predicted.boxes, OBJS)
    torch.testing.assert_close(again.masks, predicted.masks)


def test_the_picture_itself_fills_the_picture(generator):
    predicted = generator.predict_layout(OBJS, TRIPLES, None, latents(1))
    for layout in (predicted, generator.fill_boxes(predicted, predicted.boxes / 2, OBJS)):
        assert torch.equal(layout.boxes[OBJS == 0], torch.tensor([[0.0, 0.0, 1.0, 1.0]] * 2))
        assert layout.masks[OBJS == 0].min() > 0.999


def test_masks_that_are_not_sampled_stay_in_other_boxes():
    plain = Generator(replace(CONFIG, mask_head="upsample", object_latent_dim=0), 5, 4).eval()
    predicted = plain.predict_layout(OBJS, TRIPLES)
    assert torch.equal(plain.fill_boxes(predicted, predicted.boxes / 2, OBJS).masks, predicted.masks)


def test_given_boxes_are_used_and_their_masks_made_for_them(generator):
    boxes = torch.tensor([[0.1, 0.4, 0.9, 0.5]] * 7)
    noise, pictures, z = torch.randn(2, 2, 32, 32), torch.randn(2, 5), latents(1)
    more = {"noise": noise, "picture_latents": pictures, "latents": z}
    output = generator(OBJS, TRIPLES, OWNERS, boxes, **more)
    filled = generator.fill_boxes(generator.predict_layout(OBJS, TRIPLES, None, z), boxes, OBJS)
    torch.testing.assert_close(generator(OBJS, TRIPLES, OWNERS, boxes, filled.masks, **more).images, output.images)


def test_the_picture_latent_changes_every_picture(generator):
    layout = torch.zeros(2, generator.config.layout_dim, 32, 32)
    noise = torch.zeros(2, 2, 32, 32)
    images = generator.refine(layout, noise, torch.tensor([[0.0] * 5, [2.0] * 5]))
    assert not torch.allclose(images[0], images[1])


def test_sizes_stay_in_the_picture_and_zeros_change_nothing():
    torch.manual_seed(0)
    sizes = SampledSizes(16, 6)
    boxes = torch.tensor([[0.2, 0.3, 0.6, 0.5]]).repeat(50, 1)
    vectors, z = torch.randn(50, 16), 5 * torch.randn(50, 6)
    torch.testing.assert_close(sizes(boxes, vectors, 0 * z), boxes)
    resized = sizes(boxes, vectors, z)
    assert ((resized >= 0) & (resized <= 1)).all()
    assert (resized[:, 2:] > resized[:, :2]).all()


def test_one_point_of_a_box_stays_where_it_is():
    torch.manual_seed(0)
    sizes = SampledSizes(16, 6)
    boxes, vectors = torch.tensor([[0.45, 0.45, 0.55, 0.5]]).repeat(2, 1), torch.randn(1, 16).repeat(2, 1)
    a, b = sizes(boxes, vectors, torch.randn(2, 6))
    share = (boxes[0, :2] - a[:2]) / ((a[2:] - a[:2]) - (boxes[0, 2:] - boxes[0, :2]))
    other = (boxes[0, :2] - b[:2]) / ((b[2:] - b[:2]) - (boxes[0, 2:] - boxes[0, :2]))
    torch.testing.assert_close(share, other, rtol=1e-3, atol=1e-3)


def test_logits_of_sampled_masks_are_bounded():
    head = SampledMaskHead(5, 16, 6, 8)
    logits = head(100 * torch.randn(7, 16), OBJS, torch.rand(7, 4), 100 * torch.randn(7, 6))
    assert logits.shape == (7, 8, 8)
    assert logits.abs().max() <= MOST_LOGIT


def test_features_of_a_box_by_hand():
    boxes = torch.tensor([[0.0, 0.5, 0.5, 0.75]])
    torch.testing.assert_close(box_shapes(boxes).exp(), torch.tensor([[0.5 * torch.e, 0.25 * torch.e, 2.0]]))
    assert box_places(boxes).tolist() == [[-0.5, 0.0, 0.0, 0.25, 1.0, 0.0, 0.0, 0.0]]


def test_draws_depend_on_the_seed_alone():
    for draw in (draw_noise, draw_picture_latents, draw_object_latents):
        both, one, other = draw(CONFIG, [5, 6]), draw(CONFIG, [6]), draw(CONFIG, [7])
        assert torch.equal(both[1:], one)
        assert not torch.equal(one, other)
        assert draw(replace(GeneratorConfig(), layout_noise_dim=0), [5]) is None


def test_latents_of_objects_are_drawn_at_their_scale():
    drawn = draw_object_latents(replace(CONFIG, object_latent_dim=20_000, latent_scale=0.5), [1])
    assert float(drawn.std()) == pytest.approx(0.5, rel=0.05)


def test_seeds_of_parts_do_not_meet():
    seeds = {derived_seed(seed, part) for seed in range(50) for part in ("0", "1", "picture")}
    assert len(seeds) == 150
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert object_seeds(4, 3) == object_seeds(4, 5)[:3]


@pytest.mark.parametrize("wrong", [{"object_latent_dim": 0}, {"mask_size": 2}, {"mask_size": None}])
def test_sampled_masks_need_a_latent_and_a_size(wrong):
    with pytest.raises(ConfigError, match="mask_head is 'sampled' and needs"):
        replace(CONFIG, **wrong)


def test_pictures_without_a_thing():
    """Data of stuff alone: networks of shapes give as many results as there are objects, be it none."""
    for count in (0, 1, 3):
        objs, boxes = torch.ones(count, dtype=torch.int64), torch.tensor([[0.1, 0.2, 0.5, 0.9]]).expand(count, 4)
        masks, latents = torch.rand(count, 8, 8), torch.zeros(count, 6)
        assert [len(part) for part in MaskEncoder(4, 6, 8)(masks, objs, boxes)] == [count] * 2
        assert len(MaskDiscriminator(4, 8)(masks, objs, boxes)[0]) == count
        assert SampledMaskHead(4, 16, 6, 8)(torch.zeros(count, 16), objs, boxes, latents).shape == (count, 8, 8)


def test_an_encoder_sees_masks_in_cells():
    masks = torch.rand(5, 8, 8)
    torch.testing.assert_close(_planes(masks), functional.pixel_unshuffle(masks[:, None] * 2 - 1, 2), rtol=0, atol=0)
