"""Reading the COCO / COCO-Stuff file layout.

DIR/images/SPLIT/*.jpg, or DIR/SPLIT/*.jpg as COCO's own archives unpack
DIR/annotations/instances_SPLIT.json      things
DIR/annotations/stuff_SPLIT.json          stuff; may be absent

SPLIT is what was asked for, or has one of COCO's years after it: ``train`` finds ``train2017``, too.

Annotations stand in the files in any order, and those of COCO are larger than a machine's memory may be: they are
sorted by picture in a temporary database, and read from there one picture at a time.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sg2im_cli.data.images import AnnotatedImage, Annotation
from sg2im_cli.data.readers.source import Report
from sg2im_cli.data.readers.streaming import NotThatKindError, read_lists
from sg2im_errors import InputError

LEFT_OUT = "other"
"""A stuff category of COCO-Stuff that says nothing; the paper leaves it out."""

YEARS = ("", "2017", "2014")
"""What may follow a split's name, in the order of preference."""

KINDS = ("instances", "stuff")
LISTS = ("images", "annotations", "categories")
COLUMNS = "picture INTEGER, file INTEGER, entry TEXT, category INTEGER, x, y, w, h, shape TEXT, machine INTEGER"
TABLE = f"CREATE TABLE objects ({COLUMNS})"
BY_PEOPLE, OUTLINE, UNSAID, EVERYTHING = range(4)
"""What of an object a machine made: nothing, its segmentation, that or more (see `_Reader.finish`), and all of it."""

T = TypeVar("T")


@dataclass(frozen=True)
class CocoSplit:
    """The images of one split, in the files' order; each loop begins anew.

    Attributes:
        reader: what the files say.
        stuff_only: whether images without a stuff annotation are left out.
        things: category names.
        stuff: category names, without `other`.
    """

    reader: _Reader
    stuff_only: bool
    things: tuple[str, ...]
    stuff: tuple[str, ...]

    def __len__(self) -> int:
        idents = self.reader.images
        return len(self.reader.with_stuff & idents.keys()) if self.stuff_only else len(idents)

    def __iter__(self) -> Iterator[AnnotatedImage]:
        for ident, (name, width, height, source) in self.reader.images.items():
            if not self.stuff_only or ident in self.reader.with_stuff:
                objects = list(self.reader.objects(ident))
                yield AnnotatedImage(self.reader.folder / name, width, height, objects, source=source)


def read_annotations(
    data: Path, split: str, kinds: tuple[str, ...] = KINDS, stuff_only: bool = False, report: Report | None = None
) -> CocoSplit:
    """Read the annotation files of one split.

    Args:
        data: the directory.
        split: of it.
        kinds: which files; that of stuff may be absent unless ``stuff_only``.
        stuff_only: leave out images without a stuff annotation, as the paper does.
        report: is told of each entry that cannot be used, and it is left out; without it the first one is an error.

    Raises:
        InputError: the directory or a file is missing, a file is not of this kind, or an entry of it is damaged;
            the message names the file.
    """
    if not data.is_dir():
        raise InputError(f"There is no directory {data}; --data takes one with images/ and annotations/.")
    folder = picture_folder(data, split)
    if folder is None:
        raise InputError(f"{data} has no directory images/{split}.")
    paths = {kind: data / "annotations" / f"{kind}_{folder.name}.json" for kind in kinds}
    needed = {"instances", *(["stuff"] if stuff_only else [])}
    reader = _Reader(folder, report)
    for kind, path in paths.items():
        if kind in needed or path.exists():
            reader.read(kind, path)
    reader.finish()
    things, stuff = (tuple(dict.fromkeys(n for n in reader.kinds.get(kind, []) if n != LEFT_OUT)) for kind in KINDS)
    return CocoSplit(reader, stuff_only, things, tuple(name for name in stuff if name not in things))


def picture_folder(data: Path, split: str) -> Path | None:
    """Where the pictures of a split are, with or without COCO's year; None if the split is missing."""
    for parent in (data / "images", data):
        for year in YEARS:
            folder = parent / f"{split}{year}"
            if folder.is_dir():
                return folder
    return None


@dataclass
class _Reader:
    """What the files of a split say, objects in a database that the disk holds as soon as it grows."""

    folder: Path
    report: Report | None
    files: list[Path] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    kinds: dict[str, list[str]] = field(default_factory=dict)
    images: dict[int, tuple[str, int, int, str]] = field(default_factory=dict)
    with_stuff: set[int] = field(default_factory=set)
    boxed_by_people: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.base = sqlite3.connect("")
        self.base.execute(TABLE)

    def read(self, kind: str, path: Path) -> None:
        """Take up one file."""
        self.files.append(path)
        self.kinds[kind] = []
        add = {"images": self._add_image, "categories": self._add_category, "annotations": self._add_object}
        try:
            for key, place, entry in read_lists(path, LISTS):
                self._guarded(path, key, place, entry, lambda key=key, entry=entry: add[key](entry, kind))  # type: ignore[misc]
        except NotThatKindError:
            raise InputError(
                f"{path} is not a COCO annotation file: it needs lists of images, annotations and categories."
            ) from None

    def finish(self) -> None:
        """Look at what needs all files: whether objects are of pictures and categories that exist, and who drew boxes.

        A file says of an object only that a machine labelled it. Its box is people's if people drew boxes of such
        objects in pictures of the same source: of things, or of the same category of stuff.
        """
        self.base.execute("CREATE INDEX by_picture ON objects (picture)")
        columns = "file, entry, picture, category, machine"
        for file, entry, picture, category, machine in self.base.execute(f"SELECT {columns} FROM objects"):  # noqa: S608
            path = self.files[file]
            if category not in self.names:
                self._damaged(path, "annotations", entry, f"it has category {category}, which no file defines")
            elif picture not in self.images:
                self._damaged(path, "annotations", entry, f"it is of image {picture}, which no file lists")
            elif machine in (BY_PEOPLE, OUTLINE):
                self.boxed_by_people.add(self._alike(file, picture, category))

    def objects(self, picture: int) -> Iterator[Annotation]:
        """The objects of a picture, in the order of the files."""
        columns = "file, entry, category, x, y, w, h, shape, machine"
        rows = self.base.execute(f"SELECT {columns} FROM objects WHERE picture = ? ORDER BY rowid", (picture,))  # noqa: S608
        for file, entry, category, x, y, w, h, shape, machine in rows:
            if self.names.get(category, LEFT_OUT) != LEFT_OUT:
                where = f"{self.files[file]}: annotation {entry.removeprefix('id ')}"
                by_machine = machine == EVERYTHING or (
                    machine == UNSAID and self._alike(file, picture, category) not in self.boxed_by_people
                )
                flags = (by_machine, machine in (OUTLINE, UNSAID, EVERYTHING))
                yield Annotation(where, self.names[category], (x, y, x + w, y + h), shape, machine=flags)

    def _alike(self, file: int, picture: int, category: int) -> tuple[str, str]:
        """What is labelled in one way: the things of a source, or a category of its stuff."""
        stuff = self.files[file].name.startswith(KINDS[1])
        return self.images[picture][3], self.names[category] if stuff else ""

    def _guarded(self, path: Path, key: str, place: int, entry: Any, add: Callable[[], None]) -> None:  # noqa: ANN401
        try:
            self.entry = f"id {entry['id']}" if isinstance(entry, dict) and "id" in entry else f"number {place + 1}"
            add()
        except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
            problem = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
            self._damaged(path, key, self.entry, problem)

    def _damaged(self, path: Path, key: str, entry: str, problem: str) -> None:
        sentence = f"{path}: the entry {entry} of {key} cannot be used: {problem}."
        if self.report is None:
            raise InputError(sentence)
        self.report(sentence)

    def _add_category(self, entry: Any, kind: str) -> None:  # noqa: ANN401
        ident, name = _of_type(int, entry["id"]), _of_type(str, entry["name"])
        if self.names.setdefault(ident, name) != name:
            raise ValueError(f"it is called {name!r}, and another of the same id {self.names[ident]!r}")
        self.kinds[kind].append(name)

    def _add_image(self, entry: Any, kind: str) -> None:  # noqa: ANN401, ARG002
        width, height = _of_type(int, entry["width"]), _of_type(int, entry["height"])
        if width < 1 or height < 1:
            raise ValueError(f"its size is {width}x{height}")
        name, source = _of_type(str, entry["file_name"]), _of_type(str, entry.get("source", ""))
        self.images.setdefault(_of_type(int, entry["id"]), (name, width, height, source))

    def _add_object(self, entry: Any, kind: str) -> None:  # noqa: ANN401
        category, picture = _of_type(int, entry["category_id"]), _of_type(int, entry["image_id"])
        x, y, width, height = (float(value) for value in entry["bbox"])
        if not all(map(math.isfinite, (x, y, width, height))) or width < 0 or height < 0:
            raise ValueError(f"its bbox is {entry['bbox']}, and x, y, width, height are expected")
        if kind == "stuff":
            self.with_stuff.add(picture)
        shape = entry.get("segmentation")
        row = (picture, len(self.files) - 1, self.entry, category, x, y, width, height, json.dumps(shape))
        machine = _by_machine(entry.get("machine", False), bool(shape))
        self.base.execute("INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, machine))


def _by_machine(value: object, has_shape: bool) -> int:
    """What `machine` of an annotation says; a box without an outline can only be people's."""
    if value == "segmentation":
        return OUTLINE if has_shape else BY_PEOPLE
    if value == "all":
        return EVERYTHING
    if _of_type(bool, value):
        return UNSAID if has_shape else BY_PEOPLE
    return BY_PEOPLE


def _of_type(kind: type[T], value: object) -> T:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(f"{value!r} is not of type {kind.__name__}")
    return value
