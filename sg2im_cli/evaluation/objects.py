"""Can drawn objects be recognised, and how far are they from real ones: what the judge says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from sg2im_cli.data.dataset import SceneDataset
from sg2im_cli.evaluation.drawing import Drawn, names_of
from sg2im_cli.evaluation.figures import Figure, Layout, Resamples, Section, mean_figure
from sg2im_cli.evaluation.frechet import by_picture, frechet_distance
from sg2im_cli.evaluation.judge import LoadedJudge
from sg2im_cli.evaluation.subject import Subject
from sg2im_cli.model.generator import Generator

LAYOUTS: tuple[Layout, ...] = ("predicted", "given", "real")


@dataclass(frozen=True)
class Looked:
    """What a judge says of the objects of some pictures; only those whose names it knows.

    Attributes:
        owners: (K,) the picture of each.
        features: (K, F).
        right: (K,) whether it names the object as it was asked for.
        among_five: (K,) whether that name is among its five best.
    """

    owners: NDArray[np.int64]
    features: torch.Tensor
    right: NDArray[np.bool_]
    among_five: NDArray[np.bool_]


def look(judge: LoadedJudge, drawn: Drawn, names: tuple[str, ...]) -> Looked:
    """Ask a judge about every object of some pictures."""
    device = judge.judge.embed.weight.device
    wanted = judge.judge.class_ids(names)
    known = wanted >= 0
    features, logits = judge.judge.look(
        drawn.floats().to(device), drawn.boxes[known].to(device), drawn.owners[known].to(device)
    )
    best = logits.topk(min(5, logits.shape[1])).indices.cpu() == wanted[known, None]
    return Looked(drawn.owners[known].numpy(), features.cpu(), best[:, 0].numpy(), best.any(1).numpy())


def evaluate_objects(
    generator: Generator,
    judge: LoadedJudge,
    data: SceneDataset,
    seed: int = 0,
    resamples: Resamples | None = None,
) -> Section:
    """Object accuracy and judge distance of pictures drawn from predicted and from given layouts.

    Args:
        generator: in eval mode.
        judge: of `sg2im_cli.evaluation.judge`; figures of different judges cannot be compared.
        data: a split with pixels and the generator's vocabulary.
        seed: of the graphs and the noise.
        resamples: of the split's pictures; made of ``seed`` if not given.
    """
    return measure_objects(Subject(generator, data, resamples or Resamples(len(data), seed), seed, judge))


def measure_objects(subject: Subject) -> Section:
    """See `evaluate_objects`; the subject has a judge."""
    assert subject.judge is not None
    drawings = {layout: subject.drawn(layout) for layout in LAYOUTS}
    return judge_objects(subject.judge, subject.data, drawings, subject.resamples)


def judge_objects(
    judge: LoadedJudge, data: SceneDataset, drawings: Mapping[Layout, Drawn], resamples: Resamples
) -> Section:
    """The section of pictures that are drawn already, the real ones among them."""
    names = names_of(data)
    known = [name in judge.judge.ids for name in names]
    masked = np.concatenate([scene.has_mask for scene in data.scenes])[known]
    found = {layout: look(judge, drawn, names) for layout, drawn in drawings.items()}
    figures: list[Figure] = []
    for layout, looked in found.items():
        figures += _accuracies(layout, looked, masked, resamples)
        figures += _distances(layout, looked, found["real"], masked, resamples)
    details = {
        "judge": judge.checksum,
        "judge_on_real": dict(judge.trained.get("val", {})),
        "by_category": _by_category(np.array(names)[known], found),
    }
    return Section("objects", "Objects, as a judge sees them", tuple(figures), _notes(judge, names), details)


def _by_category(names: NDArray[np.str_], found: Mapping[Layout, Looked]) -> dict[str, dict[str, float]]:
    """How many objects a category has, and the share that the judge names rightly, for each layout."""
    return {
        str(name): {
            "objects": int((names == name).sum()),
            **{layout: float(looked.right[names == name].mean()) for layout, looked in found.items()},
        }
        for name in np.unique(names)
    }


def _accuracies(layout: Layout, found: Looked, masked: NDArray[np.bool_], resamples: Resamples) -> list[Figure]:
    everything = np.ones_like(masked)
    rows = [
        ("object_accuracy", "object accuracy", found.right, everything, "objects"),
        ("object_accuracy_top5", "object accuracy, among the best five", found.among_five, everything, "objects"),
        ("object_accuracy_masked", "object accuracy, objects with masks", found.right, masked, "objects with masks"),
    ]
    figures: list[Figure] = []
    for name, title, values, which, of in rows:
        figures += mean_figure(name, title, layout, values[which], found.owners[which], resamples, of)
    return figures


@dataclass(frozen=True)
class _Rows:
    """Some objects' features (K, F), and the picture of each (K,)."""

    features: torch.Tensor
    owners: NDArray[np.int64]

    @classmethod
    def of(cls, found: Looked, which: NDArray[np.bool_]) -> _Rows:
        return cls(found.features[which], found.owners[which])


def _distances(
    layout: Layout, found: Looked, real: Looked, masked: NDArray[np.bool_], resamples: Resamples
) -> list[Figure]:
    """Of drawn objects from the real ones of the same graphs; of real ones, between every other picture and the rest.

    The latter is what a perfect generator could reach, and a little more: it is taken over half as many.
    """
    figures = []
    rows = (
        ("judge_distance", "judge distance", np.ones_like(masked), "objects"),
        ("judge_distance_masked", "judge distance, objects with masks", masked, "objects with masks"),
    )
    for name, title, which, of in rows:
        first, other = which, which
        if layout == "real":
            even = found.owners % 2 == 0
            first, other = which & even, which & ~even
        a, b = _Rows.of(found, first), _Rows.of(real, other)
        value = frechet_distance(a.features, b.features)
        if not math.isnan(value):
            resampled = resamples.few(partial(_resampled_distance, a, b))
            figures.append(Figure(name, title, layout, value, int(first.sum()), of, resampled, "lower"))
    return figures


def _resampled_distance(a: _Rows, b: _Rows, weights: NDArray[np.float64]) -> float:
    return frechet_distance(a.features, b.features, by_picture(weights, a.owners), by_picture(weights, b.owners))


def _notes(judge: LoadedJudge, names: tuple[str, ...]) -> tuple[str, ...]:
    unknown = sorted({name for name in names if name not in judge.judge.ids})
    notes = [
        "The judge is a small network trained on real objects; its distance is not an FID. Under real it is that "
        "between every other picture and the rest, over half as many objects."
    ]
    if unknown:
        count = sum(name in unknown for name in names)
        notes.append(f"The judge does not know {', '.join(unknown)} ({count} objects), which are left out here.")
    return tuple(notes)
