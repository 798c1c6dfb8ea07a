"""From lines to pictures on the disk: parsed together, drawn together, and written while the next are drawn."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from sg2im_cli.output.batch.lines import Kind, Line, read_line
from sg2im_cli.output.batch.manifest import Manifest, Row
from sg2im_cli.output.batch.naming import Names, Taken
from sg2im_cli.output.encode import encode, enlarge
from sg2im_cli.output.files import FullDiskError, require_new, write_file
from sg2im_cli.output.json_text import json_text
from sg2im_cli.painter import Painter, Painting
from sg2im_cli.painter.batching import Job, in_batches, paint_together, parse_many
from sg2im_cli.provenance.recorder import Recorder
from sg2im_errors import InputError, Sg2imError
from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.graph_json import graph_to_json
from sg2im_parsers.grounding.account import Account
from sg2im_parsers.grounding.graph import ground_graph
from sg2im_parsers.grounding.sentence import Grounded
from sg2im_parsers.scene_graph import SceneGraph

IN_FLIGHT = 2
"""Batches that wait to be written while the next is drawn."""


@dataclass(frozen=True, kw_only=True)
class Picture(Job):
    """One picture of a line.

    Attributes:
        line: its number, from 1.
        path: of its file.
        request: see `Row`.
    """

    line: int
    path: Path
    request: str


@dataclass(frozen=True)
class _Wanted:
    """A line, with file, seed and request of each picture that is not there yet."""

    number: int
    line: Line
    missing: list[tuple[Path, int, str]] = field(default_factory=list)

    @property
    def text(self) -> str | None:
        """The sentence; None for a graph."""
        return self.line.source if isinstance(self.line.source, str) else None


@dataclass(kw_only=True)
class Maker:
    """Makes the pictures of lines.

    Attributes:
        painter: draws them.
        recorder: says what made a picture.
        metadata: whether a PNG carries that.
        names: what the pictures are called.
        manifest: which of them are there.
        taken: which line has which file, where nobody looked ahead; else None.
        overwrite: whether files are replaced that are not the pictures asked for.
        batch_size: pictures of one pass.
        there: pictures that were made before, so far.
    """

    painter: Painter
    recorder: Recorder
    metadata: bool
    names: Names
    manifest: Manifest
    taken: Taken | None
    overwrite: bool
    batch_size: int
    there: int = 0

    def make(self, groups: Iterable[list[tuple[int, bytes]]], kind: Kind) -> Iterator[Row]:
        """A row for each picture that was made, and for each line or picture that failed.

        Args:
            groups: of numbered lines; each group is drawn before the next is read.
            kind: how they are written.

        Raises:
            Sg2imError: the manifest could not be written.
        """
        pending: deque[Future[list[Row]]] = deque()
        with ThreadPoolExecutor(1) as writer:
            for group in groups:
                failed: list[Row] = []
                for batch in in_batches(self._pictures(group, kind, failed), self.batch_size):
                    paintings = paint_together(self.painter, batch, self.recorder.options.enforce)
                    pending.append(writer.submit(self._write, batch, paintings))
                    while len(pending) > IN_FLIGHT:
                        yield from pending.popleft().result()
                pending.append(writer.submit(self._note, failed))
                while pending:
                    yield from pending.popleft().result()

    def _pictures(self, group: Sequence[tuple[int, bytes]], kind: Kind, failed: list[Row]) -> Iterator[Picture]:
        """What is to be drawn of a group; what cannot be is added to ``failed``."""
        wanted = [one for number, data in group if (one := self._wanted(number, data, kind, failed))]
        parsed = parse_many(self.painter, (one.text for one in wanted if one.text is not None))
        for one in wanted:
            source = next(parsed) if isinstance(one.line.source, str) else one.line.source
            try:
                yield from self._of_line(one, source)
            except InputError as error:
                failed.append(Row(line=one.number, text=one.text, error=str(error)))

    def _wanted(self, number: int, data: bytes, kind: Kind, failed: list[Row]) -> _Wanted | None:
        """A line of which something is missing; None for another."""
        try:
            line = read_line(data, kind)
            pictures = [] if line is None else list(self.names.pictures(line, number))
        except InputError as error:
            failed.append(Row(line=number, error=str(error)))
            return None
        if line is None:
            return None
        one = _Wanted(number, line)
        for path, seed in pictures:
            request = self._request(line, seed)
            try:
                if self._is_missing(path, number, request):
                    one.missing.append((path, seed, request))
                else:
                    self.there += 1
            except Sg2imError as error:
                failed.append(Row(line=number, text=one.text, seed=seed, output=str(path), error=str(error)))
        return one if one.missing else None

    def _request(self, line: Line, seed: int) -> str:
        """The checksum of all that pixels are made from, and what the file carries of it; not of the machine."""
        asked = {
            "source": line.source if isinstance(line.source, str) else graph_to_json(line.source),
            "seed": seed,
            "weights": [self.recorder.weights.checksum, self.recorder.weights.settings],
            "options": [getattr(self.recorder.options, name) for name in ("dtype", "enforce", "scale", "nlp")],
            "metadata": self.metadata,
        }
        return sha256(json_text(asked).encode()).hexdigest()

    def _is_missing(self, path: Path, number: int, request: str) -> bool:
        if self.taken is not None:
            self.taken.claim(path, number)
        require_new(path, overwrite=True)
        why = self.manifest.why_not_made(path, request) if path.exists() else None
        if why is not None and not self.overwrite:
            raise InputError(f"{path} {why}; use --overwrite to replace it, or another name.")
        return why is not None or not path.exists()

    def _of_line(self, one: _Wanted, source: ParsedText | SceneGraph) -> Iterator[Picture]:
        grounded: Grounded | None = None
        for path, seed, request in one.missing:
            if grounded is None or grounded.by_seed:
                grounded = self._ground(source, seed)
            yield Picture(
                graph=grounded.graph,
                seed=seed,
                account=grounded.account,
                text=one.text,
                line=one.number,
                path=path,
                request=request,
            )

    def _ground(self, source: ParsedText | SceneGraph, seed: int) -> Grounded:
        if isinstance(source, SceneGraph):
            return Grounded(ground_graph(source, self.painter.vocabulary), Account())
        return self.painter.ground(source, seed, self.recorder.options.strict)

    def _write(self, pictures: Sequence[Picture], paintings: Sequence[Painting]) -> list[Row]:
        """Write the rows of a batch, and then its pictures: see `Manifest`."""
        encoded = [self._encode(*pair) for pair in zip(pictures, paintings, strict=True)]
        self.manifest.add([row for row, _ in encoded])
        rows = [self._put(picture, row, data) for picture, (row, data) in zip(pictures, encoded, strict=True)]
        self.manifest.add([row for row, (before, _) in zip(rows, encoded, strict=True) if row is not before])
        return rows

    def _encode(self, picture: Picture, painting: Painting) -> tuple[Row, bytes]:
        record = self.recorder.record(painting) if self.metadata else None
        asked = Row(line=picture.line, text=picture.text, seed=picture.seed, output=str(picture.path))
        try:
            data = encode(enlarge(painting.images[0], self.recorder.options.scale), picture.path, record)
        except InputError as error:
            return replace(asked, error=str(error)), b""
        said = painting.account_json()
        made = replace(
            asked,
            request=picture.request,
            sha256=sha256(data).hexdigest(),
            objects=tuple(item.label for item in painting.graph.objects),
            checks=tuple(said["checks"]),
            places=tuple(said["places"]),
            given_up=tuple(said["given_up"]),
            hiding=tuple(said["hiding"]),
            dropped=tuple(word.word for word in painting.account.dropped),
        )
        return made, data

    def _put(self, picture: Picture, row: Row, data: bytes) -> Row:
        if row.error is not None:
            return row
        try:
            write_file(picture.path, data, self.overwrite)
        except FullDiskError:
            raise
        except Sg2imError as error:
            return Row(line=row.line, text=row.text, seed=row.seed, output=row.output, error=str(error))
        return row

    def _note(self, failed: list[Row]) -> list[Row]:
        if failed:
            self.manifest.add(failed)
        return failed
