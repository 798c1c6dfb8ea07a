"""From what a user writes after ``--data`` to the images of a split.

1. A directory: prepared data if it says so, else COCO's annotation files in any layout that is known.
2. ``owner/name`` or ``owner/name@revision``: prepared data on the Hugging Face Hub, kept in its cache.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np

from sg2im_cli.config import DataConfig
from sg2im_cli.data.arrays import sampled_images, used_images
from sg2im_cli.data.images import PreparedImage
from sg2im_cli.data.prepared.reading import PreparedData, is_prepared, open_prepared
from sg2im_cli.data.readers.coco import has_coco_split, read_annotations
from sg2im_cli.data.readers.damage import PICTURES, noted_masks, read_picture
from sg2im_cli.data.readers.notes import Notes
from sg2im_cli.data.splits import MappedSplit, ReadSplit, Split
from sg2im_errors import InputError
from sg2im_weights.hub import fetch_dataset, parse_ref


def find_data(data: Path) -> Path:
    """The directory that is meant: itself, or the copy of a Hub repository, which is fetched if it is not there.

    Raises:
        InputError: it names nothing that can be used.
        WeightsError: a download failed.
    """
    ref = parse_ref(data.as_posix())
    if ref is None or data.exists() or data.is_absolute():
        return data
    folder = fetch_dataset(ref, _is_complete)
    if not is_prepared(folder):
        raise InputError(f"{ref} on the Hub holds no data that was prepared by sg2im.")
    return folder


def _is_complete(folder: Path) -> bool:
    if not is_prepared(folder):
        return False
    splits = open_prepared(folder).splits
    return all((folder / name / shard).exists() for name, split in splits.items() for shard in split["shards"])


def has_split(data: Path, split: str) -> bool:
    """Whether there is such a split, prepared or not; one without pictures is none."""
    folder = find_data(data)
    if is_prepared(folder):
        return bool(open_prepared(folder).splits.get(split, {}).get("pictures"))
    return has_coco_split(folder, split)


def stated_predicates(data: Path) -> tuple[str, ...]:
    """The words of the relationships that data states; none where they are derived from boxes."""
    folder = find_data(data)
    return (open_prepared(folder).predicates or ()) if is_prepared(folder) else ()


def data_name(data: Path) -> str:
    """What to call data in a model's card: prepared data by what it was made from."""
    folder = find_data(data)
    return str(open_prepared(folder).metadata["made_from"]["name"]) if is_prepared(folder) else folder.resolve().name


def open_split(
    data: Path,
    split: str,
    config: DataConfig,
    mask_size: int,
    image_size: tuple[int, int] | None,
    derive: bool = False,
    notes: Notes | None = None,
) -> Split:
    """The images of a split that a configuration uses.

    Args:
        data: as the user named it.
        split: of it.
        config: which images and objects are used.
        mask_size: M.
        image_size: height and width; None if pixels are not wanted.
        derive: pass over relationships that the data states.
        notes: is told of what of annotation files cannot be used; without it damage is an error.

    Raises:
        InputError: data that is missing, damaged, or prepared in other sizes.
    """
    folder = find_data(data)
    if is_prepared(folder):
        return _mapped(folder, split, config, mask_size, image_size, derive)
    notes, left_out = Notes() if notes is None else notes, Counter[str]()
    read = read_annotations(folder, split, notes=notes)
    pixels = None if image_size is None else partial(read_picture, size=image_size, notes=notes)
    used = list(used_images(read, config, mask_size, left_out, noted_masks(notes), pixels))
    if not used and PICTURES in notes.kinds:
        raise InputError(f"No picture of {data} can be used. {notes.kinds[PICTURES].examples[0]}")
    return ReadSplit(used, read.things, read.stuff, left_out)


def sample_split(
    data: Path,
    split: str,
    config: DataConfig,
    mask_size: int,
    image_size: tuple[int, int] | None,
    most: int,
    derive: bool = False,
    seed: int = 0,
) -> list[PreparedImage]:
    """Some of the images that a configuration uses, drawn at random and in that order; only these are made.

    Args:
        data: see `open_split`, as for the others.
        split: of it.
        config: which images and objects are used.
        mask_size: M.
        image_size: height and width of the pixels of prepared data; None if pixels are not wanted.
        most: how many images; all if there are fewer.
        derive: see `open_split`.
        seed: of the draw.

    Raises:
        InputError: data that is missing, damaged, or prepared in other sizes.
    """
    folder, rng = find_data(data), np.random.default_rng(seed)
    if not is_prepared(folder):
        return sampled_images(read_annotations(folder, split), config, mask_size, most, rng)
    images = _mapped(folder, split, config, mask_size, image_size, derive)
    return [images[int(i)] for i in rng.permutation(len(images))[:most]]


def _mapped(
    folder: Path, split: str, config: DataConfig, mask_size: int, image_size: tuple[int, int] | None, derive: bool
) -> MappedSplit:
    prepared = open_prepared(folder)
    _require_sizes(prepared, mask_size, image_size)
    return MappedSplit(prepared, split, config, image_size is not None, derive)


def _require_sizes(prepared: PreparedData, mask_size: int, image_size: tuple[int, int] | None) -> None:
    height, width = prepared.image_size
    wanted = prepared.image_size if image_size is None else image_size
    if (prepared.mask_size, prepared.image_size) != (mask_size, wanted):
        raise InputError(
            f"{prepared.path} was prepared for pictures of {height} x {width} pixels and masks of "
            f"{prepared.mask_size}, and {wanted[0]} x {wanted[1]} and {mask_size} are wanted; prepare the data for "
            "these, or take another recipe."
        )
