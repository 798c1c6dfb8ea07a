"""A painter for a command, and the record of what it makes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sg2im_cli.record import Options, Record, WeightsMark, versions
from sg2im_parsers.errors import InputError
from sg2im_parsers.scene_graph import SceneGraph

if TYPE_CHECKING:
    from sg2im_cli.painter import Painter, Painting
    from sg2im_weights import Bundle


def load_painter(
    bundle: Bundle, device: str, dtype: str, nlp: str | None, reads: bool, instead: str | None = None
) -> Painter:
    """A painter; spaCy is imported before torch: it is quicker so.

    Args:
        bundle: resolved first, so that a wrong name is told at once.
        device: see `Painter.from_pretrained`.
        dtype: likewise.
        nlp: a spaCy pipeline, or None for the embedded one.
        reads: whether there is a sentence to read.
        instead: the device if there is none of that name here; None to refuse.
    """
    parser = None
    if reads:
        from sg2im_parsers.parser import SceneGraphParser
        from sg2im_parsers.pipeline import load_pipeline

        parser = SceneGraphParser(load_pipeline(nlp))
    from sg2im_cli.painter import Painter, choose_device

    if instead is not None:
        try:
            choose_device(device)
        except InputError:
            device = instead
    return Painter.from_pretrained(bundle, device, dtype, parser)


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
