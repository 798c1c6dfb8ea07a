"""What data says of its own licence, for the model card of what is trained on it."""

from __future__ import annotations

import json
import mmap
import re
from pathlib import Path
from typing import Any

METADATA = "sg2im.json"
"""Of prepared data; its ``licence`` is a sentence or a name."""

LONGEST = 65536
"""Bytes of a COCO file's list of licences; real ones have 8 entries."""


def stated_licence(data: Path) -> str | None:
    """The licence that a data directory states; None if it states none.

    Prepared data says it in its metadata, COCO's files in their list ``licenses``: one for each kind of picture.
    """
    metadata = _parse((data / METADATA).read_bytes()) if (data / METADATA).is_file() else None
    if isinstance(metadata, dict) and metadata.get("licence"):
        return str(metadata["licence"])
    folder = data / "annotations"
    for path in sorted(folder.glob("*_*.json")) if folder.is_dir() else ():
        names = [str(entry["name"]) for entry in _coco_licences(path) if isinstance(entry, dict) and entry.get("name")]
        if names:
            return f"one of these for each picture, says {path.name}: {'; '.join(dict.fromkeys(names))}"
    return None


def _coco_licences(path: Path) -> list[Any]:
    """The list ``licenses`` of an annotation file, found without reading the file as a whole: it may have 500 MB."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            key = re.search(rb'"licenses"\s*:', content)
            text = content[key.end() : key.end() + LONGEST] if key else b""
    except (OSError, ValueError):  # a file without bytes cannot be mapped
        return []
    found = _parse(text, whole=False)
    return found if isinstance(found, list) else []


def _parse(text: bytes, whole: bool = True) -> Any:  # noqa: ANN401
    """JSON, or None for what is none; what follows it may be something else, unless it must be the whole."""
    try:
        decoded = text.decode("utf8", errors="ignore").lstrip()
        return json.loads(decoded) if whole else json.JSONDecoder().raw_decode(decoded)[0]
    except (ValueError, RecursionError):
        return None
