"""Things in one place hide each other: that is said, and they are kept apart where nothing said is against it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sg2im_cli.data.relations import SPOKEN_RELATIONS
from sg2im_cli.steering.around import place_around
from sg2im_cli.steering.check import check
from sg2im_cli.steering.hiding import HIDDEN, hiding
from sg2im_cli.steering.statements import Apart
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

WORDS = Vocabulary.from_names(("dog", "cat", "bird", "sofa", "grass"), SPOKEN_RELATIONS, ("grass",))
HERE, ALMOST, FAR = (0.2, 0.3, 0.8, 0.9), (0.22, 0.3, 0.8, 0.88), (0.0, 0.0, 0.15, 0.2)


def scene(names, boxes, *said):
    objects = tuple(SceneObject(name=name, box=box) for name, box in zip(names, boxes, strict=True))
    return SceneGraph(objects, tuple(Relationship(*r) for r in said))


def predicted(names, boxes, *said):
    """A graph without boxes, placed where a network has them."""
    return place_around(scene(names, [None] * len(names), *said), boxes, WORDS)


@pytest.mark.parametrize(
    ("names", "boxes", "said", "found"),
    [
        (("dog", "cat"), (HERE, ALMOST), (), (Apart(0, 1),)),
        (("dog", "cat"), (HERE, FAR), (), ()),
        (("dog", "cat"), (HERE, None), (), ()),  # no box is visible
        (("dog", "grass"), (HERE, ALMOST), (), ()),  # stuff is behind things
        (("dog", "sofa"), (HERE, ALMOST), ((0, "on", 1),), ()),  # it was said
        (("dog", "sofa"), (HERE, ALMOST), ((0, "beside", 1),), (Apart(0, 1),)),
        (("dog", "cat", "bird"), (HERE, HERE, HERE), (), (Apart(0, 1), Apart(0, 2), Apart(1, 2))),
    ],
)
def test_what_hides_what(names, boxes, said, found):
    assert hiding(scene(names, boxes, *said), WORDS) == found


def test_things_in_one_place_are_put_where_each_can_be_seen_and_what_is_said_holds():
    names, said = ("dog", "cat", "bird", "sofa"), [(i, "on", 3) for i in range(3)]
    held = predicted(names, (HERE, ALMOST, HERE, (0.0, 0.45, 1.0, 1.0)), *said)
    assert not hiding(held.graph, WORDS)
    assert all(item.satisfied for item in check(held.graph, WORDS))
    assert held.graph.objects[3].box == (0.0, 0.45, 1.0, 1.0)  # it was in nobody's way
    assert held.moved[3] == 0


def test_what_is_given_stays_and_the_new_thing_gives_way():
    graph = scene(("dog", "cat"), (HERE, None))
    held = place_around(graph, [HERE, ALMOST], WORDS)
    assert held.graph.objects[0].box == HERE
    assert not hiding(held.graph, WORDS)
    both = scene(("dog", "cat"), (HERE, ALMOST))
    assert place_around(both, [HERE, ALMOST], WORDS).graph == both  # a person wants it so
    assert hiding(both, WORDS)


side = st.floats(0.1, 0.7)
box = st.builds(
    lambda w, h, x, y: tuple(round(v, 6) for v in (x * (1 - w), y * (1 - h), x * (1 - w) + w, y * (1 - h) + h)),
    side,
    side,
    st.floats(0, 1),
    st.floats(0, 1),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(box, min_size=2, max_size=4), st.sampled_from(SPOKEN_RELATIONS))
def test_keeping_apart_never_breaks_what_is_said_nor_squeezes(boxes, relation):
    names = ("dog", "cat", "bird", "sofa")[: len(boxes)]
    said = (0, relation, 1)
    held = predicted(names, boxes, said)
    assert check(held.graph, WORDS)[0].satisfied or held.given_up
    assert len(hiding(held.graph, WORDS)) <= len(hiding(scene(names, boxes, said), WORDS)) + 1
    for item in held.graph.objects[2:]:  # of which nothing is said: only room can change their size
        before = np.subtract(boxes[names.index(item.name)][2:], boxes[names.index(item.name)][:2])
        after = np.subtract(item.box[2:], item.box[:2])
        assert (after >= 0.25 * before - 1e-5).all()
    assert predicted(names, boxes, said) == held


def test_what_holds_is_seen_on_masks_too_where_it_can_be():
    """Only the upper half of its box shows the dog: it stands on the sofa by its box alone."""
    upper = tuple((1.0,) * 4 if row < 2 else (0.0,) * 4 for row in range(4))
    dog = SceneObject(name="dog", mask=upper)
    graph = SceneGraph((dog, SceneObject(name="sofa")), (Relationship(0, "on", 1),))
    boxes = [(0.3, 0.3, 0.6, 0.7), (0.1, 0.6, 0.9, 1.0)]
    alone = replace(graph, objects=tuple(replace(o, box=b) for o, b in zip(graph.objects, boxes, strict=True)))
    (before,) = check(alone, WORDS)
    assert before.satisfied and before.on_masks is not None and not before.on_masks.satisfied
    (after,) = check(place_around(graph, boxes, WORDS).graph, WORDS)
    assert after.satisfied and after.on_masks is not None and after.on_masks.satisfied


def test_the_share_is_of_what_both_cover_together():
    half = (0.0, 0.0, HIDDEN, 1.0)
    assert hiding(scene(("dog", "cat"), ((0.0, 0.0, 1.0, 1.0), half)), WORDS)
    assert not hiding(scene(("dog", "cat"), ((0.0, 0.0, 1.0, 1.0), (0.0, 0.0, HIDDEN - 0.01, 1.0))), WORDS)
