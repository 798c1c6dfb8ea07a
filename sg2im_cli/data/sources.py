"""From what a user writes after ``--data`` to the annotated pictures of a split.

1. A directory: prepared data if it says so, else the COCO / COCO-Stuff layout.
2. ``owner/name`` or ``owner/name@revision``: prepared data on the Hugging Face Hub, kept in its cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig
from sg2im_cli.data.images import Annotated, without_machine_masks
from sg2im_cli.data.prepared.reading import Prepared, Rows, is_prepared, open_prepared
from sg2im_cli.data.readers.coco import picture_folder, read_annotations, sampled_images, used_images
from sg2im_parsers.errors import InputError
from sg2im_weights.hub import fetch_dataset, parse_ref

__all__ = [
    "Items",
    "Split",
    "data_name",
    "find_data",
    "has_split",
    "open_split",
    "sample_split",
    "stated_predicates",
]


class Items(Protocol):
    """The pictures of a split that a configuration uses, one at a time."""

    @property
    def lazy(self) -> bool:
        """Whether a look-up costs little, so that nothing need be read before."""
        ...

    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> Annotated: ...
    def names(self, index: int) -> tuple[str, ...]:
        """Of the objects of a picture."""
        ...

    def has_mask(self, index: int) -> NDArray[np.bool_]:
        """Of the objects of a picture."""
        ...

    def boxes(self, index: int) -> NDArray[np.float32]:
        """Of the objects of a picture."""
        ...

    def attributes(self, index: int) -> tuple[tuple[str, ...], ...]:
        """Of the objects of a picture."""
        ...


@dataclass(frozen=True)
class Split:
    """A split of any kind of data.

    Attributes:
        items: the pictures that are used.
        things: category names.
        stuff: likewise.
        predicates: of relationships that the data states; None where they are derived from boxes.
        attributes: words of objects that were chosen for a model when the data was prepared; None if none were.
    """

    items: Items
    things: tuple[str, ...]
    stuff: tuple[str, ...]
    predicates: tuple[str, ...] | None = None
    attributes: tuple[str, ...] | None = None


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
    """The pictures of a split that a configuration uses.

    Args:
        data: as the user named it.
        split: of it.
        config: which pictures and objects are used.
        mask_size: M.
        image_size: height and width; None if pixels are not wanted.
        derive: pass over relationships that the data states.

    Raises:
        InputError: data that is missing, damaged, or prepared in other sizes.
    """
    folder = find_data(data)
    if is_prepared(folder):
        prepared = open_prepared(folder)
        _require_sizes(prepared, mask_size, image_size)
        predicates = None if derive else prepared.predicates
        items = _MappedItems(prepared.rows(split), config, image_size is not None, predicates is not None)
        chosen = prepared.attributes if prepared.metadata["layout"] == "vg" else None
        return Split(items, prepared.things, prepared.stuff, predicates, chosen)
    _require_coco(folder)
    annotations = read_annotations(folder, split)
    return Split(_ReadItems(list(used_images(annotations, config, mask_size))), annotations.things, annotations.stuff)


def sample_split(
    data: Path,
    split: str,
    config: DataConfig,
    mask_size: int,
    image_size: tuple[int, int] | None,
    most: int,
    derive: bool = False,
    seed: int = 0,
) -> list[Annotated]:
    """Some of the pictures that a configuration uses, drawn at random and in that order; only these are made.

    Args:
        data: see `open_split`, as for the others.
        split: of it.
        config: which pictures and objects are used.
        mask_size: M.
        image_size: height and width of the pixels of prepared data; None if pixels are not wanted.
        most: how many pictures; all if there are fewer.
        derive: see `open_split`.
        seed: of the draw.

    Raises:
        InputError: data that is missing, damaged, or prepared in other sizes.
    """
    folder, rng = find_data(data), np.random.default_rng(seed)
    if not is_prepared(folder):
        _require_coco(folder)
        return sampled_images(read_annotations(folder, split), config, mask_size, most, rng)
    prepared = open_prepared(folder)
    _require_sizes(prepared, mask_size, image_size)
    stated = not derive and prepared.predicates is not None
    items = _MappedItems(prepared.rows(split), config, image_size is not None, stated)
    return [items[int(i)] for i in rng.permutation(len(items))[:most]]


def _require_coco(folder: Path) -> None:
    """Say what to do with layouts that have to be prepared."""
    if layout := "jsonl" if folder.is_file() else "vg" if (folder / "image_data.json").is_file() else None:
        raise InputError(f"{folder} has to be prepared first: sg2im data prepare {layout} {folder} --out DIR.")


def _require_sizes(prepared: Prepared, mask_size: int, image_size: tuple[int, int] | None) -> None:
    height, width = prepared.image_size
    wanted = prepared.image_size if image_size is None else image_size
    if (prepared.mask_size, prepared.image_size) != (mask_size, wanted):
        raise InputError(
            f"{prepared.path} was prepared for pictures of {height} x {width} pixels and masks of "
            f"{prepared.mask_size}, and {wanted[0]} x {wanted[1]} and {mask_size} are wanted; prepare the data for "
            "these, or take another recipe."
        )


@dataclass(frozen=True)
class _ReadItems:
    found: Sequence[Annotated]
    lazy: bool = False

    def __len__(self) -> int:
        return len(self.found)

    def __getitem__(self, index: int) -> Annotated:
        return self.found[index]

    def names(self, index: int) -> tuple[str, ...]:
        return self.found[index].names

    def has_mask(self, index: int) -> NDArray[np.bool_]:
        return self.found[index].has_mask

    def boxes(self, index: int) -> NDArray[np.float32]:
        return self.found[index].boxes

    def attributes(self, index: int) -> tuple[tuple[str, ...], ...]:
        return self.found[index].attributes


class _MappedItems:
    lazy = True

    def __init__(self, rows: Rows, config: DataConfig, with_pixels: bool, stated: bool) -> None:
        self.rows, self.config, self.with_pixels, self.stated = rows, config, with_pixels, stated
        kept = ((row, rows.kept(row, config, stated)) for row in range(len(rows)))
        self.kept = [(row, objects) for row, objects in kept if objects is not None]

    def __len__(self) -> int:
        return len(self.kept)

    def __getitem__(self, index: int) -> Annotated:
        item = self.rows.annotated(*self.kept[index], with_pixels=self.with_pixels, stated=self.stated)
        return without_machine_masks(item) if self._by_people(self.kept[index][0]) else item

    def _by_people(self, row: int) -> bool:
        """Whether labels that a machine made are left out."""
        config = self.config
        return bool(config.machine_labels) and config.machine_weight(self.rows.source(row)) == 0

    def names(self, index: int) -> tuple[str, ...]:
        row, kept = self.kept[index]
        names = self.rows.cell(row, "names")
        return tuple(names[i] for i in kept)

    def has_mask(self, index: int) -> NDArray[np.bool_]:
        row, kept = self.kept[index]
        known: NDArray[np.bool_] = self.rows.array(row, "has_mask", np.uint8).astype(bool)
        machine = self.rows.machine(row) if self._by_people(row) else None
        return known[kept] if machine is None else (known & ~machine[:, 1])[kept]

    def boxes(self, index: int) -> NDArray[np.float32]:
        row, kept = self.kept[index]
        found: NDArray[np.float32] = self.rows.array(row, "boxes", np.float32).reshape(-1, 4)[kept]
        return found

    def attributes(self, index: int) -> tuple[tuple[str, ...], ...]:
        row, kept = self.kept[index]
        words = self.rows.cell(row, "attributes")
        return tuple(tuple(words[i]) for i in kept)
