"""Writing a bundle so that a full disk, a crash or a second run never leaves half of one.

The files are made in a hidden directory first. It becomes the bundle by being renamed; where an empty directory waits
(it may be a mounted volume, which cannot be renamed) the files move into it one by one, ``config.json`` last, and
without that file a directory is no bundle.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sg2im_weights.errors import WeightsError, WeightsInputError
from sg2im_weights.header import FORMAT_VERSION, LIBRARY

if TYPE_CHECKING:
    from torch import Tensor

CONFIG, TENSORS, CARD = "config.json", "model.safetensors", "README.md"
FILES = (TENSORS, CARD, CONFIG)
"""In the order in which they appear where a directory waits."""


def write_files(
    directory: Path, config: Mapping[str, Any], tensors: Mapping[str, Tensor], card: str, overwrite: bool
) -> None:
    """Write the three files of a bundle; see `sg2im_weights.bundle.write_bundle`.

    Raises:
        WeightsInputError: something is there already.
        WeightsError: it could not be written.
    """
    target = directory.resolve()  # where a link leads, or the link itself would be replaced
    part: Path | None = None
    try:
        _require_free(directory, overwrite)
        waits = target.is_dir() and not any(target.iterdir())
        target.parent.mkdir(parents=True, exist_ok=True)
        part = (target if waits else target.parent) / f".{target.name}.{uuid.uuid4().hex[:8]}"
        part.mkdir()
        _fill(part, config, tensors, card)
        _move_into(target, part) if waits else _take_place(target, part)
    except WeightsInputError:
        raise
    except Exception as error:
        raise WeightsError(f"The bundle {directory} could not be written: {_first_line(error)}.") from error
    finally:  # Ctrl-C too
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)


def replace_card(directory: Path, card: str) -> None:
    """Put another model card into a bundle, as a whole or not at all.

    Raises:
        WeightsError: it could not be written.
    """
    part = directory / f".{CARD}.{uuid.uuid4().hex[:8]}"
    try:
        part.write_text(card, encoding="utf8")
        _sync(part)
        part.replace(directory / CARD)
        _sync(directory)
    except OSError as error:
        raise WeightsError(f"{directory / CARD} could not be written: {_first_line(error)}.") from error
    finally:
        part.unlink(missing_ok=True)


def _fill(part: Path, config: Mapping[str, Any], tensors: Mapping[str, Tensor], card: str) -> None:
    from safetensors.torch import save_file

    whole = {"format_version": FORMAT_VERSION, "library_name": LIBRARY, **config}
    (part / CONFIG).write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
    (part / CARD).write_text(card, encoding="utf8")
    save_file({k: v.detach().cpu().contiguous() for k, v in tensors.items()}, part / TENSORS, {"format": "pt"})
    (part / TENSORS).chmod((part / CONFIG).stat().st_mode)  # safetensors makes it for its owner's eyes only
    for name in FILES:
        _sync(part / name)
    _sync(part)


def _require_free(directory: Path, overwrite: bool) -> None:
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        return
    if not _is_bundle(directory):
        raise WeightsInputError(f"{directory} exists and is no sg2im bundle; name another place.")
    if not overwrite:
        raise WeightsInputError(
            f"{directory} holds a bundle already; use --overwrite to replace it, or name another place."
        )


def _is_bundle(directory: Path) -> bool:
    """Whether it says so itself; other projects have a ``config.json`` too."""
    try:
        config = json.loads((directory / CONFIG).read_text(encoding="utf8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(config, dict) and config.get("library_name") == LIBRARY


def _move_into(target: Path, part: Path) -> None:
    for name in FILES:
        (part / name).rename(target / name)
    _sync(target)


def _take_place(target: Path, part: Path) -> None:
    """Rename into place; a bundle that was there is moved aside first, and back if that fails."""
    if not target.exists():
        part.rename(target)
    else:
        aside = part.with_name(part.name + ".old")
        target.rename(aside)
        try:
            part.rename(target)
        except BaseException:
            aside.rename(target)
            raise
        _keep_what_else_was_there(aside, target)
    _sync(target.parent)


def _keep_what_else_was_there(aside: Path, target: Path) -> None:
    for entry in list(aside.iterdir()):
        if entry.name in FILES:
            entry.unlink()
        else:
            entry.rename(target / entry.name)
    aside.rmdir()


def _sync(path: Path) -> None:
    if os.name != "posix":  # where a directory cannot be opened
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _first_line(error: Exception) -> str:
    text = (isinstance(error, OSError) and error.strerror) or str(error)
    return (text.strip().splitlines() or [type(error).__name__])[0].rstrip(".")
