"""JSON files of any size, one entry at a time: annotation files of a gigabyte are read in a few megabytes.

The standard library decodes the entries; only what lies between them is read by hand. ijson could do it, too, but takes
half as long again, does not say where a mistake is, and refuses what other programs write: NaN, a byte-order mark and,
where fractions are to be floats, whole numbers above 64 bits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from json.decoder import JSONDecodeError
from pathlib import Path
from typing import Any, TextIO

from sg2im_errors import InputError

CHUNK = 1 << 20
"""Letters that are read at once."""

UNFINISHED = 64
"""A mistake so near to the end of what was read may only be a value that goes on."""

_decode = json.JSONDecoder().raw_decode


def read_lists(path: Path, keys: tuple[str, ...]) -> Iterator[tuple[str, int, Any]]:
    """Yield the entries of the lists in a JSON object: which list, which place in it, the entry.

    Args:
        path: the file.
        keys: which lists; what else the object has is passed over, and a key without a list is as good as absent.

    Raises:
        InputError: the file is absent or no JSON, or holds no object with these lists.
    """
    found = set()
    with _opened(path) as scanner:
        if scanner.peek() != "{":
            raise _Unsuitable
        for key in scanner.members():
            if key in keys and scanner.peek() == "[":
                found.add(key)
                for place, entry in enumerate(scanner.entries()):
                    yield key, place, entry
            else:
                scanner.value()
        if found != set(keys):
            raise _Unsuitable


def read_list(path: Path) -> Iterator[Any]:
    """Yield the entries of a JSON list.

    Raises:
        InputError: the file is absent, no JSON, or no list.
    """
    with _opened(path) as scanner:
        if scanner.peek() != "[":
            raise InputError(f"{path} must hold a JSON list.")
        yield from scanner.entries()


def first_values(path: Path) -> tuple[str, dict[str, Any]]:
    """What a JSON file begins with, to tell what it is: of its first megabyte, which may break off anywhere.

    Returns:
        ``"{"`` with its values by their keys, or ``"["`` with its first entry under the empty key. Of a list in an
        object there is the first entry, None if it is empty. An empty text where the file is absent or no JSON.
    """
    values: dict[str, Any] = {}
    try:
        with path.open(encoding="utf8", errors="replace") as file:
            scanner = _Scanner(StringIO(file.read(CHUNK)))
        whole = scanner.peek()
        keys = scanner.members() if whole == "{" else iter([""] if whole == "[" else [])
        for key in keys:
            if scanner.peek() == "[":
                for place, entry in enumerate(scanner.entries()):
                    if not place:
                        values[key] = entry
                values.setdefault(key)
            else:
                values[key] = scanner.value()
    except (OSError, ValueError, RecursionError):  # the rest is not there
        return ("", {}) if not values else (whole, values)
    return whole if whole in ("{", "[") else "", values


class NotThatKindError(InputError):
    """The file is JSON, but has not the lists that were asked for."""


class _Unsuitable(Exception):  # noqa: N818
    """Raised within an opened file, which then says which one it is."""


@contextmanager
def _opened(path: Path) -> Iterator[_Scanner]:
    """A scanner of a file; what goes wrong inside becomes a sentence with the file's name."""
    try:
        with path.open(encoding="utf8") as file:
            yield _Scanner(file)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except _Unsuitable:
        raise NotThatKindError(f"{path} has not the lists that it needs.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read as JSON: {error}.") from None


CUT_NUMBER = ("", ".", "e", "E", "e+", "E+", "e-", "E-")
"""With one of these behind it and nothing else, a number at the end of what was read may go on."""


class _Scanner:
    """Reads values off a file, keeping no more than the one at hand."""

    def __init__(self, file: TextIO) -> None:
        self.file, self.text, self.at = file, "", 0
        self.before = 0

    def peek(self) -> str:
        """The next letter that is no space; empty at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in " \t\r\n\ufeff":
                self.at += 1
            if self.at < len(self.text) or not self._read():
                return self.text[self.at : self.at + 1]

    def take(self, allowed: str) -> str:
        """The next letter, which must be one of these."""
        letter = self.peek()
        if not letter or letter not in allowed:
            expected = " or ".join(map(repr, allowed))
            raise ValueError(f"at letter {self.before + self.at + 1}, {expected} is expected")
        self.at += 1
        return letter

    def value(self) -> Any:  # noqa: ANN401
        """One whole value."""
        self.peek()
        while True:
            try:
                value, end = _decode(self.text, self.at)
            except JSONDecodeError as error:
                goes_on = error.pos >= len(self.text) - UNFINISHED or error.msg.startswith("Unterminated string")
                if goes_on and self._read():
                    continue
                raise ValueError(f"at letter {self.before + error.pos + 1}, {error.msg}") from None
            if self.text[end : end + 3] not in CUT_NUMBER or not self._read():
                self.at = end
                return value

    def entries(self) -> Iterator[Any]:
        """The entries of a list, one after the other."""
        self.take("[")
        if self.peek() == "]":
            self.at += 1
            return
        while True:
            yield self.value()
            if self.take(",]") == "]":
                return

    def members(self) -> Iterator[str]:
        """The keys of an object; the value of each must be read before the next."""
        self.take("{")
        if self.peek() == "}":
            self.at += 1
            return
        while True:
            if self.peek() != '"':
                self.take('"')
            key = self.value()
            self.take(":")
            yield key
            if self.take(",}") == "}":
                return

    def _read(self) -> bool:
        """Read on, at least as much as is held, so that long values are not looked at too often."""
        more = self.file.read(max(CHUNK, len(self.text) - self.at))
        if more:
            self.before += self.at
            self.text, self.at = self.text[self.at :] + more, 0
        return bool(more)
