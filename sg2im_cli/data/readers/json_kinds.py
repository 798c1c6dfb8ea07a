"""What a JSON file is, told by its first entries: which tool wrote it, and which command takes that."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sg2im_cli.data.readers.streaming import first_values


@dataclass(frozen=True)
class Kind:
    """What a file is, and what to do with it.

    Attributes:
        what: it is, with its article.
        layout: for ``sg2im data prepare``; None where there is none for it.
        instead: what to do where there is no layout.
    """

    what: str
    layout: str | None = None
    instead: str = ""

    def advice(self, folder: Path, file: Path | None = None) -> str:
        """What to do, as a sentence without a full stop.

        Args:
            folder: that holds it.
            file: itself, where it is known.
        """
        if self.layout is None:
            return self.instead
        if self.layout in OF_A_FILE:
            where = "FILE.json" if file is None else shlex.quote(str(file))
            return f"prepare it first: sg2im data prepare {self.layout} {where} --out DATA"
        where = shlex.quote(str(folder))
        if self.layout in CHECKED:
            return (
                f"give its directory: sg2im data check {where}, or sg2im data prepare {self.layout} {where} --out DATA"
            )
        return f"prepare its directory first: sg2im data prepare {self.layout} {where} --out DATA"


OF_A_FILE = ("via",)
"""Layouts of which ``sg2im data prepare`` takes the file."""

CHECKED = ("coco", "vg")
"""Layouts that ``sg2im data check`` takes as they are."""


def is_coco_file(path: Path) -> bool:
    """Whether a file is one of COCO's with objects."""
    return json_kind(path) is COCO


def json_kind(path: Path) -> Kind | None:
    """What a file is; None if it is no JSON, or of no kind that is known."""
    whole, first = first_values(path)
    if whole == "{":
        found = next((kind for holds, kind in OBJECTS if holds(first)), None)
        return CAPTIONS if found is COCO and path.name.startswith("captions_") else found
    entry = first.get("")
    if whole == "[" and isinstance(entry, Mapping):
        return next((kind for holds, kind in LISTS if holds(entry)), None)
    return None


def _first(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The first entry of a list, if it is an object."""
    found = values.get(key)
    return found if isinstance(found, Mapping) else {}


def _is_captions(values: Mapping[str, Any]) -> bool:
    return "file_name" in _first(values, "images") and "caption" in _first(values, "annotations")


def _is_coco(values: Mapping[str, Any]) -> bool:
    return "file_name" in _first(values, "images") or "category_id" in _first(values, "annotations")


def _is_via(values: Mapping[str, Any]) -> bool:
    if "_via_img_metadata" in values:
        return True
    return any(isinstance(v, Mapping) and {"filename", "regions"} <= v.keys() for v in values.values())


def _has(*keys: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda values: set(keys) <= values.keys()


COCO = Kind("a COCO annotation file", "coco")
CAPTIONS = Kind("a COCO file of captions", instead="give the directory of the instances, which have boxes")
VISUAL_GENOME = Kind("a file of Visual Genome", "vg")
LABEL_STUDIO = Kind(
    "what Label Studio calls JSON",
    instead=(
        "export as COCO there, which has masks and pictures, too, and give the directory that this unpacks to: "
        "sg2im data prepare coco DIRECTORY --out DATA"
    ),
)
OBJECTS: tuple[tuple[Callable[[Mapping[str, Any]], bool], Kind], ...] = (
    (_has("format", "made_from", "splits"), Kind("the description of prepared data", instead="give its directory")),
    (_is_captions, CAPTIONS),
    (_is_coco, COCO),
    (_has("shapes", "imagePath"), Kind("what labelme writes for one picture", "labelme")),
    (_is_via, Kind("a project of VIA", "via")),
)
LISTS: tuple[tuple[Callable[[Mapping[str, Any]], bool], Kind], ...] = (
    (_has("image_id", "objects"), VISUAL_GENOME),
    (_has("image_id", "relationships"), VISUAL_GENOME),
    (_has("image_id", "attributes"), VISUAL_GENOME),
    (_has("image_id", "url"), VISUAL_GENOME),
    (_has("data", "annotations"), LABEL_STUDIO),
    (_has("data", "completions"), LABEL_STUDIO),
    (_has("image", "annotator"), LABEL_STUDIO),
)
