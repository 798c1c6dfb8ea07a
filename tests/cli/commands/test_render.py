"""``sg2im render``: pictures of a layout that was saved, changed, pinned, added to; and mistakes in it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from PIL import Image

from sg2im_cli.provenance.read import read_record
from sg2im_parsers.graph_json import graph_schema

TEXT = "a boat on the sea under clouds, a sheep on the left"
BOX = [0.25, 0.5, 0.75, 0.9]


def pixels(name):
    with Image.open(name) as image:
        return image.tobytes()


@pytest.fixture
def saved(draw):
    """A layout, as it was saved with its picture ``before.png``."""
    done = draw(TEXT, "--seed", 3, "--save-layout", "layout.json", "-o", "before.png", "-q")
    assert (done.code, done.err) == (0, "")
    return json.loads(Path("layout.json").read_text())


@pytest.fixture
def render(sg2im, tiny_bundle):
    """Draw a layout that is given as JSON."""

    def call(layout, *options):
        Path("changed.json").write_text(json.dumps(layout))
        return sg2im("render", "changed.json", "--weights", tiny_bundle, "--device", "cpu", *options)

    return call


def test_a_layout_that_was_not_changed_makes_the_same_picture(draw, saved, render):
    jsonschema.Draft202012Validator(graph_schema()).validate(saved)
    assert (saved["text"], saved["seed"]) == (TEXT, 3)
    assert all(set(item) >= {"name", "box"} and "mask" not in item for item in saved["objects"])
    assert render(saved, "-o", "after.png").code == 0
    assert pixels("after.png") == pixels("before.png")
    assert render(saved, "-o", "other.png", "--seed", 4).code == 0
    assert pixels("other.png") != pixels("before.png")


def test_masks_are_saved_if_asked(draw, render):
    draw(TEXT, "--seed", 3, "--save-layout", "layout.json", "--save-masks", "-o", "before.png")
    layout = json.loads(Path("layout.json").read_text())
    assert all(len(item["mask"]) == 8 for item in layout["objects"])
    render(layout, "-o", "after.png")
    assert pixels("after.png") == pixels("before.png")


def test_a_box_that_was_changed_is_taken_as_given(saved, render):
    saved["objects"][0]["box"] = BOX
    made = json.loads(render(saved, "--json", "-o", "after.png").out)
    boxes = [item["box"] for item in made["graph"]["objects"]]
    assert boxes == [BOX, *(item["box"] for item in saved["objects"][1:])]
    assert pixels("after.png") != pixels("before.png")


def test_a_pin_makes_the_others_give_way_and_the_picture_can_be_made_again(sg2im, saved, render):
    saved["objects"][1] |= {"box": [0.0, 0.9, 1.0, 1.0], "pin": True}
    made = json.loads(render(saved, "--json", "-o", "after.png").out)
    assert made["graph"]["objects"][1]["box"] == [0.0, 0.9, 1.0, 1.0]
    assert all(check["satisfied"] for check in (*made["account"]["checks"], *made["account"]["places"]))
    record = read_record(Path("after.png"))
    assert record.graph.objects[0].box != record.drawn.objects[0].box
    replayed = sg2im("replay", "after.png", "-o", "again.png", "--device", "cpu", "--json")
    assert json.loads(replayed.out)["replayed"]["same_pixels"] is True
    assert read_record(Path("again.png")) == record


def test_an_object_that_was_added_gets_a_box(saved, render):
    saved["objects"].append("bus")
    saved["relationships"].append([4, "left of", 0])
    made = json.loads(render(saved, "--json", "-o", "after.png").out)
    assert [item["box"] for item in made["graph"]["objects"][:4]] == [item["box"] for item in saved["objects"][:4]]
    assert len(made["graph"]["objects"][4]["box"]) == 4
    assert made["account"]["checks"][-1]["satisfied"]


def test_enforce_moves_what_has_no_pin(saved, render):
    saved["objects"][0] |= {"box": [0.1, 0.6, 0.4, 0.9], "pin": True}
    saved["objects"][3] |= {"box": [0.6, 0.1, 0.9, 0.3], "place": "on the left"}
    made = json.loads(render(saved, "--enforce", "--json", "-o", "after.png").out)
    assert made["graph"]["objects"][0]["box"] == [0.1, 0.6, 0.4, 0.9]
    assert made["account"]["places"][0]["satisfied"]
    assert made["account"]["given_up"] == []


def test_what_cannot_hold_is_named(render):
    objects = [{"name": "car", "box": BOX}, {"name": "dog", "box": BOX, "place": "on the left on the right"}]
    layout = {"objects": objects, "relationships": [[0, "above", 1], [1, "above", 0]]}
    done = render(layout, "--enforce", "--json", "-o", "a.png")
    assert json.loads(done.out)["account"]["given_up"] == [
        [1, "above", 0],
        {"object": 1, "place": "on the left on the right"},
    ]
    assert "Not enforced, it contradicts the others: 1 dog above 0 car." in done.err
    assert "Not enforced, it contradicts the others: 1 dog on the left on the right." in done.err


def test_standard_input_and_many_graphs(sg2im, tiny_bundle, saved):
    options = ("--weights", tiny_bundle, "--device", "cpu", "-q")
    done = sg2im("render", "-", *options, "-o", "in.png", stdin=json.dumps(saved))
    assert (done.code, done.out) == (0, "in.png\n")
    assert pixels("in.png") == pixels("before.png")
    many = json.dumps([saved, {"objects": ["car"]}])
    done = sg2im("render", "-", *options, "--seed", 1, "-o", "{index}.png", stdin=many)
    assert done.out == "0.png\n1.png\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"box": [0.5, 0, 0.5, 1]}, "changed.json: objects[3].box: x1 must be greater than x0"),
        ({"box": [0, 0.5, 1, 0.4]}, "changed.json: objects[3].box: y1 must be greater than y0"),
        ({"box": [0, 0, 1, 1.5]}, "changed.json: objects[3].box[3]: 1.5 must be from 0 to 1"),
        ({"box": [0, 0, 1]}, "changed.json: objects[3].box: must be four numbers"),
        ({"pin": "yes"}, "changed.json: objects[3].pin: must be true or false"),
        ({"bx": BOX}, "changed.json: objects[3].bx: unknown; did you mean 'box'?"),
        ({"mask": [[1, 0]]}, "changed.json: objects[3].mask[0]: must be a row of 1 numbers"),
        ({"name": "unicorn"}, "These weights do not know 'unicorn' in objects[3]; use other"),
    ],
)
def test_a_mistake_is_named_with_its_place(saved, render, files, change, message):
    saved["objects"][3] |= change
    before = {*files(), "changed.json"}
    done = render(saved, "-o", "after.png")
    assert (done.code, done.out, done.err.count("\n"), set(files())) == (2, "", 1, before)
    assert done.err.startswith("sg2im: ") and message in done.err


@pytest.mark.parametrize(
    ("layout", "options", "message"),
    [
        ({"objects": ["car"], "seed": -1}, (), "seed: must be a whole number from 0 to"),
        ({"objects": ["car"]}, ("--best-of", 2, "--samples", 2), "--best-of keeps one picture"),
        ({"objects": ["car"]}, ("--save-masks",), "--save-masks is for a layout that is saved as JSON"),
        ({"objects": []}, (), "has no objects"),
    ],
)
def test_what_does_not_go(render, layout, options, message):
    done = render(layout, "-o", "a.png", *options)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert message in done.err


def test_the_best_of_several_is_made_again_by_its_seed(draw, sg2im, tiny_bundle):
    done = draw("a car on the road", "--seed", 5, "--best-of", 4, "--json", "-o", "best.png")
    made = json.loads(done.out)
    best = made["best_of"]
    assert best["by"] == "judge"
    assert [score["seed"] for score in best["scores"]] == [5, 6, 7, 8]
    assert max(best["scores"], key=lambda score: score["score"])["seed"] == best["seed"]
    assert made["outputs"] == [{"path": "best.png", "seed": best["seed"]}]
    assert f"Seed {best['seed']} is the best of 4 by {best['by']} (seed 5: " in done.err
    draw("a car on the road", "--seed", best["seed"], "-o", "again.png")
    assert pixels("again.png") == pixels("best.png")
    assert read_record(Path("best.png")).seed == best["seed"]
