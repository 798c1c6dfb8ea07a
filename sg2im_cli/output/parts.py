"""Files while they are written: beside their place, locked as long as the writer lives, and removed once it is gone.

A process that is killed leaves the part it wrote, and its lock goes with it: so whoever writes there next knows what
nobody will finish. Where the system has no such locks (Windows), nothing is removed.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from io import FileIO
from pathlib import Path

PART = re.compile(r"\.[^/]{1,40}\.sg2im-[0-9a-f]{16}", re.DOTALL)
"""The names of parts, which nothing else has."""

LOCKS = sys.platform != "win32"
KNOWN_FOLDERS = 4096
"""Folders that are remembered as looked through, at about a hundred bytes each."""


@contextmanager
def written_part(target: Path, data: bytes) -> Iterator[Path]:
    """A file with the data beside the place where it will be, on the disk itself; gone afterwards.

    Raises:
        OSError: it could not be written, as on a full disk.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    remove_left_parts(target.parent)
    part, file = _new_part(target)
    try:
        with file:
            write_all(file.fileno(), data)
            os.fsync(file.fileno())
            if not LOCKS:
                file.close()  # Windows renames no open file
            yield part
    finally:
        part.unlink(missing_ok=True)


def write_all(file: int, data: bytes) -> None:
    """Write past Python's own buffer, which would try again, and fail again, when the file is closed.

    Raises:
        OSError: not all of it was written.
    """
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def remove_left_parts(folder: Path) -> None:
    """Remove the parts that killed processes left in a folder, once in the life of this one.

    Those of another user, and those whose writer lives, stay.
    """
    if LOCKS:
        _remove_once(os.path.abspath(folder))  # noqa: PTH100 Path.resolve asks the disk


def _new_part(target: Path) -> tuple[Path, FileIO]:
    """An empty file that is locked; another process may have removed one before it was."""
    while True:
        part = target.with_name(f".{target.name[:40]}.sg2im-{secrets.token_hex(8)}")
        file = part.open("xb", buffering=0)
        with suppress(OSError):  # a file system without locks
            _lock(file.fileno(), wait=True)
        if part.exists():
            return part, file
        file.close()


def _lock(file: int, wait: bool) -> None:
    """Hold a file until it is closed, however the process ends.

    Raises:
        OSError: another process holds it, or it cannot be held.
    """
    if LOCKS:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


@lru_cache(KNOWN_FOLDERS)
def _remove_once(folder: str) -> None:
    with suppress(OSError):
        for part in [path for path in Path(folder).iterdir() if PART.fullmatch(path.name)]:
            with suppress(OSError):
                _remove_if_left(part)


def _remove_if_left(part: Path) -> None:
    file = os.open(part, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        about = os.fstat(file)
        if stat.S_ISREG(about.st_mode) and about.st_uid == os.geteuid():
            _lock(file, wait=False)
            part.unlink()
    finally:
        os.close(file)
