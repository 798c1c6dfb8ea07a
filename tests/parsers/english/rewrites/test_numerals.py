"""Collectives and quantities: exact numbers, vague ones, and how many are drawn."""

import pytest

from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.copies import MOST_COPIES, spread_quantities
from sg2im_parsers.grounding.sentence import ground
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary
from tests.parsers.trees import names, triples

VOCABULARY = Vocabulary.from_names(["bird", "sheep", "car", "dog", "snow", "tree"], ["on", "in"], ["snow", "tree"])


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


@pytest.mark.parametrize(
    ("text", "name", "quantity", "amount"),
    [
        ("a herd of sheep", "sheep", None, 3),
        ("a couple of cars", "cars", 2, 2),
        ("a row of trees", "trees", None, 3),
        ("a group of people", "people", None, 3),
        ("dozens of birds", "birds", None, 12),
        ("hundreds of birds", "birds", None, 100),
        ("a school of fish", "fish", None, 3),
        ("a line of cars", "cars", None, 3),
        ("a swarm of bees", "bees", None, 5),
        ("three or four boats", "boats", None, 4),
        ("both dogs", "dogs", 2, 2),
        ("two of the dogs", "dogs", 2, 2),
        ("one of the cats", "cats", None, 1),
        ("a trio of women", "women", 3, 3),
        ("a dozen eggs", "eggs", 12, 12),
        ("two dozen eggs", "eggs", 24, 24),
        ("half a dozen cats", "cats", 6, 6),
        ("twenty-five birds", "birds", 25, 25),
        ("one hundred and twenty birds", "birds", 120, 120),
        ("five hundred birds", "birds", 500, 500),
        ("2,000 people", "people", 2000, 2000),
        ("a thousand birds", "birds", 1000, 1000),
        ("several hundred birds", "birds", None, 300),
        ("about ten sheep", "sheep", None, 10),
        ("more than two boats", "boats", None, 3),
        ("at least three cars", "cars", None, 3),
    ],
)
def test_how_many(parser, text, name, quantity, amount):
    parsed = parser(text)
    assert names(parsed) == [name]
    assert (parsed.graph.objects[0].quantity, parsed.mentions[0].amount) == (quantity, amount)
    assert parsed.mentions[0].number_words


def test_a_school_of_brick_is_a_school(parser):
    assert "school" in names(parser("a school of brick"))


def test_numbers_that_stand_beside_each_other_are_two(parser):
    assert parser("two three story houses").graph.objects[0].quantity != 5


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("a thousand birds", MOST_COPIES),
        ("a herd of sheep", 3),
        ("a lot of snow", 1),
        ("plenty of snow", 1),
        ("some snow", 1),
        ("three trees", 3),
        ("a row of trees", 3),
        ("999999999999999999999 dogs", 2),
    ],
)
def test_a_number_makes_objects_and_not_without_end(parser, text, drawn):
    found = ground(parser(text), VOCABULARY)
    assert len(found.graph.objects) == drawn


def test_a_cut_number_is_told(parser):
    found = ground(parser("a thousand birds"), VOCABULARY)
    assert found.account.remarks == (f"1000 of 'bird' were asked for; {MOST_COPIES} are drawn.",)


def test_what_a_group_does_its_members_do(parser):
    assert triples(parser("a flock of birds flying over a field")) == {"birds | fly over | field"}


def spread(objects, relationships=()):
    graph = SceneGraph(tuple(objects), tuple(Relationship(*r) for r in relationships))
    found = spread_quantities(graph)
    triples = [(r.subject, r.predicate, r.object) for r in found.relationships]
    return [item.name for item in found.objects], triples


def test_a_number_in_a_given_graph_makes_objects_that_carry_its_relationships():
    objects = SceneObject(name="bed"), SceneObject(name="dog", quantity=2), SceneObject(name="cat", quantity=3)
    names, triples = spread(objects, [(1, "on", 0), (2, "near", 1)])
    assert names == ["bed", "dog", "dog", "cat", "cat", "cat"]
    assert triples[:2] == [(1, "on", 0), (2, "on", 0)]
    assert len(triples) == 2 + 6


def test_two_groups_of_one_size_are_related_one_to_one():
    _, triples = spread([SceneObject(name="man", quantity=2), SceneObject(name="horse", quantity=2)], [(0, "on", 1)])
    assert triples == [(0, "on", 2), (1, "on", 3)]


def test_what_has_a_place_is_one_object_and_numbers_have_a_bound():
    assert spread([SceneObject(name="dog", quantity=2, box=(0, 0, 1, 1))])[0] == ["dog"]
    assert spread([SceneObject(name="dog", quantity=0)])[0] == ["dog"]
    assert spread([SceneObject(name="bird", quantity=1000)])[0] == ["bird"] * MOST_COPIES
