"""Scenes as words: what they bring, and what they leave alone."""

import pytest

from sg2im_errors import InputError
from sg2im_parsers import SceneGraphParser, load_pipeline
from sg2im_parsers.grounding.account import require_every_word
from sg2im_parsers.grounding.scenes import MOST_BESIDE_OTHERS, packaged_scenes
from sg2im_parsers.grounding.sentence import ground, require_objects
from sg2im_parsers.stories.story import read_story
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import resolve

DEFAULT = Vocabulary.from_json(resolve("default").config["vocabulary"])
FEW = Vocabulary.from_names(["cat", "wall", "couch", "stove"], ["on", "in", "above"], ["wall"])
PLACES = [word for word, kind in packaged_scenes().items() if not kind.alone]


@pytest.fixture(scope="module")
def parse():
    return SceneGraphParser(load_pipeline())


@pytest.fixture(scope="module")
def names(parse):
    def find(text, vocabulary=DEFAULT, **options):
        return [item.name for item in ground(parse(text), vocabulary, **options).graph.objects]

    return find


def test_the_default_vocabulary_has_every_word_of_the_table():
    for kind in packaged_scenes().values():
        assert all(map(DEFAULT.has_object, kind.objects))
        said = {end for subject, _, other in kind.relationships for end in (subject, other)}
        assert said <= set(kind.objects)
        assert {predicate for _, predicate, _ in kind.relationships} <= {"above", "below"}


@pytest.mark.parametrize("word", PLACES)
def test_a_scene_alone_is_what_there_is_in_it_once_each(names, word):
    found = names(f"a {word}")
    assert sorted(found) == sorted(packaged_scenes()[word].objects)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("a cat in a kitchen", ["cat"]),
        ("a woman standing in her kitchen", ["person"]),
        ("a cat on a table in a kitchen", ["cat", "table"]),
        ("children playing on a playground", ["person", "person"]),
        ("a boy walking through a hallway", ["person"]),
        ("a harbor with boats", ["boat", "boat"]),
        ("a painting of a bedroom on the wall of an office", ["painting", "wall"]),
    ],
)
def test_what_is_in_a_scene_comes_first_and_what_is_around_it_after(names, text, first):
    found = names(text)
    assert found[: len(first)] == first == names(text, scenes=False)
    assert 0 < len(found) - len(first) <= MOST_BESIDE_OTHERS


@pytest.mark.parametrize(
    "text",
    [
        "a kitchen table",
        "a bathroom sink",
        "a picture of a kitchen on a wall",
        "a painting of a playground next to a door",
        "a dog next to a kitchen",
        "a car behind an office",
        "a woman on a beach",
        "two cars in a parking lot",
        "a cat on a mat",
    ],
)
def test_what_is_no_scene_is_as_without_scenes(parse, text):
    assert ground(parse(text), DEFAULT) == ground(parse(text), DEFAULT, scenes=False)


@pytest.mark.parametrize("text", ["a kitchen with a stove", "a small kitchen with two stoves", "a stove in a kitchen"])
def test_what_a_sentence_names_is_not_brought_once_more(names, text):
    assert names(text).count("stove") == names(text, scenes=False).count("stove")


def test_what_a_sentence_denies_is_not_brought(names):
    assert "stove" in names("a kitchen")
    assert "stove" not in names("a kitchen without a stove")


def test_two_scenes_share_what_both_have(names):
    found = names("a bedroom and a bathroom")
    assert len(found) == len(set(found))
    assert {"bed", "toilet"} <= set(found)


def test_a_word_that_is_an_object_too_brings_more_only_alone(names):
    assert names("a city") == ["building", "sky"]
    assert names("a bus in a city") == names("a bus in a city", scenes=False)


def test_who_is_in_a_scene_stands_on_its_floor_unless_it_is_said_where(parse):
    def told(text):
        graph = ground(parse(text), DEFAULT).graph
        return {(graph.objects[r.subject].name, r.predicate, graph.objects[r.object].name) for r in graph.relationships}

    assert ("cat", "on", "floor") in told("a cat in a kitchen")
    assert ("cat", "on", "floor") not in told("a cat on a table in a kitchen")
    assert ("table", "on", "floor") in told("a cat on a table in a kitchen")


def test_other_vocabularies_bring_what_they_have_by_their_own_names(names):
    assert names("a kitchen", FEW) == ["wall", "stove"]
    assert names("a living room", FEW) == ["wall", "couch"]


def test_a_vocabulary_that_has_nothing_of_a_scene_drops_it(parse):
    parsed = parse("a kitchen")
    with pytest.raises(InputError, match="cannot draw 'kitchen'"):
        require_objects(ground(parsed, Vocabulary.from_names(["cat"], ["on"])), parsed)


@pytest.mark.parametrize(
    "text", ["a kitchen", "a cat in a kitchen", "a kitchen with a table", "a man cooking in a kitchen"]
)
def test_strict_passes_a_scene_that_brought_something(parse, text):
    require_every_word(ground(parse(text), DEFAULT).account)
    with pytest.raises(InputError, match="kitchen"):
        require_every_word(ground(parse(text), DEFAULT, scenes=False).account)


def test_the_account_says_what_a_scene_is_drawn_with(parse):
    grounded = ground(parse("a white kitchen"), DEFAULT)
    white, kitchen = grounded.account.words
    assert kitchen.rule == "a scene"
    assert kitchen.becomes == ", ".join(item.name for item in grounded.graph.objects)
    assert (white.status, white.reason) == ("dropped", "'kitchen' is a scene; say it of a thing in it")


def test_a_story_begins_in_a_scene_and_what_is_added_brings_no_other(parse):
    kitchen, cat = read_story("a kitchen\nand a cat", parse, DEFAULT)
    assert len(kitchen.graph.objects) > 2
    assert [item.name for item in cat.graph.objects] == [*(item.name for item in kitchen.graph.objects), "cat"]
    _, cat = read_story("a dog\nadd a cat in a kitchen", parse, DEFAULT)
    assert [item.name for item in cat.graph.objects] == ["dog", "cat"]
    with pytest.raises(InputError, match="line 1"):
        read_story("a kitchen", parse, DEFAULT, scenes=False)
