"""Opening prepared data: what a directory says of itself, and the rows of its splits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sg2im_cli.data.prepared.format import COLUMNS, FORMAT, METADATA, SINCE_2, UNFINISHED, VERSION, file_name
from sg2im_cli.data.prepared.rows import Rows
from sg2im_errors import InputError


@dataclass(frozen=True)
class PreparedData:
    """A directory of prepared data.

    Attributes:
        path: of the directory.
        metadata: of ``sg2im.json``.
        image_size: height and width.
        mask_size: M.
        things: category names.
        stuff: likewise.
        predicates: of stated relationships; None where they are derived.
        attributes: words that objects have.
        splits: name to what is known of it.
    """

    path: Path
    metadata: Mapping[str, Any]
    image_size: tuple[int, int]
    mask_size: int
    things: tuple[str, ...]
    stuff: tuple[str, ...]
    predicates: tuple[str, ...] | None
    attributes: tuple[str, ...]
    splits: Mapping[str, Mapping[str, Any]]

    def rows(self, split: str) -> Rows:
        """The images of a split.

        Raises:
            InputError: there is no such split, or a shard is missing or damaged.
        """
        if split not in self.splits:
            raise InputError(f"{self.path} has no split {split}; it has {', '.join(self.splits)}.")
        shards, version = self.splits[split]["shards"], self.metadata["version"]
        columns = tuple(name for name in COLUMNS if version > 1 or name not in SINCE_2)
        return Rows([self.path / split / name for name in shards], self.image_size, self.mask_size, columns)


def is_prepared(path: Path) -> bool:
    """Whether a directory holds prepared data.

    Raises:
        InputError: it holds a part of it.
    """
    if (path / METADATA).is_file():
        return True
    if (path / UNFINISHED).is_file():
        raise InputError(f"{path} is not prepared to the end; the same sg2im data prepare goes on with it.")
    return False


def open_prepared(path: Path) -> PreparedData:
    """Read what a directory of prepared data says of itself.

    Raises:
        InputError: it is none, damaged, or of a version that is not known yet.
    """
    try:
        found = json.loads((path / METADATA).read_text(encoding="utf8"))
        if found["format"] != FORMAT:
            raise InputError(f"{path / METADATA} does not describe prepared data.")
        if found["version"] > VERSION:
            raise InputError(f"{path} was prepared by a later version of sg2im; update it, or prepare the data again.")
        words = found["vocabulary"]
        objects, predicates = _in_order(words["object_name_to_idx"]), words["pred_name_to_idx"]
        stuff = frozenset(words["stuff"])
        return PreparedData(
            path,
            found,
            (int(found["image_size"][0]), int(found["image_size"][1])),
            int(found["mask_size"]),
            tuple(name for name in objects[1:] if name not in stuff),
            tuple(name for name in objects[1:] if name in stuff),
            None if predicates is None else _in_order(predicates)[1:],
            _in_order(words["attribute_name_to_idx"]),
            {
                file_name(name): {**split, "shards": tuple(map(file_name, split["shards"]))}
                for name, split in found["splits"].items()
            },
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise InputError(f"{path / METADATA} cannot be read ({_short(error)}); prepare the data again.") from None


def _in_order(ids: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(ids, key=lambda name: ids[name]))


def _short(error: Exception) -> str:
    return f"it lacks {error}" if isinstance(error, KeyError) else str(error)
