"""Rare nouns: boats, collectives, parts of what has no count, and plurals of compounds."""

import pytest

from sg2im_parsers.grounding.graph import object_match
from sg2im_parsers.grounding.lexicon import packaged_lexicon
from sg2im_parsers.grounding.vocabulary_lexicon import VocabularyLexicon
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import resolve

DEFAULT = Vocabulary.from_json(resolve("default").config["vocabulary"])
WORDS = VocabularyLexicon(packaged_lexicon(), DEFAULT)
NO_PLURAL = ("s", "sh", "ch", "x", "f", "fe", "y", "o", "person", "mouse", "sheep", "skis")


def become(noun):
    found = object_match(WORDS, noun)
    return None if found is None else found.name


@pytest.mark.parametrize("name", [name for name in DEFAULT.object_names if not name.endswith(NO_PLURAL)])
def test_the_plural_of_a_name_is_that_name(name):
    if name != "__image__":
        assert become(f"{name}s") == name


@pytest.mark.parametrize(
    ("nouns", "name"),
    [
        (("traffic signal", "traffic signals"), "traffic light"),
        (("wine glass", "wine glasses", "drinking glasses"), "glass"),
        (("baseball gloves",), "baseball glove"),
        (("tooth brushes",), "toothbrush"),
        (("remote controls",), "remote"),
        (("busses", "buses"), "bus"),
        (("fishermen", "police", "baseball fans", "queen", "pirate"), "person"),
        (("yacht", "raft", "rafts", "watercraft"), "boat"),
        (("grass area", "grass patch"), "grass"),
        (("tree line", "tree tops"), "tree"),
        (("water surface",), "water"),
        (("snow bank", "dirt mound"), "ground"),
        (("mountain ridge", "volcano"), "mountain"),
        (("magazine", "magazines", "spiral notebook"), "book"),
        (("action figure", "mickey mouse"), "toy"),
        (("life jacket", "life vests"), "clothes"),
        (("urinal", "urinals"), "toilet"),
        (("church", "factory", "mansion", "shelter"), "building"),
        (("subway cars", "light rail"), "train"),
        (("range hood",), "extractor hood"),
    ],
)
def test_rare_nouns_reach_a_word(nouns, name):
    assert [become(noun) for noun in nouns] == [name] * len(nouns)


@pytest.mark.parametrize(
    "noun",
    [
        *("colors", "attic", "console", "hair tie", "pizza stone", "elephant ear", "lion", "tent", "carriage"),
        *("cutting board", "kitchen area", "table surface", "window ledge", "shower stall", "sunglasses", "groceries"),
    ],
)
def test_what_only_looks_like_a_word_is_dropped(noun):
    assert become(noun) is None
