"""Which words may stand for which: packaged data that serves every vocabulary."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Literal

from sg2im_parsers.vocabulary import Vocabulary

Rule = Literal["exact", "base form", "synonym", "kind of", "head of compound", "phrase", "preposition"]
"""How a word reached the model's word."""


@dataclass(frozen=True)
class Match:
    """A model's word for a sentence's word.

    Attributes:
        name: as the vocabulary spells it.
        rule: how it was found.
        inverted: for relations: subject and object change places.
    """

    name: str
    rule: Rule
    inverted: bool = False


@dataclass(frozen=True)
class Lexicon:
    """Synonyms, kinds and relation phrases; see ``data/lexicon.toml``."""

    synonyms: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, tuple[str, ...]]
    relations: Mapping[str, tuple[str, ...]]
    lemmas: Mapping[str, str]
    stuff: frozenset[str]

    def for_vocabulary(self, vocabulary: Vocabulary) -> VocabularyLexicon:
        """The lexicon as it applies to one model's words."""
        return VocabularyLexicon(self, vocabulary)


@cache
def packaged_lexicon() -> Lexicon:
    """The lexicon that comes with the package."""
    text = (resources.files("sg2im_parsers") / "data" / "lexicon.toml").read_text(encoding="utf8")
    data = tomllib.loads(text)
    synonyms: dict[str, tuple[str, ...]] = {}
    for group in data["synonyms"]:
        for word in group:
            others = tuple(w for w in group if w != word)
            synonyms[word] = synonyms.get(word, ()) + others
    return Lexicon(
        synonyms,
        {word: tuple(targets) for word, targets in data["kinds"].items()},
        {phrase: tuple(targets) for phrase, targets in data["relations"].items()},
        data["lemmas"],
        frozenset(data["stuff"]),
    )


class VocabularyLexicon:
    """Finds a vocabulary's words for a sentence's words.

    Args:
        lexicon: what may stand for what.
        vocabulary: the words that may be reached.
    """

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self.lexicon = lexicon
        self.vocabulary = vocabulary

    def object(self, text: str, lemma: str, head: str) -> Match | None:
        """The model's word for an object.

        Args:
            text: its name as written, lower case ("cutting boards").
            lemma: the same with its head in base form ("cutting board").
            head: the head's base form alone ("board").
        """
        whole = self._object(text, "exact") or self._object(lemma, "base form") or self._alike(lemma)
        if whole is not None or head in (text, lemma):
            return whole
        found = self._object(head, "base form") or self._alike(head)
        return None if found is None else Match(found.name, "head of compound")

    def predicate(self, phrase: str) -> Match | None:
        """The model's word for an open predicate ("park on", "in front of", "ride").

        A phrase that has no entry is looked up by its last preposition: "float on" by "on".
        """
        words = phrase.lower().split()
        base = [self.lexicon.lemmas.get(word, word) for word in words]
        for start in range(len(words)):
            found = self._predicate(" ".join(words[start:])) or self._predicate(" ".join(base[start:]))
            if found is not None:
                return found if start == 0 else Match(found.name, "preposition", found.inverted)
        return None

    def is_stuff(self, name: str) -> bool:
        """Whether an object has no count; vocabularies of the original project do not say, so the lexicon does."""
        if self.vocabulary.stuff:
            return name in self.vocabulary.stuff
        kind, _, which = name.partition("-")
        return bool(which) or kind in self.lexicon.stuff

    def _object(self, word: str, rule: Rule) -> Match | None:
        name = self._object_names.get(word)
        if name is None:
            return None
        return Match(name, "exact" if name == word and rule == "exact" else rule)

    def _alike(self, word: str) -> Match | None:
        for other in self.lexicon.synonyms.get(word, ()):
            if other in self._object_names:
                return Match(self._object_names[other], "synonym")
        return self._kind(word, set())

    def _kind(self, word: str, seen: set[str]) -> Match | None:
        """Follow "kind of" upwards, the preferred kinds first; a synonym of a kind will do."""
        seen.add(word)
        for kind in self.lexicon.kinds.get(word, ()):
            for name in (kind, *self.lexicon.synonyms.get(kind, ())):
                if name in self._object_names:
                    return Match(self._object_names[name], "kind of")
        for other in (*self.lexicon.synonyms.get(word, ()), *self.lexicon.kinds.get(word, ())):
            found = None if other in seen else self._kind(other, seen)
            if found is not None:
                return found
        return None

    def _predicate(self, phrase: str) -> Match | None:
        if phrase in self._predicate_names:
            return Match(
                self._predicate_names[phrase], "exact" if self.vocabulary.has_predicate(phrase) else "base form"
            )
        for target in self.lexicon.relations.get(phrase, ()):
            name = self._predicate_names.get(target.removeprefix("~"))
            if name is not None:
                return Match(name, "phrase", target.startswith("~"))
        return None

    @cached_property
    def _object_names(self) -> dict[str, str]:
        """How a sentence may spell each object: by its name, COCO-Stuff's "wall-brick" as "brick wall", and so on."""
        names: dict[str, str] = {}
        for name in self.vocabulary.object_names:
            kind, _, which = name.partition("-")
            if which in ("other", "stuff"):
                names.setdefault(kind, name)
            elif which:
                names.setdefault(f"{which} {kind}", name)
        for name in self.vocabulary.object_names:
            if name.endswith("s") and not name.endswith("ss"):
                names.setdefault(name[:-1], name)
        return names | {name: name for name in self.vocabulary.object_names}

    @cached_property
    def _predicate_names(self) -> dict[str, str]:
        """Each predicate by its name and by its base form ("parked on" as "park on")."""
        names = {name: name for name in self.vocabulary.predicate_names}
        for name in self.vocabulary.predicate_names:
            base = " ".join(self.lexicon.lemmas.get(word, word) for word in name.split())
            names.setdefault(base, name)
        return names
