"""Where "with" and "have" put things, and how many objects a plural is."""

import pytest

from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.sentence import ground
from sg2im_parsers.vocabulary import Vocabulary

NAMES = ["person", "dog", "cat", "building", "door", "road", "car", "sand", "mountain", "clothes", "scissors", "table"]
VOCABULARY = Vocabulary.from_names(
    NAMES, ["on", "beside", "behind", "around"], ["building", "road", "sand", "mountain"]
)


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


def told(found):
    names = [item.name for item in found.graph.objects]
    return [f"{names[r.subject]} {r.predicate} {names[r.object]}" for r in found.graph.relationships]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a house with a red door", ["door on building"]),
        ("a street with a car", ["car on road"]),
        ("a man with a dog", ["person beside dog"]),
        ("a man has a cat", ["person beside cat"]),
        ("the dog's house", ["dog beside building"]),
        ("a beach with mountains in the background", ["mountain behind sand"]),
        ("a street with a car in the foreground", ["car on road"]),
    ],
)
def test_where_what_something_has_is(parser, text, expected):
    assert told(ground(parser(text), VOCABULARY)) == expected


def test_a_vocabulary_without_such_relations_gets_the_usual_one(parser):
    plain = Vocabulary.from_names(NAMES, ["on"], [])
    assert told(ground(parser("a beach with a mountain in the background"), plain)) == ["mountain on sand"]
    assert told(ground(parser("a man with a dog"), plain)) == ["dog on person"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("scissors on a table", ["scissors", "table"]),
        ("two pairs of scissors", ["scissors", "scissors"]),
        ("a man in jeans", ["person", "clothes"]),
        ("dogs on a table", ["dog", "dog", "table"]),
    ],
)
def test_a_pair_of_jeans_is_one_object(parser, text, expected):
    assert [item.name for item in ground(parser(text), VOCABULARY).graph.objects] == expected


def test_words_that_only_name_the_picture_are_no_attributes(parser):
    account = ground(parser("a photo of a red car"), VOCABULARY).account
    assert {word.word: word.reason for word in account.dropped} == {"red": "this model knows no attributes"}
    assert {word.word: word.status for word in account.words}["photo"] == "style"


def test_coffee_in_a_cup_is_the_cup(parser):
    words = Vocabulary.from_names(["cup", "table"], ["on", "in"])
    found = ground(parser("two cups of coffee on a table"), words)
    assert [item.name for item in found.graph.objects] == ["cup", "cup", "table"]
    assert told(found) == ["cup on table"] * 2
    assert {word.word: word.becomes for word in found.account.words}["coffee"] == "cup"
    assert told(ground(parser("coffee on a table"), words)) == ["cup on table"]
