"""Data of which a machine labelled a part, in the COCO layout."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

SOURCES = ("drawn", "outlined", "found")
"""People made all; people drew boxes of things, and a machine their outlines and the stuff; a machine made all."""


def source_of(image: int) -> str:
    """Pictures take turns."""
    return SOURCES[image % 3]


def mark(data: Path, out: Path, *splits: str) -> Path:
    """A copy of `tiny_data` with labels by machine in these splits."""
    root = Path(shutil.copytree(data, out))
    for split in splits:
        change(root, f"instances_{split}", _mark_things)
        change(root, f"stuff_{split}", _mark_stuff)
    return root


def people_only(data: Path, out: Path, *splits: str) -> Path:
    """The same data as if no machine had seen it: its boxes are not there, and its outlines unknown."""
    root = Path(shutil.copytree(data, out))
    for split in splits:
        change(root, f"instances_{split}", _forget_things)
        change(root, f"stuff_{split}", _forget_stuff)
    return root


def change(root: Path, name: str, edit: Callable[[dict[str, Any]], None]) -> None:
    """Edit an annotation file in place."""
    path = root / "annotations" / f"{name}.json"
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))


def _name_sources(content: dict[str, Any]) -> None:
    for image in content["images"]:
        image["source"] = source_of(image["id"])


def _mark_things(content: dict[str, Any]) -> None:
    _name_sources(content)
    kept = []
    for item in content["annotations"]:
        source = source_of(item["image_id"])
        if source != "drawn":
            item["machine"] = True  # also where it found no outline
        if source != "found" or item["segmentation"]:
            kept.append(item)
    content["annotations"] = kept


def _mark_stuff(content: dict[str, Any]) -> None:
    _name_sources(content)
    for item in content["annotations"]:
        if source_of(item["image_id"]) != "drawn":
            item["machine"] = True


def _forget_things(content: dict[str, Any]) -> None:
    kept = [item for item in content["annotations"] if source_of(item["image_id"]) != "found"]
    for item in kept:
        if item.pop("machine", False):
            item["segmentation"] = []
    content["annotations"] = kept


def _forget_stuff(content: dict[str, Any]) -> None:
    content["annotations"] = [item for item in content["annotations"] if "machine" not in item]
