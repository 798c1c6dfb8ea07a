"""A split in memory, from which graphs are drawn anew at every look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.annotated import Annotated, load_image
from sg2im_cli.data.batch import WHOLE, GraphBatch, SceneExample, collate
from sg2im_cli.data.lazy import LazyScenes
from sg2im_cli.data.relations import (
    INFORMATIVE,
    MIRRORED,
    RELATIONS,
    SYMMETRIC,
    mask_centers,
    paper_table,
    spoken_table,
)
from sg2im_cli.data.sources import open_split
from sg2im_cli.data.stated import pick_objects, triples_among
from sg2im_parsers.errors import InputError
from sg2im_parsers.vocabulary import Vocabulary

DEFAULT_MASK_SIZE = 16


@dataclass(frozen=True)
class Scene:
    """One picture of a split, ready to draw graphs from.

    Attributes:
        objs: (O,) ids, without `__image__`.
        boxes: (O, 4).
        masks: (O, M, M) uint8.
        has_mask: (O,).
        relations: (P, O, O) which relation holds, in the order of the vocabulary without `__in_image__`.
        image: (3, H, W) uint8, or None; of prepared data it lies in the memory map until it is looked at.
        stated: (T, 3) subject, predicate id, object, where the data states relationships; then ``relations`` is empty.
    """

    objs: NDArray[np.int64]
    boxes: NDArray[np.float32]
    masks: NDArray[np.uint8]
    has_mask: NDArray[np.bool_]
    relations: NDArray[np.bool_]
    image: NDArray[np.uint8] | None
    stated: NDArray[np.int64] | None = None


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
        if isinstance(scenes, LazyScenes):
            has_mask = scenes.with_mask()
        else:
            has_mask = np.array([bool(scene.has_mask.any()) for scene in scenes])
        self._masked, self._unmasked = np.flatnonzero(has_mask), np.flatnonzero(~has_mask)
        names = vocabulary.predicates[1:]
        self._weights = np.array([INFORMATIVE.get(name, 1.0) for name in names])
        self._symmetric = np.array([False, *(name in SYMMETRIC for name in names)])
        mirrored = [MIRRORED.get(name, name) for name in names]
        self._mirrored = np.array([names.index(name) if name in names else -1 for name in mirrored])

    def __len__(self) -> int:
        return len(self.scenes)

    def example(self, index: int, epoch: int = 0, seed: int = 0, exact: bool = False) -> SceneExample:
        """Draw a graph of one scene.

        Args:
            index: which scene.
            epoch: draws differ between epochs.
            seed: and between seeds.
            exact: for measuring: no object is left out and nothing is mirrored.
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
        return SceneExample(
            objs=np.append(scene.objs[kept], 0),
            triples=_with_image(triples, len(kept)),
            boxes=np.concatenate([boxes, np.array([WHOLE], dtype=np.float32)]),
            masks=np.concatenate([masks, np.ones((1, *masks.shape[1:]), dtype=np.uint8)]),
            has_mask=np.append(scene.has_mask[kept], True),
            image=image,
        )

    def batches(self, batch_size: int, start: int = 0, seed: int = 0, with_images: bool = True) -> Iterator[GraphBatch]:
        """Yield shuffled batches without end, from batch number ``start`` on.

        The order and every draw depend only on the seed and the batch's number, so a resumed run sees what the
        uninterrupted one would have seen.

        Raises:
            InputError: the configuration shows none of the pictures.
        """
        shown = len(self._masked) + round(self.config.unmasked_share * len(self._unmasked))
        if not shown:
            raise InputError("No picture of the data has a mask, and unmasked_share leaves out those without.")
        per_epoch = max(1, shown // batch_size)
        step = start
        while True:
            epoch, place = divmod(step, per_epoch)
            order = self._order(np.random.default_rng((seed, epoch)), shown)
            while place < per_epoch:
                chosen = order[place * batch_size : (place + 1) * batch_size]
                yield self.collate(chosen, epoch, seed, with_images=with_images)
                place += 1
                step += 1

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
            examples = [SceneExample(e.objs, e.triples, e.boxes, e.masks, e.has_mask) for e in examples]
        return collate(examples)

    def _order(self, rng: np.random.Generator, shown: int) -> NDArray[np.int64]:
        """The scenes of one epoch, shuffled: all with a mask, and a share of those without."""
        unmasked = rng.permutation(self._unmasked)[: shown - len(self._masked)]
        return rng.permutation(np.concatenate([self._masked, unmasked]))

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
        if count > 1 and rng.random() < self.config.thinning:
            return np.sort(rng.permutation(count)[: rng.integers(1, count)])
        return np.arange(count)

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
        triples = np.zeros((count, 3), dtype=np.int64)
        if count > 1:
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
        return np.zeros((0, 3), dtype=np.int64)


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
    size = generator.image_size if with_images else None
    derive = vocabulary is not None and vocabulary.predicates[1:] == RELATIONS[config.relations]
    source = open_split(data, split, config, generator.mask_size or DEFAULT_MASK_SIZE, size, derive)
    if vocabulary is None:
        names = RELATIONS[config.relations] if source.predicates is None else source.predicates
        vocabulary = Vocabulary.from_names((*source.things, *source.stuff), names, source.stuff)
    items, known, unknown = source.items, [], Counter[str]()
    for index in range(len(items)):
        names = items.names(index)
        unknown.update(name for name in names if not vocabulary.has_object(name))
        if any(map(vocabulary.has_object, names)):
            known.append(index)
    if len(items) and not known:
        raise InputError(f"The weights know none of the objects in {data}, such as {', '.join(sorted(unknown)[:3])}.")
    scenes = LazyScenes(items, known, vocabulary, partial(_scene, vocabulary=vocabulary, config=config, size=size))
    return SceneDataset(scenes if items.lazy else list(scenes), vocabulary, config, unknown)


def _scene(item: Annotated, vocabulary: Vocabulary, config: DataConfig, size: tuple[int, int] | None) -> Scene:
    known = np.array([vocabulary.has_object(name) for name in item.names], dtype=bool)
    names = [name for name in item.names if vocabulary.has_object(name)]
    boxes, masks, has_mask = item.boxes[known], item.masks[known], item.has_mask[known]
    stated = None
    if item.relationships is not None:
        table, stated = np.zeros((0, len(names), len(names)), dtype=bool), _stated(item, known, vocabulary)
    elif config.relations == "paper":
        table = paper_table(boxes, mask_centers(boxes, masks, has_mask))
    else:
        table = spoken_table(boxes, np.array([name in vocabulary.stuff for name in names], dtype=bool))
    objs = np.array([vocabulary.object_id(name) for name in names], dtype=np.int64)
    image = None if size is None else load_image(item.path, size) if item.pixels is None else item.pixels
    return Scene(objs, boxes, masks, has_mask, table, image, stated)


def _stated(item: Annotated, known: NDArray[np.bool_], vocabulary: Vocabulary) -> NDArray[np.int64]:
    """(T, 3) the relationships whose words are all known."""
    said = [(s, vocabulary.predicate_id(p), o) for s, p, o in item.relationships or () if vocabulary.has_predicate(p)]
    return triples_among(np.array(said, dtype=np.int64).reshape(-1, 3), np.flatnonzero(known))
