"""Cutting objects out of pictures for the object discriminator (paper section 3, "discriminators")."""

from __future__ import annotations

import torch
from torch import Tensor

from sg2im_cli.model.layers import sampling_weights


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
