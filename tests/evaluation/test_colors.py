"""Colours asked for and drawn, with generators of which it is known what they draw."""

from __future__ import annotations

import json

import numpy as np
import torch

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.color_terms import COLORS, UNNAMED
from sg2im_cli.data.dataset import Scene, SceneDataset
from sg2im_cli.data.relations import SPOKEN_RELATIONS
from sg2im_cli.evaluation.colors import ask_colors, evaluate_colors, known_colors, name_objects
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.object_layout import ObjectLayout
from sg2im_parsers.vocabulary import Vocabulary

PAINT = {
    "black": (5, 5, 5),
    "white": (250, 250, 250),
    "red": (200, 20, 20),
    "green": (30, 150, 40),
    "yellow": (235, 215, 30),
    "blue": (30, 60, 200),
    "brown": (110, 70, 30),
    "orange": (240, 130, 20),
    "pink": (250, 150, 180),
    "purple": (120, 40, 150),
    "gray": (128, 128, 128),
}
SIDE = 96
BOXES = np.array([(0, 0, 1, 1 / 3), (0, 1 / 3, 1, 2 / 3), (0, 2 / 3, 1, 1)], dtype=np.float32)
KNOWING = Vocabulary.from_names(["car", "dog"], SPOKEN_RELATIONS, attributes=("tall", *COLORS))


def striped(*colors):
    """A picture of three stripes, each an object; None is a colour between the terms."""
    image = np.zeros((3, SIDE, SIDE), dtype=np.uint8)
    for i, color in enumerate(colors):
        paint = (95, 150, 150) if color is None else PAINT[color]
        image[:, i * 32 : (i + 1) * 32] = np.array(paint, dtype=np.uint8)[:, None, None]
    return image


def dataset(pictures, vocabulary=KNOWING, has_mask=(True, True, True)):
    relations = np.zeros((len(SPOKEN_RELATIONS), 3, 3), dtype=bool)
    relations[0] = ~np.eye(3, dtype=bool)
    masks = np.ones((3, 8, 8), dtype=np.uint8)
    scenes = [
        Scene(np.array([1, 2, 1]), BOXES, masks, np.array(has_mask), relations, striped(*colors)) for colors in pictures
    ]
    return SceneDataset(scenes, vocabulary, DataConfig(relations="spoken"))


class Obeys(Generator):
    """Paints each object in the colour that is asked for, and gray if none is."""

    def __init__(self, vocabulary=KNOWING):
        config = GeneratorConfig(image_size=(SIDE, SIDE), mask_size=8, gconv_num_layers=0)
        super().__init__(config, 3, len(vocabulary.predicates), len(vocabulary.attributes))
        self.paints = torch.tensor([PAINT.get(name, (0, 0, 0)) for name in vocabulary.attributes]).float() / 255

    def predict_layout(self, objs, triples, attributes=None, latents=None):
        vectors = torch.full((len(objs), 3), 128 / 255)
        if attributes is not None:
            asked = attributes.any(1)
            vectors[asked] = attributes[asked] @ self.paints
        vectors[objs == 0] = 0
        return ObjectLayout(vectors, torch.zeros(len(objs), 4), torch.zeros(len(objs), 8, 8) + 10)

    def refine(self, layout, noise=None, picture_latents=None):
        mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (self.config.pixel_mean, self.config.pixel_std))
        return (layout - mean) / std


class Ignores(Obeys):
    """Paints everything gray."""

    def predict_layout(self, objs, triples, attributes=None, latents=None):
        return super().predict_layout(objs, triples)


PICTURES = [("red", "gray", None), ("blue", "gray", "yellow"), (None, None, None), ("pink", "black", "brown")]


def values(section):
    return {figure.name: (round(figure.value, 6), figure.count) for figure in section.figures}


def test_the_colors_of_this_file_are_those_of_the_rules():
    found = ask_colors(Obeys(), dataset([tuple(COLORS[i : i + 3]) for i in (0, 3, 6, 8)]))
    assert [COLORS[i] for i in found.real] == [name for i in (0, 3, 6, 8) for name in COLORS[i : i + 3]]


def test_a_generator_that_obeys_draws_what_is_asked_for():
    found = ask_colors(Obeys(), dataset(PICTURES))
    assert found.owners.tolist() == [0, 0, 1, 1, 1, 3, 3, 3]
    assert found.objs.tolist() == [1, 2, 1, 2, 1, 1, 2, 1]
    assert np.array_equal(found.asked, found.real)
    assert np.array_equal(found.chance_asked, found.chance)
    assert {COLORS[i] for i in found.unasked} == {"gray"}


def test_figures_by_hand():
    section = evaluate_colors(Obeys(), dataset(PICTURES))
    found = ask_colors(Obeys(), dataset(PICTURES))
    gray = float((found.chance == COLORS.index("gray")).mean())
    assert values(section) == {
        "color_asked": (1, 8),
        "color_unasked": (2 / 8, 8),
        "color_gain": (6 / 8, 8),
        "color_chance_asked": (1, 8),
        "color_chance_unasked": (round(gray, 6), 8),
        "color_chance_gain": (round(1 - gray, 6), 8),
    }
    assert all(figure.layout == "given" and figure.interval is not None for figure in section.figures)
    low, high = section.figure("color_gain", "given").interval
    assert low < 6 / 8 < high
    rows = section.details["by_color"]
    assert (rows["gray"]["objects"], rows["gray"]["unasked"], rows["red"]["unasked"]) == (2, 1, 0)
    assert rows["green"]["asked"] is None
    json.dumps(section.to_json(), allow_nan=False)


def test_to_a_generator_that_ignores_colors_asking_adds_nothing():
    section = evaluate_colors(Ignores(), dataset(PICTURES))
    gains = [section.figure(name, "given") for name in ("color_gain", "color_chance_gain")]
    assert [(figure.value, figure.interval) for figure in gains] == [(0, (0, 0))] * 2


def test_colors_by_chance_depend_on_the_seed_alone_and_are_of_all_kinds():
    data = dataset([("red", "blue", "green")] * 40)
    first, again, other = (ask_colors(Obeys(), data, seed) for seed in (0, 0, 1))
    assert np.array_equal(first.chance, again.chance)
    assert not np.array_equal(first.chance, other.chance)
    assert set(first.chance) == set(range(len(COLORS)))


def test_only_colors_that_the_weights_know_are_asked_for():
    words = Vocabulary.from_names(["car", "dog"], SPOKEN_RELATIONS, attributes=("shiny", "grey", "red"))
    assert known_colors(words) == {COLORS.index("red"): 2, COLORS.index("gray"): 1}
    found = ask_colors(Ignores(words), dataset([("red", "gray", "blue")] * 8, words))
    assert {COLORS[i] for i in found.real} == {COLORS[i] for i in found.chance} == {"red", "gray"}
    assert len(found.real) == 16


def test_weights_without_colors_have_no_figures():
    for attributes in ((), ("tall",)):
        words = Vocabulary.from_names(["car", "dog"], SPOKEN_RELATIONS, attributes=attributes)
        section = evaluate_colors(Ignores(words), dataset(PICTURES, words))
        assert (section.figures, section.notes) == ((), ("These weights know no colours.",))


def test_an_object_without_a_mask_is_not_asked_for():
    found = ask_colors(Obeys(), dataset(PICTURES, has_mask=(True, False, True)))
    assert found.owners.tolist() == [0, 1, 1, 3, 3]
    assert UNNAMED not in found.real


def test_a_split_in_which_nothing_has_a_color():
    section = evaluate_colors(Obeys(), dataset([(None, None, None)]))
    assert section.figures == ()


def test_where_objects_fill_their_boxes_they_are_looked_at_there():
    data = dataset([("red", "gray", "blue")])
    data.scenes[0].masks[0, :, 4:] = 0  # the right half of the first object is not it
    image = data.scenes[0].image.copy()
    image[:, :32, 48:] = np.array(PAINT["blue"], dtype=np.uint8)[:, None, None]
    masked, filled = (name_objects(data, [image], masked) for masked in (True, False))
    assert COLORS[masked[0]] == "red"
    assert filled[0] == UNNAMED
