"""``sg2im --file``: pictures for each line of a file or of standard input.

A line that cannot be drawn is told with its number, and the rest goes on. The same command again makes what is missing.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sg2im_cli.cli.draw import say_what_is_lost
from sg2im_cli.cli.request import Request
from sg2im_cli.cli.streams import print_json, print_path, say
from sg2im_cli.output.batch.lines import Kind, Line, read_groups, read_line
from sg2im_cli.output.batch.manifest import NAME, Manifest, Row
from sg2im_cli.output.batch.naming import Names, Taken
from sg2im_errors import InputError, Sg2imError

if TYPE_CHECKING:
    from sg2im_weights import Bundle

TOLD_EACH = 30.0
"""Seconds between two words of how far it is."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What ``--file`` is to make.

    Attributes:
        request: how; with ``as_json`` the manifest's rows are printed, and with ``quiet`` failures still are.
        file: of lines; ``-`` is standard input.
        names: what the pictures are called.
        manifest: where it is written what was made; None for `NAME` beside the pictures.
        batch_size: pictures of one pass; None for what suits the device.
    """

    request: Request
    file: str
    names: Names
    manifest: Path | None
    batch_size: int | None

    @property
    def kind(self) -> Kind:
        """How lines are written."""
        return Kind.of(self.file)

    @property
    def manifest_path(self) -> Path:
        """Where the manifest is."""
        return self.manifest or self.names.folder / NAME


def run(batch: Batch) -> None:
    """Draw what is missing.

    Raises:
        InputError: nothing can start: options that are wrong, two lines with one output, nothing to draw.
        Sg2imError: some lines failed, or the manifest could not be written.
    """
    _check(batch)
    say_what_is_lost(batch.request, batch.names.output)
    from sg2im_weights import resolve

    with _opened(batch.file) as stream:
        looked = stream.seekable() and batch.file != "-"
        reads = _look_ahead(stream, batch) if looked else True
        _make(stream, batch, resolve(batch.request.weights), reads, None if looked else Taken())


def _make(stream: BufferedReader, batch: Batch, bundle: Bundle, reads: bool, taken: Taken | None) -> None:
    request = batch.request
    painter = request.load_painter(bundle, reads)
    from sg2im_cli.output.batch.runner import Maker
    from sg2im_cli.painter.batching import default_size

    with Manifest(batch.manifest_path) as manifest:
        maker = Maker(
            painter=painter,
            recorder=request.recorder(bundle, painter),
            metadata=request.metadata,
            names=batch.names,
            manifest=manifest,
            taken=taken,
            overwrite=request.overwrite,
            batch_size=batch.batch_size or default_size(painter),
        )
        told = _Told(batch)
        for row in maker.make(read_groups(stream), batch.kind):
            told.tell(row)
    told.end(maker.there)


class _Told:
    """Prints what was made and what failed, and counts both."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.made = self.failed = 0
        self.start = self.last = time.monotonic()

    def tell(self, row: Row) -> None:
        if row.error is None:
            self.made += 1
        else:
            self.failed += 1
            end = "" if row.error.endswith((".", "?")) else "."
            say(f"sg2im: Line {row.line}: {row.error}{end}")
        if self.batch.request.as_json:
            print_json(row.to_json())
        elif row.error is None:
            print_path(row.output or "")
        if not self.batch.request.quiet and time.monotonic() > self.last + TOLD_EACH:
            self.last = time.monotonic()
            say(f"{self._pictures()} so far, at line {row.line}.")

    def end(self, there: int) -> None:
        if not self.made + self.failed + there:
            raise InputError(_nothing(self.batch.file))
        before = f", {there:,} were there before" if there else ""
        said = f"{self._pictures()}{before}; {self.failed:,} failed; see {self.batch.manifest_path}."
        if self.failed:
            raise Sg2imError(said)
        if not self.batch.request.quiet:
            say(said)

    def _pictures(self) -> str:
        rate = self.made / max(time.monotonic() - self.start, 1e-9)
        pictures = "1 picture" if self.made == 1 else f"{self.made:,} pictures"
        return f"{pictures} made" + (f", {rate:.1f} a second" if self.made else "")


def _check(batch: Batch) -> None:
    batch.names.check()
    if batch.kind is Kind.TEXT and batch.names.output is None:
        raise InputError("Say where the pictures go: --output DIRECTORY/, or a name with {index} in it.")
    path = batch.manifest_path
    if path.suffix.lower() != ".jsonl":
        raise InputError(f"{path} must end in .jsonl: it has a line of JSON for each picture.")
    if batch.file != "-" and os.path.realpath(path) == os.path.realpath(batch.file):
        raise InputError(f"{path} would be read and written; name another file with --manifest.")


def _look_ahead(stream: BufferedReader, batch: Batch) -> bool:
    """Refuse two pictures with one name before anything is drawn; lines that cannot be read are told later.

    Returns:
        Whether there is a sentence to parse.
    """
    taken, reads, lines = Taken(), False, 0
    for number, data in (line for group in read_groups(stream) for line in group):
        lines += bool(data.strip())
        line, paths = _planned(data, number, batch)
        reads = reads or (line is not None and isinstance(line.source, str))
        for path in paths:
            taken.claim(path, number)
    if not lines:
        raise InputError(_nothing(batch.file))
    stream.seek(0)
    return reads


def _planned(data: bytes, number: int, batch: Batch) -> tuple[Line | None, list[Path]]:
    """A line and its files; nothing of what cannot be read."""
    try:
        line = read_line(data, batch.kind)
    except InputError:
        return None, []
    if line is None:
        return None, []
    if line.output is None and batch.names.output is None:
        raise InputError(f"Line {number} has no output; add one, or say --output DIRECTORY/.")
    try:
        return line, [path for path, _ in batch.names.pictures(line, number)]
    except InputError:
        return line, []


@contextmanager
def _opened(file: str) -> Iterator[BufferedReader]:
    if file == "-":
        yield cast("BufferedReader", sys.stdin.buffer if sys.stdin else BytesIO())
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 closed below
    except FileNotFoundError:
        raise InputError(f"There is no file {file}.") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    with stream:
        yield stream


def _nothing(file: str) -> str:
    where = "Standard input" if file == "-" else file
    return f"{where} has no line to draw; write a sentence on each line, such as: a car on the street."
