"""From an object's vector to where it is and what shape it has (paper section 3, "object layout network")."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sg2im_cli.model.layers import build_mlp, init_kaiming


def build_box_head(dim: int, hidden_dim: int, kind: str, mlp_normalization: str) -> nn.Sequential:
    """(O, D) vectors to (O, 4) numbers that `boxes_from_head` turns into boxes."""
    net = build_mlp([dim, hidden_dim, 4], mlp_normalization, last_relu=kind == "corners")
    return net.apply(init_kaiming) if kind == "corners" else net


def boxes_from_head(raw: Tensor, kind: str) -> Tensor:
    """The head's (O, 4) output as boxes: corners as they are, or centre and size through a sigmoid."""
    if kind == "corners":
        return raw
    center, size = raw.sigmoid().chunk(2, dim=1)
    return torch.cat([center - size / 2, center + size / 2], dim=1).clamp(0, 1)


def build_mask_head(dim: int, mask_size: int, kind: str, inner_dim: int | None = None) -> nn.Sequential:
    """(O, D, 1, 1) vectors to (O, 1, M, M) mask logits; M is a power of two.

    ``"upsample"`` is what the released checkpoints have, ``"transpose"`` what the paper's text describes;
    ``inner_dim`` narrows the head, which is most of the graph half's work.
    """
    layers: list[nn.Module] = []
    if inner_dim is not None:
        layers.append(nn.Conv2d(dim, inner_dim, 1))
        dim = inner_dim
    for _ in range(mask_size.bit_length() - 1):
        if kind == "upsample":
            layers += [nn.Upsample(scale_factor=2, mode="nearest"), nn.BatchNorm2d(dim)]
            layers += [nn.Conv2d(dim, dim, 3, padding=1), nn.ReLU()]
        else:
            layers += [nn.ConvTranspose2d(dim, dim, 4, stride=2, padding=1), nn.BatchNorm2d(dim), nn.ReLU()]
    layers.append(nn.Conv2d(dim, 1, 1))
    return nn.Sequential(*layers)
