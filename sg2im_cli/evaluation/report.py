"""Everything that is measured of weights on a split, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
        layout: scores of predicted boxes.
    """

    weights: str
    data: str
    split: str
    seed: int
    layout: LayoutScores

    def to_json(self) -> dict[str, Any]:
        """As ``sg2im eval`` saves it."""
        return {
            "weights": self.weights,
            "data": self.data,
            "split": self.split,
            "seed": self.seed,
            "layout": self.layout.to_json(),
        }


def evaluate(checkpoint: Checkpoint, weights: str, data: Path, split: str = "val", seed: int = 0) -> Report:
    """Measure a model on a split, with 3 to 8 objects over 2 % a picture, as in the paper.

    Raises:
        InputError: data that cannot be used, or relations that the data's rules do not know.
    """
    config = DataConfig(relations=_relations(checkpoint.vocabulary))  # type: ignore[arg-type]
    scenes = load_scenes(data, split, config, checkpoint.generator.config, checkpoint.vocabulary, with_images=False)
    return Report(weights, data.resolve().name, split, seed, evaluate_layout(checkpoint.generator, scenes, seed=seed))


def _relations(vocabulary: Vocabulary) -> str:
    for kind, names in (("spoken", SPOKEN_RELATIONS), ("paper", PAPER_RELATIONS)):
        if vocabulary.predicate_names == names:
            return kind
    raise InputError(
        "These weights have relations of their own, and this data has none to compare with: only the spoken and the "
        "paper's relations can be derived from boxes."
    )
