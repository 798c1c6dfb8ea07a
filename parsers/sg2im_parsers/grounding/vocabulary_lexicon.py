"""Finds one model's words for a sentence's words."""

from __future__ import annotations

from functools import lru_cache

from sg2im_parsers.grounding.attribute_words import AttributeNames
from sg2im_parsers.grounding.lexicon import Lexicon, packaged_lexicon
from sg2im_parsers.grounding.match import Match
from sg2im_parsers.grounding.object_words import ObjectNames
from sg2im_parsers.grounding.predicate_words import PredicateNames
from sg2im_parsers.vocabulary import Vocabulary

MOST_REMEMBERED = 10_000
"""Words of each kind whose matches are kept: those of captions come again and again."""

MOST_VOCABULARIES = 8
"""Vocabularies that are kept with the packaged lexicon."""


class VocabularyLexicon:
    """Finds a vocabulary's words for a sentence's words, each once.

    Args:
        lexicon: what may stand for what.
        vocabulary: the words that may be reached.
    """

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self.lexicon = lexicon
        self.vocabulary = vocabulary
        self._objects = ObjectNames(lexicon, vocabulary)
        self.attributes = AttributeNames(lexicon.attributes, vocabulary)
        remember = lru_cache(MOST_REMEMBERED)
        self._object = remember(self._objects.find)
        self._predicate = remember(PredicateNames(lexicon, vocabulary).find)
        self._attribute = remember(self.attributes.find)

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
        return self._object(text, lemma, head)

    def predicate(self, phrase: str) -> Match | None:
        """The model's word for an open predicate ("park on", "in front of", "ride").

        A phrase that has no entry is looked up by its last preposition: "float on" by "on", "on face of" by "on".
        """
        return self._predicate(phrase)

    def attribute(self, text: str) -> Match | None:
        """The model's attribute for what is said of a thing ("red", "grey", "enormous", "dark green", "biggest").

        As it is spelled, then by a word that means the same, then by a more general one. A colour is found without its
        shade, and a comparison by its base form.
        """
        return self._attribute(text)

    def has_name(self, text: str) -> bool:
        """Whether an object of the model is called so, however its words are joined."""
        return self._objects.has_name(text)

    def knows(self, word: str) -> bool:
        """Whether a noun in base form means anything here, be it nothing that can be drawn."""
        return self._objects.knows(word)

    def is_stuff(self, name: str) -> bool:
        """Whether an object has no count; vocabularies of the original project do not say, so the lexicon does."""
        return self._objects.is_stuff(name)


def words_of(vocabulary: Vocabulary, lexicon: Lexicon | None = None) -> VocabularyLexicon:
    """The words of a vocabulary by a lexicon; by the packaged one if not given, kept for the next sentence."""
    return _packaged_words_of(vocabulary) if lexicon is None else VocabularyLexicon(lexicon, vocabulary)


@lru_cache(MOST_VOCABULARIES)
def _packaged_words_of(vocabulary: Vocabulary) -> VocabularyLexicon:
    return VocabularyLexicon(packaged_lexicon(), vocabulary)
