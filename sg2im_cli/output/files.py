"""Where pictures and graphs are written: free names, no overwriting, whole files or none."""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sg2im_errors import InputError, Sg2imError

PICTURES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
LONGEST_NAME = 60


@dataclass(frozen=True)
class Target:
    """Where the pictures of a call go.

    Attributes:
        output: as the user wrote it, or None.
        overwrite: whether a file there may be replaced.
        many: whether the call makes more than one picture.
        written: the pictures of the call so far.
    """

    output: str | None
    overwrite: bool
    many: bool
    written: set[Path] = field(default_factory=set)

    @property
    def named(self) -> bool:
        """Whether the user gave the file's name, and not a directory or nothing."""
        return self.output is not None and not self._is_folder()

    def check(self) -> None:
        """Refuse a target before anything is drawn.

        Raises:
            InputError: an ending that is no picture's, an unknown {placeholder}, or one name for many pictures.
        """
        if self.output == "":
            raise InputError("--output is empty; name a file or a directory, or leave it out.")
        if not self.named:
            require_place(Path(self.output or "."))
            return
        assert self.output is not None
        path = Path(self.output)
        if path.suffix.lower() not in PICTURES:
            raise InputError(
                f"{self.output} must end in {', '.join(PICTURES)}, or be a directory (with a / at its end)."
            )
        require_known_parts(self.output)
        if self.many and not is_pattern(self.output):
            raise InputError(
                f"{self.output} names one file, but there are several pictures; name a directory, or use {{seed}} or "
                "{index} in the name."
            )

    def path(self, text: str, seed: int, index: int) -> Path:
        """The file of one picture.

        Args:
            text: what it shows; names are made from it.
            seed: of this picture.
            index: its place among all of the call, from 0.

        Raises:
            InputError: the file exists and must not be overwritten.
        """
        if self.output is None or self._is_folder():
            path = self._free(Path(self.output or ""), text, seed)
        else:
            path = fill_in(self.output, seed, index)
        require_new(path, self.overwrite)
        return path

    def write(self, path: Path, data: bytes) -> None:
        """Write one picture; see `write_file`."""
        write_file(path, data, self.overwrite)
        self.written.add(path)

    def _free(self, folder: Path, text: str, seed: int) -> Path:
        """A name that nothing has, or, to overwrite in a named folder, that nothing of this call has."""
        base = f"{slug(text)}-{seed}"
        path, number = folder / f"{base}.png", 2
        while path in self.written or (path.exists() and not (self.overwrite and self.output)):
            path, number = folder / f"{base}-{number}.png", number + 1
        return path

    def _is_folder(self) -> bool:
        assert self.output is not None
        return self.output.endswith(("/", os.sep)) or os.path.isdir(self.output)  # noqa: PTH112 Path.is_dir raises


def is_pattern(name: str) -> bool:
    """Whether a name is one for each picture."""
    return "{seed}" in name or "{index}" in name


def fill_in(name: str, seed: int, index: int) -> Path:
    """The file of one picture: its seed, and its place among all of the call from 0, where the name has them."""
    return Path(name.replace("{seed}", str(seed)).replace("{index}", str(index)))


def require_known_parts(name: str) -> None:
    """Refuse a name with another {placeholder}.

    Raises:
        InputError: see above.
    """
    if unknown := re.findall(r"\{(?!seed\}|index\})\w*\}", name):
        raise InputError(f"{name} has {unknown[0]}; only {{seed}} and {{index}} are filled in; use those.")


def slug(text: str) -> str:
    """A file name from a sentence: ``"A cat, on a mat!"`` gives ``a-cat-on-a-mat``."""
    words = re.sub(r"[^\w]+", "-", text.lower()).strip("-_")[:LONGEST_NAME].strip("-_")
    return words or "picture"


def require_new(path: Path, overwrite: bool) -> None:
    """Refuse a name that cannot be written to.

    Raises:
        InputError: a file is there and may not be replaced, or something that is no file, or the name cannot be one.
    """
    require_place(path.parent)
    try:
        there = path.exists()
    except OSError as error:  # a name that is too long
        raise InputError(f"{path} cannot be written: {error.strerror or error}; use another name.") from None
    if path.is_dir():
        raise InputError(f"{path} is a directory; name a file.")
    if there and not path.is_file():
        raise InputError(f"{path} is a device or a pipe; name a file.")
    if there and not overwrite:
        raise InputError(f"{path} exists; use --overwrite to replace it, or another name.")


def require_place(folder: Path) -> None:
    """Refuse a directory that files cannot be made in, or that cannot be made itself.

    Raises:
        InputError: a file is in its way, or there is no permission.
    """
    try:
        there = next(place for place in (folder, *folder.parents) if os.path.lexists(place))
        is_folder = there.is_dir()
    except OSError as error:
        raise InputError(f"{folder} cannot be written to: {error.strerror or error}; name another place.") from None
    except StopIteration:
        return
    if not is_folder:
        raise InputError(f"{there} is a file, so nothing can be written to {folder}; name another place.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError(f"{there} is not yours to write to; name another place.")


def require_different(paths: Iterable[Path]) -> None:
    """Refuse two files of one call with one name.

    Raises:
        InputError: the second would replace the first.
    """
    seen: set[Path] = set()
    for path in paths:
        place = path.resolve()
        if place in seen:
            raise InputError(f"{path} would be written twice; give each file its own name, as with {{index}} in it.")
        seen.add(place)


def write_file(path: Path, data: bytes, overwrite: bool) -> None:
    """Write a whole file or none; another program's file of that name is not replaced unless told.

    Raises:
        InputError: the file exists, or its directory cannot be made.
        Sg2imError: it could not be written, as on a full disk.
    """
    part: Path | None = None
    target = path.resolve() if overwrite else path  # where a link leads, or the link itself would be replaced
    try:
        part = _written_part(target, data)
        _put(part, target, overwrite)
    except FileExistsError:
        raise InputError(f"{path} exists; use --overwrite to replace it, or another name.") from None
    except OSError as error:
        raise write_problem(path, error) from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


class FullDiskError(Sg2imError):
    """Nothing more can be written to a place."""


def write_problem(path: Path, error: OSError) -> Sg2imError:
    """The error for a file that could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return FullDiskError(
            f"The disk that holds {path.parent} is full, so {path.name} could not be written; make room, and give the "
            "same command again."
        )
    return Sg2imError(f"{path} could not be written: {error.strerror or error}; use another place.")


def _written_part(target: Path, data: bytes) -> Path:
    """The data beside the place where they will be, on the disk itself."""
    part = target.with_name(f".{target.name[:40]}.{secrets.token_hex(8)}")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _put(part: Path, path: Path, overwrite: bool) -> None:
    if overwrite:
        part.replace(path)
        return
    try:
        os.link(part, path)  # fails if the file came up meanwhile, which a rename would not
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        with path.open("xb") as file:
            file.write(part.read_bytes())
