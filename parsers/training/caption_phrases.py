"""Phrases with their trees, and the small parts that sentences of captions are made of.

A `Phrase` is a word with what hangs from it, in the order of the text: Universal Dependencies, labelled and attached as
in UD_English-EWT, tagged as in the Penn Treebank. `tokens` writes it out.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from captions import Token, Tokens, participle
from lemmas import plurals

WORDS = Path(__file__).with_name("caption_words.toml")
NO_SPACE_BEFORE = {",", ".", "'s", "'"}

Words = dict[str, Any]
"""caption_words.toml as it is read."""


@dataclass(frozen=True)
class Phrase:
    """A word, and the phrases before and after it with their labels."""

    word: str
    tag: str
    before: tuple[tuple[str, Phrase], ...] = ()
    after: tuple[tuple[str, Phrase], ...] = ()

    def led(self, label: str, phrase: Phrase) -> Phrase:
        """Put a phrase before everything."""
        return replace(self, before=((label, phrase), *self.before))

    def next_to(self, label: str, phrase: Phrase) -> Phrase:
        """Put a phrase directly before the word."""
        return replace(self, before=(*self.before, (label, phrase)))

    def then(self, label: str, phrase: Phrase) -> Phrase:
        """Put a phrase behind everything."""
        return replace(self, after=(*self.after, (label, phrase)))

    @property
    def plural(self) -> bool:
        """Whether a verb with this subject has no -s."""
        return self.tag in {"NNS", "NNPS"} or any(label == "conj" for label, _ in self.after)


def tokens(root: Phrase) -> Tokens:
    """Write a phrase out as the tokens of a sentence."""
    order: list[tuple[Phrase, str, int]] = []

    def walk(phrase: Phrase, label: str, parent: int) -> None:
        for inner_label, inner in phrase.before:
            walk(inner, inner_label, id(phrase))
        order.append((phrase, label, parent))
        for inner_label, inner in phrase.after:
            walk(inner, inner_label, id(phrase))

    walk(root, "ROOT", id(root))
    place = {id(phrase): index for index, (phrase, _, _) in enumerate(order)}
    words = [phrase.word for phrase, _, _ in order]
    touching = [word in NO_SPACE_BEFORE for word in [*words[1:], ""]]
    return [
        Token(phrase.word, phrase.word, "", phrase.tag, place[parent], label, not close)
        for (phrase, label, parent), close in zip(order, touching, strict=True)
    ]


def word(text: str, tag: str) -> Phrase:
    """Make a phrase of one word. Each is new: a phrase stands in a tree once."""
    return Phrase(text, tag)


def cased(noun: Phrase, preposition: str) -> Phrase:
    """Put a preposition of one word or several, each a case, before a noun."""
    for part in reversed(preposition.split()):
        noun = noun.led("case", word(part, "IN"))
    return noun


def placed(host: Phrase, preposition: str, noun: Phrase, label: str) -> Phrase:
    """Hang "next to a tree" from a verb (label obl) or a noun (nmod), as the treebank does it."""
    parts = preposition.split()
    if preposition in {"next to", "close to"}:
        way = word(parts[0], "RB" if label == "obl" or parts[0] == "next" else "JJ")
        return host.then("advmod" if way.tag == "RB" else "amod", way.then("obl", cased(noun, "to")))
    if len(parts) > 2 and parts[-1] == "of":
        side = word(parts[-2], "NN").then("nmod", cased(noun, "of"))
        if "the" in parts:
            side = side.led("det", word("the", "DT"))
        return host.then(label, cased(side, parts[0]))
    return host.then(label, cased(noun, preposition))


def joined(first: Phrase, *others: Phrase, last: str = "and", comma: bool = False) -> Phrase:
    """Coordinate phrases: commas between them, and "and" before the last unless ``last`` is empty."""
    for index, other in enumerate(others, start=1):
        is_last = index == len(others)
        if is_last and last:
            other = other.led("cc", word(last, "CC"))
        if not (is_last and last) or comma:
            other = other.led("punct", word(",", ","))
        first = first.then("conj", other)
    return first


def third(verb: str) -> str:
    """Spell the form of "he", "she" and "it"."""
    return next(plurals(verb))


def ing(verb: str) -> str:
    """Spell the -ing form."""
    return participle(verb)


class Vocabulary:
    """The words of the file, and choices among them."""

    def __init__(self, rng: random.Random, words: Words | None = None) -> None:
        self.rng = rng
        self.words = words or tomllib.loads(WORDS.read_text(encoding="utf8"))
        self.irregular: dict[str, str] = self.words["irregular"]

    def chance(self, share: float) -> bool:
        """Say yes so often."""
        return self.rng.random() < share

    def one(self, choices: str) -> str:
        """Pick a word of a list in one line; underscores stand for spaces."""
        return self.rng.choice(choices.split()).replace("_", " ")

    def noun(self, kind: str) -> str:
        """Pick a noun of a kind."""
        return self.one(self.words["nouns"][kind])

    def plural_of(self, noun: str) -> str:
        """Spell the plural of a noun of one word or several."""
        *before, last = noun.split()
        return " ".join([*before, self.irregular.get(last) or next(plurals(last))])

    def is_plural(self, noun: str) -> bool:
        """Whether the word is a plural as it is listed ("flowers")."""
        last = noun.split()[-1]
        known = self.words["nouns"]["plural_only"].split()
        ended = last.endswith("s") and not last.endswith(("ss", "us", "is"))
        return last in known or last in {*self.irregular.values()} - {*self.irregular} or ended
