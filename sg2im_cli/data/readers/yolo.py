"""Data in the layout of Ultralytics YOLO: a text file of labels a picture, boxes or outlines as shares of the picture.

DIR/data.yaml                 path, train, val, test (a folder, a list of them, or a .txt file of pictures), names
DIR/images/train/1.jpg
DIR/labels/train/1.txt        0 0.5 0.5 0.2 0.1           class, centre x and y, width and height
                              2 0.1 0.1 0.4 0.1 0.3 0.5   class, x and y of each corner
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from sg2im_cli.data.images import AnnotatedImage, Annotation
from sg2im_cli.data.pixels import Size, image_size
from sg2im_cli.data.readers.exports import (
    MISSING,
    Export,
    ExportOptions,
    add_object,
    checksum,
    export_source,
    read_text,
)
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_cli.data.readers.shapes import Part, box_part, polygon_part
from sg2im_cli.data.readers.source import Source
from sg2im_cli.data.readers.yolo_yaml import Dataset, find_dataset
from sg2im_errors import InputError

UNLABELLED = "pictures without a file of labels: nothing is in them"
DAMAGED = "lines that cannot be used: left out"
SAME_SPLIT = "splits that are the train split: left out"

BEYOND = 0.01
"""Share by which a number may lie outside of 0 and 1: what rounding does."""


def yolo_source(path: Path, options: ExportOptions, notes: Notes) -> Source:
    """The splits of a directory or its data.yaml.

    Args:
        path: of either.
        options: what is made of it.
        notes: is told of what cannot be used, which is left out.

    Raises:
        InputError: files are missing or contradict themselves, or something is worse than `notes` bears.
    """
    data = find_dataset(path)
    splits = _different(data, notes)
    reader = YoloReader(data)
    labels = [label_file(picture) for pictures in splits.values() for picture in pictures]
    if not any(map(Path.is_file, labels)):
        expected = f"the first is expected at {labels[0]}" if labels else "there are no pictures, either"
        raise InputError(f"{data.root} has no files of labels for its pictures; {expected}.")
    export = Export(
        layout="yolo",
        name=data.root.resolve().name,
        splits=splits,
        read=reader.read,
        where=str,
        names=tuple(data.names.values()),
        files=data.files,
        contents=checksum(data.root, labels),
    )
    return export_source(export, options, notes)


def label_file(picture: Path) -> Path:
    """Where a picture's labels are: ``labels`` for the last ``images`` of its path, or beside it."""
    parts = list(picture.parts[:-1])
    if "images" in parts:
        place = len(parts) - 1 - parts[::-1].index("images")
        apart = Path(*parts[:place], "labels", *parts[place + 1 :], f"{picture.stem}.txt")
        if apart.is_file() or not picture.with_suffix(".txt").is_file():
            return apart
    return picture.with_suffix(".txt")


def _different(data: Dataset, notes: Notes) -> dict[str, Sequence[Path]]:
    """The splits, without those that are the train split again, as in examples for a first try."""
    found: dict[str, Sequence[Path]] = {}
    for split, pictures in data.splits.items():
        if split != "train" and pictures == data.splits.get("train"):
            notes.add(SAME_SPLIT, f"{split} of {data.root} has the pictures of train.", Severity.REMARK)
        else:
            found[split] = pictures
    return found


@dataclass(frozen=True)
class YoloReader:
    """Reads one picture.

    Attributes:
        data: what data.yaml says.
    """

    data: Dataset

    def read(self, picture: Path, notes: Notes) -> AnnotatedImage | None:
        """A picture with what its file of labels says; None where it is missing.

        Raises:
            InputError: something is worse than `notes` bears.
        """
        size = image_size(picture)
        if size is None:
            notes.add(MISSING, f"The picture {picture} is missing or cannot be read.", Severity.DAMAGE)
            return None
        path = label_file(picture)
        if not path.is_file():
            notes.add(UNLABELLED, f"{picture} has no {path}.", Severity.REMARK)
            return AnnotatedImage(picture, *size)
        items: list[Annotation] = []
        for number, line in enumerate(_lines(path), 1):
            where = f"{path}, line {number}"
            try:
                name, part = self._object(line, size) if line.strip() else ("", None)
            except ValueError as error:
                notes.add(DAMAGED, f"{where} cannot be used: {error}.", Severity.DAMAGE)
            else:
                if line.strip():
                    add_object(items, where, name, part, size, notes)
        return AnnotatedImage(picture, *size, items)

    def _object(self, line: str, size: Size) -> tuple[str, Part | None]:
        """Name and shape of a line's object."""
        try:
            ident, *values = map(float, line.split())
        except ValueError:
            raise ValueError(f"{line.strip()[:40]!r} is not a class and numbers") from None
        name = self.data.names.get(int(ident)) if ident.is_integer() else None
        if name is None:
            known = f"{min(self.data.names)} to {max(self.data.names)}"
            raise ValueError(f"its class is {line.split()[0][:20]!r}, and names are there for {known}")
        if self.data.keypoints and len(values) == 4 + self.data.keypoints:
            values = values[:4]
        _require_shares(values)
        return name, _box(values, size) if len(values) == 4 else _outline(values, size)


def _lines(path: Path) -> list[str]:
    try:
        return read_text(path).splitlines()
    except InputError as error:
        raise ValueError(f"its labels cannot be read ({error})") from None


def _require_shares(values: list[float]) -> None:
    if len(values) < 4 or len(values) % 2:
        raise ValueError(f"it has {len(values)} numbers after its class, and 4 or an even number are expected")
    if wrong := [value for value in values if not -BEYOND <= value <= 1 + BEYOND]:
        why = "which is no share of the picture" if math.isfinite(wrong[0]) else "which is no number"
        raise ValueError(f"it has {wrong[0]:g}, {why}")


def _box(values: list[float], size: Size) -> Part:
    x, y, width, height = (value * size[i % 2] for i, value in enumerate(values))
    return box_part(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _outline(values: list[float], size: Size) -> Part | None:
    pairs = zip(values[::2], values[1::2], strict=True)
    return polygon_part(list(chain.from_iterable((x * size[0], y * size[1]) for x, y in pairs)), size)
