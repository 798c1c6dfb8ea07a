"""What is said not to be there is not drawn, and the account says so."""

import pytest

from sg2im_errors import InputError
from sg2im_parsers.english.parser import SceneGraphParser, parse_doc
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.sentence import DENIED, ground, require_objects
from sg2im_parsers.vocabulary import Vocabulary
from tests.parsers.trees import attributes, doc, names, triples

VOCABULARY = Vocabulary.from_names(["person", "car", "road", "sand", "dog"], ["on", "in"], ["road", "sand"])


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


@pytest.mark.parametrize(
    ("text", "objects", "relations", "denied"),
    [
        ("a street without cars", ["street"], set(), "without cars"),
        ("a street without any cars or people", ["street"], set(), "without any cars people"),
        ("no people on the beach", ["beach"], set(), "no people"),
        ("there are no people on the beach", ["beach"], set(), "no people"),
        ("there isn't a cat on the bed", ["bed"], set(), "n't a cat"),
        ("the table has no chairs", ["table"], set(), "no chairs"),
        ("not a cloud in the sky", ["sky"], set(), "not a cloud"),
        ("no dogs or cats are in the garden", ["garden"], set(), "no dogs cats"),
        ("a dog, but not a cat", ["dog"], set(), "not a cat"),
        ("a sky free of clouds", ["sky"], set(), "free of clouds"),
        ("a man not wearing a hat", ["man"], set(), "not wearing a hat"),
        ("a man without a shirt riding a horse", ["man", "horse"], {"man | ride | horse"}, "without a shirt"),
        ("the dog is not on the bed", ["dog", "bed"], set(), "is not on the"),
        ("a house with no windows and a red door", ["house", "door"], {"house | with | door"}, "with no windows"),
    ],
)
def test_what_is_not_there(parser, text, objects, relations, denied):
    parsed = parser(text)
    assert names(parsed) == objects
    assert triples(parsed) == relations
    assert " ".join(parsed.words[i].text for i in parsed.denied) == denied


def test_what_is_not_so_is_no_attribute(parser):
    assert attributes(parser("the car is not red")) == {}
    assert attributes(parser("the car is not red but blue")).get("car", ()) in ((), ("blue",))
    assert attributes(parser("a red car that is not on the road")) == {"car": ("red",)}


def test_a_name_with_no_in_it_denies_nothing(parser):
    assert names(parser("a no parking sign on a pole")) == ["sign", "pole"]
    assert triples(parser("no turn sign on the pole")) != set()


def test_the_account_says_why_nothing_is_drawn(parser):
    found = ground(parser("a street without cars"), VOCABULARY)
    assert [item.name for item in found.graph.objects] == ["road"]
    assert {word.word: word.reason for word in found.account.dropped} == {"without": DENIED, "cars": DENIED}


def test_where_all_is_denied_one_sentence_says_that_nothing_can_be_drawn(parser):
    parsed = parser("no people and no cars")
    with pytest.raises(InputError, match="No object was found"):
        require_objects(ground(parsed, VOCABULARY), parsed)


def test_clearnlp_trees_deny_too():
    tree = doc("the/DT/det/1 dog/NN/nsubj/2 is/VBZ/ROOT/2/be not/RB/neg/2 on/IN/prep/2 the/DT/det/6 bed/NN/pobj/4")
    assert triples(parse_doc(tree)) == set()
    tree = doc("a/DT/det/1 street/NN/ROOT/1 with/IN/prep/1 no/DT/det/4 cars/NNS/pobj/2/car")
    assert names(parse_doc(tree)) == ["street"]


def test_but_ends_what_is_denied(parser):
    parsed = parser("there are no dogs but two cats in the field")
    assert names(parsed) == ["cats", "field"]
    assert triples(parsed) == {"cats | in | field"}
