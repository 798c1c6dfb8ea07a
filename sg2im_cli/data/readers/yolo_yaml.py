"""What a ``data.yaml`` of YOLO says: which pictures each split has, and what its classes are called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sg2im_cli.data.readers.exports import PICTURES, SPLITS, read_text
from sg2im_cli.data.readers.picture_files import picture_file
from sg2im_errors import InputError

MOST_NAMES = 100_000
CLASSES = "classes.txt"
"""A name a line, where there is no data.yaml: labelImg and Label Studio write it."""


@dataclass(frozen=True)
class Dataset:
    """A data set.

    Attributes:
        root: its directory.
        files: that describe it.
        splits: the pictures of each.
        names: by class.
        keypoints: numbers behind a box, in data of poses.
    """

    root: Path
    files: tuple[Path, ...]
    splits: Mapping[str, list[Path]]
    names: Mapping[int, str]
    keypoints: int = 0


def find_dataset(path: Path) -> Dataset:
    """What a directory, or the data.yaml in it, describes.

    Raises:
        InputError: there is nothing of that kind, or it contradicts itself; the message names the file.
    """
    if path.is_dir():
        found = sorted(file for suffix in ("yaml", "yml") for file in path.glob(f"*.{suffix}"))
        named = [file for file in found if file.stem in ("data", "dataset")] or found
        if len(named) > 1:
            raise InputError(f"{path} has {' and '.join(file.name for file in named[:3])}; give the one that is meant.")
        if not named and (path / CLASSES).is_file():
            return _with_classes(path)
        if not named:
            raise InputError(f"{path} has neither data.yaml nor {CLASSES}, which say what the classes are called.")
        path = named[0]
    return _described(path)


def _with_classes(root: Path) -> Dataset:
    names = [line.strip() for line in read_text(root / CLASSES).splitlines()]
    while names and not names[-1]:
        names.pop()
    folder = root / "images" if (root / "images").is_dir() else root
    splits = {split: _pictures(folder / name) for split, many in SPLITS.items() for name in many}
    splits = {split: pictures for split, pictures in splits.items() if pictures}
    if "train" not in splits:
        splits = {"train": _pictures(folder)}
    if not splits["train"] or not names:
        raise InputError(f"{root} has no {'names in ' + CLASSES if splits['train'] else 'pictures'}.")
    return Dataset(root, (root / CLASSES,), splits, dict(enumerate(names)))


def _described(path: Path) -> Dataset:
    content = _read(path)
    names = _names(path, content)
    root = _root(path, content.get("path"))
    splits: dict[str, list[Path]] = {}
    for split, keys in SPLITS.items():
        given = next((content[key] for key in keys if content.get(key)), None)
        if given is not None:
            splits[split] = [picture for one in _listed(path, split, given) for picture in _found(path, root, one)]
    if not splits.get("train"):
        raise InputError(f"{path} names no train split{' with pictures' if 'train' in splits else ''}.")
    return Dataset(
        root,
        (path,),
        {split: pictures for split, pictures in splits.items() if pictures},
        names,
        _keypoints(content.get("kpt_shape")),
    )


def _read(path: Path) -> Mapping[str, Any]:
    """A file's values as text: ``no`` and ``1`` are names, too, and no object is made of anything."""
    text = read_text(path)
    try:
        content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 (it makes text, lists and dicts alone)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise InputError(f"{path}{line} is not YAML: {error.problem or error.context}.") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise InputError(f"{path} is not YAML that can be read.") from None
    if not isinstance(content, dict) or "names" not in content:
        raise InputError(f"{path} is no data.yaml of YOLO: it has no names.")
    return content


def _names(path: Path, content: Mapping[str, Any]) -> dict[int, str]:
    given, count = content["names"], content.get("nc")
    pairs = (
        list(given.items()) if isinstance(given, dict) else list(enumerate(given if isinstance(given, list) else ()))
    )
    if not pairs or len(pairs) > MOST_NAMES or not all(_is_count(key) and isinstance(name, str) for key, name in pairs):
        raise InputError(f"{path}: names must be a list, or have a whole number for each.")
    if count is not None and count != str(len(pairs)):
        raise InputError(f"{path} says that there are {str(count)[:20]} classes (nc) and names {len(pairs)}.")
    return {int(key): name for key, name in pairs}


def _is_count(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and re.fullmatch(r"\d{1,9}", value, re.ASCII) is not None)


def _keypoints(shape: object) -> int:
    """How many numbers stand behind a box in data of poses."""
    if not isinstance(shape, list) or len(shape) != 2 or not all(map(_is_count, shape)):
        return 0
    return int(shape[0]) * int(shape[1])


def _root(path: Path, stated: object) -> Path:
    """The directory of the data: what the file says if it is there, else that of the file."""
    if isinstance(stated, str) and stated:
        for root in (path.parent / stated, Path(stated).expanduser()):
            if root.is_dir():
                return root
    return path.parent


def _listed(path: Path, split: str, given: object) -> list[str]:
    values = given if isinstance(given, list) else [given]
    named = [value for value in values if isinstance(value, str) and value]
    if len(named) < len(values):
        raise InputError(f"{path}: {split} must be a folder, a .txt file, or a list of them.")
    return named


def _found(path: Path, root: Path, given: str) -> Iterator[Path]:
    """The pictures of a folder, or those that a .txt file lists."""
    place = _place(path, root, given)
    if place is None:
        raise InputError(f"{path} names {given}, and there is no such folder or file in {root}.")
    if place.is_dir():
        yield from _pictures(place)
    elif place.suffix.lower() == ".txt":
        for line in filter(None, map(str.strip, read_text(place).splitlines())):
            near = (picture_file(folder, line.replace("\\", "/")) for folder in (place.parent, root))
            yield next((file for file in near if file.is_file()), place.parent / line)
    else:
        raise InputError(f"{path} names {given}, which is neither a folder nor a .txt file.")


def _place(path: Path, root: Path, given: str) -> Path | None:
    """Where something is: as written, or without ``../``, as Roboflow has folders that lie beside data.yaml.

    A path from another machine ends in the folders of the data, and so does what is found.
    """
    parts = [part for part in given.replace("\\", "/").split("/") if part not in ("", ".")]
    plain = [part for part in parts if part != ".."]
    tries = [root / given, root.joinpath(*plain), path.parent / given, path.parent.joinpath(*plain)]
    if Path(given).is_absolute() or re.match(r"[A-Za-z]:", given):
        tries += [root.joinpath(*plain[start:]) for start in range(1, len(plain))]
    return next((place for place in tries if place.exists()), None)


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    found = sorted(file for file in folder.rglob("*") if file.suffix.lower() in PICTURES)
    return [file for file in found if not file.name.startswith(".")]
