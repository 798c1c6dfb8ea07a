"""Everything that is measured of weights on a split, as one value."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sg2im_cli.checkpoint import Checkpoint
from sg2im_cli.config import DataConfig
from sg2im_cli.data.dataset import SceneDataset, load_scenes
from sg2im_cli.data.relations import PAPER_RELATIONS, SPOKEN_RELATIONS
from sg2im_cli.data.sources import stated_predicates
from sg2im_cli.evaluation.boxes import measure_boxes
from sg2im_cli.evaluation.colors import measure_colors
from sg2im_cli.evaluation.diversity import measure_diversity
from sg2im_cli.evaluation.figures import Section
from sg2im_cli.evaluation.objects import measure_objects
from sg2im_cli.evaluation.pictures import measure_pictures
from sg2im_cli.evaluation.sentences import measure_sentences
from sg2im_cli.evaluation.subject import Subject
from sg2im_cli.version import __version__
from sg2im_errors import InputError
from sg2im_parsers.vocabulary import Vocabulary

SECTIONS: dict[str, Callable[[Subject], Section]] = {
    "layout": measure_boxes,
    "objects": measure_objects,
    "pictures": measure_pictures,
    "diversity": measure_diversity,
    "colors": measure_colors,
    "sentences": measure_sentences,
}
"""What can be measured, in the order of a report."""


@dataclass(frozen=True)
class Report:
    """What was measured, on what.

    Attributes:
        weights: as they were named.
        checksum: SHA-256 of them; None if they came from no file.
        data: name of the directory.
        split: of it.
        split_hash: of the objects' names and boxes, picture by picture; see `hash_split`.
        pictures: how many.
        objects: how many.
        seed: of graphs, noise and resamples.
        unknown: objects of the data by name and how many, left out because the weights do not know the word.
        all_pictures: whether pictures with few or many objects were measured, too; see `load_split`.
        sections: what was measured.
        left_out: pictures of the split by why and how many: they have ``many`` objects, ``few``, enough that are too
            ``small``, labels by a ``machine`` only, or none but ``unknown`` ones.
    """

    weights: str
    checksum: str | None
    data: str
    split: str
    split_hash: str
    pictures: int
    objects: int
    seed: int
    unknown: dict[str, int]
    sections: tuple[Section, ...]
    all_pictures: bool = False
    left_out: dict[str, int] = field(default_factory=dict)

    def section(self, name: str) -> Section | None:
        """The section of that name, if it was measured."""
        return next((section for section in self.sections if section.name == name), None)

    def to_json(self) -> dict[str, Any]:
        """As ``sg2im eval`` saves it."""
        about = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "sections"}
        sections = {section.name: section.to_json() for section in self.sections}
        return {**about, "sg2im": __version__, "sections": sections}


@dataclass(frozen=True)
class Split:
    """Where a split comes from, and what of it a model can be measured on.

    Attributes:
        data: the directory.
        name: of the split.
        scenes: with the model's vocabulary.
    """

    data: Path
    name: str
    scenes: SceneDataset


def load_split(
    checkpoint: Checkpoint, data: Path, split: str, with_images: bool = True, all_pictures: bool = False
) -> Split:
    """Pictures with 3 to 8 objects over 2 %, as in the paper, at the model's size, without labels by machine.

    Args:
        checkpoint: the model and its words.
        data: directory in the COCO / COCO-Stuff layout.
        split: of it.
        with_images: whether pixels are read, too; only the layout can be measured without.
        all_pictures: also pictures with one or two objects, and the eight largest objects of crowded ones.

    Raises:
        InputError: data that cannot be used, objects of which the model knows none, or relations that cannot be
            derived from boxes.
    """
    config = DataConfig(relations=_relations(checkpoint.vocabulary, data)).by_people()
    if all_pictures:
        config = replace(config, min_objects=1, crowded="largest")
    generator = checkpoint.generator.config
    return Split(data, split, load_scenes(data, split, config, generator, checkpoint.vocabulary, with_images))


def restrict(split: Split, names: frozenset[str]) -> Split:
    """Only the objects with these names, so that two models can be asked for the same; pictures left empty go.

    Raises:
        InputError: nothing is left.
    """
    scenes, data = [], split.scenes
    for scene in data.scenes:
        kept = [i for i, obj in enumerate(scene.objs) if data.vocabulary.objects[obj] in names]
        if kept:
            scenes.append(scene.part(np.array(kept)))
    if not scenes:
        raise InputError("The two weights have no word in common that the data has objects of.")
    left_out = Counter(data.left_out) + Counter(unknown=len(data) - len(scenes))
    unknown = dict(data.unknown)
    for scene in data.scenes:
        for obj in scene.objs:
            name = data.vocabulary.objects[obj]
            if name not in names:
                unknown[name] = unknown.get(name, 0) + 1
    return replace(split, scenes=SceneDataset(scenes, data.vocabulary, data.config, unknown, left_out))


def evaluate(subject: Subject, weights: str, split: Split, only: Sequence[str], checksum: str | None = None) -> Report:
    """Measure a model on a split.

    Args:
        subject: the model, and ``split.scenes``.
        weights: what to call it.
        split: of `load_split`.
        only: names of `SECTIONS`.
        checksum: of the weights.
    """
    data = split.scenes
    return Report(
        weights=weights,
        checksum=checksum,
        data=split.data.resolve().name,
        split=split.name,
        split_hash=hash_split(data),
        pictures=len(data),
        objects=sum(len(scene.objs) for scene in data.scenes),
        seed=subject.seed,
        unknown=dict(sorted(data.unknown.items())),
        sections=tuple(SECTIONS[name](subject) for name in SECTIONS if name in only),
        all_pictures=data.config.crowded == "largest",
        left_out=dict(sorted(data.left_out.items())),
    )


def hash_split(data: SceneDataset) -> str:
    """SHA-256 of each picture's object names and boxes, to four digits, in order: what figures can be compared on."""
    digest = hashlib.sha256()
    for scene in data.scenes:
        names = [data.vocabulary.objects[i] for i in scene.objs]
        boxes = [[f"{v:.4f}" for v in box] for box in scene.boxes.tolist()]
        digest.update(json.dumps([names, boxes], ensure_ascii=False).encode())
    return digest.hexdigest()


def _relations(vocabulary: Vocabulary, data: Path) -> Literal["paper", "spoken", "none"]:
    """Which relations are derived from boxes; those that the data states in the model's words take their place."""
    if not vocabulary.predicate_names:
        return "none"
    if vocabulary.predicate_names == SPOKEN_RELATIONS:
        return "spoken"
    if vocabulary.predicate_names == PAPER_RELATIONS:
        return "paper"
    if any(map(vocabulary.has_predicate, stated_predicates(data))):
        return "spoken"
    raise InputError(
        "These weights have relations of their own, and this data has none to compare with: only the spoken and the "
        "paper's relations can be derived from boxes."
    )
