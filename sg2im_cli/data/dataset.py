"""A split in memory, from which graphs are drawn anew at every look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.attributes import DERIVED, frequent_words, usual_sizes
from sg2im_cli.data.batch import WHOLE, GraphBatch, SceneExample, collate
from sg2im_cli.data.division import bounds
from sg2im_cli.data.loading import iterate
from sg2im_cli.data.relations import INFORMATIVE, MIRRORED, RELATIONS, SYMMETRIC
from sg2im_cli.data.scenes.lazy import LazyScenes
from sg2im_cli.data.scenes.order import Order, rare_chances
from sg2im_cli.data.scenes.recolor import LEAST_PIXELS, PAINTS, paint_area, say_color, visible_areas
from sg2im_cli.data.scenes.scene import Scene, SceneMaker, pick_objects, triples_among
from sg2im_cli.data.scenes.weighing import Weights
from sg2im_cli.data.sources import Split, open_split
from sg2im_parsers.errors import InputError
from sg2im_parsers.vocabulary import Vocabulary

__all__ = ["DEFAULT_MASK_SIZE", "Scene", "SceneDataset", "load_scenes"]

DEFAULT_MASK_SIZE = 16


class SceneDataset:
    """The scenes of a split, and how graphs are drawn from them.

    A draw depends only on the seed, the epoch and the scene's index.

    Attributes:
        scenes: in the files' order.
        vocabulary: with the predicates of ``config.relations``, or with those that the data states.
        config: how graphs are drawn.
        unknown: objects of the files by name and how many, left out because the vocabulary lacks their names.

    Raises:
        InputError: there is nothing to draw from.
    """

    def __init__(
        self,
        scenes: Sequence[Scene],
        vocabulary: Vocabulary,
        config: DataConfig,
        unknown: Mapping[str, int] | None = None,
    ) -> None:
        if not scenes:
            raise InputError(
                f"The data has no picture with {config.min_objects} to {config.max_objects} objects above "
                f"{config.min_area:.2g} of the picture."
            )
        if scenes[0].stated is None and vocabulary.predicates[1:] != RELATIONS[config.relations]:
            raise InputError(f"The vocabulary's predicates are not the {config.relations} relations of the data.")
        self.scenes = scenes
        self.vocabulary = vocabulary
        self.config = config
        self.unknown = dict(unknown or {})
        self._order = self._make_order()
        names = vocabulary.predicates[1:]
        self._weights = np.array([INFORMATIVE.get(name, 1.0) for name in names], dtype=np.float64)
        self._symmetric = np.array([False, *(name in SYMMETRIC for name in names)])
        mirrored = [MIRRORED.get(name, name) for name in names]
        self._mirrored = np.array([names.index(name) if name in names else -1 for name in mirrored], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.scenes)

    def labels(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
        """Ids of each scene's objects, and which have a mask; of prepared data without making the scenes."""
        if isinstance(self.scenes, LazyScenes):
            return self.scenes.labels()
        return ((scene.objs, scene.has_mask) for scene in self.scenes)

    def example(self, index: int, epoch: int = 0, seed: int = 0, exact: bool = False) -> SceneExample:
        """Draw a graph of one scene.

        Args:
            index: which scene.
            epoch: draws differ between epochs.
            seed: and between seeds.
            exact: for measuring: no object and no attribute is left out, and nothing is mirrored.
        """
        scene = self.scenes[index]
        rng = np.random.default_rng((seed, epoch, index))
        kept = np.arange(len(scene.objs)) if exact else self._choose(scene, rng)
        flip = not exact and self.config.flip and rng.random() < 0.5
        boxes, masks, image = scene.boxes[kept], scene.masks[kept], scene.image
        if flip:
            boxes = np.stack([1 - boxes[:, 2], boxes[:, 1], 1 - boxes[:, 0], boxes[:, 3]], axis=1)
            masks = masks[:, :, ::-1]
            image = None if image is None else image[:, :, ::-1]
        if scene.stated is None:
            table = scene.relations[:, kept][:, :, kept]
            triples = self._draw_triples(table[self._mirrored] if flip else table, boxes[:, 0] + boxes[:, 2], rng)
        else:
            triples = self._stated_triples(scene.stated, kept, flip)
        said = self._say(scene, kept, exact, rng)
        if not exact and image is not None and said is not None and rng.random() < self.config.recolor:
            image = self._paint(scene, kept, flip, image, said, rng)
        return SceneExample(
            objs=np.append(scene.objs[kept], 0),
            triples=_with_image(triples, len(kept)),
            boxes=np.concatenate([boxes, np.array([WHOLE], dtype=np.float32)]),
            masks=np.concatenate([masks, np.ones((1, *masks.shape[1:]), dtype=np.uint8)]),
            has_mask=np.append(scene.has_mask[kept], True),
            image=image,
            attributes=said,
            box_weight=_with_one(scene.box_weight, kept),
            mask_weight=_with_one(scene.mask_weight, kept),
        )

    def batches(
        self,
        batch_size: int,
        start: int = 0,
        seed: int = 0,
        with_images: bool = True,
        rank: int = 0,
        processes: int = 1,
        workers: int = 0,
    ) -> Iterator[GraphBatch]:
        """Yield shuffled batches without end, from batch number ``start`` on.

        The order and every draw depend only on the seed and the batch's number, so a resumed run sees what the
        uninterrupted one would have seen, and so does one with other processes or workers.

        Args:
            batch_size: pictures of all processes.
            start: number of the first batch.
            seed: of order and draws.
            with_images: whether pixels are wanted.
            rank: which process this is; each gets its part of every batch.
            processes: how many there are.
            workers: processes of this process that make batches ahead.

        Raises:
            InputError: the configuration shows none of the pictures, or too few for so many processes.
        """
        shown = self._order.shown
        if not shown:
            raise InputError("No picture of the data has a mask, and unmasked_share leaves out those without.")
        if min(batch_size, shown) < processes:
            raise InputError(
                f"A batch of {min(batch_size, shown)} is too small for {processes} processes; start fewer."
            )
        divided = partial(self._part, size=batch_size, rank=rank, processes=processes)
        return iterate(partial(divided, seed=seed, with_images=with_images), start, workers)

    def _part(self, number: int, size: int, rank: int, processes: int, seed: int, with_images: bool) -> GraphBatch:
        """What one process has of the batch with this number."""
        epoch, place = divmod(number, max(1, self._order.shown // size))
        chosen = self._order(seed, epoch)[place * size : (place + 1) * size]
        first, end = bounds(len(chosen), processes, rank)
        batch = self.collate(chosen[first:end], epoch, seed, with_images=with_images)
        return replace(batch, first=first, total=len(chosen))

    def collate(
        self,
        indices: Sequence[int] | NDArray[np.int64],
        epoch: int = 0,
        seed: int = 0,
        exact: bool = False,
        with_images: bool = True,
    ) -> GraphBatch:
        """One batch of the scenes at these indices."""
        examples = [self.example(int(i), epoch, seed, exact) for i in indices]
        if not with_images:
            examples = [replace(e, image=None) for e in examples]
        return collate(examples)

    def _make_order(self) -> Order:
        """Which scenes epochs show, told by their labels."""
        config, labels = self.config, list(self.labels())
        has_mask = np.array([known.mean() >= 0.5 for _, known in labels], dtype=bool)
        if not config.rare:
            return Order(has_mask, config.unmasked_share)
        stuff = np.array([name in self.vocabulary.stuff for name in self.vocabulary.objects])
        chances = rare_chances((ids for ids, _ in labels), stuff, config.rare)
        return Order(has_mask, config.unmasked_share, chances)

    def _choose(self, scene: Scene, rng: np.random.Generator) -> NDArray[np.int64]:
        """The objects of a graph of this scene."""
        if scene.stated is None:
            return self._thin(len(scene.objs), rng)
        picked = pick_objects(scene.stated, len(scene.objs), self.config.max_objects, rng)
        return picked[self._thin(len(picked), rng)]

    def _stated_triples(self, stated: NDArray[np.int64], kept: NDArray[np.int64], flip: bool) -> NDArray[np.int64]:
        """What the data says of these objects; in a mirror left is right, or unsaid if there is no word for it."""
        triples = triples_among(stated, kept)
        if flip and len(triples):
            triples[:, 1] = self._mirrored[triples[:, 1] - 1] + 1
            triples = triples[triples[:, 1] > 0]
        return triples

    def _thin(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        if count > 1 and rng.random() < self.config.object_dropout:
            return np.sort(rng.permutation(count)[: rng.integers(1, count)])
        return np.arange(count)

    def _say(
        self, scene: Scene, kept: NDArray[np.int64], exact: bool, rng: np.random.Generator
    ) -> NDArray[np.bool_] | None:
        """What is said of these objects, and nothing of `__image__`; drawn last, so that other draws stay."""
        if scene.attributes is None:
            return None
        said = scene.attributes[kept]
        if not exact:
            share = self.config.attribute_dropout
            said = said & (rng.random((len(said), 1)) >= share) & (rng.random(said.shape) >= share)
        return np.concatenate([said, np.zeros((1, said.shape[1]), dtype=bool)])

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


def _with_one(weights: Weights | None, kept: NDArray[np.int64]) -> Weights | None:
    """Those of some objects, and 1 for `__image__`."""
    return None if weights is None else np.append(weights[kept], np.float32(1))


def _with_image(triples: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """With one more for each object: that it is in the picture, which is the last object."""
    here = np.arange(count)
    in_image = np.stack([here, np.zeros_like(here), np.full_like(here, count)], axis=1)
    return np.concatenate([triples, in_image])


def load_scenes(
    data: Path,
    split: str,
    config: DataConfig,
    generator: GeneratorConfig,
    vocabulary: Vocabulary | None = None,
    with_images: bool = True,
) -> SceneDataset:
    """Read a split; of prepared data only what is looked at.

    Args:
        data: directory of prepared data, or with ``images`` and ``annotations``; or ``owner/name`` of prepared data on
            the Hugging Face Hub.
        split: ``"train"`` or ``"val"``.
        config: which pictures and objects are used.
        generator: picture and mask size.
        vocabulary: of the model that is to be measured; made from the data's words if not given. Objects it lacks are
            left out, and so are relationships that the data states in other words; if it has the predicates of
            ``config.relations``, these are derived.
        with_images: whether pixels are read, too.

    Raises:
        InputError: files that are missing or cannot be used.
    """
    derive = config.relations == "none"
    if vocabulary is not None:
        derive = vocabulary.predicates[1:] == RELATIONS[config.relations]
    colored = config.attributes == "derived" and (vocabulary is None or bool(vocabulary.attributes))
    size = generator.image_size if with_images or colored else None
    source = open_split(data, split, config, generator.mask_size or DEFAULT_MASK_SIZE, size, derive)
    if vocabulary is None:
        vocabulary = _vocabulary(source, config)
    items, known, unknown = source.items, [], Counter[str]()
    for index in range(len(items)):
        names = items.names(index)
        unknown.update(name for name in names if not vocabulary.has_object(name))
        if any(map(vocabulary.has_object, names)):
            known.append(index)
    if len(items) and not known:
        raise InputError(f"The weights know none of the objects in {data}, such as {', '.join(sorted(unknown)[:3])}.")
    usual = usual_sizes((items.names(i), items.boxes(i)) for i in range(len(items))) if colored else {}
    scenes = LazyScenes(items, known, vocabulary, SceneMaker(vocabulary, config, size, with_images, usual))
    return SceneDataset(scenes if items.lazy else list(scenes), vocabulary, config, unknown)


def _vocabulary(source: Split, config: DataConfig) -> Vocabulary:
    """The words of data, and those that are derived from it."""
    predicates = RELATIONS[config.relations] if source.predicates is None else source.predicates
    attributes: tuple[str, ...] = DERIVED if config.attributes == "derived" else ()
    if config.attributes == "stated":
        items = source.items
        said = (words for index in range(len(items)) for words in items.attributes(index))
        attributes = frequent_words(said) if source.attributes is None else source.attributes
    return Vocabulary.from_names((*source.things, *source.stuff), predicates, source.stuff, attributes)
