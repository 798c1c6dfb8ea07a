"""How far drawn pictures and objects are from real ones, and what objects can be taken for, by EfficientNet-Lite1.

These are no FIDs: the network is another one. Training never sees it, so that no model can learn to please it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from sg2im_cli.evaluation.drawing import names_of
from sg2im_cli.evaluation.figures import Figure, Layout, Resamples, mean_figure
from sg2im_cli.evaluation.frechet import by_picture, frechet_distance, principal
from sg2im_cli.evaluation.metrics import Metrics, load_metrics, measure_fid
from sg2im_cli.evaluation.pretrained import CROP_SIDE, LEAST_AREA, SIDE, Seen, large
from sg2im_cli.evaluation.subject import Subject

DRAWN: tuple[Layout, ...] = ("predicted", "given")
DIRECTIONS = 256
"""In which intervals are taken, of 1,280: those in which features differ most."""
MISSING = "Lite1 distances and probe accuracy are not measured; they need: pip install 'sg2im-cli[train]'."


@dataclass(frozen=True)
class _Rows:
    """Features (K, F), and the picture of each (K,)."""

    features: Tensor
    owners: NDArray[np.int64]


def lite1_figures(subject: Subject) -> tuple[list[Figure], tuple[str, ...]]:
    """Distances and probe accuracies, and what a reader of them must know."""
    if subject.features is None:
        return [], (MISSING,)
    metrics, real = load_metrics(), _see(subject, "real")
    drawn = {layout: _see(subject, layout) for layout in DRAWN}
    figures = _distances(metrics, drawn, real, subject)
    if subject.train is not None and len(subject.train.seen.objects):
        figures += _accuracies({**drawn, "real": real}, subject)
    return figures, _notes(subject)


def _notes(subject: Subject) -> tuple[str, ...]:
    how = (
        "Lite1 is EfficientNet-Lite1, which knows ImageNet and is seen by no training here. It looks at pictures at "
        f"{SIDE} pixels, and at objects over {LEAST_AREA:.0%} of the picture at {CROP_SIDE}. Fewer pictures make a "
        "distance larger: hold only distances of equally many against each other."
    )
    if subject.train is None:
        return how, f"No real pictures to hold against, and no Lite1 probe: {subject.without_train}."
    seen = subject.train.seen
    real = (
        f"Real ones: as many pictures of train against these. The probe learned from {len(seen.objects):,} objects in "
        f"{len(seen.pictures):,} pictures of train."
    )
    return how, real


def _see(subject: Subject, layout: Layout) -> Seen:
    """The same objects in all layouts: those whose annotated box is large enough."""
    assert subject.features is not None
    drawn, names = subject.drawn(layout), names_of(subject.data)
    which = large(subject.drawn("real").boxes)
    objects = subject.features.of_objects(drawn, which, subject.told(f"features of objects, {layout}"))
    pictures = subject.seen(layout)
    return Seen(pictures, objects, drawn.owners[which].numpy(), np.array(names)[which.numpy()])


def _distances(metrics: Metrics, drawn: dict[Layout, Seen], real: Seen, subject: Subject) -> list[Figure]:
    compared = dict(drawn)
    if subject.train is not None:
        compared["real"] = _as_many(subject.train.seen, real)
    rows = (
        ("lite1_distance", "Lite1 distance, pictures", "pictures", _pictures),
        ("lite1_distance_objects", "Lite1 distance, object crops", "objects", _objects),
    )
    figures: list[Figure] = []
    for name, title, of, part in rows:
        for layout, seen in compared.items():
            a, b = part(seen), part(real)
            if min(len(a.features), len(b.features)) > 1:
                value, resampled = measure_fid(metrics, a.features, b.features), _resampled(a, b, subject.resamples)
                figures.append(Figure(name, title, layout, value, len(a.features), of, resampled, "lower"))
    return figures


def _pictures(seen: Seen) -> _Rows:
    return _Rows(seen.pictures, np.arange(len(seen.pictures)))


def _objects(seen: Seen) -> _Rows:
    return _Rows(seen.objects, seen.owners)


def _as_many(train: Seen, real: Seen) -> Seen:
    """As many pictures and objects as there are to hold them against, each resampled with any one of those."""
    pictures, objects = len(real.pictures), len(real.objects)
    owners = train.owners[:objects] % pictures
    return Seen(train.pictures[:pictures], train.objects[:objects], owners, train.names[:objects])


def _resampled(a: _Rows, b: _Rows, resamples: Resamples) -> NDArray[np.float64]:
    features = principal(a.features, b.features, DIRECTIONS)
    return resamples.few(partial(_weighted, features, (a.owners, b.owners)))


def _weighted(
    features: tuple[Tensor, Tensor], owners: tuple[NDArray[np.int64], NDArray[np.int64]], weights: NDArray[np.float64]
) -> float:
    return frechet_distance(*features, *(by_picture(weights, of) for of in owners))


def _accuracies(seen: dict[Layout, Seen], subject: Subject) -> list[Figure]:
    assert subject.train is not None
    figures: list[Figure] = []
    for layout, found in seen.items():
        right = subject.train.probe.name(found.objects) == found.names
        things = ~np.isin(found.names, list(subject.data.vocabulary.stuff))
        for name, title, of, which in (
            ("lite1_probe", "Lite1 probe accuracy", "objects", np.ones_like(things)),
            ("lite1_probe_things", "Lite1 probe accuracy, things only", "things", things),
        ):
            figures += mean_figure(name, title, layout, right[which], found.owners[which], subject.resamples, of)
    return figures
