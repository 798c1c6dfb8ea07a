"""What a path that cannot be used as it is may be, and which command takes it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sg2im_cli.data.readers.coco_layouts import LAYOUTS, find_splits
from sg2im_cli.data.readers.json_kinds import COCO, Kind, json_kind
from sg2im_errors import InputError

YOLO = Kind("a data set of Ultralytics YOLO", "yolo")
LOOKED_AT = 5
"""JSON files of a directory that say what it is."""


def require_no_file(path: Path) -> None:
    """Refuse a file where a directory is wanted, and say what it is.

    Raises:
        InputError: it is a file.
    """
    if path.is_file():
        advise(path)
        if path.suffix == ".jsonl":
            where = shlex.quote(str(path))
            raise InputError(f"{path} has to be prepared first: sg2im data prepare jsonl {where} --out DATA.")
        raise InputError(f"{path} is a file, and its directory is wanted.")


def advise(path: Path) -> None:
    """Say of a file or directory what it is, if it is of a known kind that has to be given otherwise.

    Raises:
        InputError: what it is and what to do, in a sentence.
    """
    if path.is_dir():
        for kind in _kinds_in(path):
            raise InputError(f"{path} holds {kind.what}; {kind.advice(path)}.")
    elif path.suffix.lower() in (".yaml", ".yml"):
        raise InputError(f"{path} describes {YOLO.what}; {YOLO.advice(path.parent)}.")
    elif (found := json_kind(path)) is COCO:
        folder = _root(path)
        if folder is None:
            raise InputError(f"{path} is {found.what}, and its directory is in no layout that is known: {LAYOUTS}.")
        raise InputError(f"{path} is {found.what}; {found.advice(folder)}.")
    elif found is not None:
        raise InputError(f"{path} is {found.what}; {found.advice(path.parent, path)}.")


def require_coco(data: Path) -> None:
    """Refuse a directory in which COCO's files are not found.

    Raises:
        InputError: it is missing, or in no layout that is known; the sentence says which are.
    """
    if not data.exists():
        raise InputError(f"There is no directory {data}; name one with pictures and COCO's annotation files.")
    require_no_file(data)
    if not find_splits(data):
        advise(data)
        raise InputError(f"{data} is in no layout that is known: {LAYOUTS}.")


def _kinds_in(folder: Path) -> Iterator[Kind]:
    if any((folder / name).is_file() for name in ("data.yaml", "data.yml", "dataset.yaml")):
        yield YOLO
    files = (path for path in folder.glob("**/*.json") if path.is_file())
    yield from (kind for path in islice(files, LOOKED_AT) if (kind := json_kind(path)) is not None and kind is not COCO)


def _root(path: Path) -> Path | None:
    """The directory that has a COCO file in one of the known layouts."""
    for folder in (Path(os.path.normpath(path.parent / "..")), path.parent):
        files = (file for split in find_splits(folder).values() for file in split.annotations.values())
        if any(file.exists() and file.samefile(path) for file in files):
            return folder
    return None
