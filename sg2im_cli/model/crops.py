"""Cutting objects out of pictures for the object discriminator (paper section 3, "discriminators")."""

from __future__ import annotations

import torch
from torch import Tensor

from sg2im_cli.model.layers import sampling_weights

LEAST_SIDE = 1 / 64
"""Of a crop with context, as a share of the picture: boxes without a size are looked at all the same."""


def crop_objects(images: Tensor, boxes: Tensor, obj_to_img: Tensor, size: int) -> Tensor:
    """Bilinear crops (``align_corners=True``) of each object's box, with no loop over images.

    Args:
        images: (N, 3, H, W).
        boxes: (O, 4); what lies outside the picture is zero.
        obj_to_img: (O,).
        size: side of a crop in pixels.

    Returns:
        (O, 3, size, size).
    """
    height, width = images.shape[2:]
    boxes = boxes.float()
    zero, one = torch.zeros_like(boxes[:, 0]), torch.ones_like(boxes[:, 0])
    share = torch.linspace(0, 1, size, device=boxes.device)
    rows = boxes[:, 1:2] + share * (boxes[:, 3:4] - boxes[:, 1:2])
    cols = boxes[:, 0:1] + share * (boxes[:, 2:3] - boxes[:, 0:1])
    y = sampling_weights(zero, one, rows, height).to(images.dtype)
    x = sampling_weights(zero, one, cols, width).to(images.dtype)
    pictures = images.index_select(0, obj_to_img)  # gradients of images[obj_to_img] would differ from run to run
    return y[:, None] @ (pictures @ x.transpose(1, 2)[:, None])


def context_boxes(boxes: Tensor, least: float = 0.6, margin: float = 1.15) -> Tensor:
    """Boxes (O, 4) made less narrow and a little wider, within the picture: what a network that knows photographs sees.

    Args:
        boxes: as annotated or predicted.
        least: the shorter side is at least this share of the longer.
        margin: by which both grow.
    """
    sides = (boxes[:, 2:] - boxes[:, :2]).clamp_min(LEAST_SIDE)
    sides = torch.maximum(sides, sides.amax(1, keepdim=True) * least) * margin
    center = (boxes[:, :2] + boxes[:, 2:]) / 2
    return torch.cat([center - sides / 2, center + sides / 2], dim=1).clamp(0, 1)
