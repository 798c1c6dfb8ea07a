"""The small layers that every network here is made of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn


def build_mlp(dims: Sequence[int], normalization: str = "none", last_relu: bool = True) -> nn.Sequential:
    """Linear layers, each with an optional batch norm and a ReLU after it.

    Args:
        dims: sizes from input to output; the original's parameter names follow from the order of modules.
        normalization: ``"batch"`` or ``"none"``.
        last_relu: whether the last layer has normalisation and ReLU too, as everywhere in the original.
    """
    layers: list[nn.Module] = []
    for i, (d_in, d_out) in enumerate(pairwise(dims)):
        layers.append(nn.Linear(d_in, d_out))
        if last_relu or i < len(dims) - 2:
            if normalization == "batch":
                layers.append(nn.BatchNorm1d(d_out))
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def init_kaiming(module: nn.Module) -> None:
    """Kaiming normal weights for linear and convolution layers (use with ``Module.apply``)."""
    if isinstance(module, nn.Linear | nn.Conv2d):
        nn.init.kaiming_normal_(module.weight)


def norm_2d(kind: str, channels: int) -> nn.Module:
    """The normalisation of a convolution's output: ``"batch"``, ``"instance"`` (no parameters)."""
    return nn.BatchNorm2d(channels) if kind == "batch" else nn.InstanceNorm2d(channels)


def count_images(obj_to_img: Tensor) -> int:
    """How many images a batch has: the one place where a forward pass may wait for a GPU."""
    return int(obj_to_img.max()) + 1 if obj_to_img.numel() else 0


def sampling_weights(start: Tensor, end: Tensor, positions: Tensor, size: int) -> Tensor:
    """Bilinear sampling along one axis, as a matrix (``align_corners=True``, zeros outside).

    Cell j of ``size`` cells lies at share j / (size - 1) of the span from ``start`` to ``end``. A bilinear sample on an
    axis-parallel grid is one such matrix for y and one for x, so no grid of O x H x W points is ever built.

    Args:
        start: (O,) where each span begins; a span may run backwards or have no length.
        end: (O,) where it ends.
        positions: (L,) or (O, L) places at which to sample.
        size: number of cells.

    Returns:
        (O, L, size) weights in [0, 1]; each row has at most two that are not zero.
    """
    length = end - start
    length = torch.where(length.abs() < 1e-6, torch.full_like(length, 1e-6), length)
    cells = (positions - start[:, None]) / length[:, None] * (size - 1)
    return (1 - (cells[..., None] - torch.arange(size, device=cells.device)).abs()).clamp_min(0)
