"""The sheet of ``sg2im data show``: ten objects can be read and told apart."""

from __future__ import annotations

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sg2im_cli.drawing.graph import draw_graph
from sg2im_cli.drawing.layout import _by_area, _tags
from sg2im_cli.drawing.parts import shared_area
from sg2im_cli.drawing.scenes import SIDE, numbered, scene_sheet
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject

NAMES = ("umbrella", "traffic light", "dog", "building")


def scene(seed, count=10):
    rng = np.random.default_rng(seed)
    objects = []
    for _ in range(count):
        (x0, y0), (w, h) = rng.uniform(0, 0.7, 2), rng.uniform(0.05, 0.3, 2)
        objects.append(SceneObject(name=str(rng.choice(NAMES)), box=(x0, y0, x0 + w, y0 + h)))
    chain = tuple(Relationship(i, "in front of", i + 1) for i in range(count - 1))
    return SceneGraph(tuple(objects), chain)


@given(st.integers(0, 10_000))
def test_names_of_ten_objects_cover_no_other_name(seed):
    graph = numbered(scene(seed))
    tags = _tags([graph.objects[i] for i in _by_area(graph)], SIDE)
    assert all(shared_area(a, b) == 0 for i, a in enumerate(tags) for b in tags[:i])


def test_objects_of_one_name_are_numbered_and_others_keep_theirs():
    names = ("dog", "car", "dog", "sky", "dog")
    graph = SceneGraph(tuple(SceneObject(name=name, box=(0, 0, 1, 1)) for name in names), (Relationship(0, "on", 2),))
    told = numbered(graph)
    assert [item.label for item in told.objects] == ["dog 1", "car", "dog 2", "sky", "dog 3"]
    assert told.relationships == graph.relationships


def test_a_large_graph_has_the_room_that_its_letters_need():
    pixels = np.zeros((3, 16, 16), dtype=np.uint8)
    small, large = scene(0, 2), scene(1)
    sheet = Image.open(io.BytesIO(scene_sheet([(pixels, small), (pixels, large)])))
    width, height = draw_graph(numbered(large)).size
    assert sheet.width - 2 * SIDE >= 0.8 * width
    assert sheet.height >= SIDE + 0.8 * height
