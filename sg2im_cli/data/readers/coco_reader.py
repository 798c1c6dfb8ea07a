"""Reading COCO's files into a temporary database, and out of it one picture at a time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sg2im_cli.data.images import Annotation
from sg2im_cli.data.names import spoken_name
from sg2im_cli.data.pixels import image_size
from sg2im_cli.data.readers.coco_entries import (
    BY_PEOPLE,
    EVERYTHING,
    OUTLINE,
    UNSAID,
    Ident,
    by_machine,
    identity,
    is_crowd,
    of_type,
    stated_box,
    stated_size,
)
from sg2im_cli.data.readers.coco_layouts import KINDS
from sg2im_cli.data.readers.notes import UNUSABLE, Notes, Severity
from sg2im_cli.data.readers.outlines import box_around, meant_outline
from sg2im_cli.data.readers.picture_files import find_picture
from sg2im_cli.data.readers.streaming import NotThatKindError, read_lists
from sg2im_errors import InputError

LEFT_OUT = "other"
"""A stuff category of COCO-Stuff that says nothing; the paper leaves it out."""

LISTS = ("images", "annotations", "categories")
COLUMNS = "picture, file INTEGER, place INTEGER, entry TEXT, category, x, y, w, h, shape TEXT, machine INTEGER"
TABLE = f"CREATE TABLE objects ({COLUMNS})"

MERGED = "entries that contradict others"
CROWDS = "regions of many things (iscrowd): left out"
NAMELESS = "objects of a category without a name: left out"
WITHOUT_SIZE = "boxes without size"
OUTSIDE = "boxes outside of their picture"
BOX_UNSAID = "objects without a stated box: taken from their outline"
SIZE_UNSAID = "pictures without a stated size: taken from the file"


@dataclass
class Reader:
    """What the files of a split say, objects in a database that the disk holds as soon as it grows.

    Attributes:
        folders: where the pictures may be, most likely first.
        notes: is told of what cannot be used, and says how much is borne.
        with_crowds: take a region of many things for one, as the paper does.
        files: that were read.
        names: of categories by their ids.
        kinds: names of each file's categories.
        images: name, width, height and source of each picture.
        with_stuff: pictures with stuff.
        groups: what categories are said to be kinds of (Roboflow lists these as categories, too, without objects).
        boxed_by_people: what people drew boxes of (see `finish`).
    """

    folders: tuple[Path, ...]
    notes: Notes
    with_crowds: bool = False
    files: list[Path] = field(default_factory=list)
    names: dict[Ident, str] = field(default_factory=dict)
    kinds: dict[str, list[str]] = field(default_factory=dict)
    images: dict[Ident, tuple[str, int, int, str]] = field(default_factory=dict)
    with_stuff: set[Ident] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
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
                self._guarded(key, place, entry, lambda key=key, entry=entry: add[key](entry, kind))  # type: ignore[misc]
        except NotThatKindError:
            raise InputError(
                f"{path} is not a COCO annotation file: it needs lists of images, annotations and categories."
            ) from None

    def finish(self) -> None:
        """Look at what needs all files: whether pictures and categories of objects exist, and who drew boxes.

        A file says of an object only that a machine labelled it. Its box is people's if people drew boxes of such
        objects in pictures of the same source: of things, or of the same category of stuff.
        """
        self.base.execute("CREATE INDEX by_picture ON objects (picture)")
        self._require_own_ids()
        columns = "rowid, file, entry, picture, category, x, y, w, h, machine"
        left_out: list[tuple[int]] = []
        rows = self.base.execute(f"SELECT {columns} FROM objects")  # noqa: S608
        for row, file, entry, picture, category, x, y, w, h, machine in rows:
            self.place = (file, "annotations", entry)
            if category not in self.names:
                self._damaged(f"it has category {category}, which no file defines")
            elif picture not in self.images:
                self._damaged(f"it is of image {picture}, which no file lists")
            elif self.names[category] == LEFT_OUT or self._is_nowhere(picture, category, (x, y, x + w, y + h)):
                left_out.append((row,))
            elif machine in (BY_PEOPLE, OUTLINE):
                self.boxed_by_people.add(self._alike(file, picture, category))
        self.base.executemany("DELETE FROM objects WHERE rowid = ?", left_out)
        used = {self.names.get(category) for (category,) in self.base.execute("SELECT DISTINCT category FROM objects")}
        for kind, names in self.kinds.items():
            self.kinds[kind] = [name for name in names if name in used or name not in self.groups]

    def objects(self, picture: Ident) -> Iterator[Annotation]:
        """The objects of a picture, in the order of the files."""
        columns = "file, entry, category, x, y, w, h, shape, machine"
        rows = self.base.execute(f"SELECT {columns} FROM objects WHERE picture = ? ORDER BY rowid", (picture,))  # noqa: S608
        for file, entry, category, x, y, w, h, shape, machine in rows:
            if category in self.names:
                where = f"{self.files[file]}: annotation {entry.removeprefix('id ')}"
                alone = machine == UNSAID and self._alike(file, picture, category) not in self.boxed_by_people
                flags = (machine == EVERYTHING or alone, machine in (OUTLINE, UNSAID, EVERYTHING))
                yield Annotation(where, self.names[category], (x, y, x + w, y + h), shape, machine=flags)

    def _require_own_ids(self) -> None:
        """Two objects of one id are of two files that were put together by hand, or the same one twice."""
        twice = "SELECT file, entry FROM objects GROUP BY file, entry HAVING COUNT(*) > 1"
        for file, entry in self.base.execute(twice).fetchall():
            query = "SELECT place, category, picture FROM objects WHERE file = ? AND entry = ? ORDER BY place LIMIT 2"
            both = " and ".join(
                f"{self.names.get(category, 'something')!r} of {self.images.get(picture, ['no picture'])[0]} "
                f"(number {place + 1})"
                for place, category, picture in self.base.execute(query, (file, entry))
            )
            self._note(
                MERGED,
                f"{self.files[file]}: annotation {entry} stands for {both}; each needs an id of its own, so if "
                "files were merged, number the annotations of one of them anew.",
                Severity.CONTRADICTION,
            )

    def _is_nowhere(self, picture: Ident, category: Ident, corners: tuple[float, float, float, float]) -> bool:
        """Note objects without a name or of which nothing is in the picture."""
        x0, y0, x1, y1 = corners
        _, width, height, _ = self.images[picture]
        if not self.names[category]:
            self._tell(NAMELESS, "is of a category without a name", Severity.FAULT)
        elif x1 <= x0 or y1 <= y0:
            self._tell(WITHOUT_SIZE, f"has a box without size: {corners}", Severity.FAULT)
        elif x0 >= width or y0 >= height or x1 <= 0 or y1 <= 0:
            self._tell(OUTSIDE, f"has a box outside of its picture: {corners}", Severity.FAULT)
        else:
            return False
        return True

    def _alike(self, file: int, picture: Ident, category: Ident) -> tuple[str, str]:
        """What is labelled in one way: the things of a source, or a category of its stuff."""
        stuff = self.files[file].name.startswith(KINDS[1])
        return self.images[picture][3], self.names[category] if stuff else ""

    def _guarded(self, key: str, place: int, entry: Any, add: Callable[[], None]) -> None:  # noqa: ANN401
        named = isinstance(entry, dict) and entry.get("id") is not None
        self.place, self.number = (
            (len(self.files) - 1, key, f"id {entry['id']}" if named else f"number {place + 1}"),
            place,
        )
        try:
            add()
        except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
            self._damaged(f"it lacks {error}" if isinstance(error, KeyError) else str(error))

    def _damaged(self, problem: str) -> None:
        self._tell(UNUSABLE, f"cannot be used: {problem}", Severity.DAMAGE)

    def _tell(self, what: str, problem: str, severity: Severity) -> None:
        """Note something of the entry at hand."""
        file, key, entry = self.place
        self._note(what, f"{self.files[file]}: the entry {entry} of {key} {problem}.", severity)

    def _note(self, what: str, sentence: str, severity: Severity) -> None:
        self.notes.add(what, sentence, severity)

    def _add_category(self, entry: Any, kind: str) -> None:  # noqa: ANN401
        ident, written = identity(entry["id"]), of_type(str, entry["name"])
        name = spoken_name(written)
        self.notes.rename({written: name} if name else {})
        first = self.names.setdefault(ident, name)
        if first != name:
            self._tell(MERGED, f"is called {name!r}, and another of the same id {first!r}", Severity.CONTRADICTION)
        elif name:
            self.kinds[kind].append(name)
        group = spoken_name(str(entry.get("supercategory") or ""))
        if group != name:
            self.groups.add(group)

    def _add_image(self, entry: Any, kind: str) -> None:  # noqa: ANN401, ARG002
        ident, name = identity(entry["id"]), of_type(str, entry["file_name"])
        size, source = stated_size(entry), of_type(str, entry.get("source", ""))
        first = self.images.get(ident)
        if first is not None and first[0] != name:
            self._tell(
                MERGED,
                f"is {name!r}, and another of the same id {first[0]!r}; each picture needs an id of its own, so if "
                "files were merged, number the pictures of one of them anew",
                Severity.CONTRADICTION,
            )
        elif first is None:
            self.images[ident] = (name, *(size or self._measured(name)), source)

    def _measured(self, name: str) -> tuple[int, int]:
        size = image_size(find_picture(self.folders, name))
        if size is None:
            raise ValueError("it states no width and height, and its picture cannot be read")
        self._tell(SIZE_UNSAID, "states no width and height", Severity.REMARK)
        return size

    def _add_object(self, entry: Any, kind: str) -> None:  # noqa: ANN401
        category, picture = identity(entry["category_id"]), identity(entry["image_id"])
        around = None if entry.get("bbox") else box_around(entry.get("segmentation"))
        if around is not None:
            self._tell(BOX_UNSAID, "states no bbox", Severity.REMARK)
        box = around or stated_box(entry)
        if kind == "stuff":
            self.with_stuff.add(picture)
        elif is_crowd(entry) and not self.with_crowds:
            self._tell(CROWDS, "is a region of many things (iscrowd)", Severity.REMARK)
            return
        shape, oddity = meant_outline(entry.get("segmentation"), box)
        if oddity is not None:
            self._tell(oddity, f"has {oddity.partition(':')[0]}", Severity.REMARK)
        file, _, named = self.place
        machine = by_machine(entry.get("machine", False), bool(shape))
        row = (picture, file, self.number, named, category, *box, json.dumps(shape or []), machine)
        self.base.execute("INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
