"""Which words may stand for which: packaged data that serves every vocabulary."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Literal

from sg2im_parsers.vocabulary import Vocabulary

Rule = Literal["exact", "spelling", "base form", "synonym", "kind of", "head of compound", "phrase", "preposition"]
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
    """What may stand for what; see ``data/lexicon.toml``.

    Attributes:
        synonyms: words that mean the same, both ways.
        kinds: more general words, in order of preference.
        opaque: compounds that are not what their head says ("hot dog").
        relations: predicates for a phrase, in order of preference; "~" swaps subject and object.
        lemmas: base forms of irregular plurals and of the words in models' predicates.
        stuff: what has no count, for vocabularies that do not say.
    """

    synonyms: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, tuple[str, ...]]
    opaque: frozenset[str]
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
        frozenset(data["opaque"]),
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

        The whole name is tried first, then what is left without its first words: "city fire hydrant" by "fire
        hydrant", "dining table" by "table", but never "hot dog" by "dog".

        Args:
            text: its name as written, lower case ("cutting boards").
            lemma: the same with its head in base form ("cutting board").
            head: the head's base form alone ("board").
        """
        written, base = text.split(), lemma.split()
        tails = [(" ".join(written[i:]), " ".join(base[i:])) for i in range(min(len(written), len(base)))]
        for i, (form, base_form) in enumerate([*tails, (head, head)]):
            found = self._name(form, base_form)
            if found is not None:
                return found if i == 0 else Match(found.name, "head of compound")
            if base_form in self.lexicon.opaque:
                return None
        return None

    def _name(self, text: str, lemma: str) -> Match | None:
        return (
            self._object(text, "exact") or self._object(lemma, "base form") or self._alike(lemma) or self._alike(text)
        )

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
        return Match(name, "spelling" if rule == "exact" and name != word else rule)

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
            names.setdefault(name.lower(), name)
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
