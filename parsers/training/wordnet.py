"""Read the nouns of WordNet 3.0 (Debian's ``wordnet-base`` has its files in /usr/share/wordnet)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FIELDS = (
    *("tops", "act", "animal", "artifact", "attribute", "body", "cognition", "communication", "event", "feeling"),
    *("food", "group", "location", "motive", "object", "person", "phenomenon", "plant", "possession", "process"),
    *("quantity", "relation", "shape", "state", "substance", "time"),
)
"""What WordNet's files of nouns are about, from lexicographer file 3 on."""


@dataclass(frozen=True)
class Synset:
    """A meaning.

    Attributes:
        field: what it is about, one of `FIELDS`.
        words: that have it, as WordNet writes them ("hot_dog").
        parents: offsets of the more general meanings.
        named: whether it is one of a kind ("Lake Erie"), not a kind.
        gloss: its definition.
    """

    field: str
    words: tuple[str, ...]
    parents: tuple[str, ...]
    named: bool
    gloss: str


class Nouns:
    """WordNet's nouns.

    Args:
        folder: with data.noun, index.noun and cntlist.rev.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def synsets(self) -> dict[str, Synset]:
        """Meanings by offset."""
        return dict(_synset(line) for line in _lines(self.folder / "data.noun"))

    @cached_property
    def senses(self) -> dict[str, tuple[str, ...]]:
        """Offsets of a word's meanings, the most frequent first."""
        rows = (line.split() for line in _lines(self.folder / "index.noun"))
        return {row[0]: tuple(row[-int(row[2]) :]) for row in rows}

    @cached_property
    def counts(self) -> dict[tuple[str, int], int]:
        """How often a word was met in a sense (from 1) in the texts that WordNet's authors tagged."""
        found = {}
        for line in _lines(self.folder / "cntlist.rev"):
            key, number, count = line.split()
            word, _, kind = key.partition("%")
            if kind.startswith("1:"):
                found[word, int(number)] = int(count)
        return found

    def above(self, offset: str) -> frozenset[str]:
        """A meaning and all that are more general."""
        found, new = {offset}, [offset]
        while new:
            for parent in self.synsets[new.pop()].parents:
                if parent not in found:
                    found.add(parent)
                    new.append(parent)
        return frozenset(found)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="ascii") as file:
        for line in file:
            if not line.startswith("  "):
                yield line


def _synset(line: str) -> tuple[str, Synset]:
    """See wndb(5WN): offset, file, type, words and their number in hexadecimal, pointers of four fields each."""
    data, _, gloss = line.partition("|")
    fields = data.split()
    end = 4 + 2 * int(fields[3], 16)
    pointers = [fields[end + 1 + 4 * i : end + 5 + 4 * i] for i in range(int(fields[end]))]
    parents = tuple(p[1] for p in pointers if p[0] == "@")
    named = any(p[0] == "@i" for p in pointers)
    return fields[0], Synset(FIELDS[int(fields[1]) - 3], tuple(fields[4:end:2]), parents, named, gloss.strip())
