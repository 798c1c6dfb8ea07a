"""What a ``config.json`` and a ``model.safetensors`` say of themselves, checked before anything is loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sg2im_weights.errors import WeightsInputError

FORMAT_VERSION = 1
LIBRARY = "sg2im"


def read_config(path: Path) -> dict[str, Any]:
    """The configuration of a bundle.

    Raises:
        WeightsInputError: it is missing, unreadable, something else's, incomplete, or from a newer version.
    """
    try:
        config = json.loads(path.read_text(encoding="utf8"))
    except FileNotFoundError:
        raise WeightsInputError(f"{path.parent} has no {path.name}, so it holds no sg2im weights.") from None
    except OSError as error:
        raise WeightsInputError(f"{path} cannot be read: {error.strerror or error}.") from None
    except (ValueError, RecursionError) as error:
        raise WeightsInputError(f"{path} cannot be read as JSON: {error}.") from None
    if not isinstance(config, dict) or config.get("library_name") != LIBRARY:
        raise WeightsInputError(f"{path} is not the configuration of sg2im weights (no library_name {LIBRARY!r}).")
    _check_version(path, config.get("format_version"))
    for key in ("generator", "vocabulary"):
        if not isinstance(config.get(key), dict):
            raise WeightsInputError(f"{path} lacks {key!r}, which every sg2im bundle has.")
    if not isinstance(config.setdefault("trained", {}), dict):
        raise WeightsInputError(f"{path}: 'trained' must be an object, and is {config['trained']!r}.")
    _check_vocabulary(path, config["vocabulary"])
    return config


def _check_version(path: Path, version: object) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise WeightsInputError(f"{path}: format_version is {version!r} and must be a whole number from 1 on.")
    if version > FORMAT_VERSION:
        raise WeightsInputError(
            f"{path} has format_version {version}, and this sg2im reads up to {FORMAT_VERSION}; update sg2im-cli."
        )


def _check_vocabulary(path: Path, vocabulary: Mapping[str, Any]) -> None:
    for key in ("objects", "predicates"):
        names = vocabulary.get(key)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise WeightsInputError(f"{path}: {key!r} of its vocabulary must be a list of names.")


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
        raise WeightsInputError(f"{path.parent} has no {path.name}, so it holds no sg2im weights.") from None
    except OSError as error:
        raise WeightsInputError(f"{path} cannot be read: {error.strerror or error}.") from None
    header = _parse(path, text)
    end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
    if 8 + length + end != size:
        raise WeightsInputError(
            f"{path} has {size} bytes and should have {8 + length + end}; it is truncated or damaged, fetch it again."
        )
    _require_valid(path)
    return header


def _parse(path: Path, text: bytes) -> dict[str, dict[str, Any]]:
    try:
        header = json.loads(text)
        header.pop("__metadata__", None)
        whole = all(isinstance(entry["data_offsets"][1], int) for entry in header.values())
    except (ValueError, AttributeError, KeyError, TypeError, IndexError, RecursionError):
        whole = False
    if not whole:
        raise WeightsInputError(f"{path} is not a whole safetensors file; fetch or make it again.")
    return dict(header)


def _require_valid(path: Path) -> None:
    """The rest (types, shapes, gaps between tensors) is for the format's own library to judge."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np"):
            pass
    except (SafetensorError, OSError) as error:
        raise WeightsInputError(f"{path} is not a whole safetensors file ({error}); fetch or make it again.") from None
