"""What people agree on: how it is looked up, that the packaged data keeps its format, and what comes of it."""

from importlib.resources import files

import pytest

from sg2im_errors import InputError
from sg2im_parsers.english.conventions import KINDS, NAME, NOTHING, QUALITY, WHOLE, Conventions, packaged_conventions
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from tests.parsers.trees import attributes, names, triples

LINES = [
    "compound\tbrick wall\tquality\t5\t5",
    "modifier\tbrick\tname\t9\t9",
    "head\tpipe\twhole\t4\t5",
    "phrase\tchain link\tyes\t3\t3",
    "attribute\tchecked\tcheckered\t3\t4",
    "called\ttshirt\tt-shirt\t4\t4",
    "relation\tman|with|hat\twear\t4\t5",
    "relation\t*|with|lid\thave\t4\t5",
    "relation\tjar|with|*\t<in\t4\t5",
    "relation\t*|with|*\tnear\t4\t5",
    "absent\tnight\tleft out\t9\t9",
]


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


@pytest.fixture(scope="module")
def factual():
    return SceneGraphParser(load_pipeline(), "factual")


def test_what_is_known_of_the_very_words_comes_first():
    known = Conventions.from_lines(LINES)
    assert known.compound("brick", "wall", is_noun=True) == QUALITY
    assert known.compound("brick", "house", is_noun=True) == NAME
    assert known.compound("water", "pipe", is_noun=True) == WHOLE
    assert known.compound("new", "pipe", is_noun=False) is None
    assert known.relation("man", "with", "hat") == "wear"
    assert known.relation("jar", "with", "lid") == "have"
    assert known.relation("jar", "with", "jam") == "<in"
    assert known.relation("dog", "with", "cat") == "near"
    assert known.relation("dog", "on", "cat") is None
    assert (known.called("tshirt"), known.called("hat")) == ("t-shirt", "hat")
    assert (known.attribute("checked"), known.attribute("red")) == ("checkered", "red")
    assert known.is_phrase("chain", "link") and not known.is_phrase("link", "chain")
    assert known.is_absent("night") and not known.is_absent("day")


def test_the_packaged_conventions_are_majorities_of_few_words():
    path = files("sg2im_parsers") / "data" / "conventions.tsv"
    text = path.read_text(encoding="utf8")
    assert len(text) < 100_000
    for line in text.splitlines():
        kind, found, becomes, times, seen = line.split("\t")
        assert kind in KINDS and becomes
        assert len(found.replace("|", " ").split()) <= 5, "no table of captions"
        assert int(seen) / 2 < int(times) <= int(seen)
        if kind in ("compound", "modifier", "head"):
            assert becomes in (NAME, QUALITY, WHOLE, NOTHING)
    assert set(packaged_conventions().tables) == set(KINDS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a metal fence", {"fence": ("metal",)}),
        ("a chain link fence", {"fence": ("chain link",)}),
        ("a teddy bear", {}),
        ("a baseball bat", {}),
        ("a group of people", {"people": ("group of",)}),
    ],
)
def test_nouns_before_nouns(factual, text, expected):
    assert attributes(factual(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a guy on a surf board", ["person", "surfboard"]),
        ("a woman in a tshirt", ["woman", "t-shirt"]),
        ("a skateboarder doing a trick on a ramp", ["skateboarder", "ramp"]),
    ],
)
def test_what_things_are_called(factual, text, expected):
    assert names(factual(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a woman with long hair", {"woman | have | hair"}),
        ("a person in a shirt", {"person | wear | shirt"}),
        ("people seated at a table", {"people | sit at | table"}),
    ],
)
def test_how_relations_are_told(factual, text, expected):
    assert triples(factual(text)) == expected


def test_every_word_of_a_name_is_known_though_the_name_is_told_otherwise(parser):
    parsed = parser("a white surf board")
    assert [parsed.words[i].text for i in parsed.mentions[0].name_words] == ["surf", "board"]


@pytest.mark.parametrize(
    ("text", "own", "told"),
    [
        ("a man brushing his teeth", "man | brush | teeth", "man | wash | teeth"),
        ("a woman chopping onions", "woman | chop | onions", "woman | cut | onions"),
        ("a player striking a ball", "player | strike | ball", "player | hit | ball"),
        ("a cat lying on a bed", "cat | lie on | bed", "cat | lay on | bed"),
        ("a key beneath a mat", "key | beneath | mat", "key | under | mat"),
        ("a cat atop a fridge", "cat | atop | fridge", "cat | on top of | fridge"),
        ("the number on the front of the bus", "number | on front of | bus", "number | in front of | bus"),
        ("a shop at the corner of the street", "shop | at corner of | street", "shop | in corner of | street"),
        ("a dog in the middle of the road", "dog | in middle of | road", "dog | on middle of | road"),
        ("a guy on a horse", "guy | on | horse", "person | on | horse"),
        ("a pot in a kitchen sink", "pot | in | kitchen sink", "pot | in | sink"),
        ("a train at a train station", "train | at | train station", "train | at | station"),
        ("a woman in a dress", "woman | wear | dress", "woman | in | dress"),
    ],
)
def test_only_conventions_change_a_users_words(parser, factual, text, own, told):
    assert own in triples(parser(text))
    assert told in triples(factual(text))


@pytest.mark.parametrize(
    ("text", "own", "told"),
    [
        ("a group of people", {}, {"people": ("group of",)}),
        ("a piece of cake", {}, {"cake": ("piece",)}),
        ("a wood table", {"table": ("wood",)}, {"table": ("wooden",)}),
        ("a blond woman", {"woman": ("blond",)}, {"woman": ("blonde",)}),
        ("a tiled floor", {"floor": ("tiled",)}, {}),
        ("a statue of a lion", {"lion": ("statue",)}, {"lion": ("statue",)}),
        ("a brick wall", {"wall": ("brick",)}, {"wall": ("brick",)}),
        ("a blue color shirt", {"shirt": ("blue",)}, {"shirt": ("blue",)}),
    ],
)
def test_only_conventions_change_what_is_said_of_a_thing(parser, factual, text, own, told):
    assert (attributes(parser(text)), attributes(factual(text))) == (own, told)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cars are parked by the building", {"cars | park by | building"}),
        ("a boat moored by a pier", {"boat | moor by | pier"}),
        ("a ball thrown by a man", {"man | throw | ball"}),
        ("people seated at a table", {"people | sit at | table"}),
        ("a street lined with trees", {"trees | line | street"}),
        ("the license plate of a car", {"car | have | license plate"}),
        ("a plate of food", {"food | on | plate"}),
        ("the boy is in a yellow shirt", {"boy | wear | shirt"}),
        ("the boy is in a yellow car", {"boy | in | car"}),
        ("a tree to the left of a barn", {"tree | left of | barn"}),
        ("a tree on the right of a barn", {"tree | right of | barn"}),
    ],
)
def test_what_is_meant_is_no_convention(parser, text, expected):
    assert triples(parser(text)) == expected


def test_a_name_that_is_only_spelled_otherwise_is_the_same(parser):
    assert names(parser("a guy in a tee shirt on a surf board")) == ["guy", "t-shirt", "surfboard"]


def test_conventions_of_an_unknown_name_are_refused():
    with pytest.raises(InputError, match=r"no conventions named 'coco'; name 'factual'"):
        SceneGraphParser(load_pipeline(), "coco")


def test_a_graph_says_whose_conventions_it_follows(parser, factual):
    assert (parser("a dog").conventions, factual("a dog").conventions) == (None, "factual")
