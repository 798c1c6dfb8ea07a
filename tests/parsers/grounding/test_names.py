"""Names as tools write them are reached by sentences, and `words` promises what `parse` keeps."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sg2im_cli.cli.commands.words import becomes, listed
from sg2im_errors import InputError
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.graph import object_match
from sg2im_parsers.grounding.lexicon import packaged_lexicon
from sg2im_parsers.grounding.sentence import ground
from sg2im_parsers.grounding.vocabulary_lexicon import VocabularyLexicon
from sg2im_parsers.vocabulary import Vocabulary, as_letters

NOUNS = (
    "car",
    "dog",
    "grass",
    "sky",
    "plant",
    "glass",
    "traffic light",
    "potted plant",
    "wine glass",
    "dining table",
    "fire hydrant",
    "stop sign",
    "teddy bear",
    "cell phone",
    "hot dog",
    "hair drier",
    "remote",
    "tennis racket",
    "baseball bat",
    "street sign",
    "stuffed animal",
)
STYLES = (
    str,
    str.title,
    str.upper,
    lambda name: name + " ",
    lambda name: name.replace(" ", "_"),
    lambda name: name.title().replace(" ", "_"),
    lambda name: name.replace(" ", "-"),
    lambda name: name.title().replace(" ", ""),
)
NAMES = st.builds(lambda name, style: style(name), st.sampled_from(NOUNS), st.sampled_from(STYLES))


@cache
def parser():
    return SceneGraphParser(load_pipeline(None))


def drawn(text, vocabulary):
    """The objects that a sentence becomes."""
    return {item.name for item in ground(parser()(text), vocabulary).graph.objects}


def promised(word, vocabulary):
    """What `sg2im words` says a word becomes; None if it says that there is no such word."""
    try:
        return becomes(word, vocabulary)
    except InputError:
        return None


@settings(max_examples=100, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=6, unique=True), st.sampled_from(NOUNS))
def test_words_and_parse_agree(names, noun):
    """Every name that is listed draws itself, said plainly or as it is written; what is promised of others is kept."""
    vocabulary = Vocabulary.from_names([*names, ""], ["above"])
    assert sorted(listed(vocabulary)) == sorted(names)
    for name in names:
        for said in (name.lower(), next(noun for noun in NOUNS if as_letters(noun) == as_letters(name))):
            found = drawn(f"There is a {said}.", vocabulary)
            assert {as_letters(other) for other in found} == {as_letters(name)}, said
    expected = promised(noun, vocabulary)
    assert drawn(f"There is a {noun}.", vocabulary) == ({expected} if expected else set())


@settings(max_examples=100, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=6, unique=True), NAMES)
def test_names_in_a_graph_are_those_of_a_sentence(names, label):
    vocabulary = Vocabulary.from_names(names, ["above"])
    words = VocabularyLexicon(packaged_lexicon(), vocabulary)
    for name in names:
        assert object_match(words, name).name == name
    found = object_match(words, label)
    alike = [name for name in names if as_letters(name) == as_letters(label)]
    assert (found is not None and found.name in alike) == bool(alike)


def test_a_name_that_the_grammar_takes_apart():
    """With both in the vocabulary, a potted plant is one, and a red plant is a red plant."""
    vocabulary = Vocabulary.from_names(["plant", "potted plant"], ["above"], attributes=["red", "potted"])
    for text, name, said in (
        ("two potted plants", "potted plant", ()),
        ("a red potted plant", "potted plant", ("red",)),
        ("a red plant", "plant", ("red",)),
    ):
        objects = ground(parser()(text), vocabulary).graph.objects
        assert {(item.name, item.attributes) for item in objects} == {(name, said)}
    grounded = ground(parser()("a potted plant"), vocabulary)
    assert [(word.word, word.becomes) for word in grounded.account.words] == [
        ("potted", "potted plant"),
        ("plant", "potted plant"),
    ]


@pytest.mark.parametrize("predicate", ["next to", "Next_To", "next-to", "next to "])
def test_relations_as_tools_write_them(predicate):
    vocabulary = Vocabulary.from_names(["dog", "car"], [predicate])
    words = VocabularyLexicon(packaged_lexicon(), vocabulary)
    assert words.predicate(predicate).name == words.predicate("next to").name == predicate
    said = ground(parser()("a dog next to a car"), vocabulary).graph.relationships
    assert [relationship.predicate for relationship in said] == [predicate]


@pytest.mark.parametrize("attribute", ["red", "Red", "red ", "RED"])
def test_attributes_as_tools_write_them(attribute):
    vocabulary = Vocabulary.from_names(["dog"], ["above"], attributes=[attribute])
    assert ground(parser()("a red dog"), vocabulary).graph.objects[0].attributes == (attribute,)


@pytest.mark.parametrize(
    ("name", "stuff"),
    [
        ("sky-other", True),
        ("mirror-stuff", True),
        ("wall-brick", True),
        ("window-blind", True),
        ("Grass", True),
        ("potted-plant", False),
        ("water-bottle", False),
        ("wall-clock", False),
        ("t-shirt", False),
    ],
)
def test_a_hyphen_makes_no_stuff(name, stuff):
    words = VocabularyLexicon(packaged_lexicon(), Vocabulary.from_names([name], ["above"]))
    assert words.is_stuff(name) == stuff
