"""Attributes in training: what is said of an object shows in its picture, in its box, and in the bundle of a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from sg2im_cli.checkpoint import load_generator
from sg2im_cli.config import LossConfig
from sg2im_cli.data.attributes import DERIVED
from sg2im_cli.data.batch import batch_graphs
from sg2im_cli.data.color_terms import color_words
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.evaluation.colors import evaluate_colors
from sg2im_cli.painter import Painter
from sg2im_cli.training.recipes import load_recipe
from sg2im_cli.training.run import train
from sg2im_cli.training.samples import to_pixels
from sg2im_cli.training.step import Trainer
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_weights import read_bundle

from .conftest import Silent, options

CAR = (0.25, 0.25, 0.75, 0.75)


@pytest.fixture(scope="module")
def trained(painted_data):
    """A small generator that has learned pixels and boxes of cars: red or blue, large or small."""
    tiny = load_recipe("tiny")
    losses = LossConfig(box="l1_giou", masks=0.0, image=0.0, objects=0.0, categories=0.0)
    training = replace(tiny.training, learning_rate=1e-2, layout_lr=3e-3, ema_decay=0.0)
    generator = replace(tiny.generator, layout_category_dim=8, box_head="center")
    data = replace(tiny.data, attribute_dropout=0.1)
    recipe = replace(tiny, generator=generator, losses=losses, training=training, data=data)
    scenes = load_scenes(painted_data, "train", recipe.data, recipe.generator)
    torch.manual_seed(0)
    trainer = Trainer(recipe, scenes.vocabulary, torch.device("cpu"))
    for step, batch in zip(range(400), scenes.batches(24, with_images=False), strict=False):
        trainer.layout_step(batch, step)
    for step, batch in zip(range(120), scenes.batches(12), strict=False):
        trainer.picture_step(batch, step, 0)
    return trainer.generator.eval(), scenes.vocabulary


def drawn(trained, *said):
    """The picture of a car of which this is said, in a given box, and the box that the model predicts for it."""
    generator, words = trained
    objects = (SceneObject(name="road"), SceneObject(name="car", attributes=said))
    # "on" would itself tell the size: see `painted_data`
    batch = batch_graphs([SceneGraph(objects, (Relationship(1, "in", 0),))], words)
    whole = (0.0, 0.0, 1.0, 1.0)
    boxes, masks = torch.tensor([whole, CAR, whole]), torch.ones(3, 8, 8)
    noise = torch.randn(1, 4, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        output = generator(
            batch.objs, batch.triples, batch.obj_to_img, boxes, masks, noise, 1, attributes=batch.attributes
        )
    picture = to_pixels(output.images, generator.config.pixel_mean, generator.config.pixel_std)[0].numpy()
    return picture, output.boxes[1]


def color_of_the_car(picture):
    boxes = np.array([(0, 0, 1, 1), CAR], dtype=np.float32)
    return color_words(picture, boxes, np.ones((2, 8, 8), dtype=np.uint8), np.ones(2, dtype=bool))[1]


def test_a_red_car_is_red_and_a_blue_car_is_blue(trained):
    red, blue = (drawn(trained, word)[0] for word in ("red", "blue"))
    assert (color_of_the_car(red), color_of_the_car(blue)) == ("red", "blue")


def test_the_colour_of_the_car_leaves_the_rest_alone(trained):
    red, blue = (drawn(trained, word)[0].astype(int) for word in ("red", "blue"))
    changed = np.abs(red - blue).max(0)
    assert changed[10:22, 10:22].mean() > 4 * changed[:3].mean()


def test_a_large_car_has_a_larger_box_than_a_small_one(trained):
    """In the data 5.8 times as large."""
    a, b = (drawn(trained, word)[1] for word in ("large", "small"))
    assert (a[2:] - a[:2]).prod() > 2 * (b[2:] - b[:2]).prod()


@pytest.mark.parametrize("text", ["a {} car on the road", "the car on the road is {}"])
def test_two_sentences_that_differ_in_a_colour_make_pictures_that_differ_in_the_car(trained, text):
    painter = Painter(*trained, "trained")
    whole = ((1.0,) * 8,) * 8
    pictures = []
    for word in ("scarlet", "dark blue", "fast"):
        car, road = painter.ground(text.format(word)).graph.objects
        placed = (replace(car, box=CAR, mask=whole), replace(road, box=(0.0, 0.0, 1.0, 1.0), mask=whole))
        painting = painter.paint(SceneGraph(placed, (Relationship(0, "on", 1),)), seed=5)
        assert painting.graph.objects[0].attributes == {"scarlet": ("red",), "dark blue": ("blue",)}.get(word, ())
        pictures.append(np.asarray(painting.images[0]).transpose(2, 0, 1))
    red, blue, _ = pictures
    assert (color_of_the_car(red), color_of_the_car(blue)) == ("red", "blue")
    changed = np.abs(red.astype(int) - blue.astype(int)).max(0)
    elsewhere = np.ones((32, 32), dtype=bool)
    elsewhere[5:27, 5:27] = False  # the car is from 8 to 24; convolutions look further
    assert changed[10:22, 10:22].mean() > 10 * changed[elsewhere].mean()


def test_sg2im_eval_says_what_asking_for_a_colour_adds(trained, painted_data):
    generator, words = trained
    scenes = load_scenes(painted_data, "train", load_recipe("tiny").data, generator.config, words)
    found = {figure.name: figure for figure in evaluate_colors(generator, scenes).figures}
    assert found["color_asked"].count == 2 * len(scenes)
    assert found["color_asked"].value > 0.8
    assert found["color_gain"].interval[0] > 0  # roads are gray, but half of the cars are red, the others blue


def test_a_run_leaves_a_bundle_that_knows_its_attributes(painted_data, tmp_path):
    train(options(painted_data, tmp_path / "run"), Silent())
    checkpoint = load_generator(read_bundle(tmp_path / "run" / "weights"))
    assert checkpoint.vocabulary.attributes == DERIVED
    assert checkpoint.generator.attribute_embeddings.weight.shape == (len(DERIVED), 16)


def test_a_run_with_attributes_goes_on_and_equals_the_whole(painted_data, tmp_path):
    train(options(painted_data, tmp_path / "whole"), Silent())
    with pytest.raises(KeyboardInterrupt):
        train(options(painted_data, tmp_path / "broken"), Silent(stop_after=5))
    train(options(painted_data, tmp_path / "broken"), Silent())
    whole, broken = (read_bundle(tmp_path / name / "weights").tensors() for name in ("whole", "broken"))
    assert all(torch.equal(whole[name], broken[name]) for name in whole)


def test_a_recipe_without_attributes_makes_a_model_without(painted_data, tmp_path):
    tiny = load_recipe("tiny")
    plain = replace(tiny, data=replace(tiny.data, attributes="none"))
    train(replace(options(painted_data, tmp_path / "run"), recipe=plain), Silent())
    bundle = read_bundle(tmp_path / "run" / "weights")
    assert "attributes" not in bundle.config["vocabulary"]
    assert not any("attribute" in name for name in bundle.tensor_shapes())
