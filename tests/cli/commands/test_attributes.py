"""Attributes as a person calls for them: in what is printed, in files, in records, and in the list of words."""

from __future__ import annotations

import json

import numpy as np
import pytest
from jsonschema import validate
from PIL import Image

from sg2im_cli.provenance.read import read_record
from sg2im_parsers.graph_json import graph_schema

STRICT = "would be dropped; use other words or weights, or leave --strict out"


def pixels(path):
    return np.asarray(Image.open(path)).astype(int)


@pytest.fixture
def paint(sg2im, knowing_bundle):
    def call(*arguments):
        return sg2im(*arguments, "--weights", knowing_bundle, "--device", "cpu")

    return call


def test_what_is_said_shows_in_the_picture_in_the_record_and_in_what_is_printed(paint, tmp_path):
    for name in ("scarlet", "blue"):
        done = paint(f"a {name} car on the road", "--seed", 1, "-o", f"{name}.png", "--save-graph", f"{name}.json")
        assert done.code == 0
    red = read_record(tmp_path / "scarlet.png").graph
    assert [item.attributes for item in red.objects] == [("red",), ()]
    assert json.loads((tmp_path / "scarlet.json").read_text())["objects"][0]["attributes"] == ["red"]
    assert np.abs(pixels(tmp_path / "scarlet.png") - pixels(tmp_path / "blue.png")).max() > 8
    shown = paint("a scarlet car on the road", "--seed", 1, "-o", "again.png").err
    assert "kind of" in shown
    assert "attributes" in shown
    assert "no attributes" not in shown


def test_a_replay_makes_the_same_picture_again(paint, sg2im, knowing_bundle, tmp_path):
    paint("two big dogs beside a light blue car", "--seed", 3, "-o", "first.png")
    again = sg2im("replay", "first.png", "-o", "second.png")
    assert again.code == 0, again.err
    assert np.array_equal(pixels(tmp_path / "first.png"), pixels(tmp_path / "second.png"))
    assert read_record(tmp_path / "first.png").graph == read_record(tmp_path / "second.png").graph
    changed = sg2im("replay", "first.png", "--text", "two big dogs beside a red car", "-o", "third.png")
    assert changed.code == 0, changed.err
    first, third = (read_record(tmp_path / name).graph for name in ("first.png", "third.png"))
    assert [item.attributes for item in first.objects] == [("large",), ("large",), ("blue",)]
    assert [item.attributes for item in third.objects] == [("large",), ("large",), ("red",)]


def test_parse_says_what_each_attribute_becomes(sg2im, knowing_bundle):
    done = sg2im("parse", "a very big, shiny car", "--json", "--weights", knowing_bundle)
    parsed = json.loads(done.out)
    validate(parsed, graph_schema())
    assert parsed["objects"][0]["attributes"] == ["large"]
    words = {word["word"]: (word["status"], word["becomes"], word["rule"]) for word in parsed["account"]["words"]}
    assert words == {
        "very": ("mapped", "large", "degree"),
        "big": ("mapped", "large", "synonym"),
        "shiny": ("dropped", None, None),
        "car": ("kept", "car", None),
    }


def test_the_open_graph_keeps_a_text_s_own_words(sg2im):
    parsed = json.loads(sg2im("parse", "a very big, shiny car", "--open", "--json").out)
    assert parsed["objects"][0]["attributes"] == ["big", "shiny"]


@pytest.mark.parametrize(
    ("text", "dropped"),
    [("a dark red car", None), ("a huge grey dog on the road", None), ("a shiny red car", "'shiny'")],
)
def test_strict_lets_an_attribute_pass_that_is_used(paint, files, text, dropped):
    done = paint(text, "--strict", "-q", "-o", "a.png")
    assert done.code == (2 if dropped else 0)
    assert files() == ([] if dropped else ["a.png"])
    assert not dropped or f"{dropped} {STRICT}" in done.err


def test_a_given_graph_with_attributes(paint, draw, files, tmp_path):
    graph = {"objects": [{"name": "car", "attributes": ["grey"]}, "road"], "relationships": [[0, "on", 1]]}
    (tmp_path / "g.json").write_text(json.dumps(graph))
    assert paint("--scene-graph", "g.json", "-o", "a.png").code == 0
    assert read_record(tmp_path / "a.png").graph.objects[0].attributes == ("gray",)
    assert draw("--scene-graph", "g.json", "-o", "b.png").code == 0  # weights without attributes
    assert read_record(tmp_path / "b.png").graph.objects[0].attributes == ()
    graph["objects"][0]["attributes"] = ["shiny"]
    (tmp_path / "g.json").write_text(json.dumps(graph))
    done = paint("--scene-graph", "g.json", "-o", "c.png")
    assert (done.code, "the attribute 'shiny'" in done.err) == (2, True)
    assert "c.png" not in files()


def test_the_list_of_words_has_the_attributes(sg2im, knowing_bundle):
    out = sg2im("words", "--weights", knowing_bundle).out
    assert "tall\tattribute\n" in out
    assert [line for line in out.splitlines() if line.startswith("orange")] == ["orange\tattribute"]
    done = sg2im("words", "crimson", "--weights", knowing_bundle)
    assert done.out == "red\tattribute\n"
    assert "in a sentence it becomes 'red'" in done.err
    assert "the nearest are purple" in sg2im("words", "purpel", "--weights", knowing_bundle).err


def test_two_sentences_that_differ_in_a_colour_are_told_apart(sg2im, knowing_bundle):
    texts = "a big red car on the road", "a blue car on the road"
    arguments = (*texts, "--weights", knowing_bundle, "--device", "cpu", "--seed", 1)
    assert "car, now blue, no longer large and red" in sg2im("diff", *arguments).out
    changes = json.loads(sg2im("diff", *arguments, "--json").out)["changes"]
    car, road = changes["objects"]["kept"]
    assert car["attributes"] == {"removed": ["large", "red"], "added": ["blue"]}
    assert "attributes" not in road


def test_a_story_changes_the_thing_that_has_what_is_said_of_it(sg2im, knowing_bundle, tmp_path):
    lines = [
        "A red car is beside a blue car.",
        "The blue car is large.",
        "The blue car is small.",
        "Remove the red car.",
    ]
    lines.append("The car is green.")
    (tmp_path / "story.txt").write_text("\n".join(lines))
    done = sg2im("story", "story.txt", "--weights", knowing_bundle, "--device", "cpu", "--seed", 1, "--json")
    assert done.code == 0, done.err
    graphs = [json.loads(line)["graph"]["objects"] for line in done.out.splitlines()]
    said = [[item.get("attributes", []) for item in graph] for graph in graphs]
    assert said == [
        [["red"], ["blue"]],
        [["red"], ["blue", "large"]],
        [["red"], ["blue", "small"]],
        [["blue", "small"]],
        [["small", "green"]],
    ]
