"""Text that should be in UTF-8: where it is not, one sentence says what it seems to be, and nothing is guessed."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from sg2im_errors import InputError

LOOKED_AT = 256
"""Bytes at the beginning, by which UTF-16 is known: half of those of European letters are zeros."""


def decode_line(data: bytes) -> str:
    """One line of a file, with a byte order mark or without.

    Raises:
        InputError: it is not in UTF-8.
    """
    try:
        return data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        before = len(data[: error.start].decode(errors="replace"))
        raise InputError(
            f"the byte 0x{data[error.start]:02x} after {before} characters is not UTF-8; the file may be in "
            "Windows-1252 or Latin-1: save it as UTF-8"
        ) from None


def require_no_utf16(beginning: bytes, where: str) -> None:
    """Refuse what would be read as letters with spaces between.

    Args:
        beginning: of a file.
        where: what to call it.

    Raises:
        InputError: it is in UTF-16.
    """
    looked_at = beginning[:LOOKED_AT]
    if looked_at.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or 3 * looked_at.count(0) > len(looked_at):
        raise InputError(f"{where} is in UTF-16; save it as UTF-8.")
