"""How much pictures of one graph differ, and pictures of different graphs."""

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
    """Mean distance between two samples of a graph: of their pixels, of their objects' features, and as Lite1 sees it.

    Beside the latter stands the distance between pictures of different graphs, which is what it can be held against.
    """
    figures = [figure for layout in LAYOUTS for figure in _of_layout(subject, layout)]
    notes = [
        f"Between {subject.samples} samples of each graph, each of a seed of its own; weights without latents have one "
        "layout for all of them. LPIPS is not used: its network does not come with this package."
    ]
    if subject.features is None:
        notes.append("Distances of Lite1 features are not measured; they need: pip install 'sg2im-cli[train]'.")
    else:
        figures += [figure for layout in LAYOUTS for figure in _between_samples(subject, layout)]
        figures += [figure for layout in (*LAYOUTS, "real") for figure in _between_graphs(subject, layout)]
    return Section("diversity", "Diversity", tuple(figures), tuple(notes))


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
    between = _mean_between([found.features.double().numpy() for found in looks], _distances)
    return figures + mean_figure(
        "diversity_features",
        "distance of the judge's features",
        layout,
        between,
        looks[0].owners,
        subject.resamples,
        "objects",
    )


def _between_samples(subject: Subject, layout: Layout) -> list[Figure]:
    """Of whole pictures, as EfficientNet-Lite1 sees them."""
    samples = [subject.seen(layout, sample).double().numpy() for sample in range(subject.samples)]
    between = _mean_between(samples, _distances)
    row = ("diversity_lite1", "distance of Lite1 features, samples of one graph", layout, between)
    return mean_figure(*row, np.arange(len(between)), subject.resamples, "pictures")


def _between_graphs(subject: Subject, layout: Layout) -> list[Figure]:
    """Of each picture from the next one of the split, which has nothing to do with it."""
    seen = subject.seen(layout).double().numpy()
    if len(seen) < 2:
        return []
    between = _distances(seen, np.roll(seen, -1, axis=0))
    row = ("diversity_lite1_graphs", "distance of Lite1 features, different graphs", layout, between)
    return mean_figure(*row, np.arange(len(between)), subject.resamples, "pictures")


def _distances(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.sqrt(((a - b) ** 2).sum(1))
    return found


def _mean_between(samples, distance) -> NDArray[np.float64]:  # type: ignore[no-untyped-def] # noqa: ANN001
    """(K,) mean over all pairs of samples of the distance between their K rows."""
    found: NDArray[np.float64] = np.mean([distance(a, b) for a, b in combinations(samples, 2)], axis=0)
    return found
