"""The 2018 generator as a paper reader would write it: stock operations, nothing thought of twice.

Every object's vector is spread over its mask and sampled with `grid_sample` into an (O, D, H, W) tensor, which is then
added up for each image. It runs on the parameters of our generator, for the paper's architecture.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from sg2im_cli.model.generator import Generator


@torch.no_grad()
def plain_pictures(
    generator: Generator, objs: Tensor, triples: Tensor, obj_to_img: Tensor, noise: Tensor, n_images: int
) -> Tensor:
    """Ids of a batch of graphs to (N, 3, H, W) pictures in model units."""
    height, width = generator.config.image_size
    vectors = generator.obj_embeddings(objs)
    predicates = generator.pred_embeddings(triples[:, 1])
    edges = triples[:, [0, 2]]
    assert generator.gconv_net is not None and generator.mask_net is not None
    for layer in (generator.gconv, *generator.gconv_net.gconvs):
        vectors, predicates = convolve(layer, vectors, predicates, edges)
    boxes = generator.box_net(vectors)
    masks = generator.mask_net(vectors[:, :, None, None])[:, 0].sigmoid()
    layout = layout_of(vectors, boxes, masks, obj_to_img, n_images, height, width)
    layout = torch.cat([layout, noise], dim=1)
    return refine(generator.refinement_net, layout)


def convolve(layer: nn.Module, objects: Tensor, predicates: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
    """One graph convolution (paper figure 3)."""
    subjects, others = edges[:, 0], edges[:, 1]
    triples = layer.net1(torch.cat([objects[subjects], predicates, objects[others]], dim=1))
    hidden = layer.sizes[0]
    from_subject, new_predicates, from_object = triples.split(layer.sizes, dim=1)
    pooled = objects.new_zeros(len(objects), hidden)
    pooled = pooled.scatter_add(0, subjects[:, None].expand_as(from_subject), from_subject)
    pooled = pooled.scatter_add(0, others[:, None].expand_as(from_object), from_object)
    counts = objects.new_zeros(len(objects)).scatter_add(0, edges.flatten(), objects.new_ones(edges.numel()))
    return layer.net2(pooled / counts.clamp(min=1)[:, None]), new_predicates


def layout_of(
    vectors: Tensor, boxes: Tensor, masks: Tensor, obj_to_img: Tensor, n_images: int, height: int, width: int
) -> Tensor:
    """The layout (N, D, H, W)."""
    x0, y0, x1, y1 = (boxes[:, i, None, None] for i in range(4))
    x = (torch.linspace(0, 1, width, device=boxes.device, dtype=boxes.dtype).view(1, 1, width) - x0) / (x1 - x0)
    y = (torch.linspace(0, 1, height, device=boxes.device, dtype=boxes.dtype).view(1, height, 1) - y0) / (y1 - y0)
    count, dim = vectors.shape
    grid = torch.stack([x.expand(count, height, width), y.expand(count, height, width)], dim=3) * 2 - 1
    spread = vectors[:, :, None, None] * masks[:, None]
    sampled = functional.grid_sample(spread, grid, align_corners=True)
    layout = vectors.new_zeros(n_images, dim, height, width)
    index = obj_to_img.view(count, 1, 1, 1).expand(count, dim, height, width)
    return layout.scatter_add(0, index, sampled)


def refine(network: nn.Module, layout: Tensor) -> Tensor:
    """The refinement network on a layout with noise."""
    modules = network.refinement_modules
    height, width = (side >> len(modules) for side in layout.shape[2:])
    features = layout.new_zeros(len(layout), 1, height, width)
    for module in modules:
        features = functional.interpolate(features, scale_factor=2, mode="nearest")
        factor = layout.shape[2] // features.shape[2]
        features = module.net(torch.cat([functional.avg_pool2d(layout, factor), features], dim=1))
    return network.output_conv(features)
