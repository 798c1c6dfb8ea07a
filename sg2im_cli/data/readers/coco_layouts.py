"""Where tools put COCO's annotation files and their pictures; each layout is known by its files.

COCO          annotations/{instances,stuff}_SPLIT.json    images/SPLIT/ or SPLIT/; SPLIT may have COCO's year: train2017
CVAT          annotations/instances_SUBSET.json           images/SUBSET/ or images/; SUBSET is default, Train, ...
Roboflow      SPLIT/_annotations.coco.json                beside it; SPLIT is train, valid or test
Label Studio  result.json                                 images/
others        one file, or one a split: labels.json, train.json, annotations/val.json; images/, data/ or beside it
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sg2im_cli.data.readers.json_kinds import is_coco_file
from sg2im_errors import InputError

KINDS = ("instances", "stuff")
"""Files of things and of stuff."""

YEARS = ("", "2017", "2014")
"""What may follow a split's name in COCO, in the order of preference."""

SPLITS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
    "testing": "test",
}
"""What tools call the splits."""

ROBOFLOW = "_annotations.coco.json"
PICTURES = ("images", "data", "JPEGImages")
"""Folders in which tools put the pictures of one file."""

LAYOUTS = (
    "COCO and CVAT have annotations/instances_train.json (or instances_default.json) beside images/, Roboflow has "
    "train/_annotations.coco.json, and Label Studio result.json beside images/"
)


@dataclass(frozen=True)
class SplitFiles:
    """The files of a split.

    Attributes:
        annotations: by kind.
        folders: where its pictures may be, most likely first.
    """

    annotations: Mapping[str, Path]
    folders: tuple[Path, ...]


def find_splits(data: Path) -> dict[str, SplitFiles]:
    """The splits of a directory with COCO's annotation files: train, val and test, as far as they are there.

    Raises:
        InputError: its files are called after no split.
    """
    for find in (_by_kind, _by_folder, _by_file):
        if found := find(data):
            return {split: found[split] for split in ("train", "val", "test") if split in found}
    return {}


def _split_of(name: str) -> str | None:
    """The split that a file or folder is called after."""
    words = re.split(r"[^a-z]+", name.lower())
    return next((SPLITS[word] for word in words if word in SPLITS), None)


def _by_kind(data: Path) -> dict[str, SplitFiles]:
    """COCO and CVAT."""
    pattern = re.compile(rf"({'|'.join(KINDS)})_(.+)")
    files = [(path, match) for path in _json_files(data / "annotations") if (match := pattern.fullmatch(path.stem))]
    names = {
        split: min(called, key=lambda name: _preference(data, name))
        for split, called in _called(data, (match[2] for _, match in files)).items()
    }
    return {
        split: SplitFiles(
            {match[1]: path for path, match in files if match[2] == name},
            (*_picture_folders(data, name), data / "images", data),
        )
        for split, name in names.items()
    }


def _called(data: Path, names: Iterable[str]) -> dict[str, list[str]]:
    """What each split is called; names that say nothing can only be train, and only one of them."""
    found: dict[str, list[str]] = {}
    unknown = []
    for name in dict.fromkeys(names):
        split = _split_of(name)
        if split is None:
            unknown.append(name)
        else:
            found.setdefault(split, []).append(name)
    if unknown and "train" not in found:
        if len(unknown) > 1:
            raise InputError(
                f"{data} has annotations called {', '.join(unknown[:4])}, and none of them says which split it is; "
                "put train, val or test into their names."
            )
        found["train"] = unknown
    return found


def _preference(data: Path, name: str) -> tuple[bool, int]:
    year = next((place for place, year in enumerate(YEARS) if year and name.endswith(year)), 0)
    return not any(folder.is_dir() for folder in _picture_folders(data, name)), year


def _picture_folders(data: Path, name: str) -> tuple[Path, ...]:
    return data / "images" / name, data / name


def _by_folder(data: Path) -> dict[str, SplitFiles]:
    """Roboflow; a version that was not divided is one folder."""
    folders = [data, *sorted(path for path in _entries(data) if path.is_dir())]
    folders = [folder for folder in folders if (folder / ROBOFLOW).is_file()]
    called = {"." if folder == data else folder.name: folder for folder in folders}
    return {
        split: SplitFiles({KINDS[0]: called[names[0]] / ROBOFLOW}, (called[names[0]],))
        for split, names in _called(data, called).items()
    }


def _by_file(data: Path) -> dict[str, SplitFiles]:
    """Label Studio and others."""
    for folder in (data, data / "annotations"):
        called = {path.stem: path for path in _json_files(folder) if is_coco_file(path)}
        if called:
            return {
                split: SplitFiles({KINDS[0]: called[names[0]]}, _anywhere(data, names[0]))
                for split, names in _called(data, called).items()
            }
    return {}


def _anywhere(data: Path, name: str) -> tuple[Path, ...]:
    split = _split_of(name)
    own = () if split is None else tuple(f for n in (name, split) for f in _picture_folders(data, n))
    return (*own, *(data / folder for folder in PICTURES), data)


def _json_files(folder: Path) -> list[Path]:
    return sorted(path for path in _entries(folder) if path.suffix == ".json" and path.is_file())


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
