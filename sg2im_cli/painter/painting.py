"""What a painter makes: a layout, and pictures of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from io import BytesIO
from typing import Any

from PIL import Image

from sg2im_cli.steering.check import Check, PlaceCheck
from sg2im_cli.steering.statements import Apart, Placement, Statement
from sg2im_parsers.graph_json import graph_to_json
from sg2im_parsers.grounding.account import Account
from sg2im_parsers.scene_graph import Box, Mask, SceneGraph


@dataclass(frozen=True)
class Surrounding:
    """Stuff that fills what the graph leaves free: nobody said it.

    Attributes:
        category: in the model's words; said of the picture ("on grass"), it is an object like any other.
        share: of the picture's area, from 0 to 1.
    """

    category: str
    share: float

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"category": self.category, "share": round(self.share, 3)}


@dataclass(frozen=True)
class Choice:
    """How one picture was chosen.

    Attributes:
        by: ``relationships``: layouts differed in what holds, and the share of what was said that holds decided (then
            how far it is from holding, then the other score); or else the name of the score.
        seed: of the one that was chosen: the best, and the first of equals.
        scores: of each seed that was drawn.
    """

    by: str
    seed: int
    scores: tuple[tuple[int, float], ...]

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        scores = [{"seed": seed, "score": score} for seed, score in self.scores]
        return {"by": self.by, "seed": self.seed, "scores": scores}


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where the objects of one graph are, and how it came to that.

    Attributes:
        graph: in the model's words, with the box (and mask) of every object; no box where none was visible. Of a model
            that draws sizes and shapes at random, also with the seed that each object was drawn with.
        account: what became of the sentence's words; empty for a given graph.
        text: the sentence, or None.
        asked: the graph before anything was predicted: boxes, masks and seeds only where they were given.
        checks: whether each relationship holds on boxes and masks, and by how much.
        place_checks: the same for each object's place in the picture.
        given_up: what could not be held together with the rest; empty if nothing was.
        hiding: pairs of things in nearly one place, though nothing said wants that.
    """

    graph: SceneGraph
    account: Account
    text: str | None
    asked: SceneGraph
    checks: tuple[Check, ...] = ()
    place_checks: tuple[PlaceCheck, ...] = ()
    given_up: tuple[Statement, ...] = ()
    hiding: tuple[Apart, ...] = ()

    @property
    def boxes(self) -> tuple[Box | None, ...]:
        """Where each object of the graph is."""
        return tuple(item.box for item in self.graph.objects)

    @property
    def masks(self) -> tuple[Mask | None, ...]:
        """The shape of each object of the graph in its box."""
        return tuple(item.mask for item in self.graph.objects)

    def account_json(self) -> dict[str, Any]:
        """What became of the words, and whether what was said holds, as JSON values."""
        return {
            **self.account.to_json(),
            "checks": [item.to_json() for item in self.checks],
            "places": [item.to_json() for item in self.place_checks],
            "given_up": [_statement_json(item) for item in self.given_up],
            "hiding": [[pair.one, pair.other] for pair in self.hiding],
        }

    def to_json(self, masks: bool = False) -> dict[str, Any]:
        """The layout as a file that can be edited and drawn (see `Painter.render`).

        Args:
            masks: whether to write them too; the model predicts them again if not.
        """
        graph = self.graph if masks else without_masks(self.graph)
        return {**({} if self.text is None else {"text": self.text}), **graph_to_json(graph)}

    def _repr_html_(self) -> str:
        """Graph, layout and account for a notebook's cell."""
        return self._cell()

    def _cell(self, pictures: Sequence[tuple[Image.Image, str]] = ()) -> str:
        from sg2im_cli.painter.notebook import cell_html  # what draws graphs is imported where a cell shows one

        return cell_html(self.text, self.graph, self.account, (*self.checks, *self.place_checks), pictures)


@dataclass(frozen=True, kw_only=True)
class Painting(Layout):
    """Pictures of one graph.

    Attributes:
        images: one for each sample.
        seeds: of each sample: the first, and one more for each.
        weights: as they were named, with the revision if they came from the Hub.
        surroundings: of each sample, what fills its free places, the largest first; empty ones for a model that leaves
            them to the painting itself.
        apart: each sample as made alone, where they have graphs or layouts of their own; else empty. What is said of
            all is that of the first, then.
        choice: how it was chosen among several; None if it was not.
    """

    images: tuple[Image.Image, ...]
    seeds: tuple[int, ...]
    weights: str
    surroundings: tuple[tuple[Surrounding, ...], ...] = ()
    apart: tuple[Painting, ...] = ()
    choice: Choice | None = None

    def alone(self, i: int) -> Painting:
        """Sample i with what led to it, as if it had been made alone."""
        if self.apart:
            return self.apart[i]
        return replace(
            self, images=(self.images[i],), seeds=(self.seeds[i],), surroundings=self.surroundings[i : i + 1]
        )

    def account_json(self) -> dict[str, Any]:
        """As of a layout; and what fills the free places of the first sample."""
        filled = [item.to_json() for item in (self.surroundings[0] if self.surroundings else ())]
        return {**super().account_json(), "surroundings": filled}

    def _repr_png_(self) -> bytes:
        """The pictures side by side, for a notebook's cell."""
        width, height = self.images[0].size
        sheet = Image.new("RGB", (width * len(self.images), height))
        for i, image in enumerate(self.images):
            sheet.paste(image, (i * width, 0))
        buffer = BytesIO()
        sheet.save(buffer, "PNG")
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        """Pictures, graph, layout and account for a notebook's cell."""
        captions = (f"seed {seed}" for seed in self.seeds)
        return self._cell(tuple(zip(self.images, captions, strict=True)))


def with_pictures(
    layout: Layout,
    images: tuple[Image.Image, ...],
    seeds: tuple[int, ...],
    weights: str,
    surroundings: tuple[tuple[Surrounding, ...], ...],
) -> Painting:
    """A layout with pictures of it; see `Painting` for each argument."""
    known = {field.name: getattr(layout, field.name) for field in fields(Layout)}
    return Painting(images=images, seeds=seeds, weights=weights, surroundings=surroundings, **known)


def joined(each: Sequence[Painting], what: str) -> Painting:
    """Samples that were made alone as one painting.

    Args:
        each: with one picture and a layout of its own.
        what: each seed has: ``sides`` or ``a layout``.
    """
    first = each[0]
    shared = "the graph and the boxes are" if what == "sides" else "the boxes are"
    remark = f"Each seed has {what} of its own; {shared} those of seed {first.seeds[0]}."
    account = replace(first.account, remarks=(*first.account.remarks, remark))
    images = tuple(painting.images[0] for painting in each)
    seeds = tuple(painting.seeds[0] for painting in each)
    around = tuple(painting.surroundings[0] for painting in each)
    return replace(first, images=images, seeds=seeds, surroundings=around, account=account, apart=tuple(each))


def with_asked_masks(layout: Layout) -> SceneGraph:
    """The graph of a layout without masks that nobody gave: the model makes them again, for boxes that moved."""
    pairs = zip(layout.graph.objects, layout.asked.objects, strict=True)
    return replace(layout.graph, objects=tuple(replace(item, mask=asked.mask) for item, asked in pairs))


def without_masks(graph: SceneGraph) -> SceneGraph:
    """The same graph with boxes alone."""
    return replace(graph, objects=tuple(replace(item, mask=None) for item in graph.objects))


def _statement_json(statement: Statement) -> object:
    if isinstance(statement, Placement):
        return {"object": statement.object, "place": statement.place}
    return [statement.subject, statement.predicate, statement.object]
