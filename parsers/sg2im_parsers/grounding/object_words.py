"""Finds a vocabulary's objects for the nouns of a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sg2im_parsers.grounding.lexicon import Lexicon
from sg2im_parsers.grounding.match import Match, Rule
from sg2im_parsers.vocabulary import COCO_STUFF, COCO_STUFF_ENDINGS, Vocabulary, as_letters, as_words

LONGEST_END = 16
"""Words at the end of a longer name that are looked at together: no name that is known has more."""


@dataclass(frozen=True, eq=False)
class ObjectNames:
    """The objects of a vocabulary, and every way to them.

    Attributes:
        lexicon: what may stand for what.
        vocabulary: the words that may be reached.
    """

    lexicon: Lexicon
    vocabulary: Vocabulary

    def find(self, text: str, lemma: str, head: str) -> Match | None:
        """See `sg2im_parsers.grounding.vocabulary_lexicon.VocabularyLexicon.object`."""
        text, lemma, head = (part.replace("_", " ") for part in (text, lemma, head))
        if text in self.lexicon.own:
            return self._by_name(text, text) or self._by_meaning(text)
        written, base = text.split(), lemma.split()
        tails = [(" ".join(written[i:]), " ".join(base[i:])) for i in _starts(min(len(written), len(base)))]
        understood = False
        for i, (form, base_form) in enumerate([*tails, (head, head)]):
            found = self._by_name(form, base_form)
            if not (found or understood):
                found = self._by_meanings(form, base_form)
            if found is None and i == 0:
                found = self._as_usual(base_form) or self._as_part(base_form)
            if found is not None:
                return found if i == 0 else Match(found.name, "head of compound")
            if self._is_opaque(base_form):
                return None
            understood = understood or self.lexicon.wordnet.knows(base_form)
        return None

    def is_stuff(self, name: str) -> bool:
        """Whether an object has no count; vocabularies of the original project do not say, so the lexicon does."""
        if self.vocabulary.stuff:
            return name in self.vocabulary.stuff
        return name in COCO_STUFF or name.endswith(COCO_STUFF_ENDINGS) or as_words(name) in self.lexicon.stuff

    def has_name(self, text: str) -> bool:
        """Whether an object is called so, however its words are joined."""
        return self._by_spelling(text) is not None

    def knows(self, word: str) -> bool:
        """Whether a word in base form means anything here, be it nothing that can be drawn."""
        by_hand = (self._spellings, self.lexicon.synonyms, self.lexicon.kinds, self.lexicon.usual)
        return any(word in words for words in by_hand) or self.lexicon.wordnet.knows(word)

    def _by_name(self, text: str, lemma: str) -> Match | None:
        """By its spelling, or by what the lexicon says by hand."""
        found = self._spelled(text, "exact") or self._spelled(lemma, "base form")
        for word in (lemma, text, *_joined(lemma)):
            found = found or self._spelled(word, "spelling") or self._alike(word)
        return found

    def _by_meanings(self, text: str, lemma: str) -> Match | None:
        """By WordNet; the plural is asked for only where its base form is no word ("tails" are more than dress)."""
        if {text, lemma} & self.lexicon.opaque:
            return None
        words = [lemma, *_joined(lemma), *self.lexicon.synonyms.get(lemma, ())]
        if not self.lexicon.wordnet.knows(lemma):
            words.append(text)
        return next((found for found in map(self._by_meaning, words) if found is not None), None)

    def _by_meaning(self, word: str) -> Match | None:
        """The nearest more general meaning that a known word, or one of the words by hand, has."""
        for depth, level in enumerate(self.lexicon.wordnet.levels(word)):
            for sense in level:
                if sense in self._meanings:
                    return Match(self._meanings[sense], "kind of" if depth else "synonym")
            for sense in level:
                by_hand = self.lexicon.meanings.get(sense, word)
                found = None if by_hand == word else self._alike(by_hand)
                if found is not None:
                    return Match(found.name, "kind of") if depth else found
        return None

    def _as_usual(self, lemma: str) -> Match | None:
        for word in (lemma, *_joined(lemma)):
            for name in self.lexicon.usual.get(word, ()):
                if name in self._spellings:
                    return Match(self._spellings[name], "usually")
        return None

    def _as_part(self, lemma: str) -> Match | None:
        """A part of what has no count is drawn as that: "grass area" as grass."""
        whole, _, part = lemma.rpartition(" ")
        if not whole or part not in self.lexicon.parts:
            return None
        found = self._by_name(whole, whole) or self._by_meanings(whole, whole)
        return Match(found.name, "kind of") if found is not None and self.is_stuff(found.name) else None

    def _is_opaque(self, compound: str) -> bool:
        """Whether a compound is known, and no kind of what its head says; "sun glasses" are as "sunglasses" are."""
        if compound in self.lexicon.opaque or self.lexicon.wordnet.is_opaque(compound):
            return True
        return any(self.lexicon.wordnet.senses(word) for word in _joined(compound))

    def _spelled(self, word: str, rule: Rule) -> Match | None:
        name = self._by_spelling(word)
        if name is None:
            return None
        return Match(name, "spelling" if rule == "exact" and name != word else rule)

    def _by_spelling(self, word: str) -> str | None:
        return self._spellings.get(word) or self._joined_names.get(as_letters(word))

    def _alike(self, word: str) -> Match | None:
        for other in self.lexicon.synonyms.get(word, ()):
            if other in self._spellings:
                return Match(self._spellings[other], "synonym")
        return self._kind(word, set())

    def _kind(self, word: str, seen: set[str]) -> Match | None:
        """Follow "kind of" upwards, the preferred kinds first; a synonym of a kind will do."""
        seen.add(word)
        for kind in self.lexicon.kinds.get(word, ()):
            for name in (kind, *self.lexicon.synonyms.get(kind, ())):
                if name in self._spellings:
                    return Match(self._spellings[name], "kind of")
        for other in (*self.lexicon.synonyms.get(word, ()), *self.lexicon.kinds.get(word, ())):
            found = None if other in seen else self._kind(other, seen)
            if found is not None:
                return found
        return None

    @cached_property
    def _spellings(self) -> dict[str, str]:
        """How a sentence may spell each object: by its name, COCO-Stuff's "wall-brick" as "brick wall", and so on."""
        names: dict[str, str] = {}
        for name in self.vocabulary.object_names:
            names.setdefault(name.lower(), name)
        for name in filter(as_words, self.vocabulary.object_names):
            names.setdefault(as_words(name), name)
            kind, _, which = name.lower().strip().partition("-")
            if which in ("other", "stuff"):
                names.setdefault(kind, name)
            elif which:
                names.setdefault(f"{which} {kind}", name)
        for name in self.vocabulary.object_names:
            said = as_words(name)
            if said.endswith("s") and not said.endswith("ss"):
                names.setdefault(said[:-1], name)
        return names | {name: name for name in self.vocabulary.object_names}

    @cached_property
    def _joined_names(self) -> dict[str, str]:
        """The objects by the letters of their names: "cellphone" is "cell phone", too."""
        found: dict[str, str] = {}
        for name in filter(as_letters, self.vocabulary.object_names):
            found.setdefault(as_letters(name), name)
        return found

    @cached_property
    def _meanings(self) -> dict[str, str]:
        """The objects by their meaning in WordNet."""
        found: dict[str, str] = {}
        for spelling, name in self._spellings.items():
            for sense in self.lexicon.wordnet.senses(spelling):
                found.setdefault(sense, name)
        return found


def _joined(compound: str) -> tuple[str, ...]:
    """Other spellings of a name in two parts: "hill side" as "hillside", "flip flop" as "flip-flop"."""
    if compound.count(" ") + compound.count("-") != 1:
        return ()
    return (compound.replace(" ", "").replace("-", ""), compound.replace(" ", "-"))


def _starts(count: int) -> tuple[int, ...]:
    """Where the ends of a name start that may stand for all of it: the whole, and its last words, the longest first."""
    return tuple(range(count)) if count <= LONGEST_END else (0, *range(count - LONGEST_END, count))
