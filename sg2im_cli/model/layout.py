"""From boxes and masks to a layout: the sum over objects of a vector times a sampled mask (paper section 3)."""

from __future__ import annotations

import torch
from torch import Tensor

from sg2im_cli.model.layers import sampling_weights

ALL_ONES_SIZE = 8
"""Without a mask head an object fills its box: the original samples an all-ones mask of this size."""


def sample_masks(boxes: Tensor, masks: Tensor | None, height: int, width: int) -> Tensor:
    """Each object's mask as seen on the whole picture.

    Args:
        boxes: (O, 4); one without size covers nothing.
        masks: (O, M, M) in [0, 1]; None fills the box.
        height: H in pixels.
        width: W in pixels.

    Returns:
        (O, H, W) in [0, 1]. A mask fades to zero within one of its cells outside the box.
    """
    boxes = boxes.float()
    m_rows, m_cols = (ALL_ONES_SIZE, ALL_ONES_SIZE) if masks is None else masks.shape[1:]
    y = sampling_weights(boxes[:, 1], boxes[:, 3], torch.linspace(0, 1, height, device=boxes.device), m_rows)
    x = sampling_weights(boxes[:, 0], boxes[:, 2], torch.linspace(0, 1, width, device=boxes.device), m_cols)
    if masks is None:
        return y.sum(2)[:, :, None] * x.sum(2)[:, None, :]
    return y @ masks.float() @ x.transpose(1, 2)


def compose_layout(vectors: Tensor, coverage: Tensor, obj_to_img: Tensor, n_images: int) -> Tensor:
    """Sum vector times coverage over the objects of each image, without an (O, D, H, W) tensor.

    Args:
        vectors: (O, D).
        coverage: (O, H, W) from `sample_masks`.
        obj_to_img: (O,), in any order.
        n_images: N.

    Returns:
        (N, D, H, W).
    """
    height, width = coverage.shape[1:]
    coverage = coverage.to(vectors.dtype).flatten(1)
    if n_images == 1:
        return (vectors.t() @ coverage).view(1, -1, height, width)
    member = torch.nn.functional.one_hot(obj_to_img, n_images)
    if vectors.device.type != "cpu":  # the largest number of objects an image has is not known without waiting
        spread = member.t()[:, None, :].to(vectors.dtype) * vectors.t()
        return (spread.flatten(0, 1) @ coverage).view(n_images, -1, height, width)
    place = (member.cumsum(0) - 1).gather(1, obj_to_img[:, None])[:, 0]
    slots = int(place.max()) + 1 if len(place) else 1
    padded_vectors = vectors.new_zeros(n_images, slots, vectors.shape[1])
    padded_coverage = coverage.new_zeros(n_images, slots, height * width)
    padded_vectors = padded_vectors.index_put((obj_to_img, place), vectors)
    padded_coverage = padded_coverage.index_put((obj_to_img, place), coverage)
    return (padded_vectors.transpose(1, 2) @ padded_coverage).view(n_images, -1, height, width)
