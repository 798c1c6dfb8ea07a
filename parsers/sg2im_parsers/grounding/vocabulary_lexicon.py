"""Finds one model's words for a sentence's words."""

from __future__ import annotations

from sg2im_parsers.grounding.attribute_words import AttributeNames
from sg2im_parsers.grounding.lexicon import Lexicon
from sg2im_parsers.grounding.match import Match
from sg2im_parsers.grounding.object_words import ObjectNames
from sg2im_parsers.grounding.predicate_words import PredicateNames
from sg2im_parsers.vocabulary import COCO_STUFF, COCO_STUFF_ENDINGS, Vocabulary, as_words


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

    def has_name(self, text: str) -> bool:
        """Whether an object of the model is called so, however its words are joined."""
        return self._objects.has_name(text)

    def knows(self, word: str) -> bool:
        """Whether a noun in base form means anything here, be it nothing that can be drawn."""
        return self._objects.knows(word)

    def is_stuff(self, name: str) -> bool:
        """Whether an object has no count; vocabularies of the original project do not say, so the lexicon does."""
        if self.vocabulary.stuff:
            return name in self.vocabulary.stuff
        return name in COCO_STUFF or name.endswith(COCO_STUFF_ENDINGS) or as_words(name) in self.lexicon.stuff
