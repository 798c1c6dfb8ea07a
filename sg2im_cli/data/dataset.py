"""A split in memory, from which graphs are drawn anew at every look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.attributes import DERIVED, Usual, derive_attributes, frequent_words, usual_sizes
from sg2im_cli.data.batch import WHOLE, GraphBatch, SceneExample, collate
from sg2im_cli.data.coco import Annotated, load_image, read_annotations, used_images
from sg2im_cli.data.division import bounds
from sg2im_cli.data.loading import iterate
from sg2im_cli.data.relations import (
    INFORMATIVE,
    MIRRORED,
    RELATIONS,
    SYMMETRIC,
    mask_centers,
    paper_table,
    spoken_table,
)
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
        image: (3, H, W) uint8, or None.
        attributes: (O, A) which attributes each object has; None where the vocabulary or the configuration has none.
    """

    objs: NDArray[np.int64]
    boxes: NDArray[np.float32]
    masks: NDArray[np.uint8]
    has_mask: NDArray[np.bool_]
    relations: NDArray[np.bool_]
    image: NDArray[np.uint8] | None
    attributes: NDArray[np.bool_] | None = None


class SceneDataset:
    """The scenes of a split, and how graphs are drawn from them.

    A draw depends only on the seed, the epoch and the scene's index.

    Attributes:
        scenes: in the files' order.
        vocabulary: with the predicates of ``config.relations``.
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
        if vocabulary.predicates[1:] != RELATIONS[config.relations]:
            raise InputError(f"The vocabulary's predicates are not the {config.relations} relations of the data.")
        self.scenes = scenes
        self.vocabulary = vocabulary
        self.config = config
        self.unknown = dict(unknown or {})
        has_mask = np.array([scene.has_mask.mean() >= 0.5 for scene in scenes])
        self._masked, self._unmasked = np.flatnonzero(has_mask), np.flatnonzero(~has_mask)
        self._last_order = (-1, -1), self._masked
        names = vocabulary.predicates[1:]
        self._weights = np.array([INFORMATIVE.get(name, 1.0) for name in names], dtype=np.float64)
        self._symmetric = np.array([False, *(name in SYMMETRIC for name in names)])
        self._mirrored = np.array([names.index(MIRRORED.get(name, name)) for name in names], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.scenes)

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
        kept = np.arange(len(scene.objs)) if exact else self._thin(len(scene.objs), rng)
        flip = not exact and self.config.flip and rng.random() < 0.5
        table = scene.relations[:, kept][:, :, kept]
        boxes, masks, image = scene.boxes[kept], scene.masks[kept], scene.image
        if flip:
            boxes = np.stack([1 - boxes[:, 2], boxes[:, 1], 1 - boxes[:, 0], boxes[:, 3]], axis=1)
            masks = masks[:, :, ::-1]
            image = None if image is None else image[:, :, ::-1]
        triples = self._draw_triples(table[self._mirrored] if flip else table, boxes[:, 0] + boxes[:, 2], rng)
        return SceneExample(
            objs=np.append(scene.objs[kept], 0),
            triples=triples,
            boxes=np.concatenate([boxes, np.array([WHOLE], dtype=np.float32)]),
            masks=np.concatenate([masks, np.ones((1, *masks.shape[1:]), dtype=np.uint8)]),
            has_mask=np.append(scene.has_mask[kept], True),
            image=image,
            attributes=self._say(scene, kept, exact, rng),
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
        shown = len(self._masked) + round(self.config.unmasked_share * len(self._unmasked))
        if not shown:
            raise InputError("No picture of the data has a mask, and unmasked_share leaves out those without.")
        if min(batch_size, shown) < processes:
            raise InputError(
                f"A batch of {min(batch_size, shown)} is too small for {processes} processes; start fewer."
            )
        divided = partial(self._part, size=batch_size, shown=shown, rank=rank, processes=processes)
        return iterate(partial(divided, seed=seed, with_images=with_images), start, workers)

    def _part(
        self, number: int, size: int, shown: int, rank: int, processes: int, seed: int, with_images: bool
    ) -> GraphBatch:
        """What one process has of the batch with this number."""
        epoch, place = divmod(number, max(1, shown // size))
        chosen = self._order(seed, epoch, shown)[place * size : (place + 1) * size]
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

    def _order(self, seed: int, epoch: int, shown: int) -> NDArray[np.int64]:
        """The scenes of one epoch, shuffled: all that are mostly masked, and a share of the others. Kept meanwhile."""
        if self._last_order[0] != (seed, epoch):
            rng = np.random.default_rng((seed, epoch))
            unmasked = rng.permutation(self._unmasked)[: shown - len(self._masked)]
            self._last_order = (seed, epoch), rng.permutation(np.concatenate([self._masked, unmasked]))
        return self._last_order[1]

    def _thin(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        if count > 1 and rng.random() < self.config.thinning:
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
        else:
            triples = np.zeros((0, 3), dtype=np.int64)
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
    """Read a split of the COCO / COCO-Stuff layout into memory.

    Args:
        data: directory with ``images`` and ``annotations``.
        split: ``"train"`` or ``"val"``.
        config: which pictures and objects are used.
        generator: picture and mask size.
        vocabulary: of the model that is to be measured; made from the files' categories if not given. Objects it
            lacks are left out.
        with_images: whether pixels are read, too.

    Raises:
        InputError: files that are missing or cannot be used.
    """
    annotations = read_annotations(data, split)
    used = list(used_images(annotations, config, generator.mask_size or DEFAULT_MASK_SIZE))
    if vocabulary is None:
        words = _attributes(used, config)
        objects = (*annotations.things, *annotations.stuff)
        vocabulary = Vocabulary.from_names(objects, RELATIONS[config.relations], annotations.stuff, words)
    unknown = Counter(name for item in used for name in item.names if not vocabulary.has_object(name))
    known = [item for item in used if any(map(vocabulary.has_object, item.names))]
    if used and not known:
        raise InputError(f"The weights know none of the objects in {data}, such as {', '.join(sorted(unknown)[:3])}.")
    derived = config.attributes == "derived" and bool(vocabulary.attributes)
    usual = usual_sizes((item.names, item.boxes) for item in used) if derived else {}

    def make(item: Annotated) -> Scene:
        image = load_image(item.path, generator.image_size) if with_images or derived else None
        attributes = _attribute_table(item, image, usual, vocabulary, config)
        return _scene(item, vocabulary, config, image if with_images else None, attributes)

    return SceneDataset([make(item) for item in known], vocabulary, config, unknown)


def _attributes(used: Sequence[Annotated], config: DataConfig) -> tuple[str, ...]:
    """The attributes of a vocabulary that is made from data."""
    if config.attributes == "stated":
        return frequent_words(words for item in used for words in item.attributes)
    return DERIVED if config.attributes == "derived" else ()


def _attribute_table(
    item: Annotated,
    image: NDArray[np.uint8] | None,
    usual: Mapping[str, Usual],
    vocabulary: Vocabulary,
    config: DataConfig,
) -> NDArray[np.bool_] | None:
    """Which attributes of the vocabulary each object has (O, A): those that the data states, else derived ones."""
    if config.attributes == "none" or not vocabulary.attributes:
        return None
    found: Sequence[Sequence[str]] = [()] * len(item.names)
    if image is not None and config.attributes == "derived":
        found = derive_attributes(image, item.names, item.boxes, item.masks, item.has_mask, usual)
    table = np.zeros((len(item.names), len(vocabulary.attributes)), dtype=bool)
    for row, stated, derived in zip(table, item.attributes, found, strict=True):
        known = [word for word in stated if vocabulary.has_attribute(word)] or derived
        row[[vocabulary.attribute_id(word) for word in known if vocabulary.has_attribute(word)]] = True
    return table


def _scene(
    item: Annotated,
    vocabulary: Vocabulary,
    config: DataConfig,
    image: NDArray[np.uint8] | None,
    attributes: NDArray[np.bool_] | None,
) -> Scene:
    known = np.array([vocabulary.has_object(name) for name in item.names], dtype=bool)
    names = [name for name in item.names if vocabulary.has_object(name)]
    boxes, masks, has_mask = item.boxes[known], item.masks[known], item.has_mask[known]
    if config.relations == "none":
        table = np.zeros((0, len(boxes), len(boxes)), dtype=bool)
    elif config.relations == "paper":
        table = paper_table(boxes, mask_centers(boxes, masks, has_mask))
    else:
        table = spoken_table(boxes, np.array([name in vocabulary.stuff for name in names], dtype=bool))
    objs = np.array([vocabulary.object_id(name) for name in names], dtype=np.int64)
    return Scene(objs, boxes, masks, has_mask, table, image, None if attributes is None else attributes[known])
