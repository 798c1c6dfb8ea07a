"""Text that a user names, up to a length: a device without end, or a file larger than memory, is one sentence."""

from __future__ import annotations

from pathlib import Path

from sg2im_errors import InputError

MOST_BYTES = 64_000_000
"""Of a file or of standard input, where it is read as a whole, and of one line where lines are read."""


def too_long(what: str) -> InputError:
    """The error for what is longer than `MOST_BYTES`."""
    return InputError(f"{what} is longer than the {MOST_BYTES // 10**6} MB that are read; give it in parts.")


def read_bytes(path: Path) -> bytes:
    """All of a file.

    Raises:
        InputError: it is longer than `MOST_BYTES`.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_long(str(path))
    return data
