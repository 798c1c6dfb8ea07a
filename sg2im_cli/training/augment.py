"""Differentiable augmentation of what discriminators see (Zhao et al. 2020, arXiv 2006.10738).

Real and generated pictures go through the same kind of random change, and gradients pass through it, so that little
data is not learned by heart.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from sg2im_cli.training.batch_random import BatchRandom


def augment(images: Tensor, layout: Tensor | None, random: BatchRandom) -> tuple[Tensor, Tensor | None]:
    """Change colours, move, and cut a piece out, each picture in its own way.

    Args:
        images: (N, 3, H, W) in model units.
        layout: (N, D, H, W) shown beside it; it moves along and keeps its values. May be None.
        random: of these pictures.
    """
    images = change_colors(images, random)
    joined = images if layout is None else torch.cat([images, layout], dim=1)
    joined = _cut_out(_translate(joined, random), random)
    return joined[:, :3], None if layout is None else joined[:, 3:]


def change_colors(images: Tensor, random: BatchRandom) -> Tensor:
    """Brightness, saturation and contrast of (N, 3, H, W) pictures."""
    brightness, saturation, contrast = (random.uniform().view(-1, 1, 1, 1).to(images) for _ in range(3))
    images = images + (brightness - 0.5)
    gray = images.mean(1, keepdim=True)
    images = gray + (images - gray) * (saturation * 2)
    mean = images.mean((1, 2, 3), keepdim=True)
    return mean + (images - mean) * (contrast + 0.5)


def _translate(images: Tensor, random: BatchRandom, share: float = 0.125) -> Tensor:
    n, _, height, width = images.shape
    pad = round(height * share), round(width * share)
    dy = random.below(2 * pad[0] + 1, 1).to(images.device)
    dx = random.below(2 * pad[1] + 1, 1).to(images.device)
    padded = functional.pad(images, (pad[1], pad[1], pad[0], pad[0]))
    rows = dy + torch.arange(height, device=images.device)
    cols = dx + torch.arange(width, device=images.device)
    picked = padded.permute(0, 2, 3, 1)[
        torch.arange(n, device=images.device)[:, None, None], rows[:, :, None], cols[:, None, :]
    ]
    return picked.permute(0, 3, 1, 2)


def _cut_out(images: Tensor, random: BatchRandom, share: float = 0.4) -> Tensor:
    height, width = images.shape[2:]
    cy = random.below(height, 1).to(images.device)
    cx = random.below(width, 1).to(images.device)
    rows = (torch.arange(height, device=images.device) - cy).abs() < height * share / 2
    cols = (torch.arange(width, device=images.device) - cx).abs() < width * share / 2
    hole = rows[:, None, :, None] & cols[:, None, None, :]
    return images.masked_fill(hole, 0.0)


def change_colors_mildly(images: Tensor, uniform: Tensor) -> Tensor:
    """Brightness, saturation and contrast of (N, 3, H, W) pictures, by as little as photographs of one place differ.

    Args:
        images: in model units.
        uniform: (N, 3) in [0, 1), so that real and generated pictures can be changed alike.
    """
    brightness, saturation, contrast = uniform.to(images)[:, :, None, None, None].unbind(1)
    images = images + (brightness - 0.5) * 0.6
    gray = images.mean(1, keepdim=True)
    images = gray + (images - gray) * (0.75 + saturation / 2)
    mean = images.mean((1, 2, 3), keepdim=True)
    return mean + (images - mean) * (0.75 + contrast / 2)


def move(images: Tensor, uniform: Tensor, share: float = 0.125, outside_is_zero: bool = False) -> Tensor:
    """Pictures (N, C, H, W) moved by whole pixels; what comes in at an edge repeats it, or is zero.

    Args:
        images: of any number of channels.
        uniform: (N, 2) in [0, 1): up and left at 0, down and right at 1.
        share: of a side, by how much at most.
        outside_is_zero: see above.
    """
    height, width = images.shape[2:]
    uniform = uniform.to(images.device)
    rows = _selection(uniform[:, 0], height, share, outside_is_zero).to(images)
    columns = _selection(uniform[:, 1], width, share, outside_is_zero).to(images)
    return rows[:, None] @ images @ columns.transpose(1, 2)[:, None]


def _selection(uniform: Tensor, size: int, share: float, outside_is_zero: bool) -> Tensor:
    """(N, size, size): which pixel of an axis each pixel of the moved one takes.

    As a product with a matrix, whose gradient is the same in every run; that of indexing is not on several threads.
    """
    most = round(size * share)
    offset = (uniform * (2 * most + 1)).long() - most
    places = torch.arange(size, device=uniform.device)
    wanted = places + offset[:, None]
    if not outside_is_zero:
        wanted = wanted.clamp(0, size - 1)
    return wanted[:, :, None] == places
