"""What a sentence may say of a thing, and which of a model's attributes that is: packaged data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

from sg2im_errors import Sg2imError

LISTS = ("colors", "shades", "degrees", "hardly", "suffixes", "people", "skin")
GROUPS = ("spellings", "synonyms")


@dataclass(frozen=True)
class AttributeWords:
    """Words that are said of things (``data/attributes.toml``).

    Attributes:
        spellings: other spellings of a word.
        synonyms: words that mean the same, both ways.
        kinds: more general words, in order of preference.
        opposites: pairs of words that are never both said of one thing as it is.
        colors: words that have shades.
        shades: words before a colour that say which kind of it.
        degrees: words before any attribute that say how much.
        hardly: words before an attribute that say that it is not quite so.
        suffixes: what ends a word made of a colour ("red-colored").
        people: objects of which `skin` is not what is drawn.
        skin: colours that are said of people's skin.
    """

    spellings: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, tuple[str, ...]]
    opposites: frozenset[frozenset[str]]
    colors: frozenset[str]
    shades: frozenset[str]
    degrees: frozenset[str]
    hardly: frozenset[str]
    suffixes: frozenset[str]
    people: frozenset[str]
    skin: frozenset[str]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> AttributeWords:
        """Build it from the parsed data file.

        Raises:
            Sg2imError: a list is missing, has a word twice or in capitals, or a word stands for itself in the end.
        """
        for name in (*GROUPS, *LISTS, "kinds", "opposites"):
            if name not in data:
                raise Sg2imError(f"The packaged attributes lack {name!r}; install the package again.")
        lists = {name: _once(name, data[name]) for name in LISTS}
        kinds = {word: tuple(targets) for word, targets in data["kinds"].items()}
        _once("kinds", kinds)
        _require_ends(kinds)
        spellings, synonyms = (_others(name, data[name]) for name in GROUPS)
        opposites = frozenset(frozenset(pair) for pair in data["opposites"])
        return cls(spellings=spellings, synonyms=synonyms, kinds=kinds, opposites=opposites, **lists)

    def contradict(self, old: str, new: str) -> bool:
        """Whether what is said of a thing later takes the place of what was said before: another colour, or size."""
        if old == new:
            return False
        return (self.is_color(old) and self.is_color(new)) or frozenset((old, new)) in self.opposites

    def is_color(self, text: str) -> bool:
        """Whether a word is a colour, or a kind of one."""
        return any(word in self.colors for word in self.general(text))

    def general(self, text: str) -> Iterator[str]:
        """A word, what it is a kind of, what that is, and whatever means the same as one of them."""
        waiting, seen = [text], set[str]()
        while waiting:
            word = waiting.pop(0)
            if word not in seen:
                seen.add(word)
                yield word
                same = (*self.spellings.get(word, ()), *self.synonyms.get(word, ()))
                waiting += [*same, *self.kinds.get(word, ())]


@cache
def packaged_attribute_words() -> AttributeWords:
    """The words that come with the package."""
    text = (resources.files("sg2im_parsers") / "data" / "attributes.toml").read_text(encoding="utf8")
    return AttributeWords.from_data(tomllib.loads(text))


def _once(name: str, words: Iterable[str]) -> frozenset[str]:
    ordered = sorted(words)
    for one, other in pairwise(ordered):
        if one == other:
            raise Sg2imError(f"The packaged attributes have {one!r} twice in {name!r}; leave one.")
    for word in ordered:
        if not word or word != word.lower().strip():
            raise Sg2imError(f"The packaged attributes have {word!r} in {name!r}; write words in lower case.")
    return frozenset(ordered)


def _others(name: str, groups: Iterable[Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Each word's group without itself; a word has one group."""
    listed = [tuple(group) for group in groups]
    _once(name, (word for group in listed for word in group))
    return {word: tuple(other for other in group if other != word) for group in listed for word in group}


def _require_ends(kinds: Mapping[str, tuple[str, ...]]) -> None:
    """Going from kinds to kinds must come to an end, so nothing is more general than itself."""
    for word, targets in kinds.items():
        above, seen = set(targets), set[str]()
        while above:
            if word in above:
                raise Sg2imError(f"The packaged attributes make {word!r} a kind of itself; leave one entry out.")
            seen |= above
            above = {target for each in above for target in kinds.get(each, ())} - seen
