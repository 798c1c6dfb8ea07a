"""From boxes and masks to a layout: the sum over objects of a vector times a sampled mask (paper section 3)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

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


def carve(coverage: Tensor, things: Tensor, stuff: Tensor, obj_to_img: Tensor, n_images: int) -> Tensor:
    """Cut the things of each picture out of its stuff: what stuff covers is multiplied by what things leave free.

    Args:
        coverage: (O, H, W) from `sample_masks`.
        things: (O,) bool, what is cut out.
        stuff: (O,) bool, what it is cut out of; the rest stays as it is.
        obj_to_img: (O,).
        n_images: N.

    Returns:
        (O, H, W) in [0, 1].
    """
    flat = coverage.float().flatten(1)
    member = (obj_to_img == torch.arange(n_images, device=obj_to_img.device)[:, None]) & things
    free = (member.float() @ torch.log1p(-flat.clamp(max=1 - 1e-4))).exp()  # a product, as the exp of a sum of logs
    free = free.index_select(0, obj_to_img)
    return torch.where(stuff[:, None], flat * free, flat).to(coverage.dtype).view_as(coverage)


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
    exported = torch.compiler.is_exporting()  # for any number of images, and runtimes know no bags
    if not exported and n_images == 1:
        return (vectors.t() @ coverage).view(1, -1, height, width)
    member = obj_to_img == torch.arange(n_images, device=obj_to_img.device)[:, None]
    if vectors.device.type == "cpu" and not exported:
        layout = _add_up(vectors, coverage, obj_to_img, member)
    else:  # a matrix product that is zero for the objects of other images: what a GPU does best
        spread = member[:, None, :].to(vectors.dtype) * vectors.t()
        layout = spread.flatten(0, 1) @ coverage
    return layout.view(n_images, -1, height, width)


def _add_up(vectors: Tensor, coverage: Tensor, obj_to_img: Tensor, member: Tensor) -> Tensor:
    """The same sum as bags of rows, so that no object is multiplied for the images that it is not in.

    A bag is what stands in one channel of one image: the rows of `coverage` of its objects, weighted. How many objects
    an image has is never asked, so that nothing waits.

    Args:
        vectors: (O, D).
        coverage: (O, L).
        obj_to_img: (O,).
        member: (N, O) whether an object is in an image.

    Returns:
        (N, D, L), a view of (D, N, L).
    """
    n_images, (count, dim) = len(member), vectors.shape
    order = obj_to_img.argsort(stable=True)
    sizes = member.sum(1)
    starts = sizes.cumsum(0) - sizes + count * torch.arange(dim)[:, None]
    kind = torch.promote_types(vectors.dtype, torch.float32)  # gradients are sums of many; halves would lose them
    rows = functional.embedding_bag(
        order.repeat(dim),
        coverage.to(kind),
        starts.flatten(),
        mode="sum",
        per_sample_weights=vectors.to(kind)[order].t().flatten(),
    )
    return rows.view(dim, n_images, -1).transpose(0, 1).to(vectors.dtype)
