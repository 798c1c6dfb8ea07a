"""Graphs of a scene, drawn at random: some of its objects, and relationships between them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig
from sg2im_cli.data.relations import INFORMATIVE, MIRRORED, SYMMETRIC
from sg2im_cli.data.scenes.recolor import LEAST_PIXELS, PAINTS, paint_area, say_color, visible_areas
from sg2im_cli.data.scenes.scene import Scene
from sg2im_parsers.vocabulary import Vocabulary


class GraphSampler:
    """Draws graphs of scenes; all chance comes from the generator that is handed in.

    Args:
        vocabulary: of the scenes.
        config: how graphs are drawn.
    """

    def __init__(self, vocabulary: Vocabulary, config: DataConfig) -> None:
        self.vocabulary, self.config = vocabulary, config
        names = vocabulary.predicates[1:]
        self._weights = np.array([INFORMATIVE.get(name, 1.0) for name in names], dtype=np.float64)
        self._symmetric = np.array([False, *(name in SYMMETRIC for name in names)])
        mirrored = [MIRRORED.get(name, name) for name in names]
        self._mirrored = np.array([names.index(name) if name in names else -1 for name in mirrored], dtype=np.int64)

    def draw(self, scene: Scene, rng: np.random.Generator, exact: bool = False) -> Scene:
        """The scene with the objects and triples of one graph.

        Args:
            scene: all of its objects; unchanged.
            rng: where chance comes from.
            exact: for measuring: no object and no attribute is left out, and nothing is mirrored.
        """
        kept = np.arange(len(scene.objs)) if exact else self._choose(scene, rng)
        drawn = scene.part(kept)
        flip = not exact and self.config.flip and rng.random() < 0.5
        if flip:
            drawn = self._mirror(drawn)
        if drawn.relations is not None:
            places = drawn.boxes[:, 0] + drawn.boxes[:, 2]
            drawn = replace(drawn, relations=None, triples=self._draw_triples(drawn.relations, places, rng))
        if exact or drawn.attributes is None:
            return drawn
        said, image = self._leave_unsaid(drawn.attributes, rng), drawn.image
        if image is not None and rng.random() < self.config.recolor:
            image = self._paint(scene, kept, flip, image, said, rng)
        return replace(drawn, image=image, attributes=said)

    def _choose(self, scene: Scene, rng: np.random.Generator) -> NDArray[np.int64]:
        """The objects of a graph of this scene."""
        if scene.triples is None:
            return self._thin(len(scene.objs), rng)
        picked = pick_objects(scene.triples, len(scene.objs), self.config.max_objects, rng)
        return picked[self._thin(len(picked), rng)]

    def _thin(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        if count > 1 and rng.random() < self.config.object_dropout:
            return np.sort(rng.permutation(count)[: rng.integers(1, count)])
        return np.arange(count)

    def _mirror(self, scene: Scene) -> Scene:
        """Left and right exchanged; what is stated and has no word for its mirror image stays unsaid."""
        x0, y0, x1, y1 = scene.boxes.T
        triples = scene.triples
        if triples is not None and len(triples):
            triples = np.stack([triples[:, 0], self._mirrored[triples[:, 1] - 1] + 1, triples[:, 2]], axis=1)
            triples = triples[triples[:, 1] > 0]
        return replace(
            scene,
            boxes=np.stack([1 - x1, y0, 1 - x0, y1], axis=1),
            masks=scene.masks[:, :, ::-1],
            image=None if scene.image is None else scene.image[:, :, ::-1],
            relations=None if scene.relations is None else scene.relations[self._mirrored],
            triples=triples,
        )

    def _draw_triples(
        self, table: NDArray[np.bool_], places: NDArray[np.float32], rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """For each object one random other, a coin for who is subject, and one relation that holds.

        Args:
            table: (P, O, O) which relation holds.
            places: (O,) from left to right; see `SYMMETRIC`.
            rng: where chance comes from.
        """
        count = table.shape[1]
        here = np.arange(count)
        triples = np.zeros((0, 3), dtype=np.int64)
        if count > 1 and len(table):
            others = (here + rng.integers(1, count, size=count)) % count
            coin = rng.random(count) < 0.5
            subjects, objects = np.where(coin, here, others), np.where(coin, others, here)
            weights = table[:, subjects, objects] * self._weights[:, None]
            totals = weights.cumsum(0)
            predicates = (totals <= rng.random(count) * totals[-1]).sum(0)
            triples = np.stack([subjects, predicates + 1, objects], axis=1)
            turned = self._symmetric[triples[:, 1]] & (places[subjects] > places[objects])
            triples[turned] = triples[turned][:, ::-1]
        return triples

    def _leave_unsaid(self, attributes: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
        """Some attributes (O, A) are left out, and of some objects all."""
        share = self.config.attribute_dropout
        return attributes & (rng.random((len(attributes), 1)) >= share) & (rng.random(attributes.shape) >= share)

    def _paint(
        self,
        scene: Scene,
        kept: NDArray[np.int64],
        flip: bool,
        image: NDArray[np.uint8],
        said: NDArray[np.bool_],
        rng: np.random.Generator,
    ) -> NDArray[np.uint8]:
        """One of the objects in a colour drawn at random, which is said of it (``said`` is changed in place)."""
        areas = visible_areas(scene.boxes, scene.masks, scene.has_mask, *image.shape[1:])[kept]
        large = np.flatnonzero(areas.sum((1, 2)) >= LEAST_PIXELS)
        names = self.vocabulary.attributes
        colors = [name for name in names if name in PAINTS]
        if not len(large) or not colors:
            return image
        place, color = int(rng.choice(large)), colors[rng.integers(len(colors))]
        said[place] = say_color(said[place], names, color)
        return paint_area(image, areas[place, :, ::-1] if flip else areas[place], color)


def pick_objects(triples: NDArray[np.int64], count: int, most: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """The objects of one graph where relationships are stated: those in relationships, and others where they are few.

    As in the 2018 code: more than ``most - 1`` in relationships are thinned to ``most``; fewer are filled up to
    ``most - 1`` with others.

    Args:
        triples: (T, 3) of the scene.
        count: its objects.
        most: the largest number of objects.
        rng: where chance comes from.

    Returns:
        Their places, in the scene's order.
    """
    related = np.unique(triples[:, [0, 2]])
    if len(related) > most - 1:
        return np.sort(rng.permutation(related)[:most])
    others = np.setdiff1d(np.arange(count), related)
    filled = max(most - 1 - len(related), int(not len(related)))
    return np.sort(np.concatenate([related, rng.permutation(others)[:filled]]))
