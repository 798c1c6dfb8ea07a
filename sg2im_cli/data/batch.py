"""Batches of scene graphs as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sg2im_parsers.scene_graph import SceneGraph
from sg2im_parsers.vocabulary import Vocabulary

WHOLE = (0.0, 0.0, 1.0, 1.0)
"""The box of `__image__`."""


@dataclass(frozen=True)
class SceneExample:
    """One picture and one graph of it; `__image__` is the last object.

    Attributes:
        objs: (O,) int64.
        triples: (T, 3) int64.
        boxes: (O, 4) float32.
        masks: (O, M, M) uint8, 0 or 1; meaningless where ``has_mask`` is False.
        has_mask: (O,) bool, False where the data gives a box only.
        image: (3, H, W) uint8, or None when only the graph half is trained.
        attributes: (O, A) bool, which attributes are said of each object; None where the vocabulary has none.
        box_weight: (O,) float32, what the loss of each box counts; None where all count 1.
        mask_weight: likewise, of each mask.
    """

    objs: NDArray[np.int64]
    triples: NDArray[np.int64]
    boxes: NDArray[np.float32]
    masks: NDArray[np.uint8]
    has_mask: NDArray[np.bool_]
    image: NDArray[np.uint8] | None = None
    attributes: NDArray[np.bool_] | None = None
    box_weight: NDArray[np.float32] | None = None
    mask_weight: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class GraphBatch:
    """N graphs as one, with what is known of their pictures.

    Attributes:
        objs: (O,) category ids.
        triples: (T, 3) subject index, predicate id, object index, counted through the batch.
        obj_to_img: (O,).
        n_images: N.
        boxes: (O, 4), or None for graphs without a picture.
        masks: (O, M, M) in [0, 1], or None.
        has_mask: (O,) bool, or None.
        images: (N, 3, H, W) uint8, or None.
        attributes: (O, A) 1 where an attribute is said of an object, else 0; None where the vocabulary has none.
        box_weight: (O,) what the loss of each box counts, 1 for `__image__`; None where all count 1.
        mask_weight: likewise, of each mask.
        first: place of its first picture in the whole batch, of which this may be a part.
        total: pictures of the whole batch; None if this is all of it.
    """

    objs: Tensor
    triples: Tensor
    obj_to_img: Tensor
    n_images: int
    boxes: Tensor | None = None
    masks: Tensor | None = None
    has_mask: Tensor | None = None
    images: Tensor | None = None
    attributes: Tensor | None = None
    box_weight: Tensor | None = None
    mask_weight: Tensor | None = None
    first: int = 0
    total: int | None = None

    def to(self, device: torch.device | str) -> GraphBatch:
        """The same batch on another device."""
        tensors = {f.name: getattr(self, f.name) for f in fields(self)}
        moved: dict[str, Any] = {
            k: v.to(device, non_blocking=True) for k, v in tensors.items() if isinstance(v, Tensor)
        }
        return replace(self, **moved)


def collate(examples: Sequence[SceneExample]) -> GraphBatch:
    """Join examples; the indices of their triples move up by the objects before them."""
    counts = [len(example.objs) for example in examples]
    starts = np.cumsum([0, *counts[:-1]])
    triples = [e.triples + np.array([s, 0, s]) for e, s in zip(examples, starts, strict=True)]
    images = [e.image for e in examples if e.image is not None]
    attributes = [e.attributes for e in examples if e.attributes is not None]
    return GraphBatch(
        objs=torch.from_numpy(np.concatenate([e.objs for e in examples])),
        triples=torch.from_numpy(np.concatenate(triples)),
        obj_to_img=torch.from_numpy(np.repeat(np.arange(len(examples)), counts)),
        n_images=len(examples),
        boxes=torch.from_numpy(np.concatenate([e.boxes for e in examples])),
        masks=torch.from_numpy(np.concatenate([e.masks for e in examples])).float(),
        has_mask=torch.from_numpy(np.concatenate([e.has_mask for e in examples])),
        images=torch.from_numpy(np.stack(images)) if images else None,
        attributes=torch.from_numpy(np.concatenate(attributes)).float() if attributes else None,
        box_weight=_join([e.box_weight for e in examples], counts),
        mask_weight=_join([e.mask_weight for e in examples], counts),
    )


def _join(weights: Sequence[NDArray[np.float32] | None], counts: Sequence[int]) -> Tensor | None:
    """Weights of all objects; None if no example has any."""
    if all(own is None for own in weights):
        return None
    filled = [np.ones(n, np.float32) if own is None else own for own, n in zip(weights, counts, strict=True)]
    return torch.from_numpy(np.concatenate(filled))


def batch_graphs(graphs: Sequence[SceneGraph], vocabulary: Vocabulary) -> GraphBatch:
    """The ids of scene graphs whose every word the vocabulary has.

    Each graph gets `__image__` as its last object and a triple (i, `__in_image__`, image) for each other object.
    Attributes that the vocabulary lacks are left out.
    """
    objs: list[int] = []
    triples: list[tuple[int, int, int]] = []
    obj_to_img: list[int] = []
    said: list[tuple[int, int]] = []
    for index, graph in enumerate(graphs):
        start, image = len(objs), len(objs) + len(graph.objects)
        objs += [vocabulary.object_id(item.name or "") for item in graph.objects] + [0]
        triples += [
            (start + r.subject, vocabulary.predicate_id(r.predicate), start + r.object) for r in graph.relationships
        ]
        triples += [(i, 0, image) for i in range(start, image)]
        obj_to_img += [index] * (len(graph.objects) + 1)
        said += [
            (start + i, vocabulary.attribute_id(word))
            for i, item in enumerate(graph.objects)
            for word in item.attributes
            if vocabulary.has_attribute(word)
        ]
    return GraphBatch(
        objs=torch.tensor(objs, dtype=torch.int64),
        triples=torch.tensor(triples, dtype=torch.int64).reshape(-1, 3),
        obj_to_img=torch.tensor(obj_to_img, dtype=torch.int64),
        n_images=len(graphs),
        attributes=_multi_hot(said, len(objs), len(vocabulary.attributes)) if vocabulary.attributes else None,
    )


def _multi_hot(places: list[tuple[int, int]], rows: int, columns: int) -> Tensor:
    marked = torch.zeros(rows, columns)
    if places:
        marked[tuple(torch.tensor(places).T)] = 1
    return marked
