"""Annotated images of any layout, as readers hand them over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sg2im_cli.data.images import AnnotatedImage
from sg2im_cli.data.readers.notes import Notes

Progress = Callable[[str, int, int], None]
"""Is told the split, how many of its images are done, and how many there are at most."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Annotated images of any layout.

    Attributes:
        layout: coco, vg, jsonl, labelme, yolo or via.
        name: of the directory or file.
        splits: the images of each split; each call begins anew.
        counts: how many images a split has at most, for the progress shown.
        things: category names.
        stuff: likewise.
        predicates: of stated relationships; None where there are none.
        attributes: words of objects.
        files: annotation files, by which the source is known again.
        contents: a checksum of the others, where there is one for each picture.
        paper: whether the images were chosen as in the paper, so that their number should be the published one.
        license: of the data, if it is known.
        notes: what was left out, and which names were changed.
    """

    layout: str
    name: str
    splits: Mapping[str, Callable[[], Iterable[AnnotatedImage]]]
    counts: Mapping[str, int]
    things: tuple[str, ...]
    stuff: tuple[str, ...] = ()
    predicates: tuple[str, ...] | None = None
    attributes: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    contents: str | None = None
    paper: bool = False
    license: str | None = None
    notes: Notes = field(default_factory=Notes)
