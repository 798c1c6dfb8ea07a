"""Numbers that a sentence implies, and what "each other" means."""

import pytest

from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.sentence import ground
from sg2im_parsers.vocabulary import Vocabulary
from tests.parsers.trees import names, triples

VOCABULARY = Vocabulary.from_names(["person", "cat", "dog", "hat", "bed"], ["on", "beside", "around"], ["bed"])


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two cats next to each other", {"cat | next to | cat"}),
        ("two zebras standing next to one another", {"zebra | stand next to | zebra"}),
        ("a cat and a dog next to each other", {"cat | next to | dog"}),
        ("two cars parked side by side", {"car | park side by side with | car"}),
        ("two dogs facing each other on a bed", {"dog | face | dog", "dog | on | bed"}),
    ],
)
def test_each_other_is_one_more_of_the_kind_or_the_other_of_two(parser, text, expected):
    assert triples(parser(text)) == expected


def test_what_is_said_of_a_group_holds_for_each_of_it(parser):
    found = ground(parser("three cats next to each other on a bed"), VOCABULARY)
    assert [item.name for item in found.graph.objects] == ["cat", "cat", "cat", "bed"]
    said = {(r.subject, r.predicate, r.object) for r in found.graph.relationships}
    assert said == {(0, "beside", 2), (1, "beside", 2), (0, "on", 3), (1, "on", 3), (2, "on", 3)}
    account = {word.word: (word.status, word.becomes) for word in found.account.words}
    assert account["three"] == ("mapped", "3 x cat")
    assert account["each"] == account["other"] == ("mapped", "cat")


def test_several_people_wear_as_many_hats(parser):
    parsed = parser("two men wearing hats")
    assert [thing.quantity for thing in parsed.graph.objects] == [2, None]  # nobody said how many hats
    assert [mention.amount for mention in parsed.mentions] == [2, 2]
    found = ground(parsed, VOCABULARY)
    assert [item.name for item in found.graph.objects] == ["person", "person", "hat", "hat"]
    assert len(found.graph.relationships) == 2
    assert {word.word: word.becomes for word in found.account.words}["two"] == "2 x person, 2 x hat"


@pytest.mark.parametrize("text", ["three men each wearing a hat", "three men each with a hat"])
def test_each_of_several_has_one(parser, text):
    assert [thing.quantity for thing in parser(text).graph.objects] == [3, 3]


def test_each_of_two_that_are_named_does_it(parser):
    assert triples(parser("a boy and a girl each holding a ball")) == {"boy | hold | ball", "girl | hold | ball"}


@pytest.mark.parametrize("text", ["two men wearing the hats", "two men wearing a hat", "two men near hats"])
def test_other_things_are_not_shared_out(parser, text):
    assert [thing.quantity for thing in parser(text).graph.objects] == [2, None]


def test_each_other_that_nobody_can_mean_makes_nothing(parser):
    assert names(parser("each other")) == []
