"""Why a file could not be written."""

from __future__ import annotations

import errno
from pathlib import Path

from sg2im_errors import InputError, Sg2imError


class TakenError(InputError):
    """A file has this name already, and may not be replaced."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} exists; use --overwrite to replace it, or another name.")


class FullDiskError(Sg2imError):
    """A disk takes no more."""


def write_problem(path: Path, error: OSError) -> Sg2imError:
    """The error for a file that could not be written."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return Sg2imError(f"{path} could not be written: {error.strerror or error}; use another place.")
    folder = "the working directory" if path.parent == Path() else path.parent
    full = f"the disk that holds {folder} is full"
    if error.errno == errno.EDQUOT:
        full = f"your share of the disk that holds {folder} is used up"
    return FullDiskError(
        f"{path} could not be written: {full}; make room there and give the same command again, or use another place."
    )
