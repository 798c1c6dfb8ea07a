"""Which file an annotation file means: names come with other machines' folders, backslashes and addresses."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit


def picture_file(folder: Path, name: str) -> Path:
    """The picture of this name: as it is written, else by ever fewer of its folders.

    Args:
        folder: where the pictures are.
        name: as an annotation file has it: a file name, a path with slashes or backslashes, or an address.

    Returns:
        The file; where none is found, the path as it is written, for the message that it is missing.
    """
    plain = folder / name
    if not set(name) & set("/\\:%") or plain.is_file():
        return plain
    path = urlsplit(name).path if "://" in name else name
    for text in dict.fromkeys((path, unquote(path))):
        parts = [part for part in text.replace("\\", "/").split("/") if part not in ("", ".", "..")]
        for start in range(len(parts)):
            if (found := folder.joinpath(*parts[start:])).is_file():
                return found
    return plain
