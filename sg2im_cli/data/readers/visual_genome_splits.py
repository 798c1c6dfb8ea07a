"""Which picture of Visual Genome is in which split of the paper.

The packaged list has a line for each run of ids: the first id, and a letter for it and each that follows: t for train,
v for val, x for test, - for an id that no picture has.
"""

from __future__ import annotations

import json
import lzma
from importlib import resources
from pathlib import Path

from sg2im_errors import InputError

LETTERS = {"t": "train", "v": "val", "x": "test"}
Splits = dict[str, tuple[int, ...]]


def paper_splits() -> Splits:
    """Ids by split, as the paper divides them: 86,463, 10,807 and 10,807."""
    packed = resources.files("sg2im_cli.data.readers").joinpath("visual_genome_splits.txt.xz").read_bytes()
    splits: dict[str, list[int]] = {name: [] for name in LETTERS.values()}
    for line in lzma.decompress(packed).decode().splitlines():
        first, letters = line.split()
        for ident, letter in enumerate(letters, int(first)):
            if letter in LETTERS:
                splits[LETTERS[letter]].append(ident)
    return {name: tuple(idents) for name, idents in splits.items()}


def read_splits(path: Path) -> Splits:
    """Ids by split from a JSON file, ``{"train": [1, 2], "val": [3]}``.

    Raises:
        InputError: the file is missing, of another form, or has an id twice.
    """
    try:
        found = json.loads(path.read_text(encoding="utf8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read as JSON: {error}.") from None
    lists = found.values() if isinstance(found, dict) else [None]
    if not found or not all(isinstance(v, list) and all(type(i) is int for i in v) for v in lists):
        raise InputError(f'{path} must hold lists of image ids by split, such as {{"train": [1, 2], "val": [3]}}.')
    idents = [ident for split in lists for ident in split or ()]
    if len(idents) > len(set(idents)):
        twice = next(ident for ident in idents if idents.count(ident) > 1)
        raise InputError(f"{path} has the picture {twice} twice.")
    return {name: tuple(ids) for name, ids in found.items()}
