"""Real pictures of the train split: what drawn ones are held against, and what probes learn from.

Nobody who measures wants to wait for the whole split: some of its pictures are drawn at random, the same ones each
time, fewer where pixels are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sg2im_cli.config import GeneratorConfig
from sg2im_cli.data.dataset import DEFAULT_MASK_SIZE, SceneDataset
from sg2im_cli.data.images import PreparedImage
from sg2im_cli.data.pixels import load_image
from sg2im_cli.data.sources import sample_split
from sg2im_cli.evaluation.drawing import Drawn
from sg2im_cli.evaluation.mask_classifier import MaskClassifier, Shapes, train_mask_classifier
from sg2im_cli.evaluation.pretrained import PictureFeatures, Seen, large
from sg2im_cli.evaluation.probe import Probe, train_probe

SPLIT = "train"
PICTURES, ANNOTATIONS = 1300, 12_000
"""Of how many pictures the pixels are looked at, and of how many the masks."""


@dataclass(frozen=True)
class TrainSplit:
    """Pictures of the train split, and what is learned from them; everything when first asked for, and once.

    Attributes:
        items: the pictures, in a random order.
        image_size: height and width at which they are looked at.
        names: of the objects that count; others are passed over.
        things: those of them that are things.
        features: what looks at pictures; None if no pixels are wanted.
        progress: told what is done, how much of it, of how much.
    """

    items: Sequence[PreparedImage]
    image_size: tuple[int, int]
    names: frozenset[str]
    things: frozenset[str]
    features: PictureFeatures | None
    progress: Callable[[str, int, int], None]

    @cached_property
    def seen(self) -> Seen:
        """Some of the pictures and their objects."""
        assert self.features is not None
        items = self.items[:PICTURES]
        images = [load_image(i.path, self.image_size, i.stated) if i.pixels is None else i.pixels for i in items]
        owners = np.repeat(np.arange(len(items)), [len(item.names) for item in items])
        boxes = torch.from_numpy(np.concatenate([item.boxes for item in items]))
        drawn = Drawn(torch.from_numpy(np.stack(images)), boxes, torch.from_numpy(owners))
        names = np.concatenate([np.array(item.names) for item in items])
        which = large(boxes) & torch.from_numpy(np.isin(names, list(self.names)))
        pictures = self.features.of_pictures(drawn.images, self._told("features of train pictures"))
        objects = self.features.of_objects(drawn, which, self._told("features of train objects"))
        return Seen(pictures, objects, owners[which.numpy()], names[which.numpy()])

    @cached_property
    def probe(self) -> Probe:
        """Names an object by its features; `seen` has one at least."""
        return train_probe(self.seen.objects, self.seen.names)

    @cached_property
    def shapes(self) -> Shapes:
        """The things with masks, of all items."""
        masks, boxes, names = [], [], []
        for item in self.items:
            which = item.has_mask & np.isin(item.names, list(self.things))
            masks.append(item.masks[which])
            boxes.append(item.boxes[which])
            names += [name for name, wanted in zip(item.names, which, strict=True) if wanted]
        return Shapes(_joined(masks).float(), _joined(boxes), np.array(names, dtype=np.str_))

    @cached_property
    def mask_classifier(self) -> MaskClassifier:
        """Names a thing by its mask; `shapes` has one at least."""
        return train_mask_classifier(self.shapes, self._told("masks of train"))

    def _told(self, what: str) -> Callable[[int, int], None]:
        return lambda done, total: self.progress(what, done, total)


def _joined(parts: list[NDArray[np.uint8]] | list[NDArray[np.float32]]) -> Tensor:
    return torch.from_numpy(np.concatenate(parts))


def open_train(
    data: Path,
    measured: SceneDataset,
    generator: GeneratorConfig,
    names: frozenset[str],
    features: PictureFeatures | None,
    progress: Callable[[str, int, int], None],
) -> TrainSplit:
    """Draw pictures of the train split that are chosen as the measured ones were; no pixel is read yet.

    Args:
        data: as the user named it.
        measured: another split of it, for the model's words and how pictures are chosen.
        generator: picture and mask size.
        names: of the objects that count.
        features: see `TrainSplit`.
        progress: see `TrainSplit`.

    Raises:
        InputError: files that are missing or cannot be used.
    """
    size, side = generator.image_size, generator.mask_size or DEFAULT_MASK_SIZE
    derive = measured.scenes[0].triples is None
    pixels = None if features is None else size
    items = sample_split(data, SPLIT, measured.config, side, pixels, ANNOTATIONS, derive)
    return TrainSplit(items, size, names, names - measured.vocabulary.stuff, features, progress)
