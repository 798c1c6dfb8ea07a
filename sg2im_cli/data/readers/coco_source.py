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
from sg2im_cli.data.readers.coco import CocoSplit, read_annotations
from sg2im_cli.data.readers.coco_layouts import KINDS, find_splits
from sg2im_cli.data.readers.notes import Notes
from sg2im_cli.data.readers.recognition import require_coco
from sg2im_cli.data.readers.source import Source
from sg2im_cli.data.readers.val_share import draw_val
from sg2im_errors import InputError

Images = Callable[[], Iterable[AnnotatedImage]]
SPLITS = ("train", "val", "test")

PAPER = DataConfig()
"""3 to 8 objects over 2 % of the picture."""

PAPER_VAL = 1024
"""So many pictures of COCO's val are val in the paper, and the others test."""


@dataclass(frozen=True, kw_only=True)
class CocoOptions:
    """What of COCO is wanted.

    Attributes:
        splits: those to prepare.
        val_share: the share of train's pictures that become val, drawn at random, where there is no val.
        seed: of that draw.
        things_only: leave the stuff files out.
        stuff_only: leave out pictures without stuff annotations (the 2017 stuff subset).
        divide_val: the first so many pictures of val, of those that are kept, are val, and the others test.
        keep: what is kept; val is divided after that.
        paper: all of it is as in the paper.
        license: of the data.
    """

    splits: tuple[str, ...] = SPLITS
    val_share: float = 0.0
    seed: int = 0
    things_only: bool = False
    stuff_only: bool = False
    divide_val: int | None = None
    keep: DataConfig
    paper: bool = False
    license: str | None = None


def coco_source(data: Path, options: CocoOptions, notes: Notes | None = None) -> Source:
    """The splits of a directory in one of the layouts of `coco_layouts`.

    Args:
        data: the directory.
        options: what of it is wanted.
        notes: is told of what cannot be used, which is left out; without it damaged entries are errors.

    Raises:
        InputError: files that are missing or cannot be used.
    """
    require_coco(data)
    files = find_splits(data)
    kinds = KINDS[:1] if options.things_only else KINDS
    notes = Notes() if notes is None else notes
    read = {
        split: read_annotations(data, split, kinds, options.stuff_only, notes, with_crowds=options.paper)
        for split in options.splits
        if split in files
    }
    if not read:
        raise InputError(f"{data} has no split called {' or '.join(options.splits)}, only {', '.join(files)}.")
    splits: dict[str, Images] = {split: partial(iter, found) for split, found in read.items()}
    counts = {split: len(found) for split, found in read.items()}
    if options.val_share:
        if "val" in read or "train" not in read:
            raise InputError(f"{data} has {', '.join(read)}, and --val-share draws val from train alone; leave it out.")
        _draw(read["train"], options, splits, counts)
    if options.divide_val is not None:
        if "val" not in read:
            raise InputError(f"{data} has no val split to divide.")
        if "test" in read:
            raise InputError(f"{data} has a test split, and dividing val would make another; leave --divide-val out.")
        splits |= _divided(read["val"], options)
        counts |= {"val": min(options.divide_val, counts["val"]), "test": counts["val"]}
    first = next(iter(read.values()))
    things, stuff = _all_names(first, read.values())
    return Source(
        layout="coco",
        name=data.resolve().name,
        splits=splits,
        counts=counts,
        things=things,
        stuff=stuff,
        files=tuple(files[split].annotations[k] for split in read for k in kinds if k in files[split].annotations),
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


def _draw(train: CocoSplit, options: CocoOptions, splits: dict[str, Images], counts: dict[str, int]) -> None:
    """Make a val split of some of train's pictures."""
    idents = train.idents()
    chosen = draw_val(len(idents), options.val_share, options.seed)
    for split, wanted in (("train", False), ("val", True)):
        some = [ident for place, ident in enumerate(idents) if (place in chosen) == wanted]
        splits[split], counts[split] = partial(train.some, some), len(some)


def _divided(images: CocoSplit, options: CocoOptions) -> dict[str, Images]:
    def kept() -> Iterator[AnnotatedImage]:
        return (image for image in images if choose_objects(image, options.keep) is not None)

    return {
        "val": lambda: islice(kept(), options.divide_val),
        "test": lambda: islice(kept(), options.divide_val, None),
    }
