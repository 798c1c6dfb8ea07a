"""The layers of the graph half and of what fills free places, with weights laid out once."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from sg2im_cli.model.prepared.convolution import affine

ROWS = 16
"""For about so many rows weights are laid out; they fit any number."""


_LETTERS = {nn.Linear: "l", nn.BatchNorm1d: "n", nn.ReLU: "a", nn.LeakyReLU: "a"}


class PreparedMLP(nn.Module):
    """Linear layers, each with a batch norm and a ReLU behind it or not.

    Args:
        layers: in eval mode, in float32; see `is_mlp`.
    """

    def __init__(self, layers: nn.Sequential) -> None:
        super().__init__()
        found: list[_Layer] = []
        for layer in layers:
            if isinstance(layer, nn.Linear):
                bias = None if layer.bias is None else layer.bias.detach()
                found.append(_Layer(layer.weight.detach(), bias))
            else:
                found.append(_followed(found.pop(), layer))
        pack = torch.ops.mkldnn._reorder_linear_weight
        self.layers = [layer._replace(weight=pack(layer.weight.contiguous(), ROWS)) for layer in found]

    def forward(self, rows: Tensor) -> Tensor:
        """(R, D in) to (R, D out)."""
        for layer in self.layers:
            rows = torch.ops.mkldnn._linear_pointwise(rows.contiguous(), *layer, "")
        return rows


class _Layer(NamedTuple):
    """A linear layer, and the activation behind it with its numbers."""

    weight: Tensor
    bias: Tensor | None
    activation: str = "none"
    scalars: Sequence[float] = ()


def _followed(layer: _Layer, by: nn.Module) -> _Layer:
    """A linear layer and what comes behind it, as one."""
    if isinstance(by, nn.BatchNorm1d):
        scale, shift = affine(by)
        bias = shift if layer.bias is None else layer.bias * scale + shift
        return _Layer(layer.weight * scale[:, None], bias)
    if isinstance(by, nn.LeakyReLU):
        return layer._replace(activation="leaky_relu", scalars=[by.negative_slope])
    return layer._replace(activation="relu")


def is_mlp(module: nn.Module) -> bool:
    """Whether `PreparedMLP` can do what a module does."""
    if not isinstance(module, nn.Sequential) or not len(module):
        return False
    kinds = "".join(_LETTERS.get(type(layer), "?") for layer in module)
    return re.fullmatch("(ln?a?)+", kinds) is not None


class PreparedConv2d(nn.Module):
    """A convolution with stride 1.

    Args:
        conv: in float32.
    """

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.bias = None if conv.bias is None else conv.bias.detach()
        self.places: list[list[int]] = [list(conv.padding), [1, 1], list(conv.dilation)]  # type: ignore[arg-type]
        reorder = torch.ops.mkldnn._reorder_convolution_weight
        self.weight = reorder(conv.weight.detach().contiguous(), *self.places, 1, None)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C in, H, W) to (N, C out, H, W)."""
        return torch.ops.mkldnn._convolution_pointwise(  # type: ignore[no-any-return]
            x, self.weight, self.bias, *self.places, 1, "none", [], ""
        )


def with_prepared_layers(module: nn.Module) -> nn.Module:
    """The same module with other layers in it; what stays is shared, and the given module is as it was."""
    if isinstance(module, nn.Linear):
        return PreparedMLP(nn.Sequential(module))
    if is_mlp(module):
        return PreparedMLP(module)  # type: ignore[arg-type]
    if isinstance(module, nn.Conv2d) and module.stride == (1, 1) and module.groups == 1:
        return PreparedConv2d(module)
    inner = {name: with_prepared_layers(child) for name, child in module.named_children()}
    if all(inner[name] is child for name, child in module.named_children()):
        return module
    changed = copy.copy(module)
    changed._modules = {**module._modules, **inner}
    return changed
