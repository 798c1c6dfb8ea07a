"""A split, from whose scenes graphs are drawn anew at every look."""

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
from sg2im_cli.data.batch import GraphBatch, batch_scenes
from sg2im_cli.data.division import bounds
from sg2im_cli.data.loading import iterate
from sg2im_cli.data.readers.notes import Notes
from sg2im_cli.data.relations import RELATIONS
from sg2im_cli.data.scenes.graphs import GraphSampler
from sg2im_cli.data.scenes.joined import JoinedScenes
from sg2im_cli.data.scenes.lazy import LazyScenes
from sg2im_cli.data.scenes.making import SceneMaker
from sg2im_cli.data.scenes.order import Order, rare_chances
from sg2im_cli.data.scenes.scene import Scene
from sg2im_cli.data.sources import open_split
from sg2im_cli.data.splits import Split
from sg2im_errors import InputError
from sg2im_parsers.vocabulary import Vocabulary

__all__ = ["DEFAULT_MASK_SIZE", "Scene", "SceneDataset", "load_scenes"]

DEFAULT_MASK_SIZE = 16

MADE_TOGETHER = 32
"""So many scenes of an epoch are made together at least, be batches ever so small: the first of them takes all of
Python's time."""


class SceneDataset:
    """The scenes of a split, and how graphs are drawn from them.

    A draw depends only on the seed, the epoch and the scene's index.

    Attributes:
        scenes: in the files' order.
        vocabulary: with the predicates of ``config.relations``, or with those that the data states.
        config: how graphs are drawn.
        unknown: objects of the files by name and how many, left out because the vocabulary lacks their names.
        left_out: pictures of the files by why and how many; counted where a model is to be measured.

    Raises:
        InputError: there is nothing to draw from.
    """

    def __init__(
        self,
        scenes: Sequence[Scene],
        vocabulary: Vocabulary,
        config: DataConfig,
        unknown: Mapping[str, int] | None = None,
        left_out: Mapping[str, int] | None = None,
    ) -> None:
        if not scenes:
            raise InputError(
                f"The data has no picture with {config.min_objects} to {config.max_objects} objects above "
                f"{config.min_area:.2g} of the picture."
            )
        if scenes[0].triples is None and vocabulary.predicates[1:] != RELATIONS[config.relations]:
            raise InputError(f"The vocabulary's predicates are not the {config.relations} relations of the data.")
        self.scenes = scenes
        self.vocabulary = vocabulary
        self.config = config
        self.unknown = dict(unknown or {})
        self.left_out = dict(left_out or {})
        self._order = self._make_order()
        self._sampler = GraphSampler(vocabulary, config)

    def __len__(self) -> int:
        return len(self.scenes)

    def labels(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
        """Ids of each scene's objects, and which have a mask; of prepared data without making the scenes."""
        if isinstance(self.scenes, LazyScenes):
            return self.scenes.labels()
        return ((scene.objs, scene.has_mask) for scene in self.scenes)

    def example(self, index: int, epoch: int = 0, seed: int = 0, exact: bool = False) -> Scene:
        """One scene with a graph that is drawn of it.

        Args:
            index: which scene.
            epoch: draws differ between epochs.
            seed: and between seeds.
            exact: for measuring: no object and no attribute is left out, and nothing is mirrored.
        """
        return self._draw([index], epoch, seed, exact, with_images=True).split()[0]

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
        divided = partial(self._part, size=batch_size, rank=rank, processes=processes, step=max(1, workers))
        return iterate(partial(divided, seed=seed, with_images=with_images), start, workers)

    def _part(
        self, number: int, size: int, rank: int, processes: int, step: int, seed: int, with_images: bool
    ) -> GraphBatch:
        """What one process has of the batch with this number; whoever makes it makes each ``step``-th one."""
        epoch, place = divmod(number, max(1, self._order.shown // size))
        order = self._order(seed, epoch)
        chosen = order[place * size : (place + 1) * size]
        first, end = bounds(len(chosen), processes, rank)
        if isinstance(self.scenes, LazyScenes):
            starts = range(place * size, len(order) - size + 1, step * size)[: -(-MADE_TOGETHER // size)]
            self.scenes.make([int(i) for start in starts for i in order[start + first : start + end]])
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
        return batch_scenes(self._draw([int(i) for i in indices], epoch, seed, exact, with_images))

    def _draw(self, indices: list[int], epoch: int, seed: int, exact: bool, with_images: bool) -> JoinedScenes:
        """Graphs of these scenes, each of which depends on the seed, the epoch and its own index only."""
        chosen = self.scenes.take(indices) if isinstance(self.scenes, LazyScenes) else [self.scenes[i] for i in indices]
        rngs = [np.random.default_rng((seed, epoch, index)) for index in indices]
        return self._sampler.draw(chosen, rngs, exact, with_images)

    def _make_order(self) -> Order:
        """Which scenes epochs show, told by their labels."""
        config, labels = self.config, list(self.labels())
        has_mask = np.array([known.mean() >= 0.5 for _, known in labels], dtype=bool)
        if not config.rare:
            return Order(has_mask, config.unmasked_share)
        stuff = np.array([name in self.vocabulary.stuff for name in self.vocabulary.objects])
        chances = rare_chances((ids for ids, _ in labels), stuff, config.rare)
        return Order(has_mask, config.unmasked_share, chances)


def load_scenes(
    data: Path,
    split: str,
    config: DataConfig,
    generator: GeneratorConfig,
    vocabulary: Vocabulary | None = None,
    with_images: bool = True,
    notes: Notes | None = None,
) -> SceneDataset:
    """Read a split; of prepared data only what is looked at.

    Args:
        data: directory of prepared data, or with COCO's annotation files; or ``owner/name`` of prepared data on
            the Hugging Face Hub.
        split: ``"train"`` or ``"val"``.
        config: which pictures and objects are used.
        generator: picture and mask size.
        vocabulary: of the model that is to be measured; made from the data's words if not given. Objects it lacks are
            left out, and so are relationships that the data states in other words; if it has the predicates of
            ``config.relations``, these are derived.
        with_images: whether pixels are read, too.
        notes: see `open_split`.

    Raises:
        InputError: files that are missing or cannot be used.
    """
    derive, measured = config.relations == "none", vocabulary is not None
    if vocabulary is not None:
        derive = vocabulary.predicates[1:] == RELATIONS[config.relations]
    colored = config.attributes == "derived" and (vocabulary is None or bool(vocabulary.attributes))
    size = generator.image_size if with_images or colored else None
    opened = open_split(data, split, config, generator.mask_size or DEFAULT_MASK_SIZE, size, derive, notes)
    if vocabulary is None:
        vocabulary = _vocabulary(opened, config)
    known, unknown = [], Counter[str]()
    for index in range(len(opened)):
        names = opened.names(index)
        unknown.update(name for name in names if not vocabulary.has_object(name))
        if any(map(vocabulary.has_object, names)):
            known.append(index)
    if len(opened) and not known:
        raise InputError(f"The weights know none of the objects in {data}, such as {', '.join(sorted(unknown)[:3])}.")
    usual = usual_sizes((opened.names(i), opened.boxes(i)) for i in range(len(opened))) if colored else {}
    scenes = LazyScenes(opened, known, SceneMaker(vocabulary, config, size, with_images, usual))
    left_out = Counter(opened.left_out()) if measured else Counter[str]()
    left_out["unknown"] = len(opened) - len(known)
    return SceneDataset(scenes if opened.lazy else scenes[:], vocabulary, config, unknown, +left_out)


def _vocabulary(split: Split, config: DataConfig) -> Vocabulary:
    """The words of data, and those that are derived from it."""
    predicates = RELATIONS[config.relations] if split.predicates is None else split.predicates
    attributes: tuple[str, ...] = DERIVED if config.attributes == "derived" else ()
    if config.attributes == "stated":
        said = (words for index in range(len(split)) for words in split.attribute_words(index))
        attributes = frequent_words(said) if split.attributes is None else split.attributes
    return Vocabulary.from_names((*split.things, *split.stuff), predicates, split.stuff, attributes)
