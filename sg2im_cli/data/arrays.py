"""From an image as a file has it to arrays: boxes as shares of the picture, and masks of one size."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig
from sg2im_cli.data.choosing import choose_objects, why_image_left_out
from sg2im_cli.data.images import AnnotatedImage, Annotation, PreparedImage, relationships_among
from sg2im_cli.data.segmentation import cut_mask
from sg2im_errors import InputError

Damaged = Callable[[str], None]
"""Is told of a segmentation that cannot be used, in a sentence."""


def used_images(
    images: Iterable[AnnotatedImage],
    config: DataConfig,
    mask_size: int,
    left_out: Counter[str] | None = None,
    damaged: Damaged | None = None,
    read: Callable[[AnnotatedImage], NDArray[np.uint8] | None] | None = None,
) -> Iterator[PreparedImage]:
    """Yield the images that a configuration keeps, with their objects and masks; count the others by why.

    Args:
        images: as files have them.
        config: what is kept.
        mask_size: M.
        left_out: is told how many images are left out, by why.
        damaged: see `prepare_image`.
        read: the pixels of an image that is kept; where it gives none, the image is left out.

    Raises:
        InputError: a segmentation that cannot be used; the message names it.
    """
    for image in images:
        kept = choose_objects(image, config)
        if kept is not None:
            pixels = None if read is None else read(image)
            if read is None or pixels is not None:
                yield replace(_used_image(image, kept, config, mask_size, damaged), pixels=pixels)
        elif left_out is not None:
            left_out[why_image_left_out(image, config)] += 1


def sampled_images(
    images: Iterable[AnnotatedImage], config: DataConfig, mask_size: int, most: int, rng: np.random.Generator
) -> list[PreparedImage]:
    """Some of the images that a configuration keeps, drawn at random and in that order; only theirs are masks made.

    Args:
        images: gone through twice.
        config: what is kept.
        mask_size: M.
        most: how many; all if there are fewer.
        rng: where chance comes from.

    Raises:
        InputError: a segmentation that cannot be used; the message names it.
    """
    kept = [choose_objects(image, config) for image in images]
    drawn = rng.permutation([i for i, objects in enumerate(kept) if objects is not None])[:most].tolist()
    wanted = frozenset(drawn)
    made = {i: _used_image(image, kept[i] or [], config, mask_size) for i, image in enumerate(images) if i in wanted}
    return [made[i] for i in drawn]


def _used_image(
    image: AnnotatedImage, kept: list[int], config: DataConfig, mask_size: int, damaged: Damaged | None = None
) -> PreparedImage:
    """These objects, without masks that a configuration leaves out; see `prepare_image`."""
    made = prepare_image(image, kept, mask_size, damaged)
    return without_machine_masks(made) if config.machine_weight(image.source) == 0 else made


def prepare_image(
    image: AnnotatedImage, kept: list[int], mask_size: int, damaged: Damaged | None = None
) -> PreparedImage:
    """Some of an image's objects, in this order, with boxes as shares and masks of one size.

    Args:
        image: as a file has it.
        kept: places of the objects.
        mask_size: M.
        damaged: is told of each segmentation that cannot be used, whose object then has none; without it the first is
            an error.

    Raises:
        InputError: a segmentation that cannot be used; the message names it.
    """
    items = [image.annotations[i] for i in kept]
    scale = np.array([image.width, image.height] * 2, dtype=np.float32)
    far = np.finfo(np.float32).max
    corners = np.array([item.corners for item in items], dtype=np.float64).clip(-far, far).astype(np.float32)
    masks = [_mask(item, image, mask_size, damaged) for item in items]
    blank = np.ones((mask_size, mask_size), dtype=np.uint8)
    has_mask = np.array([mask is not None for mask in masks])
    machine = np.array([item.machine for item in items]) & np.stack([np.ones_like(has_mask), has_mask], axis=1)
    return PreparedImage(
        image.path,
        tuple(item.name for item in items),
        (corners / scale).clip(0, 1),
        np.stack([blank if mask is None else mask for mask in masks]),
        has_mask,
        attributes=tuple(item.attributes for item in items),
        relationships=None if image.relationships is None else relationships_among(image.relationships, kept),
        machine=machine if machine.any() else None,
        source=image.source,
        stated=(image.width, image.height),
    )


def without_machine_masks(image: PreparedImage) -> PreparedImage:
    """The same objects, with masks that a machine made unknown."""
    if image.machine is None or not image.machine[:, 1].any():
        return image
    by_people = ~image.machine[:, 1]
    masks = np.where(by_people[:, None, None], image.masks, np.uint8(1))
    machine = image.machine & np.array([True, False])
    return replace(image, masks=masks, has_mask=image.has_mask & by_people, machine=machine if machine.any() else None)


def _mask(item: Annotation, image: AnnotatedImage, size: int, damaged: Damaged | None) -> NDArray[np.uint8] | None:
    try:
        shape = json.loads(item.segmentation) if isinstance(item.segmentation, str) else item.segmentation
        return cut_mask(shape, image.height, image.width, item.corners, size)
    except ValueError as error:
        sentence = f"{item.where} has a segmentation that cannot be read: {error}."
        if damaged is None:
            raise InputError(sentence) from None
        damaged(sentence)
        return None
