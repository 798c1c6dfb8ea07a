"""Whether predicted masks have the shapes of things, as a network that sees only masks says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sg2im_cli.evaluation.drawing import names_of
from sg2im_cli.evaluation.figures import Figure, Floats, Layout, Resamples, mean_figure
from sg2im_cli.evaluation.frechet import by_picture, frechet_distance
from sg2im_cli.evaluation.layout import PredictedBoxes
from sg2im_cli.evaluation.mask_classifier import MaskClassifier, Shapes
from sg2im_cli.evaluation.subject import Subject

OF = "things with masks"


@dataclass(frozen=True)
class _Looked:
    """What the classifier says of K masks: features (K, F), and whether it names them rightly (K,)."""

    features: Tensor
    right: NDArray[np.bool_]

    @classmethod
    def at(cls, shapes: Shapes, classifier: MaskClassifier) -> _Looked:
        features, named = classifier.look(shapes)
        return cls(features, named == shapes.names)


def mask_figures(subject: Subject, found: PredictedBoxes) -> tuple[list[Figure], str]:
    """How often masks are named rightly, how far they are from real ones, and a note on both.

    Of things of which the data has a mask, in their annotated boxes: predicted boxes make no difference.
    """
    real = _real_shapes(subject, found)
    if found.masks is None:
        return [], "Masks are not measured: these weights predict none."
    if subject.train is None:
        return [], f"Masks are not measured: {subject.without_train}."
    if min(len(real.shapes), len(subject.train.shapes)) < 2:
        return [], "Masks are not measured: the data has no things with masks."
    predicted = Shapes(found.masks[real.which], real.shapes.boxes, real.shapes.names)
    note = (
        f"Masks: a small network that learned from {len(subject.train.shapes):,} masks of train names each by its mask "
        "and the shape of its annotated box; the distance is of its features."
    )
    return _figures(subject, predicted, real), note


@dataclass(frozen=True)
class _Real:
    """Things with masks: which of all objects (O,), their shapes, and the picture of each (K,)."""

    which: Tensor
    shapes: Shapes
    owners: NDArray[np.int64]


def _real_shapes(subject: Subject, found: PredictedBoxes) -> _Real:
    scenes, names = subject.data.scenes, np.array(names_of(subject.data))
    has_mask = np.concatenate([scene.has_mask for scene in scenes])
    which = has_mask & ~np.isin(names, list(subject.data.vocabulary.stuff))
    masks = torch.from_numpy(np.concatenate([scene.masks for scene in scenes])[which]).float()
    rows = torch.from_numpy(which)
    return _Real(rows, Shapes(masks, found.real[rows], names[which]), found.owners[which])


def _figures(subject: Subject, predicted: Shapes, real: _Real) -> list[Figure]:
    assert subject.train is not None
    classifier, resamples = subject.train.mask_classifier, subject.resamples
    of_real = _Looked.at(real.shapes, classifier)
    of_train = _Looked.at(subject.train.shapes.first(len(real.shapes)), classifier)
    of_model = _Looked.at(predicted, classifier)
    named: tuple[tuple[Layout, _Looked], ...] = (("predicted", of_model), ("real", of_real))
    figures: list[Figure] = []
    for layout, looked in named:
        row = ("mask_accuracy", "mask classifier accuracy", layout, looked.right, real.owners)
        figures += mean_figure(*row, resamples, OF)
    figures += [_balanced(layout, looked, real, resamples) for layout, looked in named]
    held: tuple[tuple[Layout, _Looked], ...] = (("predicted", of_model), ("real", of_train))
    return figures + [_distance(layout, looked, of_real, real.owners, resamples) for layout, looked in held]


def _balanced(layout: Layout, looked: _Looked, real: _Real, resamples: Resamples) -> Figure:
    """The accuracy of each category, averaged over categories, so that frequent ones do not decide."""
    kinds, places = np.unique(real.shapes.names, return_inverse=True)
    counts, hits = np.zeros((2, resamples.pictures, len(kinds)))
    np.add.at(counts, (real.owners, places), 1)
    np.add.at(hits, (real.owners, places), looked.right)
    title = "mask classifier accuracy, mean of categories"
    value = float(_mean_of_categories(hits, counts, np.ones((1, resamples.pictures)))[0])
    found = _mean_of_categories(hits, counts, resamples.weights)
    return Figure("mask_accuracy_categories", title, layout, value, len(kinds), "categories", found, "higher")


def _mean_of_categories(hits: Floats, counts: Floats, weights: Floats) -> Floats:
    """(B,) from hits and counts (N, C) of each picture, and how often a picture counts (B, N)."""
    right, there = weights @ hits, weights @ counts
    found: Floats = (right / np.maximum(there, 1)).sum(1) / np.maximum((there > 0).sum(1), 1)
    return found


def _distance(
    layout: Layout, looked: _Looked, real: _Looked, owners: NDArray[np.int64], resamples: Resamples
) -> Figure:
    a, b = looked.features, real.features
    resampled = resamples.few(partial(_weighted, a, b, owners))
    value = frechet_distance(a, b)
    return Figure("mask_distance", "mask distance", layout, value, len(a), OF, resampled, "lower")


def _weighted(a: Tensor, b: Tensor, owners: NDArray[np.int64], weights: Floats) -> float:
    rows = by_picture(weights, owners)
    return frechet_distance(a, b, rows[: len(a)], rows)
