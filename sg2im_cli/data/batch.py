"""Batches of scene graphs as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sg2im_cli.data.scenes.joined import JoinedScenes
from sg2im_cli.data.scenes.scene import Scene
from sg2im_parsers.scene_graph import Box, SceneGraph
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
    """Join scenes with drawn graphs; see `batch_scenes`."""
    return batch_scenes(JoinedScenes.of(scenes))


def batch_scenes(scenes: JoinedScenes) -> GraphBatch:
    """The tensors of scenes with drawn graphs.

    Each gets `__image__` as its last object and a triple (i, `__in_image__`, image) for each other object; the indices
    of its triples move up by the objects before it.
    """
    counts = scenes.objects.counts + 1
    return GraphBatch(
        objs=_with_image(scenes.objs, scenes, 0),
        triples=torch.from_numpy(_triples(scenes)),
        obj_to_img=torch.from_numpy(np.repeat(np.arange(len(counts)), counts)),
        n_images=len(counts),
        boxes=_with_image(scenes.boxes, scenes, WHOLE),
        masks=_with_image(scenes.masks, scenes, 1, np.float32),
        has_mask=_with_image(scenes.has_mask, scenes, True),
        images=None if scenes.images is None else torch.from_numpy(scenes.images),
        attributes=None if scenes.attributes is None else _with_image(scenes.attributes, scenes, 0, np.float32),
        box_weight=None if scenes.box_weight is None else _with_image(scenes.box_weight, scenes, 1),
        mask_weight=None if scenes.mask_weight is None else _with_image(scenes.mask_weight, scenes, 1),
    )


def _with_image(
    rows: NDArray[Any],
    scenes: JoinedScenes,
    image: float | tuple[float, ...],
    kind: type[np.generic] | None = None,
) -> Tensor:
    """The rows of all objects, with one of this value for `__image__` after those of each scene."""
    objects = scenes.objects
    filled = np.empty((len(rows) + len(objects.counts), *rows.shape[1:]), kind or rows.dtype)
    filled[np.arange(len(rows)) + objects.pictures] = rows
    filled[(objects.counts + 1).cumsum() - 1] = image
    return torch.from_numpy(filled)


def _triples(scenes: JoinedScenes) -> NDArray[np.int64]:
    """(T + O, 3) the triples of each scene, and after them for each of its objects that it is in the image."""
    objects, related = scenes.objects, scenes.related
    starts = objects.firsts + np.arange(len(objects.counts))  # an image stands after the objects of each scene before
    said = scenes.triples + starts[related.pictures, None] * np.array([1, 0, 1])
    first = starts[objects.pictures]
    in_image = np.stack(
        [first + objects.places, np.zeros_like(first), first + objects.counts[objects.pictures]], axis=1
    )
    filled = np.empty((len(said) + len(in_image), 3), dtype=np.int64)
    filled[np.arange(len(said)) + objects.firsts[related.pictures]] = said
    filled[np.arange(len(in_image)) + related.counts.cumsum()[objects.pictures]] = in_image
    return filled


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


def visible_boxes(boxes: Tensor) -> list[Box | None]:
    """What of predicted boxes (O, 4) lies in the picture, as the JSON format can say it.

    Some models predict more than the picture, or less than nothing: such a box is None.
    """
    return [_visible(box) for box in boxes.float().cpu().tolist()]


def _visible(box: Sequence[float]) -> Box | None:
    x0, y0, x1, y1 = (round(min(max(v, 0.0), 1.0), 6) for v in box)
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None
