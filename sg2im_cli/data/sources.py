"""From what a user writes after ``--data`` to the images of a split.

1. A directory: prepared data if it says so, else the COCO / COCO-Stuff layout.
2. ``owner/name`` or ``owner/name@revision``: prepared data on the Hugging Face Hub, kept in its cache.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from sg2im_cli.config import DataConfig
from sg2im_cli.data.arrays import sampled_images, used_images
from sg2im_cli.data.images import PreparedImage
from sg2im_cli.data.prepared.reading import PreparedData, is_prepared, open_prepared
from sg2im_cli.data.readers.coco import picture_folder, read_annotations
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
    """Whether there is such a split, prepared or not."""
    folder = find_data(data)
    return split in open_prepared(folder).splits if is_prepared(folder) else picture_folder(folder, split) is not None


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
) -> Split:
    """The images of a split that a configuration uses.

    Args:
        data: as the user named it.
        split: of it.
        config: which images and objects are used.
        mask_size: M.
        image_size: height and width; None if pixels are not wanted.
        derive: pass over relationships that the data states.

    Raises:
        InputError: data that is missing, damaged, or prepared in other sizes.
    """
    folder = find_data(data)
    if is_prepared(folder):
        return _mapped(folder, split, config, mask_size, image_size, derive)
    _require_coco(folder)
    read, left_out = read_annotations(folder, split), Counter[str]()
    return ReadSplit(list(used_images(read, config, mask_size, left_out)), read.things, read.stuff, left_out)


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
        _require_coco(folder)
        return sampled_images(read_annotations(folder, split), config, mask_size, most, rng)
    images = _mapped(folder, split, config, mask_size, image_size, derive)
    return [images[int(i)] for i in rng.permutation(len(images))[:most]]


def _mapped(
    folder: Path, split: str, config: DataConfig, mask_size: int, image_size: tuple[int, int] | None, derive: bool
) -> MappedSplit:
    prepared = open_prepared(folder)
    _require_sizes(prepared, mask_size, image_size)
    return MappedSplit(prepared, split, config, image_size is not None, derive)


def _require_coco(folder: Path) -> None:
    """Say what to do with layouts that have to be prepared."""
    if layout := _layout_to_prepare(folder):
        raise InputError(f"{folder} has to be prepared first: sg2im data prepare {layout} {folder} --out DIR.")


def _layout_to_prepare(path: Path) -> str | None:
    if path.is_file():
        return {".yaml": "yolo", ".yml": "yolo"}.get(path.suffix.lower(), "jsonl")
    known = {"image_data.json": "vg", "data.yaml": "yolo"}
    return next((layout for name, layout in known.items() if (path / name).is_file()), None)


def _require_sizes(prepared: PreparedData, mask_size: int, image_size: tuple[int, int] | None) -> None:
    height, width = prepared.image_size
    wanted = prepared.image_size if image_size is None else image_size
    if (prepared.mask_size, prepared.image_size) != (mask_size, wanted):
        raise InputError(
            f"{prepared.path} was prepared for pictures of {height} x {width} pixels and masks of "
            f"{prepared.mask_size}, and {wanted[0]} x {wanted[1]} and {mask_size} are wanted; prepare the data for "
            "these, or take another recipe."
        )
