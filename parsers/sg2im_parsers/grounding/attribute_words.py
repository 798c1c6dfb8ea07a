"""Finds a vocabulary's attributes for what a sentence says of things."""

from __future__ import annotations

from functools import cached_property

from sg2im_parsers.grounding.attribute_data import AttributeWords
from sg2im_parsers.grounding.match import Match, Rule
from sg2im_parsers.vocabulary import Vocabulary, as_words


class AttributeNames:
    """The attributes of a vocabulary, and every way to them.

    Args:
        words: what may stand for what.
        vocabulary: the words that may be reached.
    """

    def __init__(self, words: AttributeWords, vocabulary: Vocabulary) -> None:
        self.words = words
        self.vocabulary = vocabulary

    def find(self, text: str) -> Match | None:
        """See `sg2im_parsers.grounding.vocabulary_lexicon.VocabularyLexicon.attribute`."""
        if self.vocabulary.has_attribute(text):
            return Match(text, "exact")
        text = " ".join(text.lower().replace("_", " ").split())
        return self._find(text) or self._without_suffix(text) or self._base_form(text) or self._without_shade(text)

    def is_shade(self, text: str) -> bool:
        """Whether a word says which kind of a colour follows it."""
        return text in self.words.shades

    def _find(self, text: str) -> Match | None:
        """By its spelling, then by a word that means the same, then by a more general one."""
        if self.vocabulary.has_attribute(text):
            return Match(text, "exact")
        tried: tuple[tuple[Rule, tuple[str, ...]], ...] = (
            ("spelling", (text, *self.words.spellings.get(text, ()))),
            ("synonym", self.words.synonyms.get(text, ())),
            ("kind of", tuple(self.words.general(text))),
        )
        for rule, words in tried:
            for word in words:
                if word in self._spellings:
                    return Match(self._spellings[word], rule)
        return None

    def _without_suffix(self, text: str) -> Match | None:
        """What is "red-colored" is red."""
        before, _, last = text.replace("-", " ").rpartition(" ")
        if not before or last not in self.words.suffixes:
            return None
        found = self._find(before) or self._without_shade(before)
        return found and (Match(found.name, "spelling") if found.rule == "exact" else found)

    def _without_shade(self, text: str) -> Match | None:
        """What is "dark green" is green."""
        *before, color = text.replace("-", " ").split() or [""]
        if not before or not all(map(self.is_shade, before)) or not self.words.is_color(color):
            return None
        found = self._find(color)
        return found and Match(found.name, "shade")

    def _base_form(self, text: str) -> Match | None:
        """What is "bigger" or "the biggest" is big."""
        for ending in ("est", "er"):
            if text.endswith(ending):
                stem = text.removesuffix(ending)
                doubled = stem[:-1] if stem[-1:] == stem[-2:-1] else stem
                for base in (stem, stem + "e", doubled, stem[:-1] + "y" if stem.endswith("i") else stem):
                    if found := self._find(base):
                        return Match(found.name, "base form")
        return None

    @cached_property
    def _spellings(self) -> dict[str, str]:
        """How a sentence may spell each attribute; some of Visual Genome's end in a space."""
        backwards = self.vocabulary.attribute_names[::-1]
        names = {as_words(name): name for name in backwards} | {name.strip().lower(): name for name in backwards}
        return names | {name: name for name in self.vocabulary.attribute_names}
