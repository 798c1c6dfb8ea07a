"""Boxes and masks between a graph, where they are numbers that a file can hold, and the model's tensors.

A graph holds boxes with six digits and masks with three. One that is just what the model predicts, written so, stands
for the prediction itself: a layout that was saved and not changed makes the very same picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from sg2im_cli.data.batch import visible_boxes
from sg2im_parsers.scene_graph import Box, Mask, SceneGraph


def given_boxes(graph: SceneGraph, predicted: Tensor) -> Tensor:
    """The predicted boxes (O + 1, 4), `__image__` last, with the graph's own in their place."""
    boxes = predicted.clone()
    for i, (item, said) in enumerate(zip(graph.objects, visible_boxes(predicted), strict=False)):
        if item.box is not None and item.box != said:
            boxes[i] = torch.tensor(item.box).to(boxes)
    return boxes


def given_masks(graph: SceneGraph, predicted: Tensor | None, boxes: Tensor) -> Tensor | None:
    """Masks of one size: given ones are resampled to the model's; without a mask head others fill their box.

    Args:
        graph: O objects.
        predicted: (O + 1, M, M), or None for a model without masks.
        boxes: (O + 1, 4); masks are where they are, and as precise.
    """
    if all(item.mask is None for item in graph.objects):
        return predicted
    masks = boxes.new_ones(len(graph.objects) + 1, 16, 16) if predicted is None else predicted.clone()
    for i, item in enumerate(graph.objects):
        if item.mask is not None and (predicted is None or item.mask != mask_values(predicted[i])):
            given = torch.tensor(item.mask)[None, None].to(masks)
            size = tuple(masks.shape[1:])
            masks[i] = torch.nn.functional.interpolate(given, size, mode="bilinear", align_corners=True)[0, 0]
    return masks


def with_layout(graph: SceneGraph, boxes: Sequence[Box | None], masks: Tensor | None) -> SceneGraph:
    """The graph with these boxes, and masks (O + 1, M, M) where it has none of its own."""
    known = [None if masks is None else mask_values(masks[i]) for i in range(len(graph.objects))]
    items = zip(graph.objects, boxes, known, strict=True)
    return replace(graph, objects=tuple(replace(o, box=box, mask=o.mask or mask) for o, box, mask in items))


def without_predicted(graph: SceneGraph, predicted: Tensor | None) -> SceneGraph:
    """The graph without masks that are just the predicted ones (O + 1, M, M): in another box they are others."""
    if predicted is None or all(item.mask is None for item in graph.objects):
        return graph
    items = [
        replace(item, mask=None) if item.mask is not None and item.mask == mask_values(mask) else item
        for item, mask in zip(graph.objects, predicted, strict=False)
    ]
    return replace(graph, objects=tuple(items))


def mask_values(mask: Tensor) -> Mask:
    """A mask (M, M) with three digits, those of ``round``: a thousand times a float32 is exact in float64."""
    rounded = mask.float().cpu().double().mul(1000).round().div(1000)
    return tuple(map(tuple, rounded.tolist()))
