"""The lines of ``--file``: a sentence, or JSON, each."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from importlib import resources
from pathlib import Path, PureWindowsPath
from typing import Any, Protocol

from sg2im_cli.output.encoding import decode_line, require_no_utf16
from sg2im_cli.provenance.record import LAST_SEED
from sg2im_errors import InputError
from sg2im_parsers.errors import GraphError
from sg2im_parsers.graph_json import graph_from_json, seed_of
from sg2im_parsers.scene_graph import SceneGraph
from sg2im_parsers.text_files import MOST_BYTES as MOST_AT_ONCE
from sg2im_parsers.text_files import too_long

KEYS = ("text", "graph", "layout", "seed", "samples", "output")
MOST_SAMPLES = 10_000
MOST_BYTES = 1_000_000
"""Of one line."""

LONGEST_TEXT = 10_000
CHUNK = 65_536
GROUP = 256
"""Lines that are read before the first of them is drawn, if so many are there."""


class Stream(Protocol):
    """A file or a pipe, open in binary mode."""

    def read1(self, size: int, /) -> bytes:
        """What is there now, at most so much; waits if nothing is there, and is empty at the end."""


class Kind(Enum):
    """How lines are written."""

    TEXT = "text"
    JSON = "json"
    EITHER = "either"

    @classmethod
    def of(cls, file: str) -> Kind:
        """By the ending of a file's name; elsewhere each line shows it: JSON begins with a {."""
        return {".txt": cls.TEXT, ".jsonl": cls.JSON, ".ndjson": cls.JSON}.get(Path(file).suffix.lower(), cls.EITHER)


@dataclass(frozen=True)
class Line:
    """What one line asks for; None is what the command's options say.

    Attributes:
        source: a sentence or a graph.
        seed: of its first picture.
        samples: how many pictures.
        output: the file's name, which may have {seed} and {index}; below the working directory, whoever wrote the line.
    """

    source: str | SceneGraph
    seed: int | None = None
    samples: int | None = None
    output: str | None = None


def line_schema() -> dict[str, Any]:
    """The JSON schema of a line; it refers to `graph_schema` as ``scene_graph.schema.json``."""
    text = (resources.files("sg2im_cli") / "output" / "batch" / "batch_line.schema.json").read_text(encoding="utf8")
    return dict(json.loads(text))


def read_groups(stream: Stream) -> Iterator[list[tuple[int, bytes]]]:
    """Lines with their numbers, from 1, in groups as they come: a slow pipe is not waited for.

    Of a line that is too long only the beginning is kept, for `read_line` to refuse.

    Raises:
        InputError: it is in UTF-16, or a line has no end within `MOST_AT_ONCE`.
    """
    number, rest, length, first = 0, b"", 0, True
    while chunk := stream.read1(CHUNK):
        if first:
            require_no_utf16(chunk, "What --file names")
            first = False
        *whole, rest = (rest + chunk).split(b"\n")
        length = len(rest) if whole else length + len(chunk)
        if length > MOST_AT_ONCE:
            raise too_long(f"Line {number + len(whole) + 1} of what --file names")
        rest = rest[: MOST_BYTES + 1]
        for start in range(0, len(whole), GROUP):
            group = whole[start : start + GROUP]
            yield list(enumerate(group, number + 1))
            number += len(group)
    if rest:
        yield [(number + 1, rest)]


def read_line(data: bytes, kind: Kind) -> Line | None:
    """What a line says; None for a blank one.

    Args:
        data: without the line's end.
        kind: how it is written.

    Raises:
        InputError: it is too long, not in UTF-8, or breaks the format; the message names the place.
    """
    if len(data) > MOST_BYTES:
        raise InputError(f"it is longer than the {MOST_BYTES:,} bytes that are read of a line")
    text = decode_line(data).strip()
    if not text:
        return None
    if kind is Kind.TEXT or (kind is Kind.EITHER and not text.startswith("{")):
        return Line(_sentence(text))
    try:
        return _from_json(json.loads(text))
    except GraphError as error:
        raise InputError(str(error)) from None
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg} (character {error.pos + 1})") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}") from None


def _from_json(data: object) -> Line:
    if not isinstance(data, dict):
        raise InputError('must be a JSON object, such as {"text": "a cat on a mat"}')
    for key in data:
        if key not in KEYS:
            near = get_close_matches(key, KEYS, n=1, cutoff=0.5)
            raise InputError(
                f"{key}: unknown; {f'did you mean {near[0]!r}?' if near else 'known are ' + ', '.join(KEYS)}"
            )
    sources = [key for key in ("text", "graph", "layout") if key in data]
    if len(sources) != 1:
        raise InputError(f"needs one of text, graph and layout, and has {' and '.join(sources) or 'none'}")
    source, seed = _source(sources[0], data[sources[0]]), _whole(data, "seed", 0, LAST_SEED)
    return Line(
        source,
        seed_of(data["layout"]) if seed is None and "layout" in data else seed,
        _whole(data, "samples", 1, MOST_SAMPLES),
        _file_name(data["output"]) if "output" in data else None,
    )


def _source(key: str, value: object) -> str | SceneGraph:
    if key != "text":
        return graph_from_json(value, key)
    if not isinstance(value, str) or not value.strip():
        raise InputError("text: must be a sentence")
    return _sentence(value.strip().encode(errors="replace").decode())  # half of a surrogate pair is no character


def _file_name(value: object) -> str:
    try:
        if not isinstance(value, str) or not value.strip() or b"\0" in os.fsencode(value):
            raise InputError("output: must be a file's name")
    except UnicodeEncodeError:
        raise InputError("output: must be a file's name") from None
    path = PureWindowsPath(value)  # which takes / and \\ for separators: a line means the same on every system
    if path.anchor or ".." in path.parts:
        raise InputError("output: must lie below the working directory; give a relative name without .. in it")
    return value


def _sentence(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise InputError(f"a text of {len(text):,} characters is longer than the {LONGEST_TEXT:,} that are read")
    return text


def _whole(data: Mapping[str, Any], key: str, least: int, most: int) -> int | None:
    if key not in data:
        return None
    value = data[key]
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or not least <= value <= most:
        raise InputError(f"{key}: must be a whole number from {least} to {most}")
    return int(value)
