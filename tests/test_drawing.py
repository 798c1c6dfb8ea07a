"""Graph and layout as pictures."""

from __future__ import annotations

import io
import itertools
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sg2im_cli.drawing import FONT_SIZE, draw_layout, graph_picture, layout_picture, object_color
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


def test_names_of_boxes_in_one_place_do_not_cover_each_other():
    graph = SceneGraph(tuple(SceneObject(name=name, box=(0, 0, 1, 1)) for name in ("tree", "sky", "sea")), ())
    root = ET.fromstring(layout_picture(graph, Path("a.svg")))
    heights = sorted(float(text.get("y")) for text in root.iter("{http://www.w3.org/2000/svg}text"))
    assert all(low - high >= FONT_SIZE for high, low in itertools.pairwise(heights))


def test_no_rim_crosses_a_name():
    graph = SceneGraph((SceneObject(name="car", box=(0, 0, 1, 1)), SceneObject(name="sheep", box=(0.1, 0, 0.9, 0.9))))
    names = draw_layout(SceneGraph(graph.objects[:1]), 100).crop((4, 4, 30, 20))
    assert draw_layout(graph, 100).crop((4, 4, 30, 20)).tobytes() == names.tobytes()


def test_a_box_is_drawn_where_it_is():
    graph = SceneGraph((SceneObject(name="car", box=(0.5, 0.5, 1, 1)),), ())
    image = draw_layout(graph, 100)
    assert image.getpixel((20, 20)) == (255, 255, 255)
    assert image.getpixel((80, 95)) != (255, 255, 255)


@given(st.text(min_size=1))
def test_white_letters_are_legible_on_every_color(name):
    red, green, blue = object_color(name)
    assert 0.2126 * red + 0.7152 * green + 0.0722 * blue < 170
