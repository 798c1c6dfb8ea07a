"""From a painting to the record of what made it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sg2im_cli.provenance.record import Options, Record, WeightsMark, versions
from sg2im_parsers.scene_graph import SceneGraph

if TYPE_CHECKING:
    from sg2im_cli.painter import Painting
    from sg2im_weights import Bundle


@dataclass(frozen=True)
class Recorder:
    """Says of pictures what made them.

    Attributes:
        weights: of all pictures of a call.
        options: likewise.
    """

    weights: WeightsMark
    options: Options

    def record(self, painting: Painting) -> Record:
        """Of a painting with one picture."""
        return Record(
            text=painting.text,
            seed=painting.seeds[0],
            graph=painting.asked,
            drawn=_without_remade_masks(painting),
            weights=self.weights,
            options=self.options,
            versions=versions(),
        )


def _without_remade_masks(painting: Painting) -> SceneGraph:
    """What was drawn, without masks that the seed of their object makes again: they are most of a record."""
    objects = tuple(
        replace(item, mask=None) if item.seed is not None and asked.mask is None else item
        for item, asked in zip(painting.graph.objects, painting.asked.objects, strict=True)
    )
    return replace(painting.graph, objects=objects)


def mark(bundle: Bundle) -> WeightsMark:
    """Which weights a bundle holds; reads all of them for the checksum."""
    return WeightsMark(bundle.ref, bundle.revision, bundle.checksum(), bundle.settings_checksum())
