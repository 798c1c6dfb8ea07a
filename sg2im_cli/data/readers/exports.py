"""What annotation tools export, as something to prepare: what their readers share.

A reader says what files there are and reads one picture of them. Each picture is looked at once before anything is
made, so that names are known and what is left out is counted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from sg2im_cli.data.images import AnnotatedImage, Annotation
from sg2im_cli.data.names import spoken_name
from sg2im_cli.data.pixels import Size
from sg2im_cli.data.readers.coco_reader import LEFT_OUT, NAMELESS, OUTSIDE, WITHOUT_SIZE
from sg2im_cli.data.readers.notes import UNUSABLE, Notes, Severity
from sg2im_cli.data.readers.shapes import Part
from sg2im_cli.data.readers.source import Source
from sg2im_cli.data.readers.val_share import draw_val
from sg2im_errors import InputError

SPLITS = {"train": ("train",), "val": ("val", "valid", "validation"), "test": ("test",)}
"""What tools call the splits."""

MISSING = "pictures that are missing or cannot be read: left out with their objects"
NO_AREA = "shapes without area (points, lines, outlines of fewer than three corners): left out"
UNKNOWN_SHAPE = "shapes of another kind: left out"
IGNORED = "objects called other or ignore: left out"

LONGEST = 1 << 30
"""Bytes of a file that is read whole."""

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".avif", ".jp2", ".ppm", ".pgm")

Entry = TypeVar("Entry")


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """What is made of an export.

    Attributes:
        val_share: the share of the pictures that are val, drawn at random, where files name no such split.
        seed: of that draw.
        stuff: names of objects that have no count, such as sky.
        license: of the data.
    """

    val_share: float = 0.0
    seed: int = 0
    stuff: tuple[str, ...] = ()
    license: str | None = None


@dataclass(frozen=True, kw_only=True)
class Export(Generic[Entry]):
    """What a reader has found.

    Attributes:
        layout: labelme, yolo or via.
        name: of the directory or file.
        splits: a picture's entry each.
        read: an entry's picture; None where it is left out. Raises ValueError or KeyError where it is damaged.
        where: an entry's file and place, for messages.
        names: that files list, as written; others are added as they are met.
        files: annotation files for many pictures.
        contents: a checksum of those for one each.
    """

    layout: str
    name: str
    splits: Mapping[str, Sequence[Entry]]
    read: Callable[[Entry, Notes], AnnotatedImage | None]
    where: Callable[[Entry], str]
    names: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    contents: str | None = None


def export_source(export: Export[Entry], options: ExportOptions, notes: Notes) -> Source:
    """The splits of an export.

    Args:
        export: what a reader has found.
        options: what is made of it.
        notes: is told of what cannot be used, which is left out.

    Raises:
        InputError: something is worse than `notes` bears, or the options do not fit.
    """
    notes.rename({name: spoken_name(name) for name in export.names if spoken_name(name)})
    listed = (name for name in map(spoken_name, export.names) if name not in ("", *UNUSED))
    words = _Words(dict.fromkeys(listed))
    splits = {split: _with_objects(export, entries, notes, words) for split, entries in export.splits.items()}
    if options.val_share:
        splits |= _divided(splits, options)
    stuff = tuple(dict.fromkeys(map(spoken_name, options.stuff)))
    if unknown := [name for name in options.stuff if spoken_name(name) not in words.names]:
        raise InputError(f"No object is called {unknown[0]!r}, which --stuff names.")
    return Source(
        layout=export.layout,
        name=export.name,
        splits={split: partial(_images, export, entries) for split, entries in splits.items()},
        counts={split: len(entries) for split, entries in splits.items()},
        things=tuple(name for name in words.names if name not in stuff),
        stuff=stuff,
        files=export.files,
        contents=export.contents,
        license=options.license,
        notes=notes,
    )


UNUSED = (LEFT_OUT, "ignore")
"""Names that say nothing of a thing; labelme's own is ``__ignore__``."""


@dataclass
class _Words:
    names: dict[str, None] = field(default_factory=dict)


def _with_objects(export: Export[Entry], entries: Sequence[Entry], notes: Notes, words: _Words) -> list[Entry]:
    """The entries whose pictures are there and have objects."""
    kept = []
    for entry in entries:
        image = _read(export, entry, notes)
        if image is not None and image.annotations:
            kept.append(entry)
            words.names |= dict.fromkeys(item.name for item in image.annotations)
    return kept


def _read(export: Export[Entry], entry: Entry, notes: Notes) -> AnnotatedImage | None:
    try:
        return export.read(entry, notes)
    except (KeyError, TypeError, ValueError) as error:
        problem = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        notes.add(UNUSABLE, f"{export.where(entry)} cannot be used: {problem}.", Severity.DAMAGE)
        return None


def _images(export: Export[Entry], entries: Sequence[Entry]) -> Iterator[AnnotatedImage]:
    for entry in entries:
        image = _read(export, entry, Notes(Severity.CONTRADICTION))  # all of it was noted
        if image is not None:
            yield image


def _divided(splits: Mapping[str, list[Entry]], options: ExportOptions) -> dict[str, list[Entry]]:
    if "val" in splits:
        raise InputError("The data has a val split; leave --val-share out.")
    entries = splits["train"]
    chosen = draw_val(len(entries), options.val_share, options.seed)
    return {
        "train": [entry for place, entry in enumerate(entries) if place not in chosen],
        "val": [entry for place, entry in enumerate(entries) if place in chosen],
    }


def add_object(items: list[Annotation], where: str, written: str, part: Part | None, size: Size, notes: Notes) -> None:
    """Append an object to those of a picture, or note why not.

    Args:
        items: of the picture.
        where: the file and the place in it, for messages.
        written: its name.
        part: its shape; None where that has no area.
        size: of the picture.
        notes: is told why it is left out.

    Raises:
        InputError: that is worse than `notes` bears.
    """
    name = spoken_name(written)
    if not name:
        notes.add(NAMELESS, f"{where} has no name.", Severity.FAULT)
        return
    if name in UNUSED:
        notes.add(IGNORED, f"{where} is called {written!r}.", Severity.REMARK)
        return
    if part is None:
        notes.add(NO_AREA, f"{where} is a shape without area.", Severity.REMARK)
        return
    x0, y0, x1, y1 = part.corners
    if x1 <= x0 or y1 <= y0:
        notes.add(WITHOUT_SIZE, f"{where} has a box without size: {part.corners}.", Severity.FAULT)
    elif x0 >= size[0] or y0 >= size[1] or x1 <= 0 or y1 <= 0:
        notes.add(OUTSIDE, f"{where} has a box outside of its picture: {part.corners}.", Severity.FAULT)
    else:
        notes.rename({written: name})
        items.append(Annotation(where, name, part.corners, part.segmentation))


def read_text(path: Path) -> str:
    """A file's text in UTF-8, with or without a byte-order mark.

    Raises:
        InputError: it is missing, no file, too long, or in another encoding; the message names it.
    """
    if path.is_dir():
        raise InputError(f"{path} is a directory; give the file.")
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    try:
        if path.stat().st_size > LONGEST:
            raise InputError(f"{path} is larger than a gigabyte, which no such file is.")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not in UTF-8 (byte {error.start + 1}); save it in that encoding.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from None


def read_json(path: Path) -> Any:  # noqa: ANN401
    """A JSON file's value.

    Raises:
        InputError: it cannot be read; the message names the file and the line.
    """
    text = read_text(path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno} is not JSON: {error.msg} at letter {error.colno}.") from None
    except (RecursionError, ValueError):  # ValueError: numbers of thousands of digits
        raise InputError(f"{path} is not JSON that can be read: it is nested too deeply.") from None


def checksum(root: Path, paths: Iterable[Path]) -> str:
    """One of all these files and their names below a directory; those that are missing count as empty."""
    whole = hashlib.sha256()
    for path in paths:
        name = path.relative_to(root) if path.is_relative_to(root) else path.name
        content = path.read_bytes() if path.is_file() else b""
        whole.update(f"{name}\n{len(content)}\n".encode(errors="surrogateescape") + content)
    return whole.hexdigest()
