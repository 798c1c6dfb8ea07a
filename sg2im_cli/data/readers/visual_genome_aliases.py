"""Visual Genome's alias files: words that mean the same."""

from __future__ import annotations

from pathlib import Path

from sg2im_errors import InputError


def read_aliases(path: Path) -> dict[str, str]:
    """A word's first spelling by each of its spellings: a line of the file has them all, with commas.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf8").splitlines()
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from None
    aliases: dict[str, str] = {}
    for line in lines:
        words = [word.strip() for word in line.split(",")]
        aliases |= dict.fromkeys(words, words[0])
    return aliases
