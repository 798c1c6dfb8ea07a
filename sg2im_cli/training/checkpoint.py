"""A run's directory: what it was started with, where it is, its log."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from sg2im_parsers.errors import InputError, Sg2imError


@dataclass(frozen=True)
class RunDirectory:
    """``RUN/run.json``, ``RUN/checkpoint.pt``, ``RUN/log.jsonl``, ``RUN/samples/``, ``RUN/weights/``."""

    path: Path

    @property
    def weights(self) -> Path:
        """Where the bundle goes."""
        return self.path / "weights"

    def check(self, started_with: dict[str, Any]) -> None:
        """Refuse a directory that is not free for this run; nothing is written.

        Raises:
            InputError: the directory holds another run, or something else.
        """
        record = self.path / "run.json"
        if record.exists():
            before = json.loads(record.read_text(encoding="utf8"))
            changed = sorted(k for k in started_with if before.get(k) != json.loads(json.dumps(started_with[k])))
            if changed:
                raise InputError(
                    f"{self.path} holds a run with another {' and '.join(changed)}; name another directory with --out."
                )
        elif self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise InputError(f"{self.path} is not empty and holds no run; name another directory with --out.")

    def claim(self, started_with: dict[str, Any]) -> None:
        """Start a run here, or go on with one that was started with the same recipe, data and seed.

        Raises:
            InputError: the directory holds another run, or something else, or cannot be made.
        """
        self.check(started_with)
        record = self.path / "run.json"
        if not record.exists():
            try:
                self.path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(f"The directory {self.path} cannot be made: {error.strerror}.") from error
            write_atomically(record, json.dumps(started_with, indent=1).encode())

    def load(self, device: torch.device) -> dict[str, Any] | None:
        """The last good checkpoint, or None.

        Raises:
            Sg2imError: the file is damaged.
        """
        path = self.path / "checkpoint.pt"
        if not path.exists():
            return None
        try:
            state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
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
            with part.open("wb") as file:
                torch.save(state, file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except (OSError, RuntimeError) as error:
            part.unlink(missing_ok=True)
            raise Sg2imError(f"The checkpoint {path} could not be written: {error}; the one before is kept.") from error

    def log(self, event: dict[str, Any]) -> None:
        """Add one line to ``log.jsonl``."""
        with (self.path / "log.jsonl").open("a", encoding="utf8") as file:
            file.write(json.dumps(event) + "\n")


def write_atomically(path: Path, data: bytes) -> None:
    """Write a whole file or none."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
