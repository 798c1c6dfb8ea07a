"""Convolutions in the format channels_last with weights laid out once, as oneDNN wants them.

`torch.nn.functional.conv2d` lays weights out anew in each call, which at one picture costs as much as the
convolution, and cannot add to what is there or end in a leaky ReLU. The operations that can are those that
`torch.compile` calls; where this build of PyTorch has none, the plain ones do the same.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


@cache
def packs(dtype: torch.dtype) -> bool:
    """Whether this build and processor have convolutions and products with packed weights of that type.

    They are no public operations of PyTorch, so they are tried: what raises or is far off is not used.
    """
    if dtype not in (torch.float32, torch.bfloat16) or not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    try:
        if dtype == torch.bfloat16 and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
            return False
        return _as_plain(dtype)
    except Exception:  # whatever another version or build says
        return False


@torch.no_grad()
def _as_plain(dtype: torch.dtype) -> bool:
    """Whether they give what the plain operations give, on a small example."""
    ops, pads = torch.ops.mkldnn, ([1, 1], [1, 1], [1, 1], 1)
    x = torch.linspace(-1, 1, 2 * 3 * 16).view(2, 3, 4, 4).to(dtype).contiguous(memory_format=torch.channels_last)
    weight, bias = torch.linspace(-1, 1, 4 * 3 * 9).view(4, 3, 3, 3).to(dtype), torch.ones(4, dtype=dtype)
    packed = ops._reorder_convolution_weight(weight, *pads, [1, 3, 4, 4])
    found = ops._convolution_pointwise(x, packed, bias, *pads, "leaky_relu", [0.5], "")
    ops._convolution_pointwise_.binary(found, x, packed, bias, *pads, "add", 1.0, None, [], "")
    plain = functional.conv2d(x.float(), weight.float(), bias.float(), padding=1)
    rows, square = torch.linspace(-1, 1, 32).view(2, 16), torch.linspace(-1, 1, 256).view(16, 16)
    product = ops._linear_pointwise(rows, ops._reorder_linear_weight(square, 2), None, "relu", [], "")
    return torch.allclose(found.float(), functional.leaky_relu(plain, 0.5) + plain, atol=0.1) and torch.allclose(
        product, functional.linear(rows, square).relu(), atol=1e-3
    )


def convolve(x: Tensor, weight: Tensor, bias: Tensor | None, slope: float | None = None) -> Tensor:
    """A convolution that keeps height and width, with a leaky ReLU of ``slope`` behind it if given.

    Args:
        x: (N, C in, H, W), channels_last.
        weight: (C out, C in, k, k), packed or not; k is odd.
        bias: (C out,).
        slope: 1 changes nothing.
    """
    pad = weight.shape[2] // 2
    if packs(x.dtype):
        ending: tuple[str, list[Any]] = ("none", []) if slope is None else ("leaky_relu", [slope])
        return torch.ops.mkldnn._convolution_pointwise(  # type: ignore[no-any-return]
            x, weight, bias, [pad, pad], [1, 1], [1, 1], 1, *ending, ""
        )
    result = functional.conv2d(x, weight, bias, padding=pad)
    return result if slope is None else functional.leaky_relu_(result, slope)


def convolve_onto(total: Tensor, x: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    """Add a convolution to ``total`` (N, C out, H, W), channels_last, in place."""
    pad = weight.shape[2] // 2
    if packs(x.dtype):
        torch.ops.mkldnn._convolution_pointwise_.binary(
            total, x, weight, bias, [pad, pad], [1, 1], [1, 1], 1, "add", 1.0, None, [], ""
        )
    else:
        total += functional.conv2d(x, weight, bias, padding=pad)


def pack(weight: Tensor, height: int, width: int) -> Tensor:
    """Weights (C out, C in, k, k) for pictures of that size, laid out as oneDNN wants them where it is there."""
    if not packs(weight.dtype):
        return weight.contiguous(memory_format=torch.channels_last)
    pad, shape = weight.shape[2] // 2, [1, weight.shape[1], height, width]
    return torch.ops.mkldnn._reorder_convolution_weight(  # type: ignore[no-any-return]
        weight.contiguous(), [pad, pad], [1, 1], [1, 1], 1, shape
    )


def folded(conv: nn.Module, norm: nn.Module | None) -> tuple[Tensor, Tensor]:
    """Copies, in float32, of weights and bias of a convolution, with the batch norm in eval mode behind it."""
    assert isinstance(conv, nn.Conv2d | nn.ConvTranspose2d)
    weight, bias = conv.weight.detach().float(), conv.bias
    bias = weight.new_zeros(conv.out_channels) if bias is None else bias.detach().float()
    if norm is None:
        return weight.clone(), bias.clone()
    scale, shift = affine(norm)
    along = (-1, 1, 1, 1) if isinstance(conv, nn.Conv2d) else (1, -1, 1, 1)
    return weight * scale.view(along), bias * scale + shift


def affine(norm: nn.Module) -> tuple[Tensor, Tensor]:
    """Scale and shift (C,), in float32, that a batch norm in eval mode is."""
    assert isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d)
    assert norm.running_mean is not None and norm.running_var is not None
    scale = norm.weight.detach().float() * (norm.running_var.float() + norm.eps).rsqrt()
    return scale, norm.bias.detach().float() - norm.running_mean.float() * scale
