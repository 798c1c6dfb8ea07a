"""WordNet's nouns, packaged: what is the same as what, and what is a kind of what.

The table is ``data/words.txt``; ``parsers/training/build_lexicon.py`` makes it and says what its lines mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from sg2im_parsers.sorted_table import SortedTable

OPAQUE = "!"


@dataclass(frozen=True)
class WordNet:
    """Meanings of nouns; a meaning is a short string without meaning of its own.

    Attributes:
        table: words with their meanings, and meanings with more general ones.
    """

    table: SortedTable

    def senses(self, word: str) -> tuple[str, ...]:
        """The meanings that count for a word in base form, the usual one first; none for an unknown word."""
        return tuple((self.table.find(word) or "").removeprefix(OPAQUE).split())

    def knows(self, word: str) -> bool:
        """Whether the table has the word, be it without a meaning that counts."""
        return self.table.find(word) is not None

    def is_opaque(self, compound: str) -> bool:
        """Whether a compound is known not to be a kind of what its last word says: a sea lion is no lion."""
        return (self.table.find(compound) or "").startswith(OPAQUE)

    def levels(self, word: str) -> Iterator[tuple[str, ...]]:
        """The word's meanings, then those one step more general, and so on."""
        level = self.senses(word)
        seen = set(level)
        while level:
            yield level
            above = [parent for sense in level for parent in (self.table.find(f"#{sense}") or "").split()]
            level = tuple(dict.fromkeys(parent for parent in above if parent not in seen))
            seen.update(level)


@cache
def packaged_wordnet() -> WordNet:
    """The table that comes with the package."""
    return WordNet(SortedTable((resources.files("sg2im_parsers") / "data" / "words.txt").read_bytes()))
