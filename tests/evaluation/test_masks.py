"""What a network says of masks: learned from some that are as plain as letters, and of a model that predicts them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from sg2im_cli.data.dataset import SceneDataset
from sg2im_cli.evaluation.boxes import measure_boxes
from sg2im_cli.evaluation.figures import Resamples
from sg2im_cli.evaluation.layout import predict_boxes
from sg2im_cli.evaluation.mask_classifier import Shapes, box_shapes, train_mask_classifier
from sg2im_cli.evaluation.masks import mask_figures
from sg2im_cli.evaluation.report import load_split
from sg2im_cli.evaluation.subject import Subject, silent
from sg2im_cli.evaluation.train_split import open_train

BARS = {"car": (slice(10, 16), slice(None)), "dog": (slice(None), slice(5, 11)), "bus": (slice(0, 16), slice(0, 16))}
"""A car lies, a dog stands, a bus fills its box."""


def letters(count, seed, size=16):
    """Shapes of three things, an eighth of whose cells are wrong, in boxes that say nothing."""
    rng = np.random.default_rng(seed)
    names = np.array(list(BARS))[rng.integers(0, 3, count)]
    masks = np.zeros((count, size, size), dtype=bool)
    for mask, name in zip(masks, names, strict=True):
        mask[BARS[name]] = True
    masks ^= rng.random(masks.shape) < 1 / 8
    boxes = torch.tensor([[0.2, 0.2, 0.6, 0.6]]).repeat(count, 1)
    return Shapes(torch.from_numpy(masks).float(), boxes, names)


@pytest.fixture(scope="module")
def classifier():
    return train_mask_classifier(letters(400, 0))


def test_it_names_shapes_that_it_has_not_seen(classifier):
    shapes = letters(200, 1)
    assert (classifier.look(shapes)[1] == shapes.names).mean() > 0.95


def test_the_same_masks_give_the_same_network(classifier):
    again = train_mask_classifier(letters(400, 0))
    assert all(torch.equal(a, b) for a, b in zip(classifier.parameters(), again.parameters(), strict=True))


def test_training_leaves_chance_to_others():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    train_mask_classifier(letters(20, 0))
    assert torch.equal(torch.get_rng_state(), before)


def test_where_a_box_lies_is_not_seen():
    boxes = torch.tensor([[0.1, 0.1, 0.3, 0.5], [0.6, 0.4, 0.8, 0.8], [0, 0, 0.2, 0.2]])
    a, b, c = box_shapes(boxes)
    torch.testing.assert_close(a, b)
    assert not torch.allclose(a, c)


@pytest.fixture(scope="module")
def split(small_checkpoint, tiny_data):
    return load_split(small_checkpoint, tiny_data, "val", with_images=False)


@pytest.fixture(scope="module")
def subject(small_checkpoint, split, tiny_data):
    config, names = small_checkpoint.generator.config, frozenset(small_checkpoint.vocabulary.object_names)
    train = open_train(tiny_data, split.scenes, config, names, None, silent)
    return Subject(small_checkpoint.generator, split.scenes, Resamples(5, 0, 20), train=train)


@pytest.fixture(scope="module")
def found(subject):
    return predict_boxes(subject.generator, subject.data)


def things_with_masks(data):
    """Names, masks and places among all objects of the things that have a mask."""
    names, masks, places, place = [], [], [], 0
    for scene in data.scenes:
        for obj, mask, there in zip(scene.objs, scene.masks, scene.has_mask, strict=True):
            if there and data.vocabulary.objects[obj] not in data.vocabulary.stuff:
                names.append(data.vocabulary.objects[obj])
                masks.append(mask)
                places.append(place)
            place += 1
    return np.array(names), torch.from_numpy(np.stack(masks)).float(), torch.tensor(places)


def test_figures_of_predicted_and_real_masks(subject, found, eigen_distance):
    figures = {(f.name, f.layout): f for f in mask_figures(subject, found)[0]}
    names, masks, places = things_with_masks(subject.data)
    net, train = subject.train.mask_classifier, subject.train.shapes
    predicted = net.look(Shapes(found.masks[places], found.real[places], names))
    real = net.look(Shapes(masks, found.real[places], names))
    for layout, (_, named) in (("predicted", predicted), ("real", real)):
        accuracy = figures["mask_accuracy", layout]
        assert (accuracy.value, accuracy.count) == (pytest.approx((named == names).mean()), len(names))
        each = [(named == names)[names == name].mean() for name in np.unique(names)]
        assert figures["mask_accuracy_categories", layout].value == pytest.approx(np.mean(each))
        assert figures["mask_accuracy_categories", layout].interval
    some = net.look(train.first(len(names)))
    for layout, features in (("predicted", predicted[0]), ("real", some[0])):
        expected = eigen_distance(features.double().numpy(), real[0].double().numpy())
        figure = figures["mask_distance", layout]
        assert figure.value == pytest.approx(expected, rel=1e-2) and figure.better == "lower"
        assert len(figure.resampled) == 20


def test_real_masks_are_at_no_distance(subject, found):
    """A model that predicted the annotated masks would be right as often as they are, and at no distance."""
    masks = torch.from_numpy(np.concatenate([scene.masks for scene in subject.data.scenes])).float()
    figures = {(f.name, f.layout): f for f in mask_figures(subject, replace(found, masks=masks))[0]}
    assert figures["mask_distance", "predicted"].value == pytest.approx(0, abs=1e-6)
    for name in ("mask_accuracy", "mask_accuracy_categories"):
        assert figures[name, "predicted"].value == figures[name, "real"].value


def test_the_section_has_them(subject):
    section = measure_boxes(subject)
    assert section.figure("mask_accuracy", "predicted") and section.figure("mask_distance", "real")
    assert section.figure("mask_distance", "given") is None


def test_what_cannot_be_measured_is_said(subject, found):
    apart = replace(subject, train=None, without_train="there is no train split")
    assert mask_figures(apart, found) == ([], "Masks are not measured: there is no train split.")
    assert mask_figures(subject, replace(found, masks=None)) == (
        [],
        "Masks are not measured: these weights predict none.",
    )
    scenes = [replace(scene, has_mask=np.zeros_like(scene.has_mask)) for scene in subject.data.scenes]
    blind = replace(subject, data=SceneDataset(scenes, subject.data.vocabulary, subject.data.config))
    assert "no things with masks" in mask_figures(blind, found)[1]
