"""What people agree on: how it is looked up, that the packaged data keeps its format, and what comes of it."""

from importlib.resources import files

import pytest

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
def test_nouns_before_nouns(parser, text, expected):
    assert attributes(parser(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a guy on a surf board", ["person", "surfboard"]),
        ("a woman in a tshirt", ["woman", "t-shirt"]),
        ("a skateboarder doing a trick on a ramp", ["skateboarder", "ramp"]),
    ],
)
def test_what_things_are_called(parser, text, expected):
    assert names(parser(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a woman with long hair", {"woman | have | hair"}),
        ("a person in a shirt", {"person | wear | shirt"}),
        ("people seated at a table", {"people | sit at | table"}),
    ],
)
def test_how_relations_are_told(parser, text, expected):
    assert triples(parser(text)) == expected


def test_every_word_of_a_name_is_known_though_the_name_is_told_otherwise(parser):
    parsed = parser("a white surf board")
    assert [parsed.words[i].text for i in parsed.mentions[0].name_words] == ["surf", "board"]
