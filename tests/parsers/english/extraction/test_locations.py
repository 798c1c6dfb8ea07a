"""Where in the picture a thing is: kept on the thing, not as an object "left"."""

import json

import pytest

from sg2im_parsers.english.open_graph import open_json
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.graph_json import graph_from_json, graph_to_json
from sg2im_parsers.grounding.account import require_every_word
from sg2im_parsers.grounding.sentence import ground
from sg2im_parsers.scene_graph import SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary
from tests.parsers.trees import triples

VOCABULARY = Vocabulary.from_names(["dog", "mountain", "person"], ["on"], ["mountain"])


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


def places(parsed):
    return {thing.text: thing.place for thing in parsed.graph.objects}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a dog on the left", {"dog": "on the left"}),
        ("the dog is on the left", {"dog": "on the left"}),
        ("a kite in the top right corner", {"kite": "in the top right corner"}),
        ("a bird in the upper left corner of the picture", {"bird": "in the upper left corner"}),
        ("a mountain in the background", {"mountain": "in the background"}),
        ("in the background there is a mountain", {"mountain": "in the background"}),
        ("people sitting in the background", {"people": "in the background"}),
        ("a man with a hat in the foreground", {"man": "in the foreground", "hat": None}),
        ("a beach with mountains in the background", {"beach": None, "mountains": "in the background"}),
        ("a house with a red door on the left", {"house": "on the left", "door": None}),
        ("a tree in the middle and a house on the right", {"tree": "in the middle", "house": "on the right"}),
        ("on the left, a dog; on the right, a cat", {"dog": "on the left", "cat": "on the right"}),
        ("a red car at the bottom of the image", {"car": "at the bottom"}),
        ("a dog on the left in the background", {"dog": "on the left in the background"}),
        (
            "a man on the left and a dog on the right, a tree in the background",
            {"man": "on the left", "dog": "on the right", "tree": "in the background"},
        ),
        ("two horses on the far right", {"horses": "on the far right"}),
    ],
)
def test_a_place_in_the_picture_is_kept_on_what_is_there(parser, text, expected):
    parsed = parser(text)
    assert places(parsed) == expected
    for mention, thing in zip(parsed.mentions, parsed.graph.objects, strict=True):
        assert " ".join(parsed.words[i].text for i in mention.place_words) == (thing.place or "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a man to the left of a tree", {"man | left of | tree"}),
        ("a dog in the middle of the road", {"dog | in middle of | road"}),
        ("a sink on the right wall", {"sink | on | right wall"}),
        ("a man holding a beer in the right hand", {"man | hold | beer", "beer | in | right hand"}),
        ("a desk with books on top", {"desk | with | books"}),
    ],
)
def test_places_on_things_are_none_in_the_picture(parser, text, expected):
    parsed = parser(text)
    assert set(places(parsed).values()) == {None}
    assert triples(parsed) == expected


def test_every_copy_has_the_place_and_the_account_says_what_became_of_it(parser):
    found = ground(parser("two dogs on the left"), VOCABULARY)
    assert [(item.name, item.place) for item in found.graph.objects] == [("dog", "on the left")] * 2
    assert not found.account.dropped
    require_every_word(found.account)
    told = [(word.word, word.status, word.becomes) for word in found.account.words]
    assert told[2:] == [("on", "kept", "on the left"), ("left", "kept", "on the left")]
    assert all("the graph keeps it" in (word.reason or "") for word in found.account.words[2:])


def test_the_place_of_what_cannot_be_drawn_is_dropped_with_it(parser):
    account = ground(parser("a unicorn on the left and a dog"), VOCABULARY).account
    assert [(word.word, word.reason) for word in account.dropped][1:] == [
        ("on", "'unicorn' was dropped"),
        ("left", "'unicorn' was dropped"),
    ]


def test_open_json_draws_the_background_only_by_convention(parser):
    text = "two mountains in the background and a dog on the left"
    assert [thing["text"] for thing in open_json(parser(text))["objects"]] == ["mountains", "dog"]
    graph = open_json(SceneGraphParser(parser.nlp, "factual")(text))
    assert [thing["text"] for thing in graph["objects"]] == ["mountains", "dog", "background"]
    assert [thing.get("place") for thing in graph["objects"]] == ["in the background", "on the left", None]
    assert graph["relationships"] == [[0, "in", 2]]


def test_a_place_survives_json():
    graph = SceneGraph((SceneObject(name="dog", place="on the left"),))
    assert graph_from_json(json.loads(json.dumps(graph_to_json(graph)))) == graph
