"""How good predicted boxes are (paper table 2), and whether they do what a graph says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.data.dataset import SceneDataset
from sg2im_cli.data.relations import PAPER_RELATIONS, SPOKEN_RELATIONS, paper_table, spoken_table
from sg2im_cli.model.generator import Generator


@dataclass(frozen=True)
class LayoutScores:
    """Predicted boxes against real ones; `__image__`, which is always right, is not counted.

    Attributes:
        images: N.
        objects: how many boxes were compared.
        mean_iou: mean intersection over union.
        recall_30: share of boxes whose IoU is at least 0.3.
        recall_50: share of boxes whose IoU is at least 0.5.
        relationships: how many were checked, without `__in_image__`.
        satisfied: share of them that the predicted boxes satisfy, by the rules of training; None without any.
        satisfied_by_data: share that the real boxes satisfy by the same rules (below 1 where data uses masks).
    """

    images: int
    objects: int
    mean_iou: float
    recall_30: float
    recall_50: float
    relationships: int
    satisfied: float | None
    satisfied_by_data: float | None

    def to_json(self) -> dict[str, Any]:
        """All figures by name."""
        return asdict(self)


@torch.no_grad()
def evaluate_layout(generator: Generator, data: SceneDataset, batch_size: int = 64, seed: int = 0) -> LayoutScores:
    """Predict the boxes of every scene of a split, with one fixed graph of each.

    Args:
        generator: in eval mode.
        data: a split with the generator's vocabulary.
        batch_size: graphs at a time; the figures do not depend on it.
        seed: of the relationships drawn for each scene.
    """
    device = generator.obj_embeddings.weight.device
    overlaps: list[Tensor] = []
    held: list[NDArray[np.bool_]] = []
    for start in range(0, len(data), batch_size):
        batch = data.collate(range(start, min(start + batch_size, len(data))), seed=seed, exact=True, with_images=False)
        batch = batch.to(device)
        predicted = generator.predict_layout(batch.objs, batch.triples).boxes.float()
        assert batch.boxes is not None
        real = batch.objs != 0
        overlaps.append(box_iou(predicted, batch.boxes)[real].cpu())
        held.append(np.stack([satisfied(batch, boxes, data) for boxes in (predicted, batch.boxes)]))
    iou = torch.cat(overlaps)
    kept = np.concatenate(held, axis=1)
    count = kept.shape[1]
    return LayoutScores(
        images=len(data),
        objects=len(iou),
        mean_iou=float(iou.mean()),
        recall_30=float((iou >= 0.3).float().mean()),
        recall_50=float((iou >= 0.5).float().mean()),
        relationships=count,
        satisfied=float(kept[0].mean()) if count else None,
        satisfied_by_data=float(kept[1].mean()) if count else None,
    )


def box_iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of (O, 4) and (O, 4) boxes: (O,); boxes without area give 0."""
    width_height = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp_min(0)
    inner = width_height.prod(1)
    areas = [(box[:, 2:] - box[:, :2]).clamp_min(0).prod(1) for box in (a, b)]
    union = areas[0] + areas[1] - inner
    return torch.where(union > 0, inner / union.clamp_min(1e-12), torch.zeros_like(union))


def satisfied(batch: GraphBatch, boxes: Tensor, data: SceneDataset) -> NDArray[np.bool_]:
    """Which relationships of a batch hold on these boxes, `__in_image__` left out."""
    vocabulary = data.vocabulary
    names = vocabulary.predicates[1:]
    known = SPOKEN_RELATIONS if data.config.relations == "spoken" else PAPER_RELATIONS
    triples = batch.triples.cpu().numpy()
    triples = triples[triples[:, 1] != 0]
    owner = batch.obj_to_img.cpu().numpy()
    objs, places = batch.objs.cpu().numpy(), boxes.cpu().numpy()
    held = np.zeros(len(triples), dtype=bool)
    for image in range(batch.n_images):
        members = np.flatnonzero(owner == image)
        table = _table(places[members], [vocabulary.objects[i] in vocabulary.stuff for i in objs[members]], known)
        for t in np.flatnonzero(owner[triples[:, 0]] == image):
            subject, predicate, target = triples[t]
            row = known.index(names[predicate - 1])
            held[t] = table[row, subject - members[0], target - members[0]]
    return held


def _table(boxes: NDArray[np.float32], stuff: list[bool], known: tuple[str, ...]) -> NDArray[np.bool_]:
    if known == SPOKEN_RELATIONS:
        return spoken_table(boxes, np.array(stuff, dtype=bool))
    return paper_table(boxes, (boxes[:, :2] + boxes[:, 2:]) / 2)
