"""The graphs of a story: what stays has one place in all their pictures."""

from __future__ import annotations

import re

from sg2im_cli.drawing.arrangement import NO_PLACES, arrange
from sg2im_cli.drawing.graph import draw_graph, graph_svg
from sg2im_cli.drawing.together import places_together
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject


def graph(*names, said=()):
    return SceneGraph(tuple(SceneObject(name=name) for name in names), tuple(Relationship(*r) for r in said))


SHEEP = graph("sheep", "grass", said=[(0, "on", 1)])
TREE = graph("sheep", "grass", "tree", said=[(0, "on", 1), (2, "behind", 0)])
LEFT = graph("grass", "tree")
STORY = (SHEEP, TREE, LEFT)
KEPT = ((None, None), (0, 1, None), (1, 2))


def test_what_is_kept_stays_where_it_is():
    sheep, tree, left = places_together(STORY, KEPT)
    assert tree.centers[:2] == sheep.centers
    assert left.centers == tree.centers[1:]
    assert len(set(tree.centers)) == 3
    assert sheep.frame == tree.frame == left.frame


def test_pictures_show_the_same_part_of_the_plane():
    places = places_together(STORY, KEPT)
    assert len({draw_graph(g, places=at).size for g, at in zip(STORY, places, strict=True)}) == 1
    frames = {re.search(r'viewBox="([^"]*)"', graph_svg(g, places=at))[1] for g, at in zip(STORY, places, strict=True)}
    assert len(frames) == 1
    for one, at in zip(STORY, places, strict=True):
        drawn = arrange(one, places=at)
        x0, y0, x1, y1 = drawn.frame
        assert all(x0 <= n.area[0] and y0 <= n.area[1] and n.area[2] <= x1 and n.area[3] <= y1 for n in drawn.nodes)


def test_a_scene_that_keeps_nothing_begins_anew():
    places = places_together((*STORY, SHEEP), (*KEPT, (None, None)))
    assert places[:3] == places_together(STORY, KEPT)
    assert places[3] == NO_PLACES


def test_a_thing_in_place_of_another_has_a_place_of_its_own():
    first, second = places_together((SHEEP, graph("car", "grass", said=[(0, "on", 1)])), ((None, None), (None, 1)))
    assert first.centers[1] == second.centers[1] and first.centers[0] != second.centers[0]
