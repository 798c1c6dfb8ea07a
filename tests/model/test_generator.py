"""Laws of the generator."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from sg2im_cli.config import GeneratorConfig
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.layout import compose_layout, sample_masks
from sg2im_cli.model.refinement import RefinementNetwork

SMALL = GeneratorConfig(
    image_size=(32, 32),
    embedding_dim=12,
    gconv_dim=16,
    gconv_hidden_dim=24,
    gconv_num_layers=3,
    mask_size=8,
    refinement_dims=(24, 16, 8),
    layout_noise_dim=4,
)
VARIANTS = {
    "paper": SMALL,
    "no masks": replace(SMALL, mask_size=None),
    "no graph convolution": replace(SMALL, gconv_num_layers=0),
    "one graph convolution": replace(SMALL, gconv_num_layers=1),
    "sum": replace(SMALL, gconv_pooling="sum"),
    "instance norm": replace(SMALL, normalization="instance"),
    "no norm": replace(SMALL, normalization="none"),
    "transpose": replace(SMALL, mask_head="transpose"),
    "narrow mask head": replace(SMALL, mask_dim=6),
    "center boxes": replace(SMALL, box_head="center"),
    "batch norm in MLPs": replace(SMALL, mlp_normalization="batch"),
    "no noise": replace(SMALL, layout_noise_dim=0),
    "kept noise": replace(SMALL, layout_noise_kept=True),
    "categories in the layout": replace(SMALL, layout_vector_dim=6, layout_category_dim=5),
    "layout modulates": replace(SMALL, layout_modulation=True),
    "not square": replace(SMALL, image_size=(32, 64)),
}


def build(config: GeneratorConfig) -> Generator:
    torch.manual_seed(0)
    generator = Generator(config, 9, 5)
    for module in generator.modules():  # statistics that are not those of a fresh model
        if isinstance(module, torch.nn.BatchNorm2d | torch.nn.BatchNorm1d):
            module.running_mean.normal_(std=0.1)
            module.running_var.uniform_(0.5, 1.5)
    if config.box_head == "corners":  # boxes with a size: what is divided by nearly nothing magnifies rounding
        last = [layer for layer in generator.box_net if isinstance(layer, torch.nn.Linear)][-1]
        last.bias.data.copy_(torch.tensor([0.1, 0.2, 0.8, 0.9]))
    return generator.eval()


def random_graphs(counts: list[int], seed: int = 0) -> tuple[torch.Tensor, ...]:
    """objs, triples, obj_to_img of graphs with these numbers of objects, `__image__` last in each."""
    rng = torch.Generator().manual_seed(seed)
    objs, triples, owners, start = [], [], [], 0
    for image, count in enumerate(counts):
        objs += [*torch.randint(1, 9, (count,), generator=rng).tolist(), 0]
        owners += [image] * (count + 1)
        for i in range(count):
            other = int(torch.randint(0, count, (), generator=rng))
            triples += [[start + i, int(torch.randint(1, 5, (), generator=rng)), start + other]]
            triples += [[start + i, 0, start + count]]
        start += count + 1
    return torch.tensor(objs), torch.tensor(triples, dtype=torch.int64).reshape(-1, 3), torch.tensor(owners)


def noise_for(config: GeneratorConfig, n: int) -> torch.Tensor | None:
    if not config.layout_noise_dim:
        return None
    return torch.randn(n, config.layout_noise_dim, *config.image_size, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("config", VARIANTS.values(), ids=VARIANTS.keys())
@torch.no_grad()
def test_a_batch_equals_its_pictures_made_alone(config):
    generator = build(config)
    counts = [1, 4, 2, 7]
    noise = noise_for(config, len(counts))
    objs, triples, owners = random_graphs(counts)
    together = generator(objs, triples, owners, noise=noise)
    start = 0
    for i, count in enumerate(counts):
        mine = (triples[:, 0] >= start) & (triples[:, 0] <= start + count)
        alone = generator(
            objs[start : start + count + 1],
            triples[mine] - torch.tensor([start, 0, start]),
            torch.zeros(count + 1, dtype=torch.int64),
            noise=None if noise is None else noise[i : i + 1],
        )
        error = (alone.images[0] - together.images[i]).abs().max() / together.images.abs().max()
        assert error < 1e-5
        start += count + 1


@torch.no_grad()
def test_the_order_of_objects_does_not_matter():
    generator = build(SMALL)
    objs, triples, owners = random_graphs([5, 3])
    noise = noise_for(SMALL, 2)
    order = torch.randperm(len(objs), generator=torch.Generator().manual_seed(3))
    place = torch.argsort(order)
    moved = triples.clone()
    moved[:, 0], moved[:, 2] = place[triples[:, 0]], place[triples[:, 2]]
    plain = generator(objs, triples, owners, noise=noise)
    permuted = generator(objs[order], moved, owners[order], noise=noise)
    torch.testing.assert_close(permuted.images, plain.images, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(permuted.boxes, plain.boxes[order], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("count", [0, 1, 60])
@torch.no_grad()
def test_graphs_of_any_size_give_finite_pixels(count):
    output = build(SMALL)(*random_graphs([count]))
    assert output.images.isfinite().all()


@pytest.mark.parametrize("box", [[0.5, 0.5, 0.5, 0.5], [0.2, 0.1, 0.2, 0.9], [0.9, 0.9, 0.1, 0.1], [0, 0, 0, 0]])
def test_a_box_without_size_gives_finite_pixels_and_gradients(box):
    generator = build(SMALL)
    objs, triples, owners = random_graphs([2])
    boxes = torch.tensor([box, [0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]], requires_grad=True)
    output = generator(objs, triples, owners, boxes=boxes)
    output.images.sum().backward()
    assert output.images.isfinite().all()
    assert boxes.grad.isfinite().all()


@torch.no_grad()
def test_an_object_in_no_triple_is_drawn():
    objs, _, owners = random_graphs([3])
    assert build(SMALL)(objs, torch.zeros(0, 3, dtype=torch.int64), owners).images.isfinite().all()


@torch.no_grad()
def test_given_boxes_and_masks_change_the_layout_only():
    generator = build(SMALL)
    graphs = random_graphs([3])
    boxes, masks = torch.rand(4, 4).sort(1).values, torch.rand(4, 5, 5)
    plain, given = generator(*graphs), generator(*graphs, boxes=boxes, masks=masks)
    torch.testing.assert_close(given.boxes, plain.boxes)
    torch.testing.assert_close(given.masks, plain.masks)
    vectors = generator.predict_layout(*graphs[:2]).vectors
    torch.testing.assert_close(given.layout, compose_layout(vectors, sample_masks(boxes, masks, 32, 32), graphs[2], 1))


def test_number_of_images_counts_pictures_without_objects():
    generator = build(SMALL)
    assert len(generator(*random_graphs([2]), n_images=3).images) == 3


def test_sampling_equals_grid_sample():
    """Against torch's own bilinear sampling, on the grid that the original builds."""
    rng = torch.Generator().manual_seed(5)
    boxes = torch.rand(6, 4, generator=rng)
    masks = torch.rand(6, 7, 7, generator=rng)
    share_y = (torch.linspace(0, 1, 20) - boxes[:, 1:2]) / (boxes[:, 3:4] - boxes[:, 1:2])
    share_x = (torch.linspace(0, 1, 24) - boxes[:, 0:1]) / (boxes[:, 2:3] - boxes[:, 0:1])
    grid = torch.stack([share_x[:, None, :].expand(6, 20, 24), share_y[:, :, None].expand(6, 20, 24)], dim=3)
    want = torch.nn.functional.grid_sample(masks[:, None], grid * 2 - 1, align_corners=True)[:, 0]
    torch.testing.assert_close(sample_masks(boxes, masks, 20, 24), want, rtol=1e-3, atol=1e-4)


def deviations_of_a_layout(kept_dim):
    """Of each channel of white noise, as each refinement module sees it, coarse to fine."""
    network = RefinementNetwork(5, (4, 4, 4), "none", 0.2, kept_dim=kept_dim)
    seen = []
    for module in network.refinement_modules:
        module.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0][:, :5].std((0, 2, 3))))
    network(torch.randn(64, 5, 32, 32, generator=torch.Generator().manual_seed(0)))
    return torch.stack(seen)


def test_noise_has_one_variance_at_every_size_where_it_is_kept_and_fades_otherwise():
    fading, kept = (deviations_of_a_layout(kept_dim) for kept_dim in (0, 3))
    sizes = torch.tensor([1 / 4, 1 / 2, 1.0])[:, None].expand(3, 5)
    torch.testing.assert_close(fading, sizes, rtol=0.1, atol=0)
    expected = torch.cat([sizes[:, :2], torch.ones(3, 3)], dim=1)
    torch.testing.assert_close(kept, expected, rtol=0.1, atol=0)


def test_a_category_alone_decides_its_channels_of_the_layout():
    config = GeneratorConfig(layout_vector_dim=8, layout_category_dim=6)
    generator = Generator(config, 10, 4).eval()
    objs, triples = torch.tensor([3, 5, 3, 0]), torch.tensor([[0, 1, 1], [1, 2, 2]])
    vectors = generator.predict_layout(objs, triples).vectors
    assert vectors.shape == (4, 14)
    assert torch.equal(vectors[0, 8:], vectors[2, 8:])
    assert not torch.equal(vectors[0, :8], vectors[2, :8])
    assert not torch.equal(vectors[0, 8:], vectors[1, 8:])


def test_modulation_starts_as_no_change_and_then_follows_the_layout_place_by_place():
    torch.manual_seed(0)
    plain, modulated = (Generator(replace(SMALL, layout_modulation=on), 4, 3).eval() for on in (False, True))
    modulated.load_state_dict(plain.state_dict(), strict=False)
    layout = torch.randn(1, SMALL.layout_dim + SMALL.layout_noise_dim, *SMALL.image_size)
    torch.testing.assert_close(modulated.refinement_net(layout), plain.refinement_net(layout))
    with torch.no_grad():
        modulated.refinement_net.refinement_modules[-1].modulations[-1].weight.fill_(0.5)
    half = layout.clone()
    half[..., : SMALL.image_size[1] // 2] = 0  # a layout of zeros modulates nothing
    changed = (modulated.refinement_net(half) - plain.refinement_net(half)).abs().amax((0, 1, 2))
    assert changed[: SMALL.image_size[1] // 2 - 2].max() < 1e-5 < changed[-2:].min()
