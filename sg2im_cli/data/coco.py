"""Reading the COCO / COCO-Stuff file layout.

DIR/images/{train,val}/*.jpg
DIR/annotations/instances_{train,val}.json      things
DIR/annotations/stuff_{train,val}.json          stuff; may be absent
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sg2im_cli.config import DataConfig
from sg2im_parsers.errors import InputError, Sg2imError

LEFT_OUT = "other"
"""A stuff category of COCO-Stuff that says nothing; the paper leaves it out."""


@dataclass(frozen=True)
class Annotated:
    """One picture's objects as they are used, largest box first.

    Attributes:
        path: the picture.
        names: (O,) category names.
        boxes: (O, 4) in [0, 1].
        masks: (O, M, M) uint8, cut to the box.
        has_mask: (O,) False where the file gives a box only.
    """

    path: Path
    names: tuple[str, ...]
    boxes: NDArray[np.float32]
    masks: NDArray[np.uint8]
    has_mask: NDArray[np.bool_]


@dataclass(frozen=True)
class Annotations:
    """The files of one split.

    Attributes:
        images: by id, as in the file.
        objects: annotations by image id, in the files' order.
        things: category names.
        stuff: category names.
    """

    folder: Path
    images: dict[int, dict[str, Any]]
    objects: dict[int, list[dict[str, Any]]]
    names: dict[int, str]
    things: tuple[str, ...]
    stuff: tuple[str, ...]


def read_annotations(data: Path, split: str) -> Annotations:
    """Read the annotation files of one split.

    Raises:
        InputError: the directory or a file is missing, or a file is not of this kind.
    """
    if not data.is_dir():
        raise InputError(f"There is no directory {data}; --data takes one with images/ and annotations/.")
    folder = data / "images" / split
    if not folder.is_dir():
        raise InputError(f"{data} has no directory images/{split}.")
    things = _read_json(data / "annotations" / f"instances_{split}.json")
    stuff_path = data / "annotations" / f"stuff_{split}.json"
    stuff = _read_json(stuff_path) if stuff_path.exists() else {"images": [], "annotations": [], "categories": []}
    objects: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for item in (*things["annotations"], *stuff["annotations"]):
        objects[item["image_id"]].append(item)
    names = {c["id"]: c["name"] for c in (*things["categories"], *stuff["categories"])}
    return Annotations(
        folder,
        {image["id"]: image for image in (*things["images"], *stuff["images"])},
        dict(objects),
        names,
        tuple(c["name"] for c in things["categories"]),
        tuple(c["name"] for c in stuff["categories"] if c["name"] != LEFT_OUT),
    )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf8"))
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{path} cannot be read as JSON: {error}.") from None
    if not isinstance(data, dict) or not {"images", "annotations", "categories"} <= data.keys():
        raise InputError(f"{path} is not a COCO annotation file: it needs images, annotations and categories.")
    return data


def used_images(annotations: Annotations, config: DataConfig, mask_size: int) -> Iterator[Annotated]:
    """Yield the pictures that a configuration keeps, with their objects and masks.

    Raises:
        InputError: an annotation that cannot be used; the message names it.
    """
    for image_id, image in annotations.images.items():
        kept = [
            (area, item)
            for item in annotations.objects.get(image_id, [])
            if (area := _box_share(item, image, annotations)) >= config.min_area
        ]
        kept.sort(key=lambda pair: -pair[0])
        if config.crowded == "largest":
            kept = kept[: config.max_objects]
        if config.min_objects <= len(kept) <= config.max_objects:
            yield _annotated(annotations, image, [item for _, item in kept], mask_size)


def _box_share(item: dict[str, Any], image: dict[str, Any], annotations: Annotations) -> float:
    name = annotations.names.get(item["category_id"])
    if name is None:
        raise InputError(f"Annotation {item.get('id')} has category {item['category_id']}, which no file defines.")
    if name == LEFT_OUT:
        return -1.0
    return float(item["bbox"][2] * item["bbox"][3]) / float(image["width"] * image["height"])


def _annotated(
    annotations: Annotations, image: dict[str, Any], items: list[dict[str, Any]], mask_size: int
) -> Annotated:
    height, width = image["height"], image["width"]
    scale = np.array([width, height, width, height], dtype=np.float32)
    corners = np.array([_corners(item["bbox"]) for item in items], dtype=np.float32)
    masks = [_mask(item, height, width, mask_size) for item in items]
    blank = np.ones((mask_size, mask_size), dtype=np.uint8)
    return Annotated(
        annotations.folder / image["file_name"],
        tuple(annotations.names[item["category_id"]] for item in items),
        (corners / scale).clip(0, 1),
        np.stack([blank if mask is None else mask for mask in masks]),
        np.array([mask is not None for mask in masks]),
    )


def _corners(bbox: list[float]) -> list[float]:
    return [bbox[0], bbox[1], bbox[0] + bbox[2], bbox[1] + bbox[3]]


def _mask(item: dict[str, Any], height: int, width: int, size: int) -> NDArray[np.uint8] | None:
    """The segmentation cut to its rounded box and squeezed to (size, size); None if the file gives a box only."""
    if not item.get("segmentation"):
        return None
    whole = _decode(item, height, width)
    x0, y0, x1, y1 = (round(v) for v in _corners(item["bbox"]))
    part = whole[max(0, y0) : max(y0 + 1, y1), max(0, x0) : max(x0 + 1, x1)]
    if not part.size:
        return None
    resized = Image.fromarray(part * np.uint8(255)).resize((size, size), Image.Resampling.BILINEAR)
    return (np.asarray(resized) > 127).astype(np.uint8)


def _decode(item: dict[str, Any], height: int, width: int) -> NDArray[np.uint8]:
    try:
        from pycocotools import mask as coco
    except ImportError:
        raise Sg2imError(
            "Reading segmentations needs pycocotools; install it with: pip install 'sg2im-cli[train]'."
        ) from None
    segmentation = item["segmentation"]
    try:
        if isinstance(segmentation, dict) and isinstance(segmentation["counts"], list):
            segmentation = coco.frPyObjects(segmentation, height, width)
        elif isinstance(segmentation, list):
            segmentation = coco.merge(coco.frPyObjects(segmentation, height, width))
        decoded: NDArray[np.uint8] = coco.decode(segmentation)
    except Exception as error:  # pycocotools raises plain Exception, too
        raise InputError(f"Annotation {item.get('id')} has a segmentation that cannot be read: {error}.") from None
    return decoded


def load_image(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture squeezed to (height, width) bilinearly, aspect not kept, as (3, H, W).

    Raises:
        InputError: the file is missing or is no picture.
    """
    try:
        with Image.open(path) as image:
            small = image.convert("RGB").resize(size[::-1], Image.Resampling.BILINEAR)
    except (OSError, ValueError) as error:
        raise InputError(f"The picture {path} cannot be read: {error}.") from None
    return np.asarray(small).transpose(2, 0, 1)
