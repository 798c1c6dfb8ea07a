"""A run's directory: what it was started with, where it is, its log."""

from __future__ import annotations

import json
import os
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from sg2im_cli.config import ConfigError, Precision, Recipe, RenamedSettingWarning, read
from sg2im_errors import InputError, Sg2imError


@dataclass(frozen=True)
class RunDirectory:
    """``run.json``, ``checkpoint.pt``, ``log.jsonl``, ``tensorboard/``, ``samples/`` and ``weights/`` of a run."""

    path: Path

    @property
    def record(self) -> Path:
        """What the run was started with."""
        return self.path / "run.json"

    @property
    def weights(self) -> Path:
        """Where the bundle goes."""
        return self.path / "weights"

    def check(self, started_with: dict[str, Any]) -> None:
        """Refuse a directory that is not free for this run; nothing is written.

        Raises:
            InputError: the directory holds another run, or something else, or cannot be one.
        """
        if self.record.exists():
            before = self._read_record()
            changed = sorted(k for k, value in started_with.items() if _settled(k, before.get(k)) != _settled(k, value))
            if changed:
                raise InputError(
                    f"{self.path} holds a run with another {' and '.join(changed)}; name another directory with --out."
                )
        elif self.path.is_dir():
            if any(self.path.iterdir()):
                raise InputError(f"{self.path} is not empty and holds no run; name another directory with --out.")
        elif file := next((p for p in (self.path, *self.path.parents) if p.exists() and not p.is_dir()), None):
            raise InputError(f"{file} is a file, where --out needs a directory; name another place.")

    def recorded_precision(self) -> Precision | None:
        """In which precision the run was started that is here; None if there is none, or its record does not say.

        Raises:
            InputError: the record is damaged.
        """
        recipe = _settled("recipe", self._read_record().get("recipe")) if self.record.exists() else None
        return recipe.training.precision if isinstance(recipe, Recipe) else None

    def _read_record(self) -> dict[str, Any]:
        try:
            record = json.loads(self.record.read_text(encoding="utf8"))
        except ValueError:
            record = None
        if not isinstance(record, dict):
            raise InputError(f"{self.record} is damaged; name another directory with --out.")
        return record

    def claim(self, started_with: dict[str, Any]) -> None:
        """Start a run here, or go on with one that was started with the same recipe, data and seed.

        Raises:
            InputError: the directory holds another run, or something else, or cannot be made.
            Sg2imError: it cannot be written to.
        """
        self.check(started_with)
        if not self.record.exists():
            try:
                self.path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(f"The directory {self.path} cannot be made: {error.strerror}.") from error
            with writing(self.record):
                write_atomically(self.record, json.dumps(started_with, indent=1).encode())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out; the lock ends with this one, however it ends.

        Raises:
            InputError: another process trains here.
        """
        try:
            import fcntl
        except ImportError:  # not on this system
            yield
            return
        with self.record.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(
                    f"Another process is training in {self.path}; wait for it, or name another directory with --out."
                ) from None
            except OSError:  # a file system without locks
                pass
            yield

    def load(self) -> dict[str, Any] | None:
        """The last good checkpoint, on the CPU, or None.

        Raises:
            Sg2imError: the file is damaged.
        """
        path = self.path / "checkpoint.pt"
        if not path.exists():
            return None
        try:
            _require_whole(path)
            state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:
            raise Sg2imError(f"The checkpoint {path} cannot be read ({error}); remove it to start anew.") from error
        return state

    def save(self, state: dict[str, Any]) -> None:
        """Write a checkpoint; the one before stays until this one is whole.

        Raises:
            Sg2imError: it could not be written, as on a full disk.
        """
        path = self.path / "checkpoint.pt"
        part = path.with_suffix(".part")
        try:
            with writing(path):
                with part.open("wb") as file:
                    torch.save(state, file)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(path)
        except BaseException:  # Ctrl-C too
            part.unlink(missing_ok=True)
            raise

    def log(self, event: dict[str, Any]) -> None:
        """Add one line to ``log.jsonl``.

        Raises:
            Sg2imError: it could not be written.
        """
        path = self.path / "log.jsonl"
        with writing(path), path.open("a", encoding="utf8") as file:
            file.write(json.dumps(event) + "\n")


def _require_whole(path: Path) -> None:
    """Compare what a checkpoint holds with the checksums in it, which `torch.load` does not.

    Raises:
        ValueError: a part was changed.
    """
    with zipfile.ZipFile(path) as archive:
        if (name := archive.testzip()) is not None:
            raise ValueError(f"{name} in it is damaged")


def _settled(name: str, value: object) -> object:
    """A value as its file has it; a recipe with what later versions added, as they leave older runs unchanged."""
    if name == "recipe":
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RenamedSettingWarning)  # a run that goes on keeps its file
                return read(Recipe, value)
        except ConfigError:
            pass
    return json.loads(json.dumps(value))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a run's file is written into one sentence.

    Raises:
        Sg2imError: the file could not be written.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:  # torch hides the system's own error behind a RuntimeError
        cause = error if isinstance(error, OSError) else error.__context__
        reason = (cause.strerror if isinstance(cause, OSError) else None) or "the disk may be full"
        kept = " The one before is kept." if path.suffix == ".pt" and path.exists() else ""
        raise Sg2imError(
            f"{path} could not be written: {reason}.{kept} Make room; the same command then goes on."
        ) from error


def write_atomically(path: Path, data: bytes) -> None:
    """Write a whole file or none."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
