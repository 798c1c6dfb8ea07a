"""Pictures and objects as annotation files have them, whatever their layout, and as a model is trained on them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sg2im_cli.config import DataConfig
from sg2im_cli.data.segmentation import Corners, cut_mask
from sg2im_parsers.errors import InputError

Stated = tuple[tuple[int, str, int], ...]
"""Relationships as data states them: subject, predicate, object."""


@dataclass(frozen=True)
class Annotated:
    """One picture's objects as they are used, largest box first.

    Attributes:
        path: the picture.
        names: (O,) category names.
        boxes: (O, 4) in [0, 1].
        masks: (O, M, M) uint8, cut to the box.
        has_mask: (O,) False where the file gives a box only.
        attributes: (O,) words that the data has for each object, such as ``("red", "small")``.
        relationships: subject, predicate, object; None where the data states none and they are derived from boxes.
        pixels: (3, H, W) uint8 where they lie ready in prepared data; None where the picture must be read.
        machine: (O, 2) whether a machine made an object's box and name, and its mask; None where people made all.
        source: where the picture comes from, if the data says so.
    """

    path: Path
    names: tuple[str, ...]
    boxes: NDArray[np.float32]
    masks: NDArray[np.uint8]
    has_mask: NDArray[np.bool_]
    attributes: tuple[tuple[str, ...], ...]
    relationships: Stated | None = None
    pixels: NDArray[np.uint8] | None = None
    machine: NDArray[np.bool_] | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One object as a file has it.

    Attributes:
        where: the file and the annotation's id, for messages.
        name: of its category.
        corners: of its box, in pixels.
        segmentation: as in COCO's files, or the text of that JSON; empty if it is unknown.
        attributes: words that the file has for it.
        machine: whether a machine made its box and name, and its segmentation.
    """

    where: str
    name: str
    corners: Corners
    segmentation: Any
    attributes: tuple[str, ...] = ()
    machine: tuple[bool, bool] = (False, False)

    @property
    def area(self) -> float:
        """Of the box, in pixels."""
        x0, y0, x1, y1 = self.corners
        return (x1 - x0) * (y1 - y0)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture as a file has it, with its objects in the file's order.

    Attributes:
        path: of the picture.
        width: in pixels, of the picture that was annotated.
        height: likewise.
        objects: without those of category `other`.
        relationships: between the objects at these places; None where the data states none.
        source: where the picture comes from, if the file says so.
    """

    path: Path
    width: int
    height: int
    objects: list[Annotation] = field(default_factory=list)
    relationships: Stated | None = None
    source: str = ""


def used_pictures(pictures: Iterable[Picture], config: DataConfig, mask_size: int) -> Iterator[Annotated]:
    """Yield the pictures that a configuration keeps, with their objects and masks.

    Raises:
        InputError: a segmentation that cannot be used; the message names it.
    """
    for picture in pictures:
        kept = used_objects(picture, config)
        if kept is not None:
            yield used_item(picture, kept, config, mask_size)


def used_objects(picture: Picture, config: DataConfig) -> list[int] | None:
    """Which objects of a picture are used; see `chosen`."""
    areas = np.array([item.area for item in picture.objects])
    usable = None
    if config.machine_weight(picture.source) == 0:
        usable = np.array([not item.machine[0] for item in picture.objects], dtype=bool)
    return chosen(areas, picture.width * picture.height, config, usable=usable)


def used_item(picture: Picture, kept: list[int], config: DataConfig, mask_size: int) -> Annotated:
    """These objects of a picture, without masks that a configuration leaves out; see `annotate`."""
    item = annotate(picture, kept, mask_size)
    return without_machine_masks(item) if config.machine_weight(picture.source) == 0 else item


def chosen(
    areas: NDArray[np.float64],
    whole: int,
    config: DataConfig,
    stated: bool = False,
    usable: NDArray[np.bool_] | None = None,
) -> list[int] | None:
    """Which objects of a picture are used, largest box first; None if the picture is left out.

    Args:
        areas: (O,) of the boxes, in pixels.
        whole: of the picture.
        config: the bounds.
        stated: whether relationships are stated: then graphs of at most so many objects are drawn from a picture that
            has more, as in the paper.
        usable: (O,) False for objects that are left out beforehand.
    """
    order = np.argsort(-areas, kind="stable")
    large = areas > config.min_area * whole
    kept: list[int] = order[(large if usable is None else large & usable)[order]].tolist()
    most = len(kept) if stated else config.max_objects
    if config.crowded == "largest":
        kept = kept[:most]
    return kept if config.min_objects <= len(kept) <= most else None


def annotate(picture: Picture, kept: list[int], mask_size: int) -> Annotated:
    """Some of a picture's objects, in this order, with boxes as shares and masks of one size.

    Raises:
        InputError: a segmentation that cannot be used; the message names it.
    """
    items = [picture.objects[i] for i in kept]
    scale = np.array([picture.width, picture.height] * 2, dtype=np.float32)
    corners = np.array([item.corners for item in items], dtype=np.float32)
    masks = [_mask(item, picture, mask_size) for item in items]
    blank = np.ones((mask_size, mask_size), dtype=np.uint8)
    has_mask = np.array([mask is not None for mask in masks])
    machine = np.array([item.machine for item in items]) & np.stack([np.ones_like(has_mask), has_mask], axis=1)
    return Annotated(
        picture.path,
        tuple(item.name for item in items),
        (corners / scale).clip(0, 1),
        np.stack([blank if mask is None else mask for mask in masks]),
        has_mask,
        attributes=tuple(item.attributes for item in items),
        relationships=None if picture.relationships is None else among(picture.relationships, kept),
        machine=machine if machine.any() else None,
        source=picture.source,
    )


def without_machine_masks(item: Annotated) -> Annotated:
    """The same objects, with masks that a machine made unknown."""
    if item.machine is None or not item.machine[:, 1].any():
        return item
    by_people = ~item.machine[:, 1]
    masks = np.where(by_people[:, None, None], item.masks, np.uint8(1))
    machine = item.machine & np.array([True, False])
    return replace(item, masks=masks, has_mask=item.has_mask & by_people, machine=machine if machine.any() else None)


def among(relationships: Stated, kept: list[int]) -> Stated:
    """The relationships between the objects that are kept, by their new places."""
    places = {old: new for new, old in enumerate(kept)}
    return tuple((places[s], p, places[o]) for s, p, o in relationships if s in places and o in places)


def _mask(item: Annotation, picture: Picture, size: int) -> NDArray[np.uint8] | None:
    try:
        shape = json.loads(item.segmentation) if isinstance(item.segmentation, str) else item.segmentation
        return cut_mask(shape, picture.height, picture.width, item.corners, size)
    except ValueError as error:
        raise InputError(f"{item.where} has a segmentation that cannot be read: {error}.") from None


def load_image(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture squeezed to (height, width) bilinearly, aspect not kept, as (3, H, W).

    Pillow's bilinear filter widens with the reduction, so that every pixel counts and nothing aliases.

    Raises:
        InputError: the file is missing or is no picture.
    """
    return np.asarray(open_image(path).resize(size[::-1], Image.Resampling.BILINEAR)).transpose(2, 0, 1)


def open_image(path: Path) -> Image.Image:
    """A picture in RGB.

    Raises:
        InputError: the file is missing or is no picture.
    """
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"The picture {path} cannot be read: {error}.") from None
