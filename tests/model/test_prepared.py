"""A generator made ready for drawing draws what the generator draws, whatever it is made of."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from sg2im_cli.config import GeneratorConfig
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.layout import compose_layout
from sg2im_cli.model.prepared import Canvas, convolution, dtype_to_load, prepare
from sg2im_cli.model.prepared.canvas import factored
from sg2im_cli.model.prepared.convolution import convolve, convolve_onto, pack, packs
from sg2im_cli.model.prepared.enlarging import EnlargingConvolution
from sg2im_cli.model.prepared.layers import with_prepared_layers

OBJECTS, RELATIONS, ATTRIBUTES = 9, 5, 3
CHANNELS_LAST = torch.channels_last
SIDES = st.sampled_from([(64, 64), (64, 96), (128, 64), (128, 128)])


@st.composite
def configs(draw):
    """Small models of every kind there is."""
    choose = lambda *values: draw(st.sampled_from(values))  # noqa: E731
    carving, named = draw(st.booleans()), choose(0, 5)
    sampled = draw(st.booleans())
    head = "sampled" if sampled else choose("upsample", "transpose")
    return GeneratorConfig(
        image_size=draw(SIDES),
        embedding_dim=choose(4, 8),
        gconv_dim=choose(6, 12),
        gconv_hidden_dim=choose(8, 16),
        gconv_num_layers=choose(0, 1, 3),
        gconv_pooling=choose("avg", "sum"),
        mlp_normalization=choose("none", "batch"),
        mask_size=8 if sampled else choose(None, 1, 4, 16),
        mask_head=head,
        mask_dim=choose(None, 5),
        mask_sharpness=choose(1.0, 3.0),
        object_latent_dim=4 if sampled else 0,
        box_head=choose("corners", "center"),
        refinement_dims=choose((16, 8), (12, 8, 4), (20, 16, 12, 8, 4)),
        upsampling=choose("nearest", "bilinear"),
        normalization=choose("none", "batch", "instance"),
        activation=choose("relu", "leakyrelu-0.2", "leakyrelu"),
        layout_noise_dim=choose(0, 3),
        layout_noise_kept=draw(st.booleans()),
        layout_vector_dim=choose(None, 4),
        layout_category_dim=named,
        layout_modulation=draw(st.booleans()),
        layout_carving=carving,
        picture_latent_dim=choose(0, 5),
        surroundings_latent_dim=4 if carving and named and draw(st.booleans()) else 0,
    )


def build(config, attributes=ATTRIBUTES):
    """With batch norms that have seen something, and no layer that does nothing."""
    generator = Generator(config, OBJECTS, RELATIONS, attributes, things=(1, 2, 3)).eval()
    for module in generator.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.running_mean.normal_(std=0.3)
            module.running_var.uniform_(0.5, 2)
        kinds = nn.Conv2d | nn.Linear | nn.BatchNorm1d | nn.BatchNorm2d
        if isinstance(module, kinds) and module.bias is not None:
            nn.init.normal_(module.bias, std=0.2)
    for modulation in generator.modules():
        if isinstance(modulation, nn.Conv2d) and not modulation.weight.any():
            nn.init.normal_(modulation.weight, std=0.1)
    return generator.requires_grad_(False)


def graphs(config, sizes):
    """Graphs with so many objects each, `__image__` the last of them, in an order that is mixed."""
    owners = torch.cat([torch.full((size,), i) for i, size in enumerate(sizes)])
    owners = owners[torch.randperm(len(owners))]
    objs = torch.randint(0, OBJECTS, (len(owners),))
    rows = []
    for i in range(len(sizes)):
        own = (owners == i).nonzero()[:, 0].tolist()
        rows += [[a, int(torch.randint(0, RELATIONS, ())), b] for a, b in pairwise(own)]
    triples = torch.tensor(rows, dtype=torch.long).reshape(-1, 3)
    attributes = (torch.rand(len(objs), ATTRIBUTES) < 0.3).float()
    latents = torch.randn(len(objs), config.object_latent_dim) if config.object_latent_dim else None
    return objs, triples, owners, attributes, latents


def draw(model, batch, n_images, noise, drawn, scale=1.0):
    """Boxes, masks and pictures, by the parts that a painter uses."""
    objs, triples, owners, attributes, latents = batch
    layout = model.predict_layout(objs, triples, attributes, latents)
    boxes = (torch.arange(len(objs) * 4).view(-1, 4) * 0.37 % 1).sort(1).values[:, [0, 1, 3, 2]] * scale
    filled = model.fill_boxes(layout, boxes, objs)
    canvas = model.compose(filled.vectors, filled.boxes, filled.masks, owners, n_images, objs)
    made = model.refine(canvas, noise, drawn)
    return layout.boxes, layout.masks, getattr(made, "images", made)


def near(one, other, share=1e-4):
    return float((one - other).abs().max()) <= share * max(1e-3, float(other.abs().max()))


@settings(deadline=None, max_examples=40)
@given(configs(), st.lists(st.integers(1, 20), min_size=1, max_size=4), st.integers(0, 2**31))
def test_it_draws_what_the_generator_draws(config, sizes, seed):
    torch.manual_seed(seed)
    generator = build(config)
    batch, n = graphs(config, sizes), len(sizes)
    noise = torch.randn(n, config.layout_noise_dim, *config.image_size) if config.layout_noise_dim else None
    drawn = torch.randn(n, config.drawn_latent_dim) if config.drawn_latent_dim else None
    expected, found = (draw(model, batch, n, noise, drawn) for model in (generator, prepare(generator)))
    for one, other in zip(found, expected, strict=True):
        assert (one is None) == (other is None)
        assert other is None or near(one, other)


@pytest.mark.parametrize("size", [(256, 256), (128, 256)])
@pytest.mark.parametrize("count", [1, 60])
def test_large_pictures_and_large_graphs(size, count):
    torch.manual_seed(0)
    config = GeneratorConfig(image_size=size, refinement_dims=(24, 16, 8), gconv_num_layers=2)
    generator = build(config)
    batch, noise = graphs(config, [count, 3]), torch.randn(2, 32, *size)
    expected, found = (draw(model, batch, 2, noise, None) for model in (generator, prepare(generator)))
    assert near(found[2], expected[2])


def test_pictures_of_a_batch_are_those_made_alone():
    torch.manual_seed(1)
    config = GeneratorConfig(refinement_dims=(16, 8), picture_latent_dim=3)
    prepared = prepare(build(config))
    n = 19  # of several passes
    objs, triples, owners, attributes, _ = batch = graphs(config, [3] * n)
    noise, drawn = torch.randn(n, 32, 64, 64), torch.randn(n, 3)
    together = draw(prepared, batch, n, noise, drawn)[2]
    layout = prepared.predict_layout(objs, triples, attributes)
    boxes = (torch.arange(len(objs) * 4).view(-1, 4) * 0.37 % 1).sort(1).values[:, [0, 1, 3, 2]]
    for i in (0, 7, 8, 18):
        own = owners == i
        masks, first = layout.masks[own], torch.zeros(3, dtype=torch.long)
        canvas = prepared.compose(layout.vectors[own], boxes[own], masks, first, 1, objs[own])
        alone = prepared.refine(canvas, noise[i : i + 1], drawn[i : i + 1]).images
        assert near(alone[0], together[i], 1e-5)


@pytest.mark.skipif(not packs(torch.bfloat16), reason="this processor has no bfloat16")
def test_halves_are_near():
    """In levels of 255; weights of random networks are as large as trained ones."""
    torch.manual_seed(2)
    config = GeneratorConfig(refinement_dims=(64, 32, 16))
    generator = build(config)
    batch, noise = graphs(config, [5, 3]), torch.randn(2, 32, 64, 64)
    exact, half = (draw(prepare(generator, dtype), batch, 2, noise, None)[2] for dtype in (None, torch.bfloat16))
    assert 0 < float((exact - half).abs().mean() / exact.std()) < 0.02


def test_what_it_cannot_do_is_done_by_the_generator():
    torch.manual_seed(3)
    config = GeneratorConfig(refinement_dims=(8, 4))
    generator = build(config)

    class Other(Generator):
        def refine(self, canvas, noise=None, picture_latents=None):
            return super().refine(canvas, noise, picture_latents) + 1

    other = Other(config, OBJECTS, RELATIONS, ATTRIBUTES).eval().requires_grad_(False)
    other.load_state_dict(generator.state_dict())
    doubles = build(config).double()
    batch, noise = graphs(config, [4]), torch.randn(1, 32, 64, 64)
    for each in (other, doubles):
        assert prepare(each).refinement is None
        expected, found = (draw(model, batch, 1, noise, None)[2] for model in (each, prepare(each)))
        assert torch.equal(found, expected)
    assert dtype_to_load(torch.device("cpu"), torch.float64) == torch.float64
    assert dtype_to_load(torch.device("meta"), torch.bfloat16) == torch.bfloat16


def test_the_generator_stays_as_it_is():
    torch.manual_seed(4)
    generator = build(GeneratorConfig(refinement_dims=(8, 4)))
    before = {name: value.clone() for name, value in generator.state_dict().items()}
    prepared = prepare(generator)
    batch, noise = graphs(generator.config, [4]), torch.randn(1, 32, 64, 64)
    first = draw(prepared, batch, 1, noise, None)[2]
    assert all(torch.equal(value, before[name]) for name, value in generator.state_dict().items())
    assert sum(1 for _ in generator.refinement_net.parameters())
    for parameter in generator.refinement_net.parameters():
        parameter.zero_()
    assert torch.equal(draw(prepared, batch, 1, noise, None)[2], first)


@given(st.lists(st.integers(0, 7), min_size=1, max_size=5).filter(any), st.integers(1, 3))
def test_a_canvas_is_the_layout_that_is_not_composed(sizes, multiple):
    torch.manual_seed(0)
    owners = torch.cat([torch.full((size,), i) for i, size in enumerate(sizes)])
    owners = owners[torch.randperm(len(owners))]
    vectors, coverage = torch.randn(len(owners), 5), torch.rand(len(owners), 6, 4)
    canvas = factored(vectors, coverage, owners, len(sizes), multiple)
    assert canvas.planes.shape[1] % multiple == 0
    expected = compose_layout(vectors, coverage, owners, len(sizes))
    torch.testing.assert_close(canvas.composed().planes, expected)
    some = canvas[1:]
    assert len(some) == len(sizes) - 1
    assert isinstance(some, Canvas)
    assert torch.equal(some.planes, canvas.planes[1:])


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (2, 2), (3, 4)])
def test_products_of_small_features_are_convolutions_of_enlarged_ones(shape):
    torch.manual_seed(5)
    features = torch.randn(2, 6, *shape).contiguous(memory_format=CHANNELS_LAST)
    weight, transposed = torch.randn(5, 6, 3, 3), torch.randn(6, 5, 4, 4)
    repeated = functional.interpolate(features, scale_factor=2, mode="nearest")
    expected = functional.conv2d(repeated, weight, padding=1)
    found = EnlargingConvolution(weight, *shape, torch.float32)(features)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    expected = functional.conv_transpose2d(features, transposed, stride=2, padding=1)
    found = EnlargingConvolution(transposed.transpose(0, 1), *shape, torch.float32)(features)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("wrong", [RuntimeError("not in this build"), False])
def test_operations_that_another_build_lacks_are_not_used(monkeypatch, wrong):
    def tried(dtype):
        if wrong:
            raise wrong
        return False

    monkeypatch.setattr(convolution, "_as_plain", tried)
    assert not convolution.packs.__wrapped__(torch.float32)
    assert not convolution.packs.__wrapped__(torch.float16)
    monkeypatch.setattr("sg2im_cli.model.prepared.generator.packs", lambda dtype: False)
    assert prepare(build(GeneratorConfig(refinement_dims=(8, 4)))).refinement is None


@pytest.mark.parametrize("kind", ["packed", "plain"])
@pytest.mark.parametrize("kernel", [1, 3])
def test_convolutions_where_weights_can_be_packed_and_where_not(monkeypatch, kind, kernel):
    if kind == "plain":
        monkeypatch.setattr("sg2im_cli.model.prepared.convolution.packs", lambda dtype: False)
    torch.manual_seed(6)
    x = torch.randn(2, 5, 6, 8).contiguous(memory_format=CHANNELS_LAST)
    weight, bias = torch.randn(4, 5, kernel, kernel), torch.randn(4)
    plain = functional.conv2d(x, weight, bias, padding=kernel // 2)
    packed = pack(weight, 6, 8)
    torch.testing.assert_close(convolve(x, packed, bias), plain, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(convolve(x, packed, bias, 0.3), functional.leaky_relu(plain, 0.3), rtol=1e-4, atol=1e-4)
    total = torch.ones_like(plain).contiguous(memory_format=CHANNELS_LAST)
    convolve_onto(total, x, packed, bias)
    torch.testing.assert_close(total, plain + 1, rtol=1e-4, atol=1e-4)


def test_layers_of_every_kind():
    torch.manual_seed(7)

    class Whole(nn.Module):
        def __init__(self):
            super().__init__()
            self.mlp = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 4, bias=False))
            self.mixed = nn.Sequential(nn.LayerNorm(4), nn.Linear(4, 4), nn.LeakyReLU(0.1), nn.Linear(4, 4))
            self.odd = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.BatchNorm1d(4))
            self.conv = nn.Conv2d(1, 2, 3, padding=2, dilation=2)
            self.strided = nn.Conv2d(2, 2, 3, stride=2)

        def forward(self, x):
            rows = self.odd(self.mixed(self.mlp(x)))
            return self.strided(self.conv(rows.view(1, 1, -1, 4)))

    whole = Whole().eval().requires_grad_(False)
    for norm in (whole.mlp[1], whole.odd[2]):
        norm.running_mean.normal_()
        norm.weight.normal_()
    x = torch.randn(8, 4)
    expected = whole(x)
    changed = with_prepared_layers(whole)
    assert type(whole.mlp) is nn.Sequential
    assert type(changed.mlp) is not nn.Sequential
    assert changed.strided is whole.strided
    torch.testing.assert_close(changed(x), expected, rtol=1e-4, atol=1e-5)
