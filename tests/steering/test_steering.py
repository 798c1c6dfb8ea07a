"""Conditions imply the written rules, and enforcing makes them hold."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sg2im_cli.data.relations import PAPER_RELATIONS, SPOKEN_RELATIONS, paper_table, spoken_table
from sg2im_cli.steering.check import check
from sg2im_cli.steering.conditions import PAPER, SPOKEN, Corners, slack
from sg2im_cli.steering.enforce import enforce
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

THINGS = ("car", "dog", "person", "tree")
WORDS = Vocabulary.from_names((*THINGS, "road", "sky"), SPOKEN_RELATIONS, ("road", "sky"))
PAPER_WORDS = Vocabulary.from_names(THINGS, PAPER_RELATIONS, ())


def side(first, second, least=0.05):
    low, high = sorted((first, second))
    return (low, high) if high - low >= least else (low * (1 - least), low * (1 - least) + least)


unit = st.floats(0, 1)
box = st.builds(lambda a, b, c, d: (side(a, b)[0], side(c, d)[0], side(a, b)[1], side(c, d)[1]), unit, unit, unit, unit)


def graph(boxes, relationships, names=THINGS):
    objects = tuple(SceneObject(name=names[i % len(names)], box=b) for i, b in enumerate(boxes))
    return SceneGraph(objects, tuple(Relationship(*r) for r in relationships))


@given(box, box)
def test_conditions_imply_the_rules(s, o):
    boxes = np.array([s, o])
    spoken = spoken_table(boxes, np.zeros(2, dtype=bool))
    paper = paper_table(boxes, (boxes[:, :2] + boxes[:, 2:]) / 2)
    for rules, names, table in ((SPOKEN, SPOKEN_RELATIONS, spoken), (PAPER, PAPER_RELATIONS, paper)):
        assert set(rules) == set(names)
        for name, rule in rules.items():
            if slack(rule(Corners(*s), Corners(*o))) > 1e-9:
                assert table[names.index(name), 0, 1], name


def test_a_check_says_by_how_much():
    boxes = [(0.5, 0.4, 0.7, 0.6), (0.1, 0.4, 0.3, 0.6)]
    left, right = check(graph(boxes, [(0, "left of", 1), (0, "right of", 1)]), WORDS)
    assert (left.satisfied, left.margin, left.off) == (False, -0.4, 0.4)
    assert (right.satisfied, right.margin, right.off) == (True, 0.4, 0.0)
    assert left.to_json() == {"relationship": [0, "left of", 1], "satisfied": False, "margin": -0.4, "masks": None}


def test_what_has_no_rule_or_no_box_is_not_judged():
    words = Vocabulary.from_names(THINGS, (*SPOKEN_RELATIONS, "riding"), ())
    assert check(graph([(0, 0, 1, 1), (0, 0, 1, 1)], [(0, "riding", 1)]), words)[0].satisfied is None
    assert check(graph([(0, 0, 1, 1), None], [(0, "above", 1)]), words)[0].satisfied is None


@pytest.mark.parametrize("words", [WORDS, PAPER_WORDS], ids=["spoken", "paper"])
@given(data=st.data())
def test_one_relationship_can_always_be_enforced(words, data):
    boxes = data.draw(st.lists(box, min_size=2, max_size=2))
    name = data.draw(st.sampled_from(words.predicate_names))
    held = enforce(graph(boxes, [(0, name, 1)]), words)
    assert held.given_up == ()
    assert check(held.graph, words)[0].satisfied
    for item in held.graph.objects:
        x0, y0, x1, y1 = item.box
        assert 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1


@given(st.lists(box, min_size=12, max_size=12), st.data())
def test_what_is_not_given_up_holds(boxes, data):
    ends = st.integers(0, 11)
    triple = st.tuples(ends, st.sampled_from(SPOKEN_RELATIONS), ends).filter(lambda r: r[0] != r[2])
    wanted = graph(boxes, data.draw(st.lists(triple, max_size=6)), (*THINGS, "road"))
    held = enforce(wanted, WORDS)
    for item in check(held.graph, WORDS):
        assert item.satisfied or item.relationship in held.given_up
    assert enforce(wanted, WORDS) == held


def test_what_holds_stays_where_it_is():
    boxes = [(0.1, 0.1, 0.3, 0.3), (0.6, 0.12, 0.8, 0.4)]
    before = graph(boxes, [(0, "left of", 1), (1, "right of", 0)])
    held = enforce(before, WORDS)
    assert held.graph == before
    assert held.moved == (0.0, 0.0)


def test_boxes_move_no_further_than_needed():
    held = enforce(graph([(0.5, 0.4, 0.7, 0.6), (0.4, 0.4, 0.6, 0.6)], [(0, "left of", 1)]), WORDS)
    assert sum(held.moved) == pytest.approx(0.104, abs=0.001)
    for item in held.graph.objects:
        assert item.box[2] - item.box[0] == pytest.approx(0.2)


def test_a_contradiction_is_named_and_the_rest_is_kept():
    boxes = [(0.1, 0.1, 0.3, 0.3), (0.6, 0.6, 0.8, 0.8), (0.4, 0.4, 0.5, 0.5)]
    held = enforce(graph(boxes, [(1, "above", 0), (0, "above", 1), (2, "left of", 1)]), WORDS)
    assert held.given_up == (Relationship(0, "above", 1),)
    assert [c.satisfied for c in check(held.graph, WORDS)] == [True, False, True]


def test_stuff_cannot_be_on_anything():
    held = enforce(graph([(0, 0, 1, 1), (0.2, 0.2, 0.4, 0.4)], [(0, "on", 1)], ("road", "car")), WORDS)
    assert held.given_up == (Relationship(0, "on", 1),)


def test_fixed_boxes_do_not_move():
    boxes = [(0.5, 0.4, 0.7, 0.6), (0.4, 0.4, 0.6, 0.6)]
    held = enforce(graph(boxes, [(0, "left of", 1)]), WORDS, frozenset({0}))
    assert held.graph.objects[0].box == boxes[0]
    assert check(held.graph, WORDS)[0].satisfied


def test_the_same_graph_always_gives_the_same_boxes():
    """Half-way between two digits, where objects lie in memory would decide, as the solver sums in that order."""
    rng, lie_elsewhere = np.random.default_rng(0), []
    for _ in range(20):
        corners = rng.uniform(0, 0.6, (4, 2))
        boxes = np.round(np.hstack([corners, corners + rng.uniform(0.1, 0.35, (4, 2))]), 6).tolist()
        asked = graph(boxes, [(0, "left of", 1), (2, "above", 0), (3, "inside", 2), (1, "on", 3)])
        found = set()
        for size in range(10):
            lie_elsewhere.append([object() for _ in range(3 * size)])
            found.add(enforce(asked, WORDS).graph)
        assert len(found) == 1


def test_the_paper_goes_by_the_centres_of_masks():
    """Its centre says left, its mask right; both the check and what is enforced go by the mask."""
    right_end = tuple((0.0, 0.0, 0.0, 1.0) for _ in range(4))
    car = SceneObject(name="car", box=(0.0, 0.4, 0.8, 0.6), mask=right_end)
    both = SceneGraph((car, SceneObject(name="dog", box=(0.5, 0.45, 0.6, 0.65))), (Relationship(0, "left of", 1),))
    (found,) = check(both, PAPER_WORDS)
    assert (found.satisfied, found.margin) == (False, pytest.approx(-0.3))
    held = enforce(both, PAPER_WORDS)
    assert held.given_up == ()
    assert check(held.graph, PAPER_WORDS)[0].satisfied
    bare = SceneGraph((SceneObject(name="car", box=(0.0, 0.4, 0.8, 0.6)), both.objects[1]), both.relationships)
    assert check(bare, PAPER_WORDS)[0].satisfied


def test_a_spoken_relationship_is_judged_on_boxes_and_again_on_what_the_masks_show():
    upper = ((1.0, 1.0), (0.0, 0.0))
    car = SceneObject(name="car", box=(0.4, 0.1, 0.6, 0.9), mask=upper)
    dog = SceneObject(name="dog", box=(0.4, 0.6, 0.6, 0.9))
    (found,) = check(SceneGraph((car, dog), (Relationship(0, "in front of", 1),)), WORDS)
    assert found.satisfied is False
    (found,) = check(SceneGraph((dog, car), (Relationship(0, "in front of", 1),)), WORDS)
    assert found.satisfied is False
    assert found.on_masks is not None
    (above,) = check(SceneGraph((car, dog), (Relationship(0, "above", 1),)), WORDS)
    assert above.on_masks is not None
    assert above.satisfied and above.on_masks.satisfied
    assert above.on_masks.margin > above.margin  # the mask is higher up than its box


@given(st.lists(box, min_size=4, max_size=4), st.data())
def test_the_largest_part_is_kept(boxes, data):
    """Against trying every part, by the same solver."""
    ends = st.integers(0, 3)
    names = st.sampled_from(("left of", "right of", "above", "below"))
    triple = st.tuples(ends, names, ends).filter(lambda r: r[0] != r[2])
    said = data.draw(st.lists(triple, min_size=2, max_size=5, unique=True))
    held = enforce(graph(boxes, said), WORDS)
    least = next(
        count
        for count in range(len(said) + 1)
        for lost in itertools.combinations(said, count)
        if not enforce(graph(boxes, [r for r in said if r not in lost]), WORDS).given_up
    )
    assert len(held.given_up) == least
