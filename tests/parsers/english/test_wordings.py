"""The same scenes told in other ways: the other way round, as lists, with words that taggers misread."""

import pytest

from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from tests.parsers.trees import attributes, names, triples

SENTENCES = {
    "on the table sits a cat": {"cat | sit on | table"},
    "the sheep is left of the tree": {"sheep | left of | tree"},
    "two dogs are left of a car": {"dogs | left of | car"},
    "another sheep beside the sheep": {"sheep | beside | sheep"},
    "under the bridge is a boat": {"boat | under | bridge"},
    "next to the bed stands a lamp": {"lamp | stand next to | bed"},
    "in front of the house is a car": {"car | in front of | house"},
    "parked on the street is a car": {"car | park on | street"},
    "on the table are two cups and a plate": {"cups | on | table", "plate | on | table"},
    "A boat is on a lake. Behind it is a mountain.": {"boat | on | lake", "mountain | behind | boat"},
    "a bird flies over a lake": {"bird | fly over | lake"},
    "a toddler, a policeman and a bride near a tree": {
        "toddler | near | tree", "policeman | near | tree", "bride | near | tree",
    },
    "a dog on a bed, a lamp on a table, a picture on the wall": {
        "dog | on | bed", "lamp | on | table", "picture | on | wall",
    },
    "dog on bed, lamp, window": {"dog | on | bed"},
    "street with cars, trees, buildings": {
        "street | with | cars", "street | with | trees", "street | with | buildings",
    },
    "a cat on a mat and a dog on a bed": {"cat | on | mat", "dog | on | bed"},
    "a man with a hat and a woman with a bag": {"man | with | hat", "woman | with | bag"},
    "a cat and a dog on a bed": {"cat | on | bed", "dog | on | bed"},
    "sky, grass, a sheep standing on the grass": {"sheep | stand on | grass"},
    "a bathroom with a toilet, a sink and a mirror": {
        "bathroom | with | toilet", "bathroom | with | sink", "bathroom | with | mirror",
    },
    "a large brown bear walking across a river full of rocks": {"bear | walk across | river", "river | have | rocks"},
    "There is a table. On the table there is a vase. In it are flowers.": {
        "vase | on | table", "flowers | in | vase",
    },
    "There is a table in a kitchen. On it is a vase.": {"table | in | kitchen", "vase | on | table"},
    "A man sits at a table. On it there is a cup.": {"man | sit at | table", "cup | on | table"},
    "What about a cow in a field?": {"cow | in | field"},
    "a boy wearing a white t-shirt with a fish on it": {"boy | wear | t-shirt", "fish | on | t-shirt"},
    "behind the house there is a big mountain with snow on it": {"mountain | behind | house", "snow | on | mountain"},
    "a dog is lying on a rug with a ball beside it": {"dog | lie on | rug", "ball | beside | rug"},
    "a man is standing with a dog behind him": {"dog | behind | man"},
    "put a chair near the window and a rug under it": {"chair | near | window", "rug | under | chair"},
    "a cup on a plate on a table": {"cup | on | plate", "plate | on | table"},
    "a man with a dog on a leash": {"man | with | dog", "dog | on | leash"},
    "man riding horse on beach": {"man | ride | horse", "man | on | beach"},
    "train parked next to train platform": {"train | park next to | train platform"},
    "pizza sitting on cutting board": {"pizza | sit on | cutting board"},
    "at night a man walks a dog": {"man | walk | dog"},
    "sailboat in the lake": {"sailboat | in | lake"},
    "bats leaning against the back of a bench": {"bats | lean against | bench"},
    "a dog on the back of another one": {"dog | on back of | dog"},
    "the chair is in front of the desk": {"chair | in front of | desk"},
    "a man is standing in front of a table": {"man | stand in front of | table"},
    "many planes are parked next to a long building in an airport": {
        "planes | park next to | building", "building | in | airport",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


@pytest.mark.parametrize("text", SENTENCES)
def test_relationships(parser, text):
    assert triples(parser(text)) == SENTENCES[text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sky, mountains, lake, two boats", ["sky", "mountains", "lake", "boats"]),
        ("beach, sunset, palm trees", ["beach", "sunset", "palm trees"]),
        ("two cats; three dogs; a house", ["cats", "dogs", "house"]),
        ("The Old Man And The Sea", ["man", "sea"]),
    ],
)
def test_lists_and_titles_name_objects(parser, text, expected):
    parsed = parser(text)
    assert names(parsed) == expected
    assert triples(parsed) == set()


def test_broccoli_and_meat_in_a_pot(parser):
    parsed = parser("Broccoli and meat in a large pot that is ready for serving")
    assert triples(parsed) == {"broccoli | in | pot", "meat | in | pot"}
    assert "large" in attributes(parsed)["pot"]


def test_a_male_in_clothes_on_a_bench(parser):
    parsed = parser("male in black t-shirt and denim jeans wearing a hat sitting on a bench")
    assert names(parsed) == ["male", "t-shirt", "jeans", "hat", "bench"]
    assert triples(parsed) == {
        "male | wear | t-shirt", "male | wear | jeans", "male | wear | hat", "male | sit on | bench",
    }  # fmt: skip
    assert attributes(parsed) == {"t-shirt": ("black",), "jeans": ("denim",)}


def test_two_colours_are_two_attributes(parser):
    assert attributes(parser("a white and red toothbrush")) == {"toothbrush": ("white", "red")}


def test_adjectives_before_somebody_who_does_something_are_about_him(parser):
    assert attributes(parser("an old man feeding birds from a bench")) == {"man": ("old",)}


def test_a_verb_whose_relation_is_told_elsewhere_is_still_told(parser):
    assert attributes(parser("a man is standing with a dog behind him")) == {"man": ("standing",)}


def test_every_clause_has_its_own_adjective(parser):
    parsed = parser("A dog is chasing a cat. The dog is brown and the cat is white.")
    assert attributes(parsed) == {"dog": ("brown",), "cat": ("white",)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a man and woman are posing", {"man": ("posing",), "woman": ("posing",)}),
        ("the wall is brick", {"wall": ("brick",)}),
        ("the umbrella is light blue", {"umbrella": ("light blue",)}),
        ("this is sand", {}),
        ("the woman standing has red hair", {"woman": ("standing",), "hair": ("red",)}),
        ("the dog is a poodle", {}),
    ],
)
def test_predicates(parser, text, expected):
    assert attributes(parser(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "trees are behind the house and in front of the mountains",
            {"trees | behind | house": "behind", "trees | in front of | mountains": "in front of"},
        ),
        ("the cat is on the bed and under the blanket", {"cat | on | bed": "on", "cat | under | blanket": "under"}),
        ("a man in a hat and in a coat", {"man | wear | hat": "in", "man | wear | coat": "in"}),
        ("a man wearing a hat and with a bag", {"man | wear | hat": "wearing", "man | with | bag": "with"}),
        (
            "a dog running on the beach and in the water",
            {"dog | run on | beach": "running on", "dog | run in | water": "running in"},
        ),
    ],
)
def test_a_coordinated_noun_is_told_in_its_own_preposition(parser, text, expected):
    parsed = parser(text)
    said = [" ".join(parsed.words[i].text for i in words) for words in parsed.relation_words]
    objects = names(parsed)
    told = [f"{objects[r.subject]} | {r.predicate} | {objects[r.object]}" for r in parsed.graph.relationships]
    assert dict(zip(told, said, strict=True)) == expected


def test_a_herd_that_does_something_is_no_thing(parser):
    parsed = parser("a herd of sheep grazing in a field")
    assert triples(parsed) == {"sheep | graze in | field"}
    assert names(parsed) == ["sheep", "field"]
