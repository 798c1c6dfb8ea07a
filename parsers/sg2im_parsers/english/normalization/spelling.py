"""Words that are misspelled by a letter or two, and the common words that they were meant to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from math import log

from sg2im_parsers.english.word_lists import read_data, word_lists
from sg2im_parsers.sorted_table import SortedTable

LEAST_LETTERS, LEAST_COMMON = 3, 50
"""Shorter words are too near to too many others to guess; those of so many letters are taken for common ones only."""

LONGEST_WORD = 20
MOST_REMEMBERED = 10_000
SHORT = frozenset({"a", "an", "at", "by", "in", "is", "it", "of", "on", "to", "up", "two", "the", "and"})
LONG = 6
"""Longer words may miss another by two letters."""

ASKED_FOR = 10
"""How common those words count that people ask for and captions hardly have."""

SURE, LIKELY, SAME_START = 3.0, 1.5, 3.0
VOWEL_PAIRS = frozenset(a + b for a in "aeiouy" for b in "aeiouy")
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
    asked_for = dict.fromkeys(read_data("speech.toml")["lists"]["asked_for"], ASKED_FOR)
    return asked_for | {word: int(times) for word, _, times in lines if times}


@cache
def _told_of() -> frozenset[str]:
    """Words that are spelled right because a packaged list has them."""
    lists = read_data("speech.toml")["lists"]
    return word_lists("clothes", "people", "animals", "places").union(lists["spelled_right"], lists["asked_for"])


@lru_cache(MOST_REMEMBERED)
def guess(word: str) -> str | None:
    """The common word that a word was meant to be, if it is misspelled; else None.

    It misses it by one letter (one wrong, too many, missing, or two swapped), a long word by two.
    """
    if not _is_unknown(word):
        return None
    common = _common()
    least = LEAST_COMMON if len(word) == LEAST_LETTERS else 1
    near = {other for other in _one_letter_off(word) if len(other) >= LEAST_LETTERS and common.get(other, 0) >= least}
    if _is_inflected(word):  # of a word that is right, but rare: "ballons" were meant for balloons, "sedans" were not
        near = {other for other in near if len(word) >= LONG and _slip(word, other) == SURE}
    elif sounds := {other for other in _sounds_like(word) if other in common}:
        near = sounds
    elif not near and len(word) > LONG:
        words = (word, *_sounds_like(word)) if len(word) > LONG + 1 else (word,)
        near = {other for each in words for other in _two_letters_off(each)}
    return max(near, key=lambda other: (_likeness(word, other), other)) if near else None


def _sounds_like(word: str) -> Iterator[str]:
    for said, spelled in read_data("speech.toml")["lists"]["alike_sounds"]:
        if said in word:
            yield word.replace(said, spelled)


@lru_cache(MOST_REMEMBERED)
def _is_unknown(word: str) -> bool:
    """Whether it could be an English word but is not spelled like one."""
    if not LEAST_LETTERS <= len(word) <= LONGEST_WORD or not (word.isascii() and word.isalpha()):
        return False
    if word in _told_of():
        return False
    return _known().find(word) is None and not any(base in _common() for base in _bases(word))


def _is_inflected(word: str) -> bool:
    """Whether it is a regular form of a word that is spelled right."""
    return any(_known().find(base) is not None for base in _bases(word))


def _bases(word: str) -> Iterator[str]:
    """What a word may be a regular form of: "dog" of "dogs", "make" and "mak" of "making", "run" of "running"."""
    for ending, puts in (
        ("s", ""),
        ("es", ""),
        ("ies", "y"),
        ("ied", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
    ):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= LEAST_LETTERS:
            yield stem + puts
            if ending in ("ed", "ing") and stem[-1] == stem[-2]:
                yield stem[:-1]


def _likeness(word: str, other: str) -> float:
    """How likely a word was meant: common words are, the same first letter, and slips that people make."""
    return log(1 + _common()[other]) + _slip(word, other) + (SAME_START if word[0] == other[0] else 0)


def _slip(word: str, other: str) -> float:
    """How often people make such a mistake, as a number to add to the logarithm of a count."""
    if len(other) == len(word) + 1:
        place = next((i for i in range(len(word)) if word[i] != other[i]), len(word))
        return SURE if place and other[place] == other[place - 1] else 0.5
    if len(other) == len(word):
        differing = [i for i in range(len(word)) if word[i] != other[i]]
        if len(differing) > 1:
            return SURE
        return LIKELY if {word[i] + other[i] for i in differing} <= VOWEL_PAIRS else 0.0
    return 0.5


def _two_letters_off(word: str) -> Iterator[str]:
    """Common words of the same first letter that a long word misses by two letters."""
    for other in _by_start().get(word[0], ()):
        if abs(len(other) - len(word)) <= 2 and len(other) >= LONG and _distance(word, other) <= 2:
            yield other


@cache
def _by_start() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for word in _common():
        table.setdefault(word[0], []).append(word)
    return table


def _distance(first: str, second: str) -> int:
    """Damerau and Levenshtein's distance, two swapped letters counting one."""
    before: list[int] = []
    last = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        row = [i]
        for j, other in enumerate(second, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if before and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


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
