"""Words that are misspelled by one letter, and the common words that they were meant to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from sg2im_parsers.sorted_table import SortedTable

LEAST_LETTERS, LEAST_COMMON = 3, 50
"""Shorter words are too near to too many others to guess; those of so many letters are taken for common ones only."""

LONGEST_WORD = 20
MOST_REMEMBERED = 10_000
SHORT = frozenset({"a", "an", "at", "by", "in", "is", "it", "of", "on", "to", "up", "two", "the", "and"})
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def guesses(words: Sequence[str]) -> dict[int, str]:
    """For each misspelled word, by its position, what it was meant to be; none in a text that is not English."""
    unknown = [place for place, word in enumerate(words) if _is_unknown(word)]
    if not unknown:
        return {}
    common = _common()
    told = [word for word in words if word.isalpha()]
    english = sum(word in SHORT or word in common for word in told)
    if 2 * len(unknown) > len(told) or 2 * english < len(told) - len(unknown):
        return {}
    found = {place: guess(words[place]) for place in unknown}
    return {place: other for place, other in found.items() if other is not None}


@cache
def _known() -> SortedTable:
    """All words that are spelled right; common words of captions with how common they are."""
    return SortedTable((files("sg2im_parsers") / "data" / "spelling.tsv").read_bytes())


@cache
def _common() -> dict[str, int]:
    """The common words; read only where a word is misspelled, whose neighbours are then tried by the hundred."""
    lines = (line.partition("\t") for line in _known().lines.decode().splitlines())
    return {word: int(times) for word, _, times in lines if times}


@lru_cache(MOST_REMEMBERED)
def guess(word: str) -> str | None:
    """The common word that a word misses by one letter (one wrong, too many, missing, or two swapped); else None."""
    if not _is_unknown(word):
        return None
    common = _common()
    least = LEAST_COMMON if len(word) == LEAST_LETTERS else 1
    near = [word for word in _one_letter_off(word) if len(word) >= LEAST_LETTERS and common.get(word, 0) >= least]
    return max(near, key=lambda other: (other[0] == word[0], common[other], other)) if near else None


@lru_cache(MOST_REMEMBERED)
def _is_unknown(word: str) -> bool:
    """Whether it could be an English word but is not spelled like one."""
    if not LEAST_LETTERS <= len(word) <= LONGEST_WORD or not (word.isascii() and word.isalpha()):
        return False
    return _known().find(word) is None and not _is_inflected(word)


def _is_inflected(word: str) -> bool:
    """Whether it is a regular form of a word that is spelled right."""
    for ending in ("s", "es", "ed", "ing"):
        stem = word.removesuffix(ending)
        bases = (stem, f"{stem}e", stem[:-1]) if stem != word and len(stem) >= LEAST_LETTERS else ()
        if any(_known().find(base) is not None for base in bases):
            return True
    return False


def _one_letter_off(word: str) -> Iterator[str]:
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        for letter in LETTERS:
            yield before + letter + after
            if place and after:
                yield before + letter + after[1:]
        if place and after:
            yield before + after[1:]
            yield before[:-1] + after[0] + before[-1] + after[1:]
