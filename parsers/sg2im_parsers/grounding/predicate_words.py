"""Finds a vocabulary's predicates for the relations of a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sg2im_parsers.grounding.lexicon import Lexicon
from sg2im_parsers.grounding.match import Match
from sg2im_parsers.vocabulary import Vocabulary, as_words

PLACES = ("in", "on", "at")
"""Prepositions that a noun may follow: "on face of" is on."""


@dataclass(frozen=True, eq=False)
class PredicateNames:
    """The predicates of a vocabulary, and every way to them.

    Attributes:
        lexicon: what may stand for what.
        vocabulary: the words that may be reached.
    """

    lexicon: Lexicon
    vocabulary: Vocabulary

    def find(self, phrase: str) -> Match | None:
        """See `sg2im_parsers.grounding.vocabulary_lexicon.VocabularyLexicon.predicate`."""
        if self.vocabulary.has_predicate(phrase):
            return Match(phrase, "exact")
        words = phrase.lower().replace("_", " ").split()
        base = [self.lexicon.lemmas.get(word, word) for word in words]
        for start in range(len(words)):
            found = self._known(" ".join(words[start:])) or self._known(" ".join(base[start:]))
            if found is not None:
                return found if start == 0 else Match(found.name, "preposition", found.inverted, found.other)
            if words[start] in PLACES and words[-1] == "of" and len(words) - start > 2:
                found = self._known(words[start])
                return found and Match(found.name, "preposition", found.inverted, found.other)
        return None

    def _known(self, phrase: str) -> Match | None:
        if phrase in self._spellings:
            return Match(self._spellings[phrase], "exact" if self.vocabulary.has_predicate(phrase) else "base form")
        for target in self.lexicon.relations.get(phrase, ()):
            wanted = target.removeprefix("~").split(" or ")
            names = [self._spellings[name] for name in wanted if name in self._spellings]
            if names:
                return Match(names[0], "phrase", target.startswith("~"), names[1] if len(names) > 1 else None)
        return None

    @cached_property
    def _spellings(self) -> dict[str, str]:
        """Each predicate by its name and by its base form ("parked on" as "park on")."""
        names = {name: name for name in self.vocabulary.predicate_names}
        for name in self.vocabulary.predicate_names:
            names.setdefault(as_words(name), name)
        for name in self.vocabulary.predicate_names:
            base = " ".join(self.lexicon.lemmas.get(word, word) for word in as_words(name).split())
            names.setdefault(base, name)
        return names
