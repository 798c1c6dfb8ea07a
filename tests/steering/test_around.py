"""Boxes for what a layout leaves open: what is given stays, and the rest fits."""

from __future__ import annotations

import pytest

from sg2im_cli.data.relations import SPOKEN_RELATIONS
from sg2im_cli.steering.around import fixed_objects, place_around
from sg2im_cli.steering.check import check, check_places
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

WORDS = Vocabulary.from_names(("car", "dog", "hat", "road"), SPOKEN_RELATIONS, ("road",))
LEFT, MIDDLE, RIGHT = (0.0, 0.4, 0.2, 0.6), (0.4, 0.4, 0.6, 0.6), (0.8, 0.4, 1.0, 0.6)


def thing(name, box=None, **more):
    return SceneObject(name=name, box=box, **more)


def test_what_is_fixed():
    objects = (thing("car", LEFT), thing("dog"), thing("hat", RIGHT, pin=True))
    assert fixed_objects(SceneGraph(objects[:2]), enforced=False) == {0}
    assert fixed_objects(SceneGraph(objects[:2]), enforced=True) == frozenset()
    assert fixed_objects(SceneGraph(objects), enforced=False) == {2}


def test_given_boxes_are_taken_as_they_are_also_where_they_contradict_what_is_said():
    graph = SceneGraph((thing("car", RIGHT), thing("dog", LEFT)), (Relationship(0, "left of", 1),))
    assert place_around(graph, [MIDDLE, MIDDLE], WORDS).graph == graph
    held = place_around(graph, [MIDDLE, MIDDLE], WORDS, enforced=True)
    assert check(held.graph, WORDS)[0].satisfied


def test_an_object_without_a_box_fits_the_given_ones():
    edge = (0.0, 0.4, 0.02, 0.6)
    graph = SceneGraph((thing("car", edge), thing("dog")), (Relationship(1, "left of", 0),))
    held = place_around(graph, [RIGHT, MIDDLE], WORDS)
    assert held.graph.objects[0].box == edge
    assert held.given_up == (Relationship(1, "left of", 0),)  # no room is left of it
    graph = SceneGraph((thing("car", MIDDLE), thing("dog")), graph.relationships)
    held = place_around(graph, [LEFT, LEFT], WORDS)
    assert held.graph.objects[0].box == MIDDLE
    assert check(held.graph, WORDS)[0].satisfied


def test_it_goes_along_with_what_it_has_a_relationship_with():
    graph = SceneGraph((thing("dog", (0.6, 0.5, 0.8, 0.9)), thing("hat")), (Relationship(1, "on", 0),))
    predicted = [(0.1, 0.5, 0.3, 0.9), (0.15, 0.4, 0.25, 0.55)]
    held = place_around(graph, predicted, WORDS)
    assert held.graph.objects[1].box == pytest.approx((0.65, 0.4, 0.75, 0.55))


def test_what_has_no_relationship_finds_a_free_place_and_stuff_needs_none():
    graph = SceneGraph((thing("car", MIDDLE), thing("dog"), thing("road")))
    held = place_around(graph, [MIDDLE, (0.45, 0.4, 0.65, 0.6), MIDDLE], WORDS)
    assert held.graph.objects[1].box == pytest.approx((0.6, 0.4, 0.8, 0.6))
    assert held.graph.objects[2].box == MIDDLE


def test_a_place_is_kept_where_the_box_is_open():
    graph = SceneGraph((thing("car", MIDDLE), thing("dog", place="on the left")))
    held = place_around(graph, [MIDDLE, RIGHT], WORDS)
    assert check_places(held.graph)[0].satisfied


def test_other_boxes_give_way_to_a_pin_as_little_as_needed():
    objects = (thing("car", MIDDLE), thing("dog", MIDDLE, pin=True), thing("hat", (0.0, 0.0, 0.1, 0.1)))
    graph = SceneGraph(objects, (Relationship(0, "left of", 1),))
    held = place_around(graph, [RIGHT, RIGHT, RIGHT], WORDS)
    assert held.graph.objects[1].box == MIDDLE
    assert held.graph.objects[2].box == graph.objects[2].box  # nothing is said of it
    assert check(held.graph, WORDS)[0].satisfied
    assert 0 < held.moved[0] < 0.02


def test_a_pin_without_a_box_stays_where_it_is_predicted():
    graph = SceneGraph((thing("car", pin=True), thing("dog", MIDDLE)), (Relationship(1, "left of", 0),))
    held = place_around(graph, [MIDDLE, RIGHT], WORDS)
    assert held.graph.objects[0].box == MIDDLE
    assert check(held.graph, WORDS)[0].satisfied


def test_copies_stand_apart_where_they_can_and_are_never_named():
    graph = SceneGraph((thing("dog", LEFT), thing("dog")), (Relationship(0, "right of", 1),))
    wish = Relationship(0, "left of", 1)
    held = place_around(graph, [LEFT, LEFT], WORDS, wishes=[wish])
    assert wish not in held.given_up
