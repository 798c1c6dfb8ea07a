"""The packaged words of styles, and a text in the parts that its commas make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from sg2im_parsers.english.normalization.phrases import Phrases, length_at, phrases
from sg2im_parsers.english.word_lists import read_data

SEPARATORS = frozenset(
    {",", ".", ";", ":", "|", "/", "(", ")", "[", "]", "{", "}", "!", "\u2014", "\u2013", "--", "\n"}
)
NUMBER = re.compile(r"\d+(?:[.,:/x]\d+)*")
WEIGHT = re.compile(r":\d+(?:\.\d+)?$")
"""As in "(masterpiece:1.2)"."""

LINKS = frozenset({"of", "and", "the", "&", "van", "von", "de", "da", "di", "la"})
NO_NAMES = frozenset({"lake", "river", "mount", "mountain", "park", "bay", "beach", "street", "sea", "bridge", "the"})
LONGEST_PHRASE, LONGEST_NAME, LONGEST_STYLE = 6, 6, 4


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two commas or other separators.

    Attributes:
        words: in small letters, without hyphens, numbers as "#".
        places: where they stand in the text's words.
        raw: as they are written.
    """

    words: list[str]
    places: list[int]
    raw: list[str]


@cache
def known(*names: str) -> Phrases:
    """Phrases of any of some lists."""
    lists = read_data("styles.toml")["lists"]
    return phrases({" ".join(map(plain, phrase.split())) for name in names for phrase in lists[name]})


@cache
def style_list(name: str) -> frozenset[str]:
    """One of the lists."""
    return frozenset(read_data("styles.toml")["lists"][name])


@cache
def triggers() -> frozenset[str]:
    """Without one of these words, a text has no style."""
    names = ("telling", "heads", "things", "media", "anywhere", "last", "linked", "made_with")
    lists = read_data("styles.toml")["lists"]
    firsts = {plain(phrase.split()[-1]) for name in names for phrase in lists[name]}
    return frozenset({*firsts, *(phrase.split()[0] for phrase in lists["made_with"]), "style", "by"})


@cache
def plain(word: str) -> str:
    """A word with "#" for its number, without the weight that some tools let people give it."""
    return NUMBER.sub("#", WEIGHT.sub("", word)) or word


def parts_of(words: Sequence[str], lowers: Sequence[str], taken: set[int]) -> Iterator[Part]:
    """What stands between commas and other separators, without the words that are taken."""
    places: list[int] = []
    for place in range(len(words) + 1):
        if place < len(words) and place not in taken and not separates(lowers[place]):
            places.append(place)
        elif places:
            told = [i for i in places if lowers[i] != "-" and not lowers[i].isspace()]
            if told:
                yield Part([plain(lowers[i]) for i in told], told, [words[i] for i in told])
            places = []


def separates(word: str) -> bool:
    """Whether a sign or a line break parts a text."""
    return word in SEPARATORS or (word.isspace() and "\n" in word)


def span(part: Part, start: int, end: int) -> set[int]:
    """Positions in the text of a part's words, and of the signs between them."""
    return set(range(part.places[start], part.places[end - 1] + 1))


def is_name(part: Part, start: int, end: int) -> bool:
    """Whether words are an artist's name or several: known ones, or all in capitals."""
    names, at = known("artists"), start
    while at < end:
        length = length_at(names, part.words, at) or (part.words[at] in LINKS and at > start)
        if not length:
            break
        at += length
    if at == end > start:
        return True
    named = [word for word in part.raw[start:end] if word.lower() not in LINKS]
    capital = all(word[0].isupper() for word in named) and any(not word.isupper() for word in named)
    return bool(named) and capital and end - start <= LONGEST_NAME and not NO_NAMES & set(part.words[start:end])


def is_artist(words: Sequence[str]) -> bool:
    """Whether words are known artists' names."""
    at = 0
    while at < len(words) and (length := length_at(known("artists"), words, at) or (words[at] in LINKS and at > 0)):
        at += length
    return at == len(words) > 0
