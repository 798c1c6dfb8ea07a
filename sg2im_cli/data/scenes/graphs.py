"""Graphs of a scene, drawn at random: some of its objects, and relationships between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig
from sg2im_cli.data.grouping import Grouping
from sg2im_cli.data.relations import INFORMATIVE, MIRRORED, SYMMETRIC
from sg2im_cli.data.scenes.joined import JoinedScenes
from sg2im_cli.data.scenes.recolor import LEAST_PIXELS, PAINTS, paint_area, say_color, visible_objects
from sg2im_cli.data.scenes.scene import Scene
from sg2im_parsers.vocabulary import Vocabulary


@dataclass(frozen=True)
class Choices:
    """What is drawn at random for the graph of one scene.

    Attributes:
        kept: (K,) its objects, by their places in the scene.
        flip: whether it is mirrored.
        others: (R,) the place of another object of the graph for each; none where there is no other, or relationships
            are stated.
        coins: (R,) in [0, 1): who is the subject.
        chances: (R,) in [0, 1): which relation is said, of those that hold.
        silence: (K, 1 + A) in [0, 1): of which objects nothing is said, and which words are left out; None where there
            are no attributes.
        recolor: whether one of its objects is painted.
    """

    kept: NDArray[np.int64]
    flip: bool
    others: NDArray[np.int64]
    coins: NDArray[np.float64]
    chances: NDArray[np.float64]
    silence: NDArray[np.float64] | None
    recolor: bool


class GraphSampler:
    """Draws graphs of scenes; all chance comes from the generators that are handed in.

    What is drawn is drawn scene by scene (`Choices`), so that a scene's graph depends on its own generator only; what
    follows from it is done for all scenes at once.

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
        self._paints = [name for name in vocabulary.attributes if name in PAINTS]

    def draw(
        self,
        scenes: Sequence[Scene],
        rngs: Sequence[np.random.Generator],
        exact: bool = False,
        with_images: bool = True,
    ) -> JoinedScenes:
        """The scenes with the objects and triples of one graph each.

        Args:
            scenes: all of their objects; unchanged. Of all, or of none, relationships are stated.
            rngs: where chance comes from, for each.
            exact: for measuring: no object and no attribute is left out, and nothing is mirrored.
            with_images: whether pixels are wanted.
        """
        chosen = [self._choose(scene, rng, exact) for scene, rng in zip(scenes, rngs, strict=True)]
        drawn = JoinedScenes.of(scenes, with_images=False)
        if any(len(choice.kept) < len(scene.objs) for choice, scene in zip(chosen, scenes, strict=True)):
            drawn = drawn.part([choice.kept for choice in chosen])
        flips = np.array([choice.flip for choice in chosen])
        drawn = self._mirror(drawn, flips)
        if scenes[0].triples is None:
            drawn = self._relate(drawn, scenes, chosen)
        if drawn.attributes is not None and not exact:
            drawn = replace(drawn, attributes=self._leave_unsaid(drawn.attributes, chosen))
        if with_images and scenes[0].image is not None:
            drawn = replace(drawn, images=_pixels(scenes, flips))
        return self._recolor(drawn, scenes, chosen, rngs)

    def _choose(self, scene: Scene, rng: np.random.Generator, exact: bool) -> Choices:
        """Draw what a scene's graph depends on."""
        kept = np.arange(len(scene.objs)) if exact else self._choose_objects(scene, rng)
        flip = not exact and self.config.flip and rng.random() < 0.5
        count = len(kept)
        related = count if count > 1 and scene.relations is not None and len(scene.relations) else 0
        steps = rng.integers(1, count, size=related) if related else np.zeros(0, dtype=np.int64)
        coins, chances = rng.random(related), rng.random(related)
        silence, recolor = None, False
        if scene.attributes is not None and not exact:
            silence = np.concatenate([rng.random((count, 1)), rng.random((count, scene.attributes.shape[1]))], axis=1)
            recolor = scene.image is not None and rng.random() < self.config.recolor
        return Choices(kept, flip, (np.arange(related) + steps) % count, coins, chances, silence, recolor)

    def _choose_objects(self, scene: Scene, rng: np.random.Generator) -> NDArray[np.int64]:
        """The objects of a graph of this scene."""
        if scene.triples is None:
            return self._thin(len(scene.objs), rng)
        picked = pick_objects(scene.triples, len(scene.objs), self.config.max_objects, rng)
        return picked[self._thin(len(picked), rng)]

    def _thin(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        if count > 1 and rng.random() < self.config.object_dropout:
            return np.sort(rng.permutation(count)[: rng.integers(1, count)])
        return np.arange(count)

    def _mirror(self, drawn: JoinedScenes, flips: NDArray[np.bool_]) -> JoinedScenes:
        """Left and right exchanged in some scenes; what is stated and has no word for its mirror image stays unsaid."""
        if not flips.any():
            return drawn
        own = flips[drawn.objects.pictures]
        x0, y0, x1, y1 = drawn.boxes.T
        masks = drawn.masks.copy()
        masks[own] = masks[own][:, :, ::-1]
        boxes = np.where(own[:, None], np.stack([1 - x1, y0, 1 - x0, y1], axis=1), drawn.boxes)
        triples = drawn.triples.copy()
        stated = flips[drawn.related.pictures]
        triples[stated, 1] = self._mirrored[triples[stated, 1] - 1] + 1
        return replace(drawn, boxes=boxes, masks=masks, triples=triples).with_triples(triples[:, 1] > 0)

    def _relate(self, drawn: JoinedScenes, scenes: Sequence[Scene], chosen: Sequence[Choices]) -> JoinedScenes:
        """For each object another one, a coin for who is subject, and one relation that holds."""
        related = Grouping.of([choice.others for choice in chosen])
        others, coins = (np.concatenate([getattr(choice, name) for choice in chosen]) for name in ("others", "coins"))
        subjects, objects = np.where(coins < 0.5, (related.places, others), (others, related.places))
        predicates = self._choose_relations(scenes, chosen, related, subjects, objects) + 1
        before = drawn.objects.firsts[related.pictures]
        centers = drawn.boxes[:, 0] + drawn.boxes[:, 2]
        turned = self._symmetric[predicates] & (centers[subjects + before] > centers[objects + before])
        triples = np.stack([subjects, predicates, objects], axis=1)
        triples[turned] = triples[turned][:, ::-1]
        return replace(drawn, related=related, triples=triples)

    def _choose_relations(
        self,
        scenes: Sequence[Scene],
        chosen: Sequence[Choices],
        related: Grouping,
        subjects: NDArray[np.int64],
        objects: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """For pairs (T,) of objects of graphs, one of the relations that hold, by how informative they are."""
        if not len(subjects):
            return subjects
        tables = [scene.relations.reshape(len(scene.relations), -1) for scene in scenes if scene.relations is not None]
        sides = np.array([len(scene.objs) for scene in scenes])
        kept, first = np.concatenate([choice.kept for choice in chosen]), Grouping.of([c.kept for c in chosen]).firsts
        rows, columns = (kept[places + first[related.pictures]] for places in (subjects, objects))
        places = Grouping(sides**2).firsts[related.pictures] + rows * sides[related.pictures] + columns
        held = np.concatenate(tables, axis=1)[:, places]
        mirrored = np.array([choice.flip for choice in chosen])[related.pictures]
        totals = (np.where(mirrored, held[self._mirrored], held) * self._weights[:, None]).cumsum(0)
        found: NDArray[np.int64] = (totals <= np.concatenate([c.chances for c in chosen]) * totals[-1]).sum(0)
        return found

    def _leave_unsaid(self, attributes: NDArray[np.bool_], chosen: Sequence[Choices]) -> NDArray[np.bool_]:
        """Some attributes (O, A) are left out, and of some objects all."""
        silence = np.concatenate([choice.silence for choice in chosen if choice.silence is not None])
        said = silence >= self.config.attribute_dropout
        return attributes & said[:, :1] & said[:, 1:]

    def _recolor(
        self,
        drawn: JoinedScenes,
        scenes: Sequence[Scene],
        chosen: Sequence[Choices],
        rngs: Sequence[np.random.Generator],
    ) -> JoinedScenes:
        """In some scenes, one of the objects in a colour drawn at random, which is said of it."""
        painted = [i for i, choice in enumerate(chosen) if choice.recolor]
        if not painted or not self._paints:
            return drawn
        attributes, names = drawn.attributes, self.vocabulary.attributes
        assert attributes is not None
        for i, owners in zip(painted, visible_objects([scenes[i] for i in painted]), strict=True):
            numbers = chosen[i].kept + 1
            large = np.flatnonzero(
                np.bincount(owners.ravel(), minlength=len(scenes[i].objs) + 1)[numbers] >= LEAST_PIXELS
            )
            if not len(large):
                continue
            place, color = int(rngs[i].choice(large)), self._paints[rngs[i].integers(len(self._paints))]
            row = drawn.objects.firsts[i] + place
            attributes[row] = say_color(attributes[row], names, color)
            if drawn.images is not None:
                area = owners == numbers[place]
                drawn.images[i] = paint_area(drawn.images[i], area[:, ::-1] if chosen[i].flip else area, color)
        return drawn


def _pixels(scenes: Sequence[Scene], flips: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(N, 3, H, W) the pictures, some of them mirrored."""
    pictures = [(scene.image, flip) for scene, flip in zip(scenes, flips.tolist(), strict=True)]
    return np.stack([image[:, :, ::-1] if flip else image for image, flip in pictures if image is not None])


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
