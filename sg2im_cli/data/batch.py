"""Batches of scene graphs as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sg2im_cli.data.scenes.scene import Scene
from sg2im_parsers.scene_graph import SceneGraph
from sg2im_parsers.vocabulary import Vocabulary

WHOLE = (0.0, 0.0, 1.0, 1.0)
"""The box of `__image__`."""


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


def collate(scenes: Sequence[Scene]) -> GraphBatch:
    """Join scenes with drawn graphs.

    Each gets `__image__` as its last object and a triple (i, `__in_image__`, image) for each other object; the indices
    of its triples move up by the objects before it.
    """
    counts = [len(scene.objs) + 1 for scene in scenes]
    starts = np.cumsum([0, *counts[:-1]])
    triples = [_with_image(scene) + np.array([s, 0, s]) for scene, s in zip(scenes, starts, strict=True)]
    images = [scene.image for scene in scenes if scene.image is not None]
    attributes = [scene.attributes for scene in scenes if scene.attributes is not None]
    return GraphBatch(
        objs=_joined([scene.objs for scene in scenes], 0),
        triples=torch.from_numpy(np.concatenate(triples)),
        obj_to_img=torch.from_numpy(np.repeat(np.arange(len(scenes)), counts)),
        n_images=len(scenes),
        boxes=_joined([scene.boxes for scene in scenes], WHOLE),
        masks=_joined([scene.masks for scene in scenes], 1).float(),
        has_mask=_joined([scene.has_mask for scene in scenes], True),
        images=torch.from_numpy(np.stack(images)) if images else None,
        attributes=_joined(attributes, False).float() if attributes else None,
        box_weight=_weights([scene.box_weight for scene in scenes], counts),
        mask_weight=_weights([scene.mask_weight for scene in scenes], counts),
    )


def _with_image(scene: Scene) -> NDArray[np.int64]:
    """(T + O, 3) the triples of a scene, and for each object that it is in the image, which comes after the others."""
    assert scene.triples is not None, "a graph was drawn"
    here = np.arange(len(scene.objs))
    in_image = np.stack([here, np.zeros_like(here), np.full_like(here, len(here))], axis=1)
    return np.concatenate([scene.triples, in_image])


def _joined(rows: Sequence[NDArray[Any]], image: float | tuple[float, ...]) -> Tensor:
    """The rows of all objects, with one of this value for `__image__` after those of each scene."""
    last = np.full((1, *rows[0].shape[1:]), image, rows[0].dtype)
    return torch.from_numpy(np.concatenate([part for own in rows for part in (own, last)]))


def _weights(weights: Sequence[NDArray[np.float32] | None], counts: Sequence[int]) -> Tensor | None:
    """Weights of all objects; None if no scene has any."""
    if all(own is None for own in weights):
        return None
    filled = [np.ones(n - 1, np.float32) if own is None else own for own, n in zip(weights, counts, strict=True)]
    return _joined(filled, 1)


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
