"""Paints sentences and scene graphs with one model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sg2im_cli.model.prepared import Canvas
from sg2im_cli.painter.batching import paint_many
from sg2im_cli.painter.best import Score, choose, contrast
from sg2im_cli.painter.painting import Layout, Painting, joined, with_asked_masks, with_pictures
from sg2im_cli.painter.painting_model import PaintingModel
from sg2im_cli.painter.placing import lay_out, layout_of
from sg2im_cli.painter.reading import read
from sg2im_cli.painter.requirements import require_kind, require_samples, require_seeds
from sg2im_cli.painter.seeds import layouts_differ
from sg2im_cli.steering.check import Check, PlaceCheck, check, check_places
from sg2im_errors import InputError
from sg2im_parsers.grounding.graph import ground_graph
from sg2im_parsers.grounding.sentence import Grounded
from sg2im_parsers.scene_graph import SceneGraph

AT_ONCE = 32
"""Pictures that are drawn before the best of them is looked for."""


class Painter(PaintingModel):
    """Paints sentences and scene graphs with one model; see `PaintingModel` for what it is made of."""

    def layout(
        self, text_or_graph: str | SceneGraph, seed: int = 0, enforced: bool | None = None, strict: bool = False
    ) -> Layout:
        """Say where everything goes, without drawing it.

        Boxes and masks that a graph gives are used; the others are predicted, and boxes that were predicted are moved,
        as little as possible, until what is said of them holds and they do not hide each other. A given box gives way
        to pinned ones, and where ``enforced`` is True, unless it has a pin itself: see `sg2im_cli.steering.around`.

        Args:
            text_or_graph: a sentence, or a graph whose words the model or the lexicon knows.
            seed: says what sizes and shapes are drawn, where a model draws them at random (each object has a seed in
                the layout, then), and which side "beside" is on, where it has only sides.
            enforced: which boxes may move until the relationships and places hold: those that are predicted (and, where
                some have a pin, given ones without) if None, all that have no pin if True, none if False.
            strict: refuse a sentence of which a word is dropped.

        Raises:
            InputError: nothing can be drawn, or a word is unknown or dropped.
        """
        require_seeds(seed)
        reading = read(self, text_or_graph)
        return self._lay_out(reading.ground(self, seed, strict), reading.text, seed, enforced)[0]

    def render(self, layout: Layout | SceneGraph, seed: int = 0, samples: int = 1) -> Painting:
        """Paint a layout: one that this painter made, or a graph with boxes.

        A layout is drawn as it is: seeds differ in what is not said by it. Of a graph, boxes that are missing are made
        as by `layout`.

        Args:
            layout: see above.
            seed: of the first picture; the others follow.
            samples: how many pictures.

        Raises:
            InputError: nothing can be drawn, or a word is unknown, or ``samples`` is below 1, or a
                seed is not from 0 to 2**63 - 1.
        """
        require_kind(layout, Layout, SceneGraph)
        if isinstance(layout, SceneGraph):
            return self.paint(layout, seed, samples)
        require_samples(samples)
        require_seeds(seed, samples)
        grounded = Grounded(layout.graph, layout.account)
        drawn, canvas = self._lay_out(grounded, layout.text, seed, enforced=False)
        drawn = replace(drawn, asked=layout.asked, given_up=layout.given_up)
        return self._painting(drawn, canvas, seed, samples)

    def check(self, layout: Layout | SceneGraph) -> tuple[Check | PlaceCheck, ...]:
        """Say of every relationship, then of every place, whether it holds where things are, and by how much.

        Raises:
            InputError: a graph without objects, or with an unknown word.
        """
        require_kind(layout, Layout, SceneGraph)
        graph = layout.graph if isinstance(layout, Layout) else ground_graph(layout, self.vocabulary)
        return (*check(graph, self.vocabulary), *check_places(graph))

    def enforce(self, layout: Layout | SceneGraph) -> Layout:
        """Move boxes, as little as possible, until what is said holds; those with a pin stay.

        Raises:
            InputError: a graph without objects, or with an unknown word.
        """
        require_kind(layout, Layout, SceneGraph)
        if isinstance(layout, SceneGraph):
            return self.layout(layout, enforced=True)
        grounded = Grounded(with_asked_masks(layout), layout.account)
        held, _ = self._lay_out(grounded, layout.text, 0, enforced=True)
        return replace(held, asked=layout.asked)

    def paint(
        self,
        text_or_graph: str | SceneGraph,
        seed: int = 0,
        samples: int = 1,
        enforced: bool | None = None,
        strict: bool = False,
    ) -> Painting:
        """Paint a sentence or a graph: `layout` and `render` in one.

        Sample i is the picture that the same call makes alone with seed + i. Where a seed says more than noise, each
        has a graph or a layout of its own: see `Painting.apart`.

        Args:
            text_or_graph: a sentence, or a graph whose words the model or the lexicon knows.
            seed: of the first picture; the others follow.
            samples: how many pictures.
            enforced: which boxes may move until the relationships and places hold: those that are predicted (and, where
                some have a pin, given ones without) if None, all that have no pin if True, none if False.
            strict: refuse a sentence of which a word is dropped.

        Raises:
            InputError: nothing can be drawn, or a word is unknown or dropped, or ``samples`` is below 1, or a
                seed is not from 0 to 2**63 - 1.
        """
        require_samples(samples)
        require_seeds(seed, samples)
        reading = read(self, text_or_graph)
        grounded = reading.ground(self, seed, strict)
        apart = grounded.by_seed or layouts_differ(self.generator.config, grounded.graph)
        if not apart or samples == 1:
            layout, canvas = self._lay_out(grounded, reading.text, seed, enforced)
            return self._painting(layout, canvas, seed, samples)
        each = []
        for own in range(seed, seed + samples):
            layout, canvas = self._lay_out(reading.ground(self, own, strict), reading.text, own, enforced)
            each.append(self._painting(layout, canvas, own, 1))
        return joined(each, "sides" if grounded.by_seed else "a layout")

    def paint_many(
        self,
        sources: Iterable[str | SceneGraph],
        seed: int = 0,
        enforced: bool | None = None,
        strict: bool = False,
        batch_size: int | None = None,
    ) -> Iterator[Painting]:
        """Paint sentences and graphs as they come, one picture each; memory does not grow with their number.

        Each picture equals the one that ``paint(source, seed + i)`` makes, to 1e-5 of the largest value in float32:
        at most one level of 255 in a few pixels.

        Args:
            sources: sentences, or graphs whose words the model or the lexicon knows.
            seed: of the first picture; picture i has seed + i.
            enforced: see `paint`.
            strict: see `paint`.
            batch_size: pictures of one pass; 8 on a CPU and 64 elsewhere if not given.

        Raises:
            InputError: a source cannot be painted; the message says which. Those before its batch have been given.
        """
        return paint_many(self, sources, seed, enforced, strict, batch_size)

    def best_of(
        self,
        text_or_graph: str | SceneGraph,
        count: int,
        seed: int = 0,
        enforced: bool | None = None,
        strict: bool = False,
        score: Score = contrast,
    ) -> Painting:
        """Paint several pictures and keep the best; its `choice` says by what.

        Where the seeds have layouts of their own, that in which most of what was said holds is the best; else, and
        between equals, the score decides.

        Args:
            text_or_graph: see `paint`.
            count: how many pictures are drawn.
            seed: of the first; the others follow.
            enforced: see `paint`.
            strict: see `paint`.
            score: says how good pictures are.

        Raises:
            InputError: see `paint`; or ``count`` is below 1.
        """
        if count < 1:
            raise InputError(f"The best of {count} pictures cannot be chosen; use at least 1.")
        require_seeds(seed, count)
        drawn = [
            self.paint(text_or_graph, seed + done, min(AT_ONCE, count - done), enforced, strict)
            for done in range(0, count, AT_ONCE)
        ]
        return choose(drawn, score)

    def _lay_out(self, grounded: Grounded, text: str | None, seed: int, enforced: bool | None) -> tuple[Layout, Canvas]:
        """Where everything goes, and the model's layout of it; see `lay_out`."""
        graph = grounded.graph
        (placed,), canvas = lay_out(self.generator, self.vocabulary, [graph], [seed], enforced)
        return layout_of(placed, graph, grounded.account, text, self.vocabulary), canvas

    def _painting(self, layout: Layout, canvas: Canvas, seed: int, samples: int) -> Painting:
        """Pictures of a layout, which the model has as a canvas of one picture."""
        seeds = tuple(seed + i for i in range(samples))
        drawn = [self.refine(canvas, [s]) for s in seeds]
        images = tuple(self.picture(image) for image, _ in drawn)
        return with_pictures(layout, images, seeds, self.weights, tuple(around for _, (around,) in drawn))
