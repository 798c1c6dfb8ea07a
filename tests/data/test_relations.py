"""The written rules, on boxes where everybody would agree, and as laws."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sg2im_cli.data.relations import (
    MIRRORED,
    PAPER_RELATIONS,
    SPOKEN_RELATIONS,
    mask_centers,
    paper_table,
    spoken_table,
)

SKY, ROAD, CAR = (0, 0, 1, 0.5), (0, 0.6, 1, 1), (0.3, 0.5, 0.6, 0.75)
SHOP = (0, 0.1, 0.3, 0.7)
SCENES = [
    ("on", CAR, ROAD),
    ("under", ROAD, SKY),
    ("above", SKY, ROAD),
    ("below", ROAD, SKY),
    ("beside", (0.1, 0.4, 0.3, 0.8), (0.4, 0.4, 0.6, 0.8)),
    ("beside", SHOP, ROAD),
    ("left of", (0.1, 0.4, 0.3, 0.8), (0.6, 0.4, 0.9, 0.8)),
    ("right of", (0.6, 0.4, 0.9, 0.8), (0.1, 0.4, 0.3, 0.8)),
    ("near", (0.1, 0.4, 0.3, 0.8), (0.35, 0.4, 0.6, 0.8)),
    ("in", (0.4, 0.4, 0.6, 0.6), (0.1, 0.1, 0.9, 0.9)),
    ("around", (0.1, 0.1, 0.9, 0.9), (0.4, 0.4, 0.6, 0.6)),
    ("in front of", CAR, (*SHOP[:2], 0.5, 0.65)),
    ("behind", (0, 0.2, 1, 0.5), (0, 0.45, 1, 1)),
]
NOT = [
    ("on", ROAD, SKY),
    ("on", CAR, SKY),
    ("beside", (0.4, 0.4, 0.6, 0.6), (0.1, 0.1, 0.9, 0.9)),
    ("near", (0, 0, 0.1, 0.1), (0.9, 0.9, 1, 1)),
    ("in", (0.1, 0.1, 0.9, 0.9), (0.4, 0.4, 0.6, 0.6)),
    ("in front of", SKY, ROAD),
]


def spoken(subject, target, stuff=(False, False)):
    table = spoken_table(np.array([subject, target], dtype=np.float32), np.array(stuff))
    return {name for p, name in enumerate(SPOKEN_RELATIONS) if table[p, 0, 1]}


@pytest.mark.parametrize(("name", "subject", "target"), SCENES)
def test_holds(name, subject, target):
    assert name in spoken(subject, target)


@pytest.mark.parametrize(("name", "subject", "target"), NOT)
def test_does_not_hold(name, subject, target):
    assert name not in spoken(subject, target)


def test_stuff_is_on_nothing():
    assert "on" not in spoken(CAR, ROAD, stuff=(True, True))


def share():
    return st.floats(0, 1, width=32)


@st.composite
def box_lists(draw):
    boxes = draw(st.lists(st.tuples(share(), share(), share(), share()), min_size=2, max_size=6))
    array = np.array(boxes, dtype=np.float32)
    return np.stack(
        [
            np.minimum(array[:, 0], array[:, 2]),
            np.minimum(array[:, 1], array[:, 3]),
            np.maximum(array[:, 0], array[:, 2]),
            np.maximum(array[:, 1], array[:, 3]),
        ],
        axis=1,
    )


@given(box_lists())
def test_one_of_the_four_directions_always_holds(boxes):
    table = spoken_table(boxes, np.zeros(len(boxes), dtype=bool))
    rows = [SPOKEN_RELATIONS.index(name) for name in ("above", "below", "left of", "right of")]
    others = ~np.eye(len(boxes), dtype=bool)
    assert (table[rows].sum(0)[others] == 1).all()


@given(box_lists())
def test_opposites(boxes):
    table = spoken_table(boxes, np.zeros(len(boxes), dtype=bool))
    for one, other in (("in", "around"), ("in front of", "behind")):
        assert (table[SPOKEN_RELATIONS.index(one)] == table[SPOKEN_RELATIONS.index(other)].T).all()


def test_a_mirrored_picture_has_the_mirrored_relations():
    boxes = np.random.default_rng(1).random((40, 4)).astype(np.float32)
    boxes = np.concatenate([boxes[:, :2] * 0.5, 0.5 + boxes[:, 2:] * 0.5], axis=1)
    stuff = np.arange(40) % 3 == 0
    mirrored = np.stack([1 - boxes[:, 2], boxes[:, 1], 1 - boxes[:, 0], boxes[:, 3]], axis=1)
    order = [SPOKEN_RELATIONS.index(MIRRORED.get(name, name)) for name in SPOKEN_RELATIONS]
    assert (spoken_table(mirrored, stuff) == spoken_table(boxes, stuff)[order]).all()


def rule(name, s, o, thing):
    """The written rules, for one pair, in plain numbers."""
    (sw, sh), (ow, oh) = ((b[2] - b[0], b[3] - b[1]) for b in (s, o))
    wide = max(0, min(s[2], o[2]) - max(s[0], o[0]))
    high = max(0, min(s[3], o[3]) - max(s[1], o[1]))
    gap_x = max(0, max(s[0], o[0]) - min(s[2], o[2]))
    gap_y = max(0, max(s[1], o[1]) - min(s[3], o[3]))
    (sx, sy), (ox, oy) = (((b[0] + b[2]) / 2, (b[1] + b[3]) / 2) for b in (s, o))
    contained = sw * sh > 0 and wide * high >= 0.9 * sw * sh and ow * oh >= 1.2 * sw * sh
    match name:
        case "in":
            return contained
        case "on":
            rests = o[1] - 0.03 <= s[3] <= o[3] + 0.03
            return thing and rests and sy < oy and wide >= 0.6 * sw and sw <= 1.2 * ow
        case "under":
            return s[1] >= oy and s[3] > o[3] and wide >= 0.5 * min(sw, ow)
        case "near":
            return math.hypot(gap_x, gap_y) <= 0.1
        case "in front of":
            nearer = s[3] >= o[3] + 0.03 and gap_y <= 0.02 and wide >= 0.3 * min(sw, ow)
            return nearer and not rule("in", o, s, thing)
        case "beside":
            apart = abs(sx - ox) >= 0.25 * max(sw, ow) and gap_x <= 0.2 and high >= 0.15 * min(sh, oh)
            return apart and not contained and not rule("in", o, s, thing)
    theta = math.degrees(math.atan2(sy - oy, sx - ox))
    if abs(theta) >= 135:
        return name == "left of"
    if abs(theta) <= 45 and theta != 45:
        return name == "right of"
    return name == ("above" if theta < 0 else "below")


def test_the_table_equals_the_written_rules():
    """On random boxes, where no number is on the edge of a rule."""
    rng = np.random.default_rng(7)
    counts = dict.fromkeys(SPOKEN_RELATIONS, 0)
    for _ in range(60):
        corners = rng.random((6, 2, 2))
        boxes = np.concatenate([corners.min(1), corners.max(1)], axis=1)
        stuff = rng.random(6) < 0.5
        table = spoken_table(boxes, stuff)
        for (p, name), i, j in itertools.product(enumerate(SPOKEN_RELATIONS), range(6), range(6)):
            inverse = {"around": "in", "behind": "in front of"}.get(name)
            s, o, thing = (i, j, not stuff[i]) if inverse is None else (j, i, not stuff[j])
            expected = i != j and rule(inverse or name, boxes[s].tolist(), boxes[o].tolist(), thing)
            assert table[p, i, j] == expected, (name, boxes[i], boxes[j])
            counts[name] += expected
    assert min(counts.values()) > 20  # every rule was tried where it holds


@given(box_lists())
def test_left_is_right_from_the_other_side(boxes):
    """And above is below, but on diagonals, where the paper's rule prefers left and right on one side only."""
    table = spoken_table(boxes, np.zeros(len(boxes), dtype=bool))
    centers = (boxes[:, :2] + boxes[:, 2:]) / 2
    d = np.abs(centers[:, None] - centers[None])
    clear = d[..., 0] != d[..., 1]
    for one, other in (("left of", "right of"), ("above", "below")):
        rows = table[SPOKEN_RELATIONS.index(one)], table[SPOKEN_RELATIONS.index(other)].T
        assert (rows[0] == rows[1])[clear].all()


def paper_relation(s, o, center_s, center_o):
    """The 2018 code's rule, object by object."""
    if s[0] < o[0] and s[2] > o[2] and s[1] < o[1] and s[3] > o[3]:
        return "surrounding"
    if s[0] > o[0] and s[2] < o[2] and s[1] > o[1] and s[3] < o[3]:
        return "inside"
    theta = math.atan2(center_s[1] - center_o[1], center_s[0] - center_o[0])
    if theta >= 3 * math.pi / 4 or theta <= -3 * math.pi / 4:
        return "left of"
    if theta < -math.pi / 4:
        return "above"
    return "right of" if theta < math.pi / 4 else "below"


@given(box_lists())
def test_the_papers_relations_equal_the_loop(boxes):
    centers = (boxes[:, :2] + boxes[:, 2:]) / 2
    table = paper_table(boxes, centers)
    for i in range(len(boxes)):
        for j in range(len(boxes)):
            held = [name for p, name in enumerate(PAPER_RELATIONS) if table[p, i, j]]
            assert held == ([] if i == j else [paper_relation(boxes[i], boxes[j], centers[i], centers[j])])


def test_diagonals_are_decided_as_the_paper_writes():
    """|theta| = 3pi/4 is left, -pi/4 right and pi/4 below: whatever a machine's arctan2 rounds to."""
    for size in (0.1, 1 / 3, 0.5, 7e-5):
        ways = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]], dtype=np.float32) * np.float32(size)
        centers = np.concatenate([np.zeros((1, 2), dtype=np.float32), ways])
        boxes = np.concatenate([centers - np.float32(0.01), centers + np.float32(0.01)], axis=1)
        table = paper_table(boxes, centers)
        held = [PAPER_RELATIONS[int(table[:, i, 0].argmax())] for i in range(1, 5)]
        assert held == ["left of", "left of", "right of", "below"]


def test_the_center_of_a_mask_is_the_mean_of_its_pixels():
    boxes = np.array([[0, 0, 1, 1], [0.5, 0, 1, 0.5], [0, 0, 0.5, 1]], dtype=np.float32)
    masks = np.zeros((3, 5, 5), dtype=np.uint8)
    masks[0, 4, 0] = 1
    centers = mask_centers(boxes, masks, np.array([True, True, False]))
    np.testing.assert_allclose(centers, [[0, 1], [0.75, 0.25], [0.25, 0.5]])
