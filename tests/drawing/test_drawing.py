"""Graph and layout as pictures."""

from __future__ import annotations

import io
import itertools
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sg2im_cli.drawing import draw_layout, graph_picture, layout_picture, layout_svg
from sg2im_cli.drawing.arrangement import arrange
from sg2im_cli.drawing.layout import EDGE
from sg2im_cli.drawing.parts import FONT_SIZE, hex_color, object_color, shared_area
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject

SHEEP = SceneGraph(
    (
        SceneObject(name="sky", box=(0, 0, 1, 0.5)),
        SceneObject(
            name="<sheep> & co", attributes=("white",), box=(0.2, 0.5, 0.4, 0.8), mask=((0.0, 1.0), (1.0, 1.0))
        ),
        SceneObject(name="field", box=(0, 0.4, 1, 1)),
    ),
    (Relationship(0, "above", 2), Relationship(1, "in", 2), Relationship(2, "on", 2)),
)


@pytest.mark.parametrize("picture", [graph_picture, layout_picture])
def test_svg_is_well_formed_and_names_everything(picture):
    root = ET.fromstring(picture(SHEEP, Path("a.svg")))
    words = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert words >= {"sky", "<sheep> & co", "field"}
    if picture is graph_picture:
        assert words >= {"above", "in", "white"}


@pytest.mark.parametrize("picture", [graph_picture, layout_picture])
@pytest.mark.parametrize("graph", [SHEEP, SceneGraph(), SceneGraph((SceneObject(name="sky"),), ())])
def test_png(picture, graph):
    assert Image.open(io.BytesIO(picture(graph, Path("a.png")))).format == "PNG"


NOTE = "{http://www.w3.org/2000/svg}"
PLACED = st.builds(
    lambda x, y, w, h: (x, y, x + w * (1 - x), y + h * (1 - y)), *[st.floats(0, 0.98)] * 2, *[st.floats(0.02, 1)] * 2
)


@given(st.lists(PLACED, min_size=1, max_size=12), st.booleans())
def test_no_name_lies_on_another_or_outside(boxes, in_one_place):
    words = ("sky", "traffic light", "dog", "refrigerator")
    boxes = [boxes[0]] * 12 if in_one_place else boxes
    objects = tuple(SceneObject(name=words[i % 4], box=box) for i, box in enumerate(boxes))
    root = ET.fromstring(layout_picture(SceneGraph(objects), Path("a.svg")))
    rects = [r for r in root.iter(NOTE + "rect") if r.get("fill") not in ("none", "white")]
    tags = [tuple(float(r.get(k)) for k in ("x", "y", "width", "height")) for r in rects]
    areas = [(x, y, x + w, y + h) for x, y, w, h in tags]
    assert len(areas) == len(boxes)
    assert all(x0 >= 0 and y0 >= 0 and x1 <= 600.1 and y1 <= 600.1 for x0, y0, x1, y1 in areas)
    assert all(shared_area(a, b) < 5 for a, b in itertools.combinations(areas, 2))  # rounded to a tenth of a pixel


def test_a_name_does_not_cover_a_small_box_but_points_to_it():
    crowded = tuple(SceneObject(name="bird", box=(0.5, 0.5, 0.52, 0.52)) for _ in range(12))
    root = ET.fromstring(layout_picture(SceneGraph(crowded), Path("a.svg")))
    tags = [r for r in root.iter(NOTE + "rect") if r.get("fill") not in ("none", "white")]
    for tag in tags:
        x, y, width, height = (float(tag.get(k)) for k in ("x", "y", "width", "height"))
        assert shared_area((x, y, x + width, y + height), (300, 300, 311, 311)) == 0
    assert len(list(root.iter(NOTE + "line"))) >= 2


def test_no_rim_crosses_a_name():
    graph = SceneGraph((SceneObject(name="car", box=(0, 0, 1, 1)), SceneObject(name="sheep", box=(0.1, 0, 0.9, 0.9))))
    names = draw_layout(SceneGraph(graph.objects[:1]), 100).crop((4, 4, 30, 20))
    assert draw_layout(graph, 100).crop((4, 4, 30, 20)).tobytes() == names.tobytes()


def test_a_box_is_drawn_where_it_is():
    graph = SceneGraph((SceneObject(name="car", box=(0.5, 0.5, 1, 1)),), ())
    image = draw_layout(graph, 100)
    assert image.getpixel((20, 20)) == (255, 255, 255)
    assert image.getpixel((80, 95)) != (255, 255, 255)


def test_the_end_of_the_picture_is_seen():
    graph = SceneGraph((SceneObject(name="car", box=(0.4, 0.4, 0.6, 0.6)),), ())
    image = draw_layout(graph, 100)
    ends = [image.getpixel(corner) for corner in ((0, 50), (99, 50), (50, 0), (50, 99))]
    assert ends == [EDGE] * 4
    photo = draw_layout(graph, 100, picture=Image.new("RGB", (100, 100), "red"))
    assert photo.getpixel((0, 50)) == (255, 0, 0)
    assert hex_color(EDGE) in layout_svg(graph)


@given(st.text(min_size=1))
def test_white_letters_are_legible_on_every_color(name):
    red, green, blue = object_color(name)
    assert 0.2126 * red + 0.7152 * green + 0.0722 * blue < 170


NAMES = st.sampled_from(["sky", "person", "traffic light", "refrigerator", "car"])
TALKATIVE = ("old", "abandoned", "brick", "red and white", "partly covered", "two-story", "leaning", "tall", "quiet")
WORDS = st.sampled_from(["on", "in front of", "surrounding"])


@st.composite
def graphs(draw):
    """Up to twelve objects and as many relationships; some join the same two, or one with itself."""
    names = draw(st.lists(NAMES, min_size=1, max_size=12))
    objects = tuple(
        SceneObject(name=name, attributes=draw(st.sampled_from([(), ("very old",), TALKATIVE]))) for name in names
    )
    ends = st.integers(0, len(objects) - 1)
    return SceneGraph(objects, tuple(draw(st.lists(st.builds(Relationship, ends, WORDS, ends), max_size=len(names)))))


@settings(max_examples=25, derandomize=True)
@given(graphs())
def test_nothing_of_a_graph_lies_on_anything_else_and_nothing_is_left_out(graph):
    drawn = arrange(graph)
    assert drawn.overlaps == 0
    assert len(drawn.nodes) == len(graph.objects)
    told = [label for edge in drawn.edges for label in edge.label.split(", ")]
    assert sorted({*told}) == sorted({r.predicate for r in graph.relationships})
    x0, y0, x1, y1 = drawn.frame
    for area in (*(node.area for node in drawn.nodes), *(edge.label_area for edge in drawn.edges)):
        assert x0 <= area[0] and y0 <= area[1] and area[2] <= x1 and area[3] <= y1


def test_all_that_is_said_of_an_object_is_in_its_box_and_as_wide_as_it_was_measured():
    thing = SceneObject(name="house", attributes=TALKATIVE, quantity=2, place="in the background")
    drawn = arrange(SceneGraph((thing,)))
    (node,) = drawn.nodes
    assert ", ".join(line.removesuffix(",") for line in node.details) == ", ".join(["2", *TALKATIVE, thing.place])
    x0, y0, x1, y1 = node.area
    root = ET.fromstring(graph_picture(SceneGraph((thing,)), Path("a.svg")))
    texts = list(root.iter("{http://www.w3.org/2000/svg}text"))
    assert [text.text for text in texts] == ["house", *node.details]
    for text in texts:
        middle, width, size = (float(text.get(key, 0)) for key in ("x", "textLength", "font-size"))
        assert x0 < middle - width / 2 < middle + width / 2 < x1
        assert y0 + size / 2 < float(text.get("y", 0)) < y1
    heights = [float(text.get("y", 0)) for text in texts]
    assert all(low - high >= FONT_SIZE * 0.8 for high, low in itertools.pairwise(heights))


def test_two_relationships_of_the_same_objects_are_two_arrows():
    objects = (SceneObject(name="man"), SceneObject(name="dog"))
    both = (Relationship(0, "above", 1), Relationship(1, "below", 0), Relationship(0, "near", 1))
    drawn = arrange(SceneGraph(objects, both))
    assert [edge.label for edge in drawn.edges] == ["above", "below", "near"]
    assert len({edge.points for edge in drawn.edges}) == 3


def test_a_graph_is_always_drawn_the_same():
    assert graph_picture(SHEEP, Path("a.svg")) == graph_picture(SHEEP, Path("a.svg"))


def test_a_crowd_is_drawn_in_a_picture_that_can_be_opened():
    objects = tuple(SceneObject(name="sheep") for _ in range(1000))
    rows = tuple(Relationship(i, "beside", (i * 7 + 1) % 1000) for i in range(1000))
    image = Image.open(io.BytesIO(graph_picture(SceneGraph(objects, rows), Path("a.png"))))
    assert max(image.size) < 5000


@pytest.mark.parametrize("picture", [graph_picture, layout_picture])
def test_letters_that_xml_cannot_hold(picture):
    graph = SceneGraph((SceneObject(name="a\x07\ncat", attributes=("\ud800", "\x1b[31m"), box=(0, 0, 1, 1)),))
    ET.fromstring(picture(graph, Path("a.svg")))
    assert picture(graph, Path("a.png")).startswith(b"\x89PNG")
