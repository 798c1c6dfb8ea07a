"""Reading the COCO / COCO-Stuff file layout.

DIR/images/SPLIT/*.jpg, or DIR/SPLIT/*.jpg as COCO's own archives unpack
DIR/annotations/instances_SPLIT.json      things
DIR/annotations/stuff_SPLIT.json          stuff; may be absent

SPLIT is what was asked for, or has one of COCO's years after it: ``train`` finds ``train2017``, too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sg2im_cli.config import DataConfig
from sg2im_cli.data.segmentation import Corners, cut_mask
from sg2im_parsers.errors import InputError

LEFT_OUT = "other"
"""A stuff category of COCO-Stuff that says nothing; the paper leaves it out."""

YEARS = ("", "2017", "2014")
"""What may follow a split's name, in the order of preference."""

T = TypeVar("T")


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
    """

    path: Path
    names: tuple[str, ...]
    boxes: NDArray[np.float32]
    masks: NDArray[np.uint8]
    has_mask: NDArray[np.bool_]
    attributes: tuple[tuple[str, ...], ...]
    relationships: tuple[tuple[int, str, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """One object as a file has it.

    Attributes:
        where: the file and the annotation's id, for messages.
        name: of its category.
        corners: of its box, in pixels.
        segmentation: as in the file; empty if it is unknown.
    """

    where: str
    name: str
    corners: Corners
    segmentation: Any

    @property
    def area(self) -> float:
        """Of the box, in pixels."""
        x0, y0, x1, y1 = self.corners
        return (x1 - x0) * (y1 - y0)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture as a file has it, with its objects in the files' order.

    Attributes:
        path: of the picture.
        width: in pixels, of the picture that was annotated.
        height: likewise.
        objects: without those of category `other`.
    """

    path: Path
    width: int
    height: int
    objects: list[Annotation] = field(default_factory=list)


@dataclass(frozen=True)
class Annotations:
    """The files of one split.

    Attributes:
        pictures: in the files' order.
        things: category names.
        stuff: category names, without `other`.
    """

    pictures: tuple[Picture, ...]
    things: tuple[str, ...]
    stuff: tuple[str, ...]


def read_annotations(data: Path, split: str) -> Annotations:
    """Read the annotation files of one split.

    Raises:
        InputError: the directory or a file is missing, a file is not of this kind, or an entry of it is damaged;
            the message names the file.
    """
    if not data.is_dir():
        raise InputError(f"There is no directory {data}; --data takes one with images/ and annotations/.")
    folder = picture_folder(data, split)
    if folder is None:
        raise InputError(f"{data} has no directory images/{split}.")
    paths = {kind: data / "annotations" / f"{kind}_{folder.name}.json" for kind in ("instances", "stuff")}
    files = {path: _read_json(path) for kind, path in paths.items() if kind == "instances" or path.exists()}
    names: dict[int, str] = {}
    pictures: dict[int, Picture] = {}
    for path, content in files.items():
        _each(path, "categories", content, lambda entry: _add_category(entry, names))
        _each(path, "images", content, lambda entry: _add_picture(entry, folder, pictures))
    for path, content in files.items():
        _each(path, "annotations", content, lambda entry, path=path: _add_object(entry, path, names, pictures))  # type: ignore[misc]
    kinds = [[c["name"] for c in files.get(path, {"categories": []})["categories"]] for path in paths.values()]
    things, stuff = (tuple(dict.fromkeys(name for name in kind if name != LEFT_OUT)) for kind in kinds)
    return Annotations(tuple(pictures.values()), things, tuple(name for name in stuff if name not in things))


def picture_folder(data: Path, split: str) -> Path | None:
    """Where the pictures of a split are, with or without COCO's year; None if the split is missing."""
    for parent in (data / "images", data):
        for year in YEARS:
            folder = parent / f"{split}{year}"
            if folder.is_dir():
                return folder
    return None


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf8"))
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read as JSON: {error}.") from None
    keys = ("images", "annotations", "categories")
    if not isinstance(data, dict) or not all(isinstance(data.get(key), list) for key in keys):
        raise InputError(f"{path} is not a COCO annotation file: it needs lists of images, annotations and categories.")
    return data


def _each(path: Path, key: str, content: Mapping[str, list[Any]], add: Callable[[Any], None]) -> None:
    """Use every entry of a list, and say which one is damaged."""
    for number, entry in enumerate(content[key]):
        try:
            add(entry)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            problem = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
            ident = f"id {entry['id']}" if isinstance(entry, dict) and "id" in entry else f"number {number + 1}"
            raise InputError(f"{path}: the entry {ident} of {key} cannot be used: {problem}.") from None


def _add_category(entry: Any, names: dict[int, str]) -> None:  # noqa: ANN401
    ident, name = _of_type(int, entry["id"]), _of_type(str, entry["name"])
    if names.setdefault(ident, name) != name:
        raise ValueError(f"it is called {name!r}, and another of the same id {names[ident]!r}")


def _add_picture(entry: Any, folder: Path, pictures: dict[int, Picture]) -> None:  # noqa: ANN401
    width, height = _of_type(int, entry["width"]), _of_type(int, entry["height"])
    if width < 1 or height < 1:
        raise ValueError(f"its size is {width}x{height}")
    picture = Picture(folder / _of_type(str, entry["file_name"]), width, height)
    pictures.setdefault(_of_type(int, entry["id"]), picture)


def _add_object(entry: Any, path: Path, names: dict[int, str], pictures: dict[int, Picture]) -> None:  # noqa: ANN401
    category, image = entry["category_id"], entry["image_id"]
    if category not in names:
        raise ValueError(f"it has category {category}, which no file defines")
    if image not in pictures:
        raise ValueError(f"it is of image {image}, which no file lists")
    x, y, width, height = (float(value) for value in entry["bbox"])
    if not all(map(math.isfinite, (x, y, width, height))) or width < 0 or height < 0:
        raise ValueError(f"its bbox is {entry['bbox']}, and x, y, width, height are expected")
    if names[category] != LEFT_OUT:
        where = f"{path}: annotation {entry.get('id')}"
        corners = (x, y, x + width, y + height)
        pictures[image].objects.append(Annotation(where, names[category], corners, entry.get("segmentation")))


def _of_type(kind: type[T], value: object) -> T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{value!r} is not of type {kind.__name__}")
    return value


def used_images(annotations: Annotations, config: DataConfig, mask_size: int) -> Iterator[Annotated]:
    """Yield the pictures that a configuration keeps, with their objects and masks.

    Raises:
        InputError: a segmentation that cannot be used; the message names it.
    """
    for picture in annotations.pictures:
        least = config.min_area * picture.width * picture.height
        kept = sorted((item for item in picture.objects if item.area > least), key=lambda item: -item.area)
        if config.crowded == "largest":
            kept = kept[: config.max_objects]
        if config.min_objects <= len(kept) <= config.max_objects:
            yield _annotated(picture, kept, mask_size)


def _annotated(picture: Picture, items: list[Annotation], mask_size: int) -> Annotated:
    scale = np.array([picture.width, picture.height] * 2, dtype=np.float32)
    corners = np.array([item.corners for item in items], dtype=np.float32)
    masks = [_mask(item, picture, mask_size) for item in items]
    blank = np.ones((mask_size, mask_size), dtype=np.uint8)
    return Annotated(
        picture.path,
        tuple(item.name for item in items),
        (corners / scale).clip(0, 1),
        np.stack([blank if mask is None else mask for mask in masks]),
        np.array([mask is not None for mask in masks]),
        attributes=((),) * len(items),
    )


def _mask(item: Annotation, picture: Picture, size: int) -> NDArray[np.uint8] | None:
    try:
        return cut_mask(item.segmentation, picture.height, picture.width, item.corners, size)
    except ValueError as error:
        raise InputError(f"{item.where} has a segmentation that cannot be read: {error}.") from None


def load_image(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture squeezed to (height, width) bilinearly, aspect not kept, as (3, H, W).

    Pillow's bilinear filter widens with the reduction, so that every pixel counts and nothing aliases.

    Raises:
        InputError: the file is missing or is no picture.
    """
    try:
        with Image.open(path) as image:
            small = image.convert("RGB").resize(size[::-1], Image.Resampling.BILINEAR)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"The picture {path} cannot be read: {error}.") from None
    return np.asarray(small).transpose(2, 0, 1)
