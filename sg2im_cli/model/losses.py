"""The six losses of the paper (section 3, "training"), and the alternatives that recipes may name."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional


def gan_g_loss(kind: str, fake: Tensor) -> Tensor:
    """What the generator pays for scores of its pictures.

    Args:
        kind: ``"gan"`` (non-saturating), ``"wgan"``, ``"lsgan"`` (on sigmoids, as the original) or ``"hinge"``.
        fake: scores of any shape; their mean counts.
    """
    fake = fake.float()
    if kind == "gan":
        return functional.softplus(-fake).mean()
    if kind == "lsgan":
        return (fake.sigmoid() - 1).square().mean()
    return -fake.mean()


def gan_d_loss(kind: str, real: Tensor, fake: Tensor) -> Tensor:
    """What a discriminator pays for its scores of real and of generated pictures; see `gan_g_loss`."""
    real, fake = real.float(), fake.float()
    if kind == "gan":
        return functional.softplus(-real).mean() + functional.softplus(fake).mean()
    if kind == "wgan":
        return fake.mean() - real.mean()
    if kind == "lsgan":
        return (real.sigmoid() - 1).square().mean() + fake.sigmoid().square().mean()
    return functional.relu(1 - real).mean() + functional.relu(1 + fake).mean()


def box_losses(kind: str, predicted: Tensor, target: Tensor) -> Tensor:
    """(O,) of boxes (O, 4): ``"l1"`` as the paper writes, ``"mse"`` as the 2018 code computes, or ``"l1_giou"``.

    The last adds generalised intersection over union (Rezatofighi et al. 2019) to L1.
    """
    predicted = predicted.float()
    if kind == "mse":
        return (predicted - target).square().mean(1)
    l1 = (predicted - target).abs().mean(1)
    return l1 if kind == "l1" else l1 + (1 - generalized_iou(predicted, target)) / 4


def weighed(losses: Tensor, weight: Tensor | None) -> Tensor:
    """Losses (K,) times their weights (K,); as they are without."""
    return losses if weight is None else losses * weight


def mean_of(values: Tensor, which: Tensor) -> Tensor:
    """The mean of those of (K,) values that (K,) marks name; zero where it names none."""
    return (values * which).sum() / which.sum().clamp_min(1)


def generalized_iou(a: Tensor, b: Tensor) -> Tensor:
    """Generalised intersection over union of (O, 4) and (O, 4) boxes: (O,) in (-1, 1]."""
    low, high = torch.minimum(a[:, :2], b[:, :2]), torch.maximum(a[:, 2:], b[:, 2:])
    inner = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp_min(0).prod(1)
    areas = (a[:, 2:] - a[:, :2]).clamp_min(0).prod(1) + (b[:, 2:] - b[:, :2]).clamp_min(0).prod(1)
    union = (areas - inner).clamp_min(1e-6)
    hull = (high - low).clamp_min(0).prod(1).clamp_min(1e-6)
    return inner / union - (hull - union) / hull


def mask_losses(logits: Tensor, target: Tensor, seen: Tensor | None = None) -> Tensor:
    """(O,) binary cross-entropy of mask logits (O, M, M), averaged over cells, or over those that are ``seen``.

    Args:
        logits: as predicted.
        target: in [0, 1].
        seen: (O, M, M) by how much each cell counts; all alike if not given.
    """
    losses = functional.binary_cross_entropy_with_logits(logits.float(), target, reduction="none")
    if seen is None:
        return losses.mean((1, 2))
    return (losses * seen).sum((1, 2)) / seen.sum((1, 2)).clamp_min(1)


def pixel_loss(drawn: Tensor, real: Tensor, given: Tensor, coarse: int = 0) -> Tensor:
    """L1 between pictures (N, 3, H, W) that share a layout; others are compared by the mean colours of squares.

    Args:
        drawn: generated pictures.
        real: the pictures their graphs come from.
        given: (N,) True where the layout is the real picture's, and every pixel counts.
        coarse: side of the squares that count for the others; 0 leaves those out.
    """
    off = drawn - real
    fine = off.abs().mean((1, 2, 3))
    if not coarse:
        return (fine * given).sum() / given.sum().clamp_min(1)
    rough = functional.avg_pool2d(off, coarse).abs().mean((1, 2, 3))
    return torch.where(given, fine, rough).mean()


def category_loss(logits: Tensor, objs: Tensor) -> Tensor:
    """Cross-entropy of the object discriminator's categories (O, C) against (O,) ids."""
    return functional.cross_entropy(logits.float(), objs)


def feature_loss(fake: Sequence[Tensor], real: Sequence[Tensor], matched: Tensor) -> Tensor:
    """L1 between activations of generated and of real pictures (Wang et al. 2018), averaged over layers.

    Args:
        fake: a tensor (N, C, h, w) for each layer, of any C, h, w.
        real: likewise, as targets.
        matched: (N,) which pictures (or crops) have a real counterpart; the others do not count.
    """
    weights = matched / matched.sum().clamp_min(1)
    losses = [
        ((f.float() - r.detach().float()).abs().flatten(1).mean(1) * weights).sum()
        for f, r in zip(fake, real, strict=True)
    ]
    return torch.stack(losses).mean()
