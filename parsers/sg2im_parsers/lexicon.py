"""Which words may stand for which: packaged data that serves every vocabulary."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

from sg2im_parsers.attribute_names import AttributeNames
from sg2im_parsers.attribute_words import AttributeWords, packaged_attribute_words
from sg2im_parsers.matches import Match, Rule
from sg2im_parsers.object_names import ObjectNames
from sg2im_parsers.predicate_names import PredicateNames
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_parsers.wordnet import WordNet, packaged_wordnet

__all__ = ["Lexicon", "Match", "Rule", "VocabularyLexicon", "packaged_lexicon"]


@dataclass(frozen=True)
class Lexicon:
    """What may stand for what, by hand (``data/lexicon.toml``), and behind it WordNet.

    Attributes:
        synonyms: words that mean the same, both ways.
        kinds: more general words, in order of preference.
        usual: what a word is usually seen as, though it does not say so ("vehicle": car); of no other word than this.
        own: plurals that mean something of their own ("glasses"); they are no plural of their base form.
        pairs: plurals of one thing ("jeans"); they make one object.
        living: objects that have things, and stand beside others that are theirs: "a man with a dog".
        standing: objects that stand beside who has them: "the man's house".
        opaque: compounds that are not what their head says ("hot dog").
        relations: predicates for a phrase, in order of preference; "~" swaps subject and object, of "x or y" the seed
            takes one.
        lemmas: base forms of irregular plurals and of the words in models' predicates.
        stuff: what has no count, for vocabularies that do not say.
        wordnet: the table behind them.
        attributes: what is said of things, from ``data/attributes.toml``.
    """

    synonyms: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, tuple[str, ...]]
    usual: Mapping[str, tuple[str, ...]]
    own: frozenset[str]
    pairs: frozenset[str]
    living: frozenset[str]
    standing: frozenset[str]
    opaque: frozenset[str]
    relations: Mapping[str, tuple[str, ...]]
    lemmas: Mapping[str, str]
    stuff: frozenset[str]
    wordnet: WordNet
    attributes: AttributeWords

    @cached_property
    def meanings(self) -> dict[str, str]:
        """The words by hand by their meaning in WordNet, so that what is a kind of theirs finds them."""
        found: dict[str, str] = {}
        for word in (*self.synonyms, *self.kinds):
            for sense in self.wordnet.senses(word):
                found.setdefault(sense, word)
        return found

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
        {word: tuple(targets) for word, targets in data["usual"].items()},
        frozenset(data["own"]),
        frozenset(data["pairs"]),
        frozenset(data["living"]),
        frozenset(data["standing"]),
        frozenset(data["opaque"]),
        {phrase: tuple(targets) for phrase, targets in data["relations"].items()},
        data["lemmas"],
        frozenset(data["stuff"]),
        packaged_wordnet(),
        packaged_attribute_words(),
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
        self._objects = ObjectNames(lexicon, vocabulary)
        self._predicates = PredicateNames(lexicon, vocabulary)
        self.attributes = AttributeNames(lexicon.attributes, vocabulary)

    def object(self, text: str, lemma: str, head: str) -> Match | None:
        """The model's word for an object.

        The whole name is tried first: as it is spelled, then by what the lexicon says by hand, then by WordNet. Then
        what is left without its first words: "city fire hydrant" by "fire hydrant", "glass table" by "table", but never
        "hot dog" by "dog".

        Args:
            text: its name as written, lower case ("cutting boards").
            lemma: the same with its head in base form ("cutting board").
            head: the head's base form alone ("board").
        """
        return self._objects.find(text, lemma, head)

    def predicate(self, phrase: str) -> Match | None:
        """The model's word for an open predicate ("park on", "in front of", "ride").

        A phrase that has no entry is looked up by its last preposition: "float on" by "on", "on face of" by "on".
        """
        return self._predicates.find(phrase)

    def attribute(self, text: str) -> Match | None:
        """The model's attribute for what is said of a thing ("red", "grey", "enormous", "dark green", "biggest").

        As it is spelled, then by a word that means the same, then by a more general one. A colour is found without its
        shade, and a comparison by its base form.
        """
        return self.attributes.find(text)

    def knows(self, word: str) -> bool:
        """Whether a noun in base form means anything here, be it nothing that can be drawn."""
        return self._objects.knows(word)

    def is_stuff(self, name: str) -> bool:
        """Whether an object has no count; vocabularies of the original project do not say, so the lexicon does."""
        if self.vocabulary.stuff:
            return name in self.vocabulary.stuff
        kind, _, which = name.partition("-")
        return bool(which) or kind in self.lexicon.stuff
