"""Everything that is measured of weights on a split, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sg2im_cli.checkpoint import Checkpoint
from sg2im_cli.config import DataConfig
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.relations import PAPER_RELATIONS, SPOKEN_RELATIONS
from sg2im_cli.evaluation.layout import LayoutScores, evaluate_layout
from sg2im_parsers.errors import InputError
from sg2im_parsers.vocabulary import Vocabulary


@dataclass(frozen=True)
class Report:
    """What was measured, on what.

    Attributes:
        weights: as they were named.
        data: name of the directory.
        split: of it.
        seed: of the graphs.
        unknown: objects of the data by name and how many, left out because the weights do not know the word.
        layout: scores of predicted boxes.
    """

    weights: str
    data: str
    split: str
    seed: int
    unknown: dict[str, int]
    layout: LayoutScores

    def to_json(self) -> dict[str, Any]:
        """As ``sg2im eval`` saves it."""
        return {
            "weights": self.weights,
            "data": self.data,
            "split": self.split,
            "seed": self.seed,
            "unknown": self.unknown,
            "layout": self.layout.to_json(),
        }


def evaluate(checkpoint: Checkpoint, weights: str, data: Path, split: str = "val", seed: int = 0) -> Report:
    """Measure a model on a split, with 3 to 8 objects over 2 % a picture, as in the paper.

    Args:
        checkpoint: the model and its words.
        weights: what to call it.
        data: directory in the COCO / COCO-Stuff layout; pixels are not read.
        split: of it.
        seed: of the relationships drawn for each picture.

    Raises:
        InputError: data that cannot be used, objects of which the model knows none, or relations that cannot be
            derived from boxes.
    """
    config = DataConfig(relations=_relations(checkpoint.vocabulary))
    scenes = load_scenes(data, split, config, checkpoint.generator.config, checkpoint.vocabulary, with_images=False)
    unknown = dict(sorted(scenes.unknown.items()))
    layout = evaluate_layout(checkpoint.generator, scenes, seed=seed)
    return Report(weights, data.resolve().name, split, seed, unknown, layout)


def _relations(vocabulary: Vocabulary) -> Literal["paper", "spoken", "none"]:
    if not vocabulary.predicate_names:
        return "none"
    if vocabulary.predicate_names == SPOKEN_RELATIONS:
        return "spoken"
    if vocabulary.predicate_names == PAPER_RELATIONS:
        return "paper"
    raise InputError(
        "These weights have relations of their own, and this data has none to compare with: only the spoken and the "
        "paper's relations can be derived from boxes."
    )
