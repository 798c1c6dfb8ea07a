"""``sg2im diff``: what changed from one sentence to another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from sg2im_cli.scenes.comparison import compare
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject

ONE, TWO = "a sheep beside a tree in a field", "a sheep beside a boat in a field"


def graph(relationships, **boxes):
    objects = tuple(SceneObject(name=name, box=box) for name, box in boxes.items())
    return SceneGraph(objects, tuple(Relationship(*r) for r in relationships))


def test_a_comparison_says_what_became_of_everything():
    before = graph([(0, "on", 1), (2, "on", 1)], sheep=(0.0, 0.0, 0.2, 0.4), grass=(0, 0.5, 1, 1), tree=None)
    after = graph([(1, "on", 0), (1, "near", 2)], grass=(0, 0.5, 1, 1), sheep=(0.3, 0.4, 0.7, 0.8), boat=None)
    found = compare(before, after)
    assert (found.kept, found.removed, found.added) == (((1, 0), (0, 1)), (2,), (2,))
    assert (found.told, found.untold, found.told_anew) == (((0, 0),), (1,), (1,))
    still, gone = found.moves
    assert (still.far, still.wider, still.higher, still.iou) == (0, 1, 1, 1)
    assert (gone.right, gone.down, gone.far, gone.wider, gone.iou) == pytest.approx((0.4, 0.4, 0.32**0.5, 2, 0))
    assert [marks.objects for marks in found.marks] == [{2, 0}, {2, 1}]


def test_a_graph_and_itself_have_no_difference():
    same = graph([(0, "on", 1)], sheep=(0.0, 0.0, 0.2, 0.4), grass=(0, 0.5, 1, 1))
    found = compare(same, same)
    assert (found.removed, found.added, found.untold, found.told_anew) == ((), (), (), ())
    assert all(not marks.objects and not marks.relationships for marks in found.marks)


def test_the_overlap_of_boxes_is_that_of_evaluation():
    import torch

    from sg2im_cli.evaluation.layout import box_iou

    one, two = (0.1, 0.2, 0.6, 0.9), (0.3, 0.1, 0.8, 0.5)
    (move,) = compare(graph([], a=one), graph([], a=two)).moves
    assert move.iou == pytest.approx(float(box_iou(torch.tensor([one]), torch.tensor([two]))), abs=1e-6)


def test_each_is_drawn_as_it_would_be_alone(draw):
    done = json.loads(draw("diff", ONE, TWO, "--seed", 3, "--json").out)
    for key, text in (("first", ONE), ("second", TWO)):
        alone = json.loads(draw(text, "--seed", 3, "--json", "-q", "-o", f"{key}.png").out)
        assert done[key]["graph"] == alone["graph"]
    changes = done["changes"]
    assert [item["name"] for item in changes["objects"]["removed"]] == ["tree"]
    assert [item["name"] for item in changes["objects"]["added"]] == ["boat"]
    assert (changes["relationships"]["removed"][0], changes["relationships"]["added"][0]) == (
        "sheep beside tree", "sheep beside boat",
    )  # fmt: skip
    a, b = ([*Image.open(f"{key}.png").convert("RGB").tobytes()] for key in ("first", "second"))
    expected = sum(abs(x - y) for x, y in zip(a, b, strict=True)) / len(a)
    assert changes["mean_pixel_difference"] == pytest.approx(expected, abs=0.006)


def test_keeping_leaves_boxes_of_both_where_they_were(draw):
    done = json.loads(draw("diff", ONE, TWO, "--seed", 3, "--keep", "--json").out)
    boxes = [{item["name"]: item["box"] for item in done[key]["graph"]["objects"]} for key in ("first", "second")]
    assert boxes[0]["sheep"] == boxes[1]["sheep"] and boxes[0]["field"] == boxes[1]["field"]
    assert all(move["far"] == 0 for move in done["changes"]["moves"])


@pytest.mark.parametrize("keep", [(), ("--keep",)])
def test_shapes_that_are_drawn_at_random_are_drawn_alike_for_what_both_have(sample, keep):
    done = json.loads(sample("diff", ONE, TWO, "--seed", 3, *keep, "--json").out)
    first, second = ({item["name"]: item for item in done[key]["graph"]["objects"]} for key in ("first", "second"))
    for name in ("sheep", "field"):
        assert first[name]["seed"] == second[name]["seed"]
        assert first[name]["box"] == second[name]["box"] or not keep
    assert second["boat"]["seed"] not in {item["seed"] for item in first.values()} - {first["tree"]["seed"]}
    alike = json.loads(sample("diff", "a sheep and a boat", "a boat and a sheep", "--seed", 3, "--json").out)
    one, two = ([item["seed"] for item in alike[side]["graph"]["objects"]] for side in ("first", "second"))
    assert one == two[::-1]
    assert all(move["far"] < 1e-4 for move in alike["changes"]["moves"])


def test_a_sentence_and_itself(draw):
    done = draw("diff", ONE, ONE, "--seed", 3)
    assert done.code == 0
    assert "the colours of both pictures differ by 0.0 of 255" in done.out
    assert done.out.count("where it was") == 3 and "removed" not in done.out and "added" not in done.out


def test_what_is_printed_and_written(draw):
    done = draw("diff", ONE, TWO, "--seed", 3, "-o", "diff.png", "-o", "diff.html")
    assert done.out.splitlines()[-2:] == ["diff.png", "diff.html"]
    for said in ("kept", "removed", "tree", "added", "boat", "sheep beside boat", "seed 3"):
        assert said in done.out
    with Image.open("diff.png") as sheet:
        assert sheet.height > 2 * 300
    assert Path("diff.html").read_text().count("<img ") == 6
    assert draw("diff", ONE, TWO, "--seed", 3, "-q").out == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((ONE,), "Missing argument 'second'"),
        ((ONE, ""), "The text is empty"),
        ((ONE, "a unicorn"), "This model cannot draw 'unicorn'"),
        ((ONE, TWO, "-o", "a.svg"), "a.svg must end in .png or .html."),
        ((ONE, "a red boat", "--strict"), "'red' would be dropped"),
    ],
)
def test_a_users_mistake_is_one_sentence_and_code_2(draw, files, arguments, message):
    done = draw("diff", *arguments)
    assert (done.code, done.out, done.err.count("\n"), files()) == (2, "", 1, [])
    assert message in done.err


def test_marks_stand_out_in_both_pictures_and_change_nothing_else():
    from PIL import ImageChops

    from sg2im_cli.drawing import Marks, draw_graph, draw_layout, graph_svg, layout_svg

    same = graph([(0, "on", 1)], sheep=(0.1, 0.1, 0.3, 0.4), grass=(0.0, 0.5, 1.0, 1.0))
    marks = Marks(frozenset({0}), frozenset({0}))
    assert graph_svg(same).count("#111111") == 0 and graph_svg(same, marks).count("#111111") == 1
    assert layout_svg(same).count("#111111") == 0 and layout_svg(same, marks=marks).count("#111111") == 1
    assert ImageChops.difference(draw_graph(same), draw_graph(same, marks)).getbbox() is not None
    left, top, right, bottom = ImageChops.difference(draw_layout(same, 100), draw_layout(same, 100, marks)).getbbox()
    assert left >= 9 and top >= 9 and right <= 31 and bottom <= 41  # within the sheep's box
