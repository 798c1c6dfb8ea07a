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
from sg2im_cli.data.relations import SPOKEN_RELATIONS, paper_table, spoken_table
from sg2im_cli.evaluation.drawing import Told, graph_batches, nothing, picture_seeds, predict
from sg2im_cli.evaluation.enforced import enforced_boxes
from sg2im_cli.model.generator import Generator


@dataclass(frozen=True)
class RelationScore:
    """How often one relation is kept.

    Attributes:
        relationships: how many were checked.
        satisfied: share of them that the predicted boxes satisfy.
    """

    relationships: int
    satisfied: float


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
        by_relation: of each relation that was checked, in the order of the vocabulary.
    """

    images: int
    objects: int
    mean_iou: float
    recall_30: float
    recall_50: float
    relationships: int
    satisfied: float | None
    satisfied_by_data: float | None
    by_relation: dict[str, RelationScore]

    def to_json(self) -> dict[str, Any]:
        """All figures by name."""
        return asdict(self)


@dataclass(frozen=True)
class PredictedBoxes:
    """What a model predicts for the fixed graphs of a split, beside what is annotated; `__image__` is left out.

    Attributes:
        boxes: (O, 4) predicted; of a model with latents, the most usual ones.
        real: (O, 4) annotated.
        objs: (O,) category ids.
        owners: (O,) the picture of each object.
        iou: (O,).
        predicates: (T,) of every relationship that rules tell something of; `__in_image__` is none.
        triple_owners: (T,) the picture of each relationship.
        kept: (T,) whether the predicted boxes satisfy it; of a model with latents, boxes as they are drawn.
        real_kept: (T,) whether the annotated ones do, by the same rules.
        enforced: (O, 4) the predicted boxes, moved as drawing does it where nobody says otherwise.
        moved: (O,) how far their centres went, in shares of the picture.
        hidden: (O,) whether a thing hid it, or was hidden by it, before that.
        enforced_kept: (T,) as ``kept``, of the boxes that are drawn, moved.
        masks: (O, M, M) predicted for the annotated boxes, in [0, 1]; None for a model without masks.
    """

    boxes: Tensor
    real: Tensor
    objs: NDArray[np.int64]
    owners: NDArray[np.int64]
    iou: Tensor
    predicates: NDArray[np.int64]
    triple_owners: NDArray[np.int64]
    kept: NDArray[np.bool_]
    real_kept: NDArray[np.bool_]
    enforced: Tensor
    moved: Tensor
    hidden: Tensor
    enforced_kept: NDArray[np.bool_]
    masks: Tensor | None


def evaluate_layout(generator: Generator, data: SceneDataset, batch_size: int = 64, seed: int = 0) -> LayoutScores:
    """Predict the boxes of every scene of a split, with one fixed graph of each.

    Args:
        generator: in eval mode.
        data: a split with the generator's vocabulary.
        batch_size: graphs at a time; the figures do not depend on it.
        seed: of the relationships drawn for each scene, as in training.
    """
    return _scores(data, predict_boxes(generator, data, batch_size, seed))


@torch.no_grad()
def predict_boxes(
    generator: Generator, data: SceneDataset, batch_size: int = 64, seed: int = 0, told: Told = nothing
) -> PredictedBoxes:
    """What `evaluate_layout` scores, object by object; ``told`` hears how far it is."""
    device = generator.obj_embeddings.weight.device
    boxes: list[Tensor] = []
    masks: list[Tensor] = []
    ids: list[tuple[NDArray[np.int64], ...]] = []
    held: list[NDArray[np.bool_]] = []
    ways: list[tuple[Tensor, Tensor]] = []
    for indices, batch in graph_batches(data, seed, device, batch_size):
        layout = predict(generator, batch, picture_seeds(indices, seed))
        predicted = drawn = layout.boxes.float()
        if generator.config.object_latent_dim:
            predicted = predict(generator, batch).boxes.float()
        assert batch.boxes is not None
        own = batch.objs != 0
        enforced, moved, hidden = enforced_boxes(batch, predicted, data.vocabulary)
        enforced_drawn = enforced if drawn is predicted else enforced_boxes(batch, drawn, data.vocabulary)[0]
        boxes.append(torch.stack([predicted.cpu(), batch.boxes.cpu(), enforced])[:, own.cpu()])
        ways.append((moved[own.cpu()], hidden[own.cpu()]))
        filled = generator.fill_boxes(layout, batch.boxes.to(layout.boxes), batch.objs).masks
        masks += [] if filled is None else [filled[own].float().cpu()]
        triples = _checked(batch, data)
        owners = (batch.obj_to_img + indices.start).cpu().numpy()
        ids.append((batch.objs[own].cpu().numpy(), owners[own.cpu().numpy()], triples[:, 1], owners[triples[:, 0]]))
        held.append(np.stack([satisfied(batch, places, data) for places in (drawn, batch.boxes, enforced_drawn)]))
        told(indices.stop, len(data))
    found, real, enforced = torch.cat(boxes, dim=1)
    objs, object_owners, predicates, triple_owners = (np.concatenate(parts) for parts in zip(*ids, strict=True))
    kept, real_kept, enforced_kept = np.concatenate(held, axis=1)
    moved, hidden = (torch.cat(parts) for parts in zip(*ways, strict=True))
    iou = box_iou(found, real)
    joined = torch.cat(masks) if masks else None
    return PredictedBoxes(
        boxes=found,
        real=real,
        objs=objs,
        owners=object_owners,
        iou=iou,
        predicates=predicates,
        triple_owners=triple_owners,
        kept=kept,
        real_kept=real_kept,
        enforced=enforced,
        moved=moved,
        hidden=hidden,
        enforced_kept=enforced_kept,
        masks=joined,
    )


def _scores(data: SceneDataset, found: PredictedBoxes) -> LayoutScores:
    counted = len(found.kept) > 0
    return LayoutScores(
        images=len(data),
        objects=len(found.iou),
        mean_iou=float(found.iou.mean()),
        recall_30=float((found.iou >= 0.3).float().mean()),
        recall_50=float((found.iou >= 0.5).float().mean()),
        relationships=len(found.kept),
        satisfied=float(found.kept.mean()) if counted else None,
        satisfied_by_data=float(found.real_kept.mean()) if counted else None,
        by_relation=score_relations(data, found),
    )


def score_relations(data: SceneDataset, found: PredictedBoxes) -> dict[str, RelationScore]:
    """Each relation that was checked, in the order of the vocabulary."""
    names = data.vocabulary.predicates
    rows = {names[p]: found.kept[found.predicates == p] for p in np.unique(found.predicates)}
    return {name: RelationScore(len(row), float(row.mean())) for name, row in rows.items()}


def box_iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of (O, 4) and (O, 4) boxes: (O,); boxes without area give 0."""
    width_height = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp_min(0)
    inner = width_height.prod(1)
    areas = [(box[:, 2:] - box[:, :2]).clamp_min(0).prod(1) for box in (a, b)]
    union = areas[0] + areas[1] - inner
    return torch.where(union > 0, inner / union.clamp_min(1e-12), torch.zeros_like(union))


def satisfied(batch: GraphBatch, boxes: Tensor, data: SceneDataset) -> NDArray[np.bool_]:
    """Which relationships of a batch hold on these boxes (O, 4), in the batch's order.

    `__in_image__` is left out, and so is what the data states in words that no rule tells from boxes.
    """
    triples, rows = _checked(batch, data), rule_rows(data)
    owner = batch.obj_to_img.cpu().numpy()
    objs, places = batch.objs.cpu().numpy(), boxes.float().cpu().numpy()
    held = np.zeros(len(triples), dtype=bool)
    for image in range(batch.n_images):
        members = np.flatnonzero(owner == image)
        table = _table(places[members], objs[members], data)
        here = np.flatnonzero(owner[triples[:, 0]] == image)
        subjects, predicates, objects = triples[here].T
        held[here] = table[rows[predicates], subjects - members[0], objects - members[0]]
    return held


def rule_rows(data: SceneDataset) -> NDArray[np.int64]:
    """(P,) the row of the rules' table for each predicate id; -1 where no rule tells it from boxes."""
    names = data.vocabulary.predicates
    if data.scenes[0].triples is None:
        return np.arange(len(names)) - 1
    return np.array([SPOKEN_RELATIONS.index(name) if name in SPOKEN_RELATIONS else -1 for name in names])


def _checked(batch: GraphBatch, data: SceneDataset) -> NDArray[np.int64]:
    """The triples that rules tell something of."""
    triples: NDArray[np.int64] = batch.triples.cpu().numpy()
    return triples[rule_rows(data)[triples[:, 1]] >= 0]


def _table(boxes: NDArray[np.float32], objs: NDArray[np.int64], data: SceneDataset) -> NDArray[np.bool_]:
    """Which relations hold in one picture; the paper's by the centres of boxes, as masks are not measured."""
    if data.config.relations == "paper":
        return paper_table(boxes, (boxes[:, :2] + boxes[:, 2:]) / 2)
    vocabulary = data.vocabulary
    return spoken_table(boxes, np.array([vocabulary.objects[i] in vocabulary.stuff for i in objs], dtype=bool))
