"""Reading COCO's annotation files, in any of the layouts that `coco_layouts` knows.

Annotations stand in the files in any order, and those of COCO are larger than a machine's memory may be: they are
sorted by picture in a temporary database, and read from there one picture at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from sg2im_cli.data.images import AnnotatedImage
from sg2im_cli.data.readers.coco_entries import Ident
from sg2im_cli.data.readers.coco_layouts import KINDS, SplitFiles, find_splits
from sg2im_cli.data.readers.coco_reader import LEFT_OUT, Reader
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_cli.data.readers.picture_files import find_picture
from sg2im_cli.data.readers.recognition import require_coco
from sg2im_errors import InputError

NO_THINGS = "splits without a file of instances: their stuff alone is used"


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
        return self.some(self.idents())

    def idents(self) -> list[Ident]:
        """Of all images."""
        with_stuff = self.reader.with_stuff
        return [ident for ident in self.reader.images if not self.stuff_only or ident in with_stuff]

    def some(self, idents: Collection[Ident]) -> Iterator[AnnotatedImage]:
        """The images with these ids."""
        for ident in idents:
            name, width, height, source = self.reader.images[ident]
            objects = list(self.reader.objects(ident))
            yield AnnotatedImage(find_picture(self.reader.folders, name), width, height, objects, source=source)


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
        split: of it: train, val or test, or as COCO calls its files, such as train2017.
        kinds: which files; one of them may be absent, but not that of stuff with ``stuff_only``.
        stuff_only: leave out images without a stuff annotation, as the paper does.
        notes: is told of what cannot be used, which is left out; without it damaged entries are errors.
        with_crowds: take a region of many things for one thing, as the paper does.

    Raises:
        InputError: the directory or a file is missing, a file is not of this kind, or an entry of it is damaged;
            the message names the file.
    """
    found = find_split(data, split)
    needed = KINDS[1] if stuff_only else None if any(kind in found.annotations for kind in kinds) else kinds[0]
    if needed is not None and needed not in found.annotations:
        there = " and ".join(path.name for path in found.annotations.values())
        raise InputError(f"There is no file {needed}_{split}.json in {data}, only {there}.")
    notes = Notes() if notes is None else notes
    if KINDS[0] in kinds and KINDS[0] not in found.annotations and not stuff_only:
        notes.add(NO_THINGS, f"{data} has no file of {KINDS[0]} for {split}.", Severity.REMARK)
    reader = Reader(found.folders, notes, with_crowds)
    for kind in kinds:
        if kind in found.annotations:
            reader.read(kind, found.annotations[kind])
    reader.finish()
    things, stuff = (tuple(dict.fromkeys(n for n in reader.kinds.get(kind, []) if n != LEFT_OUT)) for kind in KINDS)
    return CocoSplit(reader, stuff_only, things, tuple(name for name in stuff if name not in things))


def find_split(data: Path, split: str) -> SplitFiles:
    """The files of a split.

    Raises:
        InputError: they are not there.
    """
    require_coco(data)
    splits = find_splits(data)
    for name, files in splits.items():
        if split == name or all(path.stem.endswith(f"_{split}") for path in files.annotations.values()):
            return files
    raise InputError(f"{data} has no split called {split}; it has {', '.join(splits)}.")


def has_coco_split(data: Path, split: str) -> bool:
    """Whether there is such a split."""
    return split in find_splits(data)
