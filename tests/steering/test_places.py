"""Places in the picture: what they ask of a box, and that they are checked and held."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sg2im_cli.data.relations import SPOKEN_RELATIONS
from sg2im_cli.steering.check import check, check_places
from sg2im_cli.steering.enforce import enforce
from sg2im_cli.steering.places import place_rule
from sg2im_cli.steering.statements import Placement
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

WORDS = Vocabulary.from_names(("car", "dog"), SPOKEN_RELATIONS, ())
PLACES = (
    "on the left",
    "on the right",
    "on the far left",
    "at the top",
    "in the bottom right corner",
    "in the corner",
    "in the upper left",
    "on the left side",
    "on the right edge",
    "on the edge",
    "in the middle",
    "in the center",
    "in the left third",
    "in the background",
    "in the foreground",
    "in the distance",
    "on the left in the background",
    "in the middle of the background",
)

corner = st.floats(0, 0.9)
boxes = st.builds(lambda x, y, w, h: (x, y, x + w * (1 - x), y + h * (1 - y)), corner, corner, *[st.floats(0.1, 1)] * 2)


def placed(place, box, name="car"):
    return SceneObject(name=name, place=place, box=box)


@pytest.mark.parametrize(
    ("place", "box", "held"),
    [
        ("on the left", (0.0, 0.2, 0.6, 0.9), True),
        ("on the left", (0.3, 0.2, 0.7, 0.9), False),
        ("on the far left", (0.1, 0.2, 0.5, 0.9), False),
        ("in the top right corner", (0.7, 0.0, 1.0, 0.3), True),
        ("in the top right corner", (0.7, 0.7, 1.0, 1.0), False),
        ("in the corner", (0.0, 0.7, 0.2, 1.0), True),
        ("in the corner", (0.4, 0.7, 0.6, 1.0), False),
        ("on the left edge", (0.1, 0.0, 0.3, 0.3), False),
        ("in the middle", (0.4, 0.4, 0.6, 0.6), True),
        ("in the middle", (0.4, 0.0, 0.6, 0.2), False),
        ("in the top middle", (0.4, 0.0, 0.6, 0.2), True),
        ("in the background", (0.4, 0.2, 0.6, 0.6), True),
        ("in the background", (0.4, 0.2, 0.6, 0.9), False),
        ("in the foreground", (0.4, 0.2, 0.6, 0.9), True),
    ],
)
def test_a_place_means_what_it_says(place, box, held):
    (found,) = check_places(SceneGraph((placed(place, box),)))
    assert found.satisfied is held
    assert (found.margin >= 0) is held


def test_a_margin_says_how_far_the_box_may_go():
    found = check_places(SceneGraph((placed("on the left", (0.1, 0.2, 0.5, 0.9)),)))[0]
    assert found.to_json() == {
        "object": 0,
        "place": "on the left",
        "satisfied": True,
        "margin": 0.1,
        "masks": None,
    }


@pytest.mark.parametrize("words", ["on the shelf", "somewhere", "on the hand"])
def test_what_is_no_place_of_the_picture_is_not_judged(words):
    assert place_rule(words) is None
    graph = SceneGraph((placed(words, (0, 0, 1, 1)),))
    assert check_places(graph)[0].satisfied is None
    assert enforce(graph, WORDS).graph == graph


def test_a_mask_may_be_in_its_place_where_its_box_is_not():
    left_half = tuple((1.0, 1.0, 0.0, 0.0) for _ in range(4))
    item = SceneObject(name="car", place="on the left", box=(0.2, 0.0, 0.8, 1.0), mask=left_half)
    (found,) = check_places(SceneGraph((item,)))
    assert (found.satisfied, found.margin) == (False, -0.1)
    assert found.on_masks is not None
    assert (found.on_masks.satisfied, found.on_masks.margin) == (True, 0.05)


@pytest.mark.parametrize("place", PLACES)
@given(box=boxes)
def test_every_place_can_be_held_and_the_box_stays_in_the_picture(place, box):
    held = enforce(SceneGraph((placed(place, box),)), WORDS)
    assert held.given_up == ()
    assert check_places(held.graph)[0].satisfied
    x0, y0, x1, y1 = held.graph.objects[0].box
    assert 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1


def test_a_box_goes_no_further_than_its_place_and_keeps_its_size():
    held = enforce(SceneGraph((placed("on the left", (0.5, 0.4, 0.7, 0.6)),)), WORDS)
    assert held.graph.objects[0].box == pytest.approx((0.296, 0.4, 0.496, 0.6), abs=1e-6)


def test_a_place_that_contradicts_itself_or_a_relationship_is_named():
    far, near = (0.0, 0.4, 0.2, 0.6), (0.8, 0.4, 1.0, 0.6)
    graph = SceneGraph((placed("on the left on the right", far), placed(None, near, "dog")))
    assert enforce(graph, WORDS).given_up == (Placement(0, "on the left on the right"),)
    graph = SceneGraph(
        (placed("on the right", far), placed("on the left", near, "dog")), (Relationship(0, "left of", 1),)
    )
    held = enforce(graph, WORDS)
    assert held.given_up == (Placement(1, "on the left"),)  # relationships first, then what was said first
    assert check(held.graph, WORDS)[0].satisfied
    assert check_places(held.graph)[0].satisfied
