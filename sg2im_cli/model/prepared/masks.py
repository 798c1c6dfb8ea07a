"""The mask head made ready for drawing."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from sg2im_cli.model.prepared.convolution import affine, folded
from sg2im_cli.model.prepared.enlarging import EnlargingConvolution


class PreparedMaskHead(nn.Module):
    """A head of upsampling or transpose convolutions; see `build_mask_head`.

    Args:
        head: in eval mode.
        dtype: of weights and features; vectors and logits keep theirs.
    """

    def __init__(self, head: nn.Sequential, dtype: torch.dtype) -> None:
        super().__init__()
        self.dtype = dtype
        layers = list(head)
        self.out = _pointwise(layers.pop())
        self.narrow = _pointwise(layers.pop(0)) if layers and isinstance(layers[0], nn.Conv2d) else None
        size = 1
        self.steps: list[tuple[EnlargingConvolution, Tensor]] = []
        while layers:
            count = 4 if isinstance(layers[0], nn.Upsample) else 3
            self.steps.append(_step(layers[:count], size, dtype))
            layers, size = layers[count:], 2 * size

    def forward(self, vectors: Tensor) -> Tensor:
        """(O, D, 1, 1) vectors to (O, 1, M, M) mask logits."""
        features = vectors.float()
        if self.narrow is not None:
            features = functional.linear(features[:, :, 0, 0], *self.narrow)[:, :, None, None]
        features = features.to(self.dtype).contiguous(memory_format=torch.channels_last)
        for enlarge, bias in self.steps:
            features = enlarge(features).add_(bias).relu_()
        logits = functional.linear(features.permute(0, 2, 3, 1).float(), *self.out)
        return logits.permute(0, 3, 1, 2).to(vectors.dtype)


def _pointwise(conv: nn.Module) -> tuple[Tensor, Tensor]:
    weight, bias = folded(conv, None)
    return weight[:, :, 0, 0], bias


def _step(layers: list[nn.Module], size: int, dtype: torch.dtype) -> tuple[EnlargingConvolution, Tensor]:
    """What makes masks of twice the size, and its bias: (C, 1, 1), or (1, C, 2 size, 2 size)."""
    if isinstance(layers[0], nn.ConvTranspose2d):
        weight, bias = folded(layers[0], layers[1])
        weight, bias = weight.transpose(0, 1), bias[:, None, None]
    else:  # batch norm stands before the convolution, whose padding it does not shift
        scale, shift = affine(layers[1])
        weight, bias = folded(layers[2], None)
        moved = shift[:, None, None].expand(-1, 2 * size, 2 * size)
        bias = functional.conv2d(moved[None], weight, bias, padding=1).contiguous(memory_format=torch.channels_last)
        weight = weight * scale[:, None, None]
    return EnlargingConvolution(weight, size, size, dtype), bias.to(dtype)
