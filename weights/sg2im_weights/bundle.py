"""What a model is on disk: ``config.json``, ``model.safetensors`` and a model card, ``README.md``."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sg2im_weights.errors import WeightsError, WeightsInputError
from sg2im_weights.header import read_config, read_header
from sg2im_weights.writing import CONFIG, TENSORS, write_files

if TYPE_CHECKING:
    from torch import Tensor


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
    def config_path(self) -> Path:
        """The file with the configuration."""
        return self.path / CONFIG

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
        return sha256(self.tensors_path)

    def settings_checksum(self) -> str:
        """SHA-256 of the generator's settings and the vocabulary, which also decide what a picture is."""
        settings = [self.config["generator"], self.config["vocabulary"]]
        return hashlib.sha256(json.dumps(settings, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def sha256(path: Path) -> str:
    """The checksum of a file, in hexadecimal digits."""
    with path.open("rb") as file:
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
    if not os.path.isdir(path):  # noqa: PTH112 Path.is_dir raises where one may not look
        raise WeightsInputError(f"{path} is not a directory with {CONFIG} and {TENSORS}.")
    config = read_config(path / CONFIG)
    read_header(path / TENSORS)
    return Bundle(path, ref or str(path), revision, config)


def write_bundle(
    directory: Path, config: Mapping[str, Any], tensors: Mapping[str, Tensor], card: str, overwrite: bool = False
) -> Bundle:
    """Write a bundle as a whole or not at all.

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
    write_files(directory, config, tensors, card, overwrite)
    return read_bundle(directory)
