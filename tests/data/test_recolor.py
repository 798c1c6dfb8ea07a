"""Objects in another colour: by the rules that name colours, and nothing else of the picture changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.color_terms import COLORS, color_words, topmost
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.scenes.recolor import paint_area, say_color


def picture(seed=0):
    """Noise with light and shade, and an object in its middle."""
    rng = np.random.default_rng(seed)
    shade = np.linspace(0.5, 1.2, 32)[None, :, None] * rng.uniform(0.9, 1.1, (3, 32, 32))
    return (shade * 120).clip(0, 255).astype(np.uint8)


BOXES = np.array([(0.25, 0.25, 0.75, 0.75)], dtype=np.float32)
MASKS = np.ones((1, 8, 8), dtype=np.uint8)
KNOWN = np.array([True])


@pytest.mark.parametrize("color", COLORS)
def test_what_is_painted_is_called_by_its_new_colour(color):
    area = topmost(np.array([1]), BOXES, MASKS, KNOWN, 32, 32)[0] == 1
    for seed in range(5):
        assert color_words(paint_area(picture(seed), area, color), BOXES, MASKS, KNOWN) == [color]


def test_the_rest_stays_and_light_and_shade_too():
    area = topmost(np.array([1]), BOXES, MASKS, KNOWN, 32, 32)[0] == 1
    before, after = picture(), paint_area(picture(), area, "red")
    assert np.array_equal(before[:, ~area], after[:, ~area])
    light = [image[:, area].astype(float).mean(0) for image in (before, after)]
    assert np.corrcoef(light)[0, 1] > 0.9


def test_what_a_smaller_object_covers_is_not_painted():
    boxes = np.array([(0, 0, 1, 1), (0.25, 0.25, 0.75, 0.75), (0.5, 0.5, 1, 1)], dtype=np.float32)
    known = np.array([True, True, False])  # of the last one the mask is not known
    seen = topmost(np.array([3]), boxes, np.ones((3, 8, 8), dtype=np.uint8), known, 32, 32)[0]
    assert (seen[8:24, 8:24] == 2).all() and (seen == 1).sum() == 32 * 32 - 16 * 16


def test_one_colour_is_said_and_sizes_stay():
    names = ("red", "blue", "small")
    assert say_color(np.array([True, False, True]), names, "blue").tolist() == [False, True, True]


def test_drawn_graphs_say_what_was_painted(tiny_data):
    config = DataConfig(
        relations="spoken", min_objects=1, crowded="largest", attributes="derived", recolor=1.0, flip=True
    )
    generator = GeneratorConfig(image_size=(32, 32), mask_size=8, refinement_dims=(16, 8))
    scenes = load_scenes(tiny_data, "train", config, generator)
    plain = load_scenes(tiny_data, "train", replace(config, recolor=0.0), generator)
    painted = 0
    for i in range(len(scenes)):
        one, other = scenes.example(i, seed=3), plain.example(i, seed=3)
        assert np.array_equal(one.triples, other.triples) and np.array_equal(one.boxes, other.boxes)
        changed = (one.image != other.image).any()
        painted += changed
        assert changed or np.array_equal(one.attributes, other.attributes)
        exact = scenes.example(i, seed=3, exact=True)
        assert np.array_equal(exact.image, plain.example(i, seed=3, exact=True).image)
        assert np.array_equal(scenes.example(i, seed=3).image, one.image)
    assert painted
