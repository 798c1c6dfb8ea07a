"""What ``--file`` has made, a JSON line for each picture: it is read to make only what is missing.

A row is written before its picture, with the picture's checksum. So after any interruption a picture is whole and has
its row, or is not there, or is not the one of its row; and only the first kind is left as it is.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, fields
from hashlib import sha256
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any

from sg2im_cli.output.files import require_place, write_problem
from sg2im_cli.output.json_text import json_text
from sg2im_errors import InputError, Sg2imError

NAME = "manifest.jsonl"
FIRST = b'{"line": '
"""What every row begins with: how a row that was cut off is known from another program's file."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One picture, or one line that failed; see ``manifest.schema.json``.

    Attributes:
        line: its number, from 1.
        text: the sentence; None for a graph.
        seed: of the picture.
        output: the file's name, as in the line or made from --output.
        request: checksum of all that the picture's pixels are made from.
        sha256: of the file.
        objects: the graph's names.
        checks: whether each relationship holds, as ``--json`` says it.
        places: likewise each place in the picture.
        given_up: what could not be enforced together with the rest.
        hiding: pairs of objects that hide each other, though nothing said wants that.
        dropped: words that nothing came of.
        error: why nothing was made, or None.
    """

    line: int
    text: str | None = None
    seed: int | None = None
    output: str | None = None
    request: str | None = None
    sha256: str | None = None
    objects: tuple[str, ...] = ()
    checks: tuple[dict[str, Any], ...] = ()
    places: tuple[dict[str, Any], ...] = ()
    given_up: tuple[object, ...] = ()
    hiding: tuple[list[int], ...] = ()
    dropped: tuple[str, ...] = ()
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As the schema says."""
        known = {item.name: getattr(self, item.name) for item in fields(self)}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in known.items()}


def manifest_schema() -> dict[str, Any]:
    """The JSON schema of a row."""
    text = (resources.files("sg2im_cli") / "output" / "batch" / "manifest.schema.json").read_text(encoding="utf8")
    return dict(json.loads(text))


class Manifest:
    """The rows of a file, of which only what is needed to know a picture again is kept in memory.

    Args:
        path: of the file; made when the first row is added, with its directory.

    Raises:
        InputError: the file is another program's, or cannot be read or written, or another sg2im is writing it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._made: dict[str, bytes] = {}
        self._failed: set[bytes] = set()
        self._file = self._open()
        try:
            self._read()
        except BaseException:
            self._leave()
            raise

    def __enter__(self) -> Manifest:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def why_not_made(self, path: Path, request: str) -> str | None:
        """What keeps a file from being the picture that is asked for; None if it is.

        Args:
            path: of a file that exists.
            request: see `Row`.

        Raises:
            Sg2imError: the file cannot be read.
        """
        known = self._made.get(_key(path))
        if known is None:
            return "exists, and the manifest does not know it"
        if known[:32] != bytes.fromhex(request):
            return "was made from another line, or with other weights or options"
        try:
            same = sha256(path.read_bytes()).digest() == known[32:]
        except OSError as error:
            raise Sg2imError(f"{path} cannot be read: {error.strerror or error}.") from None
        return None if same else "was changed since it was made"

    def add(self, rows: list[Row]) -> None:
        """Write rows, to the disk itself; a failure that was told in the same words before is not told again.

        Raises:
            Sg2imError: it could not be written, as on a full disk.
        """
        known = [row.to_json() for row in rows]
        lines = [json_text(data).encode() + b"\n" for data in known if self._keep(data)]
        file = self._file.fileno()
        before = os.fstat(file).st_size
        try:
            _write_all(file, b"".join(lines))
            os.fsync(file)
        except OSError as error:
            with suppress(OSError):
                os.truncate(file, before)  # whole rows or none
            raise write_problem(self.path, error) from None

    def _open(self) -> Any:  # noqa: ANN401
        require_place(self.path.parent)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self.path.open("a+b")
        except OSError as error:
            raise InputError(f"{self.path} cannot be written: {error.strerror or error}; see --manifest.") from None
        try:
            _lock(file)
        except OSError:
            file.close()
            raise InputError(f"{self.path} is another running sg2im's; wait for it, or see --manifest.") from None
        return file

    def _leave(self) -> None:
        """Close it; a manifest of nothing is not left behind."""
        if not os.fstat(self._file.fileno()).st_size:
            self.path.unlink(missing_ok=True)
        self._file.close()

    def _read(self) -> None:
        self._file.seek(0)
        end = 0
        for number, line in enumerate(self._file, 1):
            if not line.endswith(b"\n") and (line.startswith(FIRST) or FIRST.startswith(line)):
                self._file.truncate(end)  # cut off by an interruption
                break
            try:
                self._keep(json.loads(line))
            except (ValueError, TypeError, KeyError, RecursionError):
                raise InputError(
                    f"{self.path} is no manifest of sg2im (line {number}); name another file with --manifest."
                ) from None
            end += len(line)

    def _keep(self, row: dict[str, Any]) -> bool:
        """Remember a row as JSON; whether it says anything new."""
        if row["error"] is not None:
            told = sha256(json_text(row).encode()).digest()[:8]
            new = told not in self._failed
            self._failed.add(told)
            return new
        self._made[_key(row["output"])] = bytes.fromhex(row["request"]) + bytes.fromhex(row["sha256"])
        return True


def _write_all(file: int, data: bytes) -> None:
    """Past Python's own buffer, which would try again, and fail again, when the file is closed."""
    while data:
        data = data[os.write(file, data) :]


def _key(path: Path | str) -> str:
    return os.path.normpath(path)


def _lock(file: Any) -> None:  # noqa: ANN401
    """Held until the file is closed, however the process ends; where the system has none, nothing is held."""
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
