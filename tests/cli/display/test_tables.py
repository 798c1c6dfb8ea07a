"""Tables for people."""

from io import StringIO

import pytest
from rich.console import Console

from sg2im_cli.cli.display.tables import places_table, relationships_table
from sg2im_cli.steering.check import check, check_places
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

VOCABULARY = Vocabulary.from_names(["car", "road"], ["on", "like"], ["road"])
BOX = (0.0, 0.5, 1.0, 1.0)


@pytest.mark.parametrize(
    ("box", "predicate", "place", "relationship", "placed"),
    [
        (None, "on", "on the left", "no box", "no box"),
        (None, "like", "up there", "no box", "no box"),
        (BOX, "like", "up there", "no rule", "no rule"),
    ],
)
def test_it_says_why_nothing_can_be_said(box, predicate, place, relationship, placed):
    objects = (SceneObject(name="car", box=box, place=place), SceneObject(name="road", box=BOX))
    graph = SceneGraph(objects, (Relationship(0, predicate, 1),))
    assert relationship in printed(relationships_table(graph, check(graph, VOCABULARY)))
    assert placed in printed(places_table(graph, check_places(graph)))


def printed(table):
    page = StringIO()
    Console(file=page, width=200).print(table)
    return page.getvalue()
