"""WordNet's nouns, packaged: what is the same as what, and what is a kind of what.

The table in ``data/words.txt`` is searched where it lies, so that nothing is read but what is asked for;
``parsers/training/build_lexicon.py`` makes it and says what its lines mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

OPAQUE = "!"


@dataclass(frozen=True)
class WordNet:
    """Meanings of nouns; a meaning is a short string without meaning of its own.

    Attributes:
        table: sorted lines of a key, a tab and its values.
    """

    table: bytes

    def senses(self, word: str) -> tuple[str, ...]:
        """The meanings that count for a word in base form, the usual one first; none for an unknown word."""
        return tuple((self._look_up(word) or "").removeprefix(OPAQUE).split())

    def knows(self, word: str) -> bool:
        """Whether the table has the word, be it without a meaning that counts."""
        return self._look_up(word) is not None

    def is_opaque(self, compound: str) -> bool:
        """Whether a compound is known not to be a kind of what its last word says: a sea lion is no lion."""
        return (self._look_up(compound) or "").startswith(OPAQUE)

    def levels(self, word: str) -> Iterator[tuple[str, ...]]:
        """The word's meanings, then those one step more general, and so on."""
        level = self.senses(word)
        seen = set(level)
        while level:
            yield level
            above = [parent for sense in level for parent in (self._look_up(f"#{sense}") or "").split()]
            level = tuple(dict.fromkeys(parent for parent in above if parent not in seen))
            seen.update(level)

    def _look_up(self, key: str) -> str | None:
        """What stands behind a key, by halving the table until one line is left."""
        wanted = key.encode() + b"\t"
        low, high = 0, len(self.table)
        while low < high:
            start = self.table.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self.table.find(b"\n", start)
            line = self.table[start:end]
            if line.startswith(wanted):
                return line[len(wanted) :].decode()
            if line < wanted:
                low = end + 1
            else:
                high = start
        return None


@cache
def packaged_wordnet() -> WordNet:
    """The table that comes with the package."""
    return WordNet((resources.files("sg2im_parsers") / "data" / "words.txt").read_bytes())
