"""What a painter is given, in the model's words: a sentence, or a graph."""

from __future__ import annotations

from dataclasses import dataclass

from sg2im_cli.painter.painting_model import PaintingModel
from sg2im_cli.painter.requirements import require_kind
from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.grounding.account import Account
from sg2im_parsers.grounding.graph import ground_graph
from sg2im_parsers.grounding.sentence import Grounded
from sg2im_parsers.scene_graph import SceneGraph


@dataclass(frozen=True)
class Reading:
    """A sentence or a graph that is read once and drawn with one seed or many.

    Attributes:
        source: a parsed sentence, or a graph in the model's words.
        text: the sentence, or None.
    """

    source: ParsedText | SceneGraph
    text: str | None

    def ground(self, model: PaintingModel, seed: int, strict: bool = False) -> Grounded:
        """The graph to draw with a seed.

        Args:
            model: knows the words.
            seed: says which side "beside" is on, where a model has only sides.
            strict: refuse a sentence of which a word is dropped.

        Raises:
            InputError: nothing in a sentence can be drawn, or a word is dropped and ``strict`` is set.
        """
        if isinstance(self.source, SceneGraph):
            return Grounded(self.source, Account())
        return model.ground(self.source, seed, strict)


def read(model: PaintingModel, text_or_graph: str | SceneGraph) -> Reading:
    """Parse a sentence; find the words of a graph among the model's.

    Raises:
        InputError: it is neither, or a graph has no objects or an unknown word.
    """
    require_kind(text_or_graph, str, SceneGraph)
    if isinstance(text_or_graph, str):
        return Reading(model.parser(text_or_graph), text_or_graph)
    return Reading(ground_graph(text_or_graph, model.vocabulary), None)
