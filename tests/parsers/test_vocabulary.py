"""Vocabularies: ids to names and back, our format and the original's, and what is wrong with a broken one."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sg2im_errors import InputError
from sg2im_parsers.vocabulary import IMAGE, IN_IMAGE, UNUSED, Vocabulary

SHARED = Path(__file__).parents[3] / "shared" / "vocab"
VOCABULARY = Vocabulary.from_names(["car", "road", "traffic light"], ["on", "beside"], ["road"])

names = st.lists(st.text("abc -", min_size=1, max_size=5), unique=True, max_size=6)


@given(names, names, st.data())
def test_a_vocabulary_survives_the_round_trip(objects, predicates, data):
    stuff = data.draw(st.sets(st.sampled_from(objects))) if objects else set()
    vocabulary = Vocabulary.from_names(objects, predicates, stuff)
    assert Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json()))) == vocabulary
    assert [vocabulary.objects[vocabulary.object_id(name)] for name in objects] == objects
    assert [vocabulary.predicates[vocabulary.predicate_id(name)] for name in predicates] == predicates
    assert vocabulary.object_names == tuple(objects)
    assert vocabulary.predicate_names == tuple(predicates)


def test_the_original_s_format_keeps_its_ids():
    read = Vocabulary.from_json(
        {"object_name_to_idx": {"sky": 3, IMAGE: 0, "sea": 1}, "pred_name_to_idx": {IN_IMAGE: 0, "above": 1}}
    )
    assert read.objects == (IMAGE, "sea", UNUSED, "sky")
    assert read.object_id("sky") == 3
    assert not read.has_object(UNUSED)


def test_the_picture_itself_is_nothing_to_ask_for():
    assert not VOCABULARY.has_object(IMAGE)
    assert not VOCABULARY.has_predicate(IN_IMAGE)
    assert VOCABULARY.has_object("traffic light")
    assert VOCABULARY.has_predicate("on")
    assert IMAGE not in VOCABULARY.object_names


def test_nearest_words_are_spelled_alike():
    assert VOCABULARY.nearest_objects("cars") == ("car",)
    assert VOCABULARY.nearest_predicates("besides")[0] == "beside"
    assert VOCABULARY.nearest_objects("unicorn") == ()


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("telefone", ("telephone",)),
        ("purpel", ("purple",)),  # swapped letters are one slip
        ("giraf", ("giraffe",)),  # the same beginning
        ("cot", ("pot", "cat")),
        ("xylophone", ()),  # ends as telephone does, and is something else
        ("castle", ()),
        ("robot", ()),
        ("volcano", ()),
        ("", ()),
    ],
)
def test_what_is_near_is_a_slip_or_begins_alike(word, near):
    names = ["telephone", "candle", "boat", "can", "vase", "purple", "pipe", "cat", "pot", "giraffe", "grass"]
    assert set(Vocabulary.from_names(names, ["on"]).nearest_objects(word)) == set(near)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "is a JSON object"),
        ({}, "'objects' must be a list of names"),
        ({"objects": [IMAGE, 3], "predicates": []}, "'objects' must be a list of names"),
        ({"objects": ["car"], "predicates": [IN_IMAGE]}, "first of a vocabulary's objects must be '__image__'"),
        ({"objects": [IMAGE], "predicates": []}, "first of a vocabulary's predicates must be '__in_image__'"),
        ({"objects": [IMAGE, "car", "car"], "predicates": [IN_IMAGE]}, "has 'car' twice"),
        ({"objects": [IMAGE], "predicates": [IN_IMAGE], "stuff": ["sky"]}, "calls 'sky' stuff but has no such object"),
        ({"object_name_to_idx": {IMAGE: 0}}, "'pred_name_to_idx' must map names to ids"),
        ({"object_name_to_idx": {IMAGE: 0, "a": 10**12}, "pred_name_to_idx": {IN_IMAGE: 0}}, "ids from 0 to 100000"),
        ({"object_name_to_idx": {IMAGE: 0, "a": True}, "pred_name_to_idx": {IN_IMAGE: 0}}, "must map names to ids"),
        ({"object_name_to_idx": {IMAGE: 0, "a": 1, "b": 1}, "pred_name_to_idx": {IN_IMAGE: 0}}, "two names for one id"),
    ],
)
def test_a_broken_vocabulary_is_refused(data, message):
    with pytest.raises(InputError, match=message):
        Vocabulary.from_json(data)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared vocabularies are not beside the checkout")
@pytest.mark.parametrize(
    ("file", "objects", "predicates", "attributes"), [("visual_genome", 178, 45, 80), ("coco_stuff", 171, 6, 0)]
)
def test_the_released_vocabularies_are_read(file, objects, predicates, attributes):
    read = Vocabulary.from_json(json.loads((SHARED / f"{file}.json").read_text()))
    counts = len(read.object_names), len(read.predicate_names), len(read.attribute_names)
    assert counts == (objects, predicates, attributes)


def test_attributes_are_numbered_from_0_and_absent_where_there_are_none():
    words = Vocabulary.from_names(["car", "orange"], ["on"], attributes=["red", "orange"])
    assert (words.attribute_id("red"), words.attribute_id("orange"), words.object_id("orange")) == (0, 1, 2)
    assert words.has_attribute("red") and not words.has_attribute("car")
    assert words.attribute_names == ("red", "orange")
    assert Vocabulary.from_json(json.loads(json.dumps(words.to_json()))) == words
    assert "attributes" not in VOCABULARY.to_json()
    assert VOCABULARY.attribute_names == () and not VOCABULARY.has_attribute("red")


def test_the_original_s_attributes_keep_their_ids_and_spellings():
    ids = {"object_name_to_idx": {IMAGE: 0}, "pred_name_to_idx": {IN_IMAGE: 0}}
    read = Vocabulary.from_json({**ids, "attribute_name_to_idx": {"white": 0, "white ": 3, "red": 1}})
    assert read.attributes == ("white", "red", UNUSED, "white ")
    assert read.attribute_id("white ") == 3 and read.attribute_names == ("white", "red", "white ")
    assert not read.has_attribute(UNUSED)
    with pytest.raises(InputError, match="'attribute_name_to_idx' has two names for one id"):
        Vocabulary.from_json({**ids, "attribute_name_to_idx": {"white": 0, "red": 0}})
    with pytest.raises(InputError, match="has 'red' twice in its attributes"):
        Vocabulary.from_names([], [], attributes=["red", "red"])
    with pytest.raises(InputError, match="'attributes' must be a list of names"):
        Vocabulary.from_json({"objects": [IMAGE], "predicates": [IN_IMAGE], "attributes": "red"})
