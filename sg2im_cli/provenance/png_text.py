"""A text that travels in a PNG, by its key: written as a compressed iTXt chunk, read without decoding the picture.

Pillow writes it and does not read it: it passes over a damaged chunk without a word, returns the rest of a text that
was cut, reads chunks of any length whole, and has one limit, of 1 MiB, for the whole process. A picture with a longer
text it does not open at all, so such a text goes into several chunks: that of the key says ``{"parts": N}``, and the
parts are called ``KEY.1`` to ``KEY.N``.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator
from io import SEEK_CUR
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sg2im_errors import InputError

if TYPE_CHECKING:
    from PIL.PngImagePlugin import PngInfo

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KINDS = (b"iTXt", b"zTXt", b"tEXt")
"""Other programs may save a text as another kind than they found it."""

MOST_BYTES = 16_000_000
"""The longest text that is written or read; a small file may promise more than memory holds."""

MOST_OF_A_PART = 1_000_000
"""Bytes of one chunk's text: Pillow opens no picture with more than 1 MiB."""

PARTED = re.compile(r'\{"parts": ([1-9]\d{0,3})\}')

QUICKLY = 1
"""How hard a text is compressed: a tenth larger than usual, in a sixth of the time."""


class _BrokenError(Exception):
    """What is wrong with a file, for the end of a sentence."""


def png_info(key: str, text: str) -> PngInfo:
    """A text for Pillow to save with a PNG.

    Args:
        key: Latin letters, at most 79.
        text: at most `MOST_BYTES` in UTF-8.

    Raises:
        InputError: the text is too long.
    """
    from PIL.PngImagePlugin import PngInfo

    data = text.encode()
    if len(data) > MOST_BYTES:
        raise InputError(
            f"What made the picture is longer than the {MOST_BYTES // 10**6} MB that a picture carries; use smaller "
            "masks, or --no-metadata."
        )
    info = PngInfo()
    for name, part in _parts(key, text):
        info.add(b"iTXt", name.encode("latin1") + b"\0\1\0\0\0" + zlib.compress(part.encode(), QUICKLY))
    return info


def _parts(key: str, text: str) -> Iterator[tuple[str, str]]:
    """Texts that every reader takes, and what they are called."""
    if len(text.encode()) <= MOST_OF_A_PART:
        yield key, text
        return
    size = MOST_OF_A_PART // 4  # letters, of up to four bytes
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    yield key, json.dumps({"parts": len(parts)})
    for number, part in enumerate(parts, 1):
        yield f"{key}.{number}", part


def read_png_text(path: Path, key: str) -> str | None:
    """The first text of that key in a PNG; None if it has none. The picture itself may be damaged.

    Raises:
        InputError: the file cannot be read, is no PNG, or is broken where the text is or before.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(SIGNATURE)) != SIGNATURE:
                raise InputError(f"{path} is no PNG, and only a PNG carries what made it; give the PNG.")
            return _joined(file, key)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    except _BrokenError as broken:
        raise InputError(f"{path} {broken}, so what made it cannot be read; use a whole copy.") from None


def _joined(file: BinaryIO, key: str) -> str | None:
    """The text of a key, from its parts if it has some."""
    text = _find(file, key.encode("latin1"))
    if text is None or (match := PARTED.fullmatch(text)) is None:
        return text
    whole = ""
    for number in range(1, int(match[1]) + 1):
        file.seek(len(SIGNATURE))
        part = _find(file, f"{key}.{number}".encode("latin1"))
        if part is None:
            raise _BrokenError("lacks a part of its text")
        whole += part
        if len(whole) > MOST_BYTES:
            raise _BrokenError(f"has a text of more than {MOST_BYTES // 10**6} MB")
    return whole


def _find(file: BinaryIO, key: bytes) -> str | None:
    for kind, data, whole in _text_chunks(file):
        found, _, rest = data.partition(b"\0")
        if found != key:
            continue
        if not whole:
            raise _BrokenError("has a damaged text chunk")
        try:
            return _decode(kind, rest)
        except (zlib.error, UnicodeDecodeError, IndexError):
            raise _BrokenError("has a damaged text chunk") from None
    return None


def _text_chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes, bool]]:
    """Kind and data of each text chunk, and whether its checksum is right."""
    while True:
        header = file.read(8)
        if len(header) < 8:
            raise _BrokenError("ends too early")
        length, kind = struct.unpack(">I4s", header)
        if kind == b"IEND":
            return
        if kind not in KINDS or length > MOST_BYTES:
            file.seek(length + 4, SEEK_CUR)
            continue
        data, checksum = file.read(length), file.read(4)
        if len(checksum) < 4:
            raise _BrokenError("ends too early")
        yield kind, data, zlib.crc32(kind + data) == int.from_bytes(checksum)


def _decode(kind: bytes, rest: bytes) -> str:
    """What follows the key: of an iTXt two bytes, a language and a translated key come first; of a zTXt one byte."""
    if kind == b"tEXt":
        return rest.decode("latin1")
    if kind == b"zTXt":
        return _inflate(rest[1:]).decode("latin1")
    compressed = rest[0] == 1
    text = rest[2:].split(b"\0", 2)[2]
    return (_inflate(text) if compressed else text).decode()


def _inflate(data: bytes) -> bytes:
    stream = zlib.decompressobj()
    text = stream.decompress(data, MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise _BrokenError(f"has a text of more than {MOST_BYTES // 10**6} MB")
    if not stream.eof:
        raise zlib.error
    return text
