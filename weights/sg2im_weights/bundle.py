"""What a model is on disk: ``config.json``, ``model.safetensors`` and a model card, ``README.md``."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sg2im_weights.errors import WeightsError, WeightsInputError

if TYPE_CHECKING:
    from torch import Tensor

FORMAT_VERSION = 1
CONFIG, TENSORS, CARD = "config.json", "model.safetensors", "README.md"
LIBRARY = "sg2im"


@dataclass(frozen=True)
class Bundle:
    """A model's files, checked but not yet loaded.

    Attributes:
        path: the directory.
        ref: as the user named it.
        revision: the commit on the Hub, 40 hexadecimal digits; None for a directory.
        config: ``config.json``: ``generator``, ``vocabulary`` and ``trained``.
    """

    path: Path
    ref: str
    revision: str | None
    config: dict[str, Any]

    @property
    def tensors_path(self) -> Path:
        """The file with the weights."""
        return self.path / TENSORS

    def tensors(self, device: str = "cpu") -> dict[str, Tensor]:
        """All tensors by name.

        Raises:
            WeightsError: the file is damaged.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            return load_file(self.tensors_path, device=device)
        except (SafetensorError, OSError) as error:
            raise WeightsError(f"{self.tensors_path} cannot be loaded: {error}.") from None

    def tensor_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes by name, from the file's header alone."""
        return {name: tuple(entry["shape"]) for name, entry in read_header(self.tensors_path).items()}

    def checksum(self) -> str:
        """SHA-256 of the file with the weights."""
        with self.tensors_path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def read_bundle(path: Path, ref: str | None = None, revision: str | None = None) -> Bundle:
    """Check a directory and read its configuration.

    Args:
        path: the directory.
        ref: how the user named it, if not by its path.
        revision: the commit that it is a copy of.

    Raises:
        WeightsInputError: a file is missing, truncated, foreign, or from a newer version; the message names it.
    """
    if not path.is_dir():
        raise WeightsInputError(f"{path} is not a directory with {CONFIG} and {TENSORS}.")
    config = _read_config(path / CONFIG)
    read_header(path / TENSORS)
    return Bundle(path, ref or str(path), revision, config)


def _read_config(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise WeightsInputError(f"{path.parent} has no {CONFIG}, so it holds no sg2im weights.")
    try:
        config = json.loads(path.read_text(encoding="utf8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise WeightsInputError(f"{path} cannot be read as JSON: {error}.") from None
    if not isinstance(config, dict) or config.get("library_name") != LIBRARY:
        raise WeightsInputError(f"{path} is not the configuration of sg2im weights (no library_name {LIBRARY!r}).")
    version = config.get("format_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise WeightsInputError(f"{path}: format_version is {version!r} and must be a whole number from 1 on.")
    if version > FORMAT_VERSION:
        raise WeightsInputError(
            f"{path} has format_version {version}, and this sg2im reads up to {FORMAT_VERSION}; update sg2im-cli."
        )
    for key in ("generator", "vocabulary"):
        if not isinstance(config.get(key), dict):
            raise WeightsInputError(f"{path} lacks {key!r}, which every sg2im bundle has.")
    return config


def read_header(path: Path) -> dict[str, dict[str, Any]]:
    """The header of a safetensors file, with its lengths checked against the file's size.

    Raises:
        WeightsInputError: the file is missing, truncated, or of another format.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            text = file.read(length) if length <= size - 8 else b""
    except FileNotFoundError:
        raise WeightsInputError(f"{path.parent} has no {path.name}.") from None
    except OSError as error:
        raise WeightsInputError(f"{path} cannot be read: {error}.") from None
    try:
        header = json.loads(text)
        header.pop("__metadata__", None)
        end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
    except (ValueError, AttributeError, KeyError, TypeError, IndexError):
        raise WeightsInputError(f"{path} is not a whole safetensors file; fetch or make it again.") from None
    if 8 + length + end != size:
        raise WeightsInputError(
            f"{path} has {size} bytes and should have {8 + length + end}; it is truncated or damaged, fetch it again."
        )
    return dict(header)


def write_bundle(
    directory: Path, config: Mapping[str, Any], tensors: Mapping[str, Tensor], card: str, overwrite: bool = False
) -> Bundle:
    """Write a bundle as a whole or not at all.

    It is made in a directory beside, which then takes the place of ``directory``.

    Args:
        directory: where it goes.
        config: ``generator``, ``vocabulary``, ``trained``.
        tensors: by name.
        card: the model card's text.
        overwrite: whether a bundle that is there may be replaced; nothing else ever is.

    Raises:
        WeightsInputError: something is there already.
        WeightsError: it could not be written, as on a full disk.
    """
    from safetensors.torch import save_file

    _require_free(directory, overwrite)
    part: Path | None = None
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
        part.chmod(0o755)
        whole = {"format_version": FORMAT_VERSION, "library_name": LIBRARY, **config}
        save_file({k: v.detach().cpu().contiguous() for k, v in tensors.items()}, part / TENSORS, {"format": "pt"})
        (part / CONFIG).write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
        (part / CARD).write_text(card, encoding="utf8")
        for name in (TENSORS, CONFIG, CARD):
            _sync(part / name)
        _take_place(part, directory)
    except Exception as error:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
        if isinstance(error, WeightsError):
            raise
        raise WeightsError(f"The bundle {directory} could not be written: {error}.") from error
    return read_bundle(directory)


def _require_free(directory: Path, overwrite: bool) -> None:
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        return
    if not directory.is_dir() or not (directory / CONFIG).is_file():
        raise WeightsInputError(f"{directory} exists and is no sg2im bundle; name another place.")
    if not overwrite:
        raise WeightsInputError(f"{directory} holds a bundle already; name another place or allow overwriting.")


def _take_place(part: Path, directory: Path) -> None:
    """Rename into place; what was there is moved aside first and put back if that fails."""
    if not directory.exists():
        part.rename(directory)
        return
    aside = part.with_name(part.name + ".old")
    directory.rename(aside)
    try:
        part.rename(directory)
    except OSError:
        aside.rename(directory)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
