"""Which file an annotation file means: names come with other machines' folders, backslashes and addresses."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

UPLOAD = re.compile(r"[0-9a-f]{8}-(?=.)")
"""What Label Studio writes before the name of an uploaded picture."""


def picture_file(folder: Path, name: str) -> Path:
    """The picture of this name in one folder; see `find_picture`."""
    return find_picture((folder,), name)


def find_picture(folders: Sequence[Path], name: str) -> Path:
    """The picture of this name: as it is written, else by ever fewer of its folders.

    Args:
        folders: where the pictures may be, most likely first.
        name: as an annotation file has it: a file name, a path with slashes or backslashes, or an address.

    Returns:
        The file; where none is found, the path as it is written, for the message that it is missing.
    """
    plain = folders[0] / (name.rsplit("/", 1)[-1] if "://" in name else name)
    if os.path.isfile(plain):  # False, too, for what is no name at all  # noqa: PTH113
        return plain
    return next((path for path in _tries(folders, name) if os.path.isfile(path)), plain)  # noqa: PTH113


def _tries(folders: Sequence[Path], name: str) -> Iterator[Path]:
    """More of a name's folders before fewer, whichever folder they are looked for in."""
    readings = [[part for part in text.split("/") if part not in ("", ".", "..")] for text in _readings(name)]
    without_hash = ([*parts[:-1], UPLOAD.sub("", parts[-1])] for parts in readings if parts)
    for parts in chain(readings, (parts for parts in without_hash if parts not in readings)):
        for start in range(len(parts)):
            yield from (folder.joinpath(*parts[start:]) for folder in folders)


def _readings(name: str) -> Iterator[str]:
    """A name with slashes only: as a path, as an address, and what an address asks for (``?d=a/b.jpg``)."""
    texts = [name]
    if "?" in name or "://" in name:
        with suppress(ValueError):  # no address after all
            address = urlsplit(name if "://" in name else f"x:{name}")
            texts = [name, address.path, *(value for _, value in parse_qsl(address.query))]
    for reading in dict.fromkeys(reading for text in texts for reading in (text, unquote(text))):
        yield reading.replace("\\", "/")
