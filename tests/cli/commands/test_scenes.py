"""Scenes as words on the command line: drawn, recorded, replayed, and switched off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sg2im_cli.provenance.read import read_record
from sg2im_parsers.grounding.scenes import packaged_scenes

KITCHEN = sorted(packaged_scenes()["kitchen"].objects)


@pytest.fixture
def kitchen(sg2im):
    done = sg2im("a kitchen", "--seed", "1", "-o", "kitchen.png", "--json", "--strict")
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_the_record_has_the_graph_that_was_drawn_and_a_replay_the_same_pixels(kitchen, sg2im):
    record = read_record(Path("kitchen.png"))
    assert sorted(item.label for item in record.graph.objects) == KITCHEN
    assert record.text == "a kitchen"
    assert record.options.scenes
    done = sg2im("replay", "kitchen.png", "-o", "again.png", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["replayed"]["same_pixels"]


def test_the_account_of_a_picture_says_what_the_scene_became(kitchen):
    (word,) = kitchen["account"]["words"]
    assert (word["word"], word["status"], word["rule"]) == ("kitchen", "mapped", "a scene")
    assert sorted(word["becomes"].split(", ")) == KITCHEN


@pytest.mark.parametrize("command", [(), ("parse",), ("diff", "a cat")])
def test_without_scenes_there_is_nothing_to_draw(sg2im, command):
    done = sg2im(*command, "a kitchen", "--no-scenes")
    assert done.code == 2
    assert "cannot draw 'kitchen'" in done.err


def test_a_picture_without_scenes_is_replayed_and_shown_so(sg2im):
    assert sg2im("a cat in a kitchen", "--no-scenes", "--seed", "1", "-o", "cat.png").code == 0
    assert "--no-scenes" in sg2im("show", "cat.png").out
    done = sg2im("replay", "cat.png", "--text", "a dog in a kitchen", "-o", "dog.png", "--json")
    assert [item["name"] for item in json.loads(done.out)["graph"]["objects"]] == ["dog"]


def test_lines_of_a_file_and_of_a_story(sg2im, tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text("a kitchen\n")
    assert sg2im("--file", str(lines), "-o", "with/").code == 0
    without = sg2im("--file", str(lines), "-o", "without/", "--no-scenes")
    assert without.code == 1
    assert "cannot draw 'kitchen'" in without.err
    assert sg2im("story", str(lines), "--seed", "1", "-o", "story.png").code == 0
    assert sg2im("story", str(lines), "--no-scenes", "-o", "other.png").code == 2


def test_a_line_of_parse_is_as_its_sentence(sg2im, tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text("a kitchen\na cat in a bathroom\n")
    for more in ([], ["--no-scenes"]):
        of_file = sg2im("parse", "--file", str(lines), "--jsonl", *more).out.splitlines()
        alone = [sg2im("parse", text, "--json", *more).out for text in lines.read_text().splitlines()]
        assert list(map(json.loads, of_file)) == list(map(json.loads, alone))
