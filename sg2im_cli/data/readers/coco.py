"""Reading the COCO / COCO-Stuff file layout.

DIR/images/SPLIT/*.jpg, or DIR/SPLIT/*.jpg as COCO's own archives unpack
DIR/annotations/instances_SPLIT.json      things
DIR/annotations/stuff_SPLIT.json          stuff; may be absent

SPLIT is what was asked for, or has one of COCO's years after it: ``train`` finds ``train2017``, too.

Annotations stand in the files in any order, and those of COCO are larger than a machine's memory may be: they are
sorted by picture in a temporary database, and read from there one picture at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sg2im_cli.data.images import AnnotatedImage
from sg2im_cli.data.readers.coco_reader import KINDS, LEFT_OUT, Reader
from sg2im_cli.data.readers.notes import Notes
from sg2im_cli.data.readers.picture_files import picture_file
from sg2im_errors import InputError

YEARS = ("", "2017", "2014")
"""What may follow a split's name, in the order of preference."""


@dataclass(frozen=True)
class CocoSplit:
    """The images of one split, in the files' order; each loop begins anew.

    Attributes:
        reader: what the files say.
        stuff_only: whether images without a stuff annotation are left out.
        things: category names.
        stuff: category names, without `other`.
    """

    reader: Reader
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
                yield AnnotatedImage(picture_file(self.reader.folder, name), width, height, objects, source=source)


def read_annotations(
    data: Path,
    split: str,
    kinds: tuple[str, ...] = KINDS,
    stuff_only: bool = False,
    notes: Notes | None = None,
    with_crowds: bool = False,
) -> CocoSplit:
    """Read the annotation files of one split.

    Args:
        data: the directory.
        split: of it.
        kinds: which files; that of stuff may be absent unless ``stuff_only``.
        stuff_only: leave out images without a stuff annotation, as the paper does.
        notes: is told of what cannot be used, which is left out; without it damaged entries are errors.
        with_crowds: take a region of many things for one thing, as the paper does.

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
    reader = Reader(folder, Notes() if notes is None else notes, with_crowds)
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
