"""Dividing a batch: among processes, and into parts that are worked on one after the other."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import torch
from torch import Tensor

from sg2im_cli.data.batch import GraphBatch

NOT_OF_OBJECTS = ("triples", "obj_to_img", "images")
"""Tensors of a batch whose rows are not its objects'."""


def bounds(count: int, parts: int, part: int) -> tuple[int, int]:
    """Where a part begins and ends if so many things are divided evenly, in order."""
    return count * part // parts, count * (part + 1) // parts


def divide(batch: GraphBatch, parts: int) -> list[GraphBatch]:
    """Batches with about as many pictures each, in order.

    Args:
        batch: of at least so many pictures.
        parts: how many; 1 gives the batch itself.
    """
    if parts == 1:
        return [batch]
    return [_pictures(batch, *bounds(batch.n_images, parts, part)) for part in range(parts)]


def _pictures(batch: GraphBatch, start: int, end: int) -> GraphBatch:
    """The pictures from ``start`` up to ``end``, with their objects and triples counted anew."""
    mine = (batch.obj_to_img >= start) & (batch.obj_to_img < end)
    place = mine.cumsum(0) - 1
    triples = batch.triples[mine[batch.triples[:, 0]]]
    tensors = {f.name: getattr(batch, f.name) for f in fields(batch) if f.name not in NOT_OF_OBJECTS}
    of_objects: dict[str, Any] = {name: t[mine] for name, t in tensors.items() if isinstance(t, Tensor)}
    return replace(
        batch,
        triples=torch.stack([place[triples[:, 0]], triples[:, 1], place[triples[:, 2]]], dim=1),
        obj_to_img=batch.obj_to_img[mine] - start,
        images=None if batch.images is None else batch.images[start:end],
        n_images=end - start,
        first=batch.first + start,
        total=batch.total or batch.n_images,
        **of_objects,
    )
