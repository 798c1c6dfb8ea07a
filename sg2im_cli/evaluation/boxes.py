"""The section of a report about predicted boxes (paper table 2), the relationships that they satisfy, and masks."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from sg2im_cli.evaluation.figures import Figure, Floats, Layout, Resamples, Section, mean_figure
from sg2im_cli.evaluation.layout import PredictedBoxes, box_iou, predict_boxes, score_relations
from sg2im_cli.evaluation.masks import mask_figures
from sg2im_cli.evaluation.subject import Subject


def measure_boxes(subject: Subject) -> Section:
    """IoU, recall, spread, relationships satisfied, and what masks look like; it needs no pixels."""
    data, resamples = subject.data, subject.resamples
    found = predict_boxes(subject.generator, data, seed=subject.seed, told=subject.told("boxes"))
    iou = found.iou.numpy()
    figures = mean_figure("box_iou", "mean IoU of boxes", "predicted", iou, found.owners, resamples, "objects")
    for share in (0.3, 0.5):
        name, title = f"recall_{round(100 * share)}", f"R@{share}"
        figures += mean_figure(name, title, "predicted", iou >= share, found.owners, resamples, "objects")
    figures += _enforced(found, resamples)
    figures += _spreads("predicted", found.boxes, found, resamples) + _spreads("given", found.real, found, resamples)
    for layout, held in (("predicted", found.kept), ("given", found.real_kept)):
        figures += mean_figure(
            "satisfied",
            "relationships satisfied",
            layout,  # type: ignore[arg-type]
            held,
            found.triple_owners,
            resamples,
            "relationships",
        )
    relations = {name: asdict(score) for name, score in score_relations(data, found).items()}
    masks, of_masks = mask_figures(subject, found)
    notes = (
        "As drawn: predicted boxes moved as little as possible until what is said holds and things can be seen, which "
        "is what drawing does without --no-enforce. Pictures are measured on boxes that are not moved.",
        "Spread: standard deviation within a category, in shares of the picture, averaged over categories.",
        of_masks,
    )
    return Section("layout", "Layout", (*figures, *masks), notes, {"by_relation": relations})


def _enforced(found: PredictedBoxes, resamples: Resamples) -> list[Figure]:
    """What holding to what is said, as drawing does, makes of the predicted boxes."""
    iou = box_iou(found.enforced, found.real).numpy()
    measured = (
        ("enforced_iou", "mean IoU of boxes as drawn", iou),
        ("enforced_recall_50", "R@0.5 of boxes as drawn", iou >= 0.5),
        ("enforced_moved", "way of boxes as drawn, of the picture", found.moved.numpy()),
        ("hidden", "objects in one place with another, before", found.hidden.numpy()),
    )
    figures: list[Figure] = []
    for name, title, values in measured:
        figures += mean_figure(name, title, "predicted", values, found.owners, resamples, "objects")
    row = ("enforced_satisfied", "relationships satisfied as drawn", "predicted")
    held = mean_figure(*row, found.enforced_kept, found.triple_owners, resamples, "relationships")  # type: ignore[arg-type]
    return [*figures, *held]


def _spreads(layout: Layout, boxes: Tensor, found: PredictedBoxes, resamples: Resamples) -> list[Figure]:
    """How much boxes of one category differ in place and area; a model that ignores the graph has none."""
    places = boxes.double().numpy()
    sizes = (places[:, 2:] - places[:, :2]).clip(0)
    measured = {
        "x": ("spread of boxes, x of the centre", (places[:, 0] + places[:, 2]) / 2),
        "y": ("spread of boxes, y of the centre", (places[:, 1] + places[:, 3]) / 2),
        "area": ("spread of boxes, area", sizes.prod(1)),
    }
    figures = []
    for name, (title, values) in measured.items():
        spread = Spread(values, found.objs, found.owners, resamples.pictures)
        if spread.categories:
            value = float(spread.within(np.ones((1, resamples.pictures)))[0])
            row = (f"spread_{name}", title, layout, value, spread.categories, "categories")
            figures.append(Figure(*row, spread.within(resamples.weights)))
    return figures


class Spread:
    """The standard deviation of a value within each category, averaged over categories with two objects or more.

    Args:
        values: (O,).
        objs: (O,) category of each.
        owners: (O,) picture of each.
        pictures: N.
    """

    def __init__(
        self, values: NDArray[np.float64], objs: NDArray[np.int64], owners: NDArray[np.int64], pictures: int
    ) -> None:
        kinds, places, counts = np.unique(objs, return_inverse=True, return_counts=True)
        centred = values - values.mean()  # the squares of small differences would drown otherwise
        self._sums = np.zeros((3, pictures, len(kinds)))
        for power in range(3):
            np.add.at(self._sums[power], (owners, places), centred**power)
        self._sums = self._sums[:, :, counts > 1]
        self.categories = int((counts > 1).sum())

    def within(self, weights: Floats) -> Floats:
        """For pictures that count so often, (B, N): (B,); categories left with fewer than two objects drop out."""
        count, total, squares = weights @ self._sums
        enough = count > 1
        safe = np.where(enough, count, 1)
        variance = (squares / safe - (total / safe) ** 2).clip(0)
        found: Floats = np.where(enough, np.sqrt(variance), 0).sum(1) / np.maximum(enough.sum(1), 1)
        return found
