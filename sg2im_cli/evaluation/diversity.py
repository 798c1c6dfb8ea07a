"""How much pictures of one graph differ."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.evaluation.drawing import names_of
from sg2im_cli.evaluation.figures import Figure, Layout, Section, mean_figure
from sg2im_cli.evaluation.objects import look
from sg2im_cli.evaluation.subject import Subject

LAYOUTS: tuple[Layout, ...] = ("predicted", "given")


def measure_diversity(subject: Subject) -> Section:
    """Mean distance between two samples of a graph: of their pixels, and of their objects' features."""
    figures = [figure for layout in LAYOUTS for figure in _of_layout(subject, layout)]
    notes = (
        f"Between {subject.samples} samples of each graph; the layout is the same in all of them. LPIPS is not used: "
        "its network does not come with this package.",
    )
    return Section("diversity", "Diversity between samples of one graph", tuple(figures), notes)


def _of_layout(subject: Subject, layout: Layout) -> list[Figure]:
    drawings = [subject.drawn(layout, sample) for sample in range(subject.samples)]
    pixels = [drawn.images.numpy().astype(np.int16) for drawn in drawings]
    between = _mean_between(pixels, lambda a, b: np.abs(a - b).mean((1, 2, 3)) / 255)
    pictures = np.arange(len(between))
    figures = mean_figure(
        "diversity_pixels", "mean difference of pixels", layout, between, pictures, subject.resamples, "pictures"
    )
    if subject.judge is None:
        return figures
    looks = [look(subject.judge, drawn, names_of(subject.data)) for drawn in drawings]
    features = [found.features.double().numpy() for found in looks]
    between = _mean_between(features, lambda a, b: np.sqrt(((a - b) ** 2).sum(1)))
    return figures + mean_figure(
        "diversity_features",
        "distance of the judge's features",
        layout,
        between,
        looks[0].owners,
        subject.resamples,
        "objects",
    )


def _mean_between(samples, distance) -> NDArray[np.float64]:  # type: ignore[no-untyped-def] # noqa: ANN001
    """(K,) mean over all pairs of samples of the distance between their K rows."""
    found: NDArray[np.float64] = np.mean([distance(a, b) for a, b in combinations(samples, 2)], axis=0)
    return found
