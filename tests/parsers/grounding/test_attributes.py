"""Attributes of a sentence in a model's words: the packaged data, single words, whole sentences, and given graphs."""

from dataclasses import replace

import pytest

from sg2im_errors import Sg2imError
from sg2im_parsers import SceneGraphParser, load_pipeline
from sg2im_parsers.english.word_lists import read_data
from sg2im_parsers.errors import UnknownWordsError
from sg2im_parsers.grounding.attribute_data import AttributeWords, packaged_attribute_words
from sg2im_parsers.grounding.graph import ground_graph, known_part
from sg2im_parsers.grounding.lexicon import packaged_lexicon
from sg2im_parsers.grounding.sentence import MOST_OBJECTS, ground
from sg2im_parsers.grounding.vocabulary_lexicon import VocabularyLexicon
from sg2im_parsers.scene_graph import SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

COLORS = ("black", "white", "red", "green", "yellow", "blue", "brown", "orange", "pink", "purple", "gray")
OBJECTS = ("car", "dog", "house", "man", "cup", "orange", "road", "sky")
KNOWING = Vocabulary.from_names(
    OBJECTS, ["on", "in", "beside"], ["road", "sky"], [*COLORS, "small", "large", "tall", "wide"]
)
PAPER = replace(KNOWING, attributes=())
GENOME = Vocabulary.from_names(["car"], ["on"], attributes=["white", "big", "little", "grey", "white ", "gold", "dark"])


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


def find(text, vocabulary=KNOWING):
    found = VocabularyLexicon(packaged_lexicon(), vocabulary).attribute(text)
    return None if found is None else (found.name, found.rule)


def said(grounded):
    return {item.name: item.attributes for item in grounded.graph.objects}


def statuses(grounded):
    return {word.word: (word.status, word.becomes, word.rule or word.reason) for word in grounded.account.words}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("red", ("red", "exact")),
        ("Red", ("red", "exact")),
        ("grey", ("gray", "spelling")),
        ("big", ("large", "synonym")),
        ("scarlet", ("red", "kind of")),
        ("enormous", ("large", "kind of")),
        ("golden", ("yellow", "kind of")),
        ("silvery", ("gray", "kind of")),
        ("dark green", ("green", "shade")),
        ("light-blue", ("blue", "shade")),
        ("off-white", ("white", "shade")),
        ("dark grey", ("gray", "shade")),
        ("navy", ("blue", "kind of")),
        ("red-colored", ("red", "spelling")),
        ("dark red coloured", ("red", "shade")),
        ("biggest", ("large", "base form")),
        ("tinier", ("small", "base form")),
        ("taller", ("tall", "base form")),
        ("widest", ("wide", "base form")),
        # neither blue nor green, no colour a person would agree on, not a size, not red, and nothing at all
        *((word, None) for word in ("turquoise", "beige", "young", "non-red", "red and blue", "", "er", "est", "-")),
        *((word, None) for word in ("dark", "light wooden", "colored", "blue-ish light", "silverer est")),
    ],
)
def test_a_word_that_is_said_of_a_thing(text, expected):
    assert find(text) == expected


def test_the_words_that_a_vocabulary_has_come_first():
    assert find("big", GENOME) == ("big", "exact")
    assert find("huge", GENOME) == ("big", "kind of")
    assert find("tiny", GENOME) == ("little", "kind of")
    assert find("golden", GENOME) == ("gold", "kind of")
    assert find("silver", GENOME) == ("grey", "kind of")
    assert find("white", GENOME) == ("white", "exact")  # "white " is there too


def test_a_model_without_attributes_has_none_for_any_word():
    assert all(find(word, PAPER) is None for word in (*COLORS, "dark blue", "biggest"))


def test_whatever_the_data_maps_reaches_an_attribute_of_the_embedded_kind():
    words = packaged_attribute_words()
    assert words.colors == set(COLORS)
    assert {find(kind)[0] for kind in words.kinds} <= set(KNOWING.attributes)
    assert all(find(f"{shade} blue") == ("blue", "shade") for shade in words.shades)
    assert not words.degrees & words.hardly


DATA = read_data("attributes.toml")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shades": ["dark", "dark"]}, "'dark' twice in 'shades'"),
        ({"degrees": ["Very"]}, "'Very' in 'degrees'; write words in lower case"),
        ({"synonyms": [["large", "big"], ["big", "tall"]]}, "'big' twice in 'synonyms'"),
        ({"kinds": {"crimson": ["ruby"], "ruby": ["scarlet"], "scarlet": ["ruby"]}}, "make 'ruby' a kind of itself"),
        ({"kinds": {"red": ["red"]}}, "make 'red' a kind of itself"),
        ({"people": None}, "lack 'people'"),
    ],
)
def test_data_that_is_wrong_says_where(change, message):
    data = {key: value for key, value in (DATA | change).items() if value is not None}
    with pytest.raises(Sg2imError, match=message):
        AttributeWords.from_data(data)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a red car on the road", {"car": ("red",), "road": ()}),
        ("the car is blue", {"car": ("blue",)}),
        ("a big red car beside a tiny dog", {"car": ("large", "red"), "dog": ("small",)}),
        ("a black and white dog", {"dog": ("black", "white")}),
        ("a crimson red car", {"car": ("red",)}),  # once
        ("the sky is dark blue", {"sky": ("blue",)}),
        ("an off-white house", {"house": ("white",)}),
        ("a reddish brown dog", {"dog": ("brown",)}),
        ("the orange is orange", {"orange": ("orange",)}),
        ("the car is not red", {"car": ()}),
        ("a car that is not very large", {"car": ()}),
        ("a less red car", {"car": ()}),
        ("an almost white house", {"house": ()}),
        ("a white man beside a black dog", {"man": (), "dog": ("black",)}),
        ("a tall man", {"man": ("tall",)}),
    ],
)
def test_a_sentence_with_a_model_that_knows_attributes(parser, text, expected):
    assert said(ground(parser(text), KNOWING)) == expected


def test_every_copy_has_what_is_said_of_all(parser):
    found = ground(parser("three tiny white dogs and a red car"), KNOWING).graph.objects
    assert [item.attributes for item in found] == [("small", "white")] * 3 + [("red",)]


def test_the_account_says_of_each_attribute_what_became_of_it(parser):
    found = statuses(ground(parser("a very large, shiny car beside a sky blue house and a red unicorn"), KNOWING))
    assert found["very"] == ("mapped", "large", "degree")
    assert found["large"] == ("kept", "large", None)
    assert found["shiny"] == ("dropped", None, "this model knows no attribute 'shiny'")
    assert found["blue"] == ("kept", "blue", None)
    assert found["red"] == ("dropped", None, "'unicorn' was dropped")
    found = statuses(ground(parser("a light blue car and a huge dog that is not red"), KNOWING))
    assert found["light"] == found["blue"] == ("mapped", "blue", "shade")
    assert found["huge"] == ("mapped", "large", "kind of")
    assert found["red"][2] == "the text says that it is not so"
    found = statuses(ground(parser("a barely red car with a white man"), KNOWING))
    assert found["barely"] == found["red"] == ("dropped", None, "the text says that it is not quite so")
    assert found["white"] == ("dropped", None, "said of people it is not the colour of what is drawn")


def test_attributes_that_are_spelled_alike_are_named(parser):
    found = ground(parser("a spotless dog"), replace(KNOWING, attributes=("red", "spotted")))
    (word,) = [word for word in found.account.words if word.word == "spotless"]
    assert (word.status, word.nearest) == ("dropped", ("spotted",))


def test_a_misspelled_attribute_is_read_and_the_account_says_so(parser):
    found = ground(parser("a greeny car"), KNOWING)
    assert (said(found), statuses(found)["greeny"]) == ({"car": ("green",)}, ("mapped", "green", "read as 'green'"))


def test_what_a_cup_holds_does_not_color_the_cup(parser):
    found = ground(parser("a cup of black coffee"), KNOWING)
    assert said(found) == {"cup": ()}
    assert statuses(found)["black"][2] == "'coffee' is drawn only as the 'cup' that it is in"


def test_a_hyphen_is_no_word_of_the_account(parser):
    for vocabulary in (KNOWING, PAPER):
        assert "-" not in statuses(ground(parser("an off-white house"), vocabulary))


def test_attributes_of_what_is_too_much_are_dropped_with_it(parser):
    text = "eight dogs, eight cars, eight cups and eight houses beside a red car"
    found = ground(parser(text), KNOWING)
    assert len(found.graph.objects) == MOST_OBJECTS
    assert statuses(found)["red"] == ("dropped", None, f"at most {MOST_OBJECTS} objects are drawn")


@pytest.mark.parametrize("text", ["a very large red car", "two tiny dogs", "the car is not red", "a light blue house"])
def test_a_model_without_attributes_is_told_nothing(parser, text):
    found = ground(parser(text), PAPER)
    assert all(item.attributes == () for item in found.graph.objects)
    assert {"this model knows no attributes", "the text says that it is not so"} & {
        word.reason for word in found.account.dropped
    }


def test_a_given_graph_is_checked_and_its_words_replaced():
    graph = SceneGraph((SceneObject(name="car", attributes=("scarlet", "red", "big"), quantity=2),))
    found = ground_graph(graph, KNOWING)
    assert [item.attributes for item in found.objects] == [("red", "large")] * 2
    assert ground_graph(found, KNOWING) == found


def test_a_given_graph_with_an_unknown_attribute_is_refused():
    graph = SceneGraph((SceneObject(name="car", attributes=("whiteish", "shiny")), SceneObject(name="unicorn")))
    message = (
        r"do not know 'unicorn'.*, the attribute 'whiteish' \(nearest: white.*\), the attribute 'shiny'.*; use other"
    )
    with pytest.raises(UnknownWordsError, match=message) as error:
        ground_graph(graph, KNOWING)
    assert error.value.words == ("unicorn", "whiteish", "shiny")


def test_a_given_graph_for_a_model_without_attributes_loses_them():
    graph = SceneGraph((SceneObject(name="car", attributes=("shiny",)),))
    assert ground_graph(graph, PAPER) == SceneGraph((SceneObject(name="car"),))


def test_of_a_story_s_graph_unknown_attributes_are_left_out_and_said():
    graph = SceneGraph((SceneObject(name="car", attributes=("shiny", "red")), SceneObject(name="unicorn")))
    known, lost = known_part(graph, KNOWING)
    assert known == SceneGraph((SceneObject(name="car", attributes=("red",)),))
    assert lost == ("unicorn", "shiny")
    assert known_part(graph, PAPER)[1] == ("unicorn",)  # as every attribute is


@pytest.mark.parametrize(
    ("old", "new", "over"),
    [
        ("red", "blue", True),
        ("red", "red", False),
        ("large", "small", True),
        ("small", "large", True),
        ("large", "red", False),
        ("tall", "wide", False),
    ],
)
def test_what_is_said_later_takes_the_place_of_what_it_contradicts(old, new, over):
    assert packaged_attribute_words().contradict(old, new) is over
