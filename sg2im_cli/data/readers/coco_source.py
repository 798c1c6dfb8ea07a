"""COCO and COCO-Stuff as something to prepare: which splits there are, and how the paper divides them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from sg2im_cli.config import DataConfig
from sg2im_cli.data.choosing import choose_objects
from sg2im_cli.data.images import AnnotatedImage
from sg2im_cli.data.readers.coco import CocoSplit, picture_folder, read_annotations
from sg2im_cli.data.readers.coco_reader import KINDS
from sg2im_cli.data.readers.notes import Notes
from sg2im_cli.data.readers.source import Source
from sg2im_errors import InputError

PAPER = DataConfig()
"""3 to 8 objects over 2 % of the picture."""

PAPER_VAL = 1024
"""So many pictures of COCO's val are val in the paper, and the others test."""


@dataclass(frozen=True, kw_only=True)
class CocoOptions:
    """What of COCO is wanted.

    Attributes:
        splits: those to prepare.
        things_only: leave the stuff files out.
        stuff_only: leave out pictures without stuff annotations (the 2017 stuff subset).
        divide_val: the first so many pictures of val, of those that are kept, are val, and the others test.
        keep: what is kept; val is divided after that.
        paper: all of it is as in the paper.
        license: of the data.
    """

    splits: tuple[str, ...] = ("train", "val")
    things_only: bool = False
    stuff_only: bool = False
    divide_val: int | None = None
    keep: DataConfig
    paper: bool = False
    license: str | None = None


def coco_source(data: Path, options: CocoOptions, notes: Notes | None = None) -> Source:
    """The splits of a directory in the COCO / COCO-Stuff layout.

    Args:
        data: the directory.
        options: what of it is wanted.
        notes: is told of what cannot be used, which is left out; without it damaged entries are errors.

    Raises:
        InputError: files that are missing or cannot be used.
    """
    kinds = KINDS[:1] if options.things_only else KINDS
    there = [split for split in options.splits if picture_folder(data, split) is not None]
    if not there or not data.is_dir():
        read_annotations(data, options.splits[0])  # says what is missing
    notes = Notes() if notes is None else notes
    read = {
        split: read_annotations(data, split, kinds, options.stuff_only, notes, with_crowds=options.paper)
        for split in there
    }
    first = next(iter(read.values()))
    splits: dict[str, Callable[[], Iterable[AnnotatedImage]]] = {}
    counts: dict[str, int] = {}
    for split, found in read.items():
        splits[split], counts[split] = partial(iter, found), len(found)
        if split == "val" and options.divide_val is not None:
            splits |= _divided(found, options)
            counts |= {"val": min(options.divide_val, counts[split]), "test": counts[split]}
    if options.divide_val is not None and "val" not in splits:
        raise InputError(f"{data} has no val split to divide.")
    things, stuff = _all_names(first, read.values())
    return Source(
        layout="coco",
        name=data.resolve().name,
        splits=splits,
        counts=counts,
        things=things,
        stuff=stuff,
        files=_files(data, there, kinds),
        paper=options.paper,
        license=options.license,
        notes=notes,
    )


def _all_names(first: CocoSplit, every: Iterable[CocoSplit]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The first split's names as they are when it is trained on without preparation, and those that others add."""
    things = dict.fromkeys(first.things)
    stuff = dict.fromkeys(first.stuff)
    for found in every:
        things |= {name: None for name in found.things if name not in stuff}
        stuff |= {name: None for name in found.stuff if name not in things}
    return tuple(things), tuple(stuff)


def _divided(images: CocoSplit, options: CocoOptions) -> dict[str, Callable[[], Iterable[AnnotatedImage]]]:
    def kept() -> Iterator[AnnotatedImage]:
        return (image for image in images if choose_objects(image, options.keep) is not None)

    return {
        "val": lambda: islice(kept(), options.divide_val),
        "test": lambda: islice(kept(), options.divide_val, None),
    }


def _files(data: Path, splits: Iterable[str], kinds: Iterable[str]) -> tuple[Path, ...]:
    folders = [folder for split in splits if (folder := picture_folder(data, split)) is not None]
    paths = [data / "annotations" / f"{kind}_{folder.name}.json" for folder in folders for kind in kinds]
    return tuple(path for path in paths if path.exists())
