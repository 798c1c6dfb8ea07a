"""Several sentences: pronouns, repeated nouns, "another", "the other one", "each", "both"."""

import pytest

from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.sentence import ground
from sg2im_parsers.vocabulary import Vocabulary
from tests.parsers.trees import names, triples

VOCABULARY = Vocabulary.from_names(["cat", "person", "horse", "hat", "sofa", "table"], ["on", "under", "around"])


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


@pytest.mark.parametrize(
    ("text", "objects", "relations"),
    [
        (
            "A dog is on a bed. It is next to a lamp.",
            ["dog", "bed", "lamp"],
            {"dog | on | bed", "dog | next to | lamp"},
        ),
        (
            "A man is riding a horse. He is wearing a hat. The horse is brown.",
            ["man", "horse", "hat"],
            {"man | ride | horse", "man | wear | hat"},
        ),
        (
            "A cat is on a chair. Another cat is under the table.",
            ["cat", "chair", "cat", "table"],
            {"cat | on | chair", "cat | under | table"},
        ),
        (
            "A cat is on a chair. Another is under the table.",
            ["cat", "chair", "cat", "table"],
            {"cat | on | chair", "cat | under | table"},
        ),
        (
            "There are two cats. One is on the sofa. The other one is under the table.",
            ["cat", "cat", "sofa", "table"],
            {"cat | on | sofa", "cat | under | table"},
        ),
        (
            "A red car and a blue car are on the street. The red one is in front of a house.",
            ["car", "car", "street", "house"],
            {"car | on | street", "car | in front of | house"},
        ),
        (
            "There are two chairs. The red one is near a table.",
            ["chair", "chair", "table"],
            {"chair | near | table"},
        ),
        (
            "There are two cats. The black one is on a bed, the white one sits on a chair.",
            ["cat", "cat", "bed", "chair"],
            {"cat | on | bed", "cat | sit on | chair"},
        ),
        (
            "Two men are on horses. Each is wearing a hat.",
            ["men", "horses", "hat"],
            {"men | on | horses", "men | wear | hat"},
        ),
        (
            "A cat and a dog are on a bed. They are under a lamp.",
            ["cat", "dog", "bed", "lamp"],
            {"cat | on | bed", "dog | on | bed", "cat | under | lamp", "dog | under | lamp"},
        ),
        ("a shirt under another", ["shirt", "shirt"], {"shirt | under | shirt"}),
    ],
)
def test_which_thing_is_meant(parser, text, objects, relations):
    parsed = parser(text)
    assert names(parsed) == objects
    assert triples(parsed) == relations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There are two cats. One is black and the other is white.", [("white",), ("black",)]),
        ("one dog is brown and the other one is white", [("brown",), ("white",)]),
        ("The first car is red. The second car is blue.", [("red",), ("blue",)]),
        ("A man and a woman are here. Both are smiling.", [("smiling",), ("smiling",)]),
        ("Two dogs are here. They are sleeping.", [("sleeping",)]),
    ],
)
def test_each_thing_gets_what_is_said_of_it(parser, text, expected):
    assert [thing.attributes for thing in parser(text).graph.objects] == expected


def test_one_and_the_other_are_two_in_the_picture_and_in_the_account(parser):
    parsed = parser("There are two cats. One is on the sofa. The other one is under the table.")
    found = ground(parsed, VOCABULARY)
    assert [item.name for item in found.graph.objects] == ["cat", "cat", "sofa", "table"]
    assert {(r.subject, r.predicate, r.object) for r in found.graph.relationships} == {(1, "on", 2), (0, "under", 3)}
    told = {word.word: (word.status, word.becomes) for word in found.account.words}
    assert told["two"] == ("mapped", "2 x cat")
    assert told["One"] == ("mapped", "cat")


def test_each_of_two_has_one(parser):
    found = ground(parser("Two men are on horses. Each is wearing a hat."), VOCABULARY)
    assert [item.name for item in found.graph.objects] == ["person", "person", "horse", "horse", "hat", "hat"]


def test_what_has_no_meaning_before_it_is_left_alone(parser):
    for text in ("the other one", "another", "each", "both are red", "one", "they"):
        parsed = parser(text)
        assert len(parsed.mentions) == len(parsed.graph.objects) <= 1


def test_things_with_things_on_them(parser):
    assert triples(parser("a table and a chair with stickers on them")) == {
        "stickers | on | table",
        "stickers | on | chair",
    }
