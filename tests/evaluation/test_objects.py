"""Object accuracy, judge distance and diversity, of pictures whose figures are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sg2im_cli.evaluation.diversity import measure_diversity
from sg2im_cli.evaluation.drawing import Drawn, draw_split, names_of, real_pictures
from sg2im_cli.evaluation.figures import Resamples
from sg2im_cli.evaluation.frechet import frechet_distance
from sg2im_cli.evaluation.objects import evaluate_objects, judge_objects, look
from sg2im_cli.evaluation.subject import Subject

from .conftest import colored_crops


class Colored:
    """As much of a split as a judge's figures need."""

    def __init__(self, crops):
        self.crops = crops
        masks = crops.has_mask.numpy()
        self.scenes = [Scene(masks[i : i + 1], i) for i in range(len(crops.images))]
        self.vocabulary = Words(crops.names)

    def __len__(self):
        return len(self.scenes)


class Scene:
    def __init__(self, has_mask, index):
        self.has_mask = has_mask
        self.objs = np.array([index])


class Words:
    def __init__(self, names):
        self.objects = names


@pytest.fixture(scope="module")
def crops():
    return colored_crops(80, seed=21)


def drawn(crops, images=None):
    return Drawn(crops.images if images is None else images, crops.boxes, crops.obj_to_img)


def section(judge, crops, images):
    pictures = {"predicted": drawn(crops, images), "given": drawn(crops), "real": drawn(crops)}
    return judge_objects(judge, Colored(crops), pictures, Resamples(len(crops.images), 0))


def test_the_real_pictures_are_as_good_as_themselves(color_judge, crops):
    found = section(color_judge, crops, crops.images)
    real = found.figure("object_accuracy", "real")
    assert real.value >= 0.95 and real.count == 80
    for layout in ("predicted", "given"):
        assert found.figure("object_accuracy", layout).value == real.value
        assert found.figure("judge_distance", layout).value == pytest.approx(0, abs=1e-6)
    halves = found.figure("judge_distance", "real")
    features = look(color_judge, drawn(crops), crops.names).features
    assert halves.count == 40
    assert halves.value == pytest.approx(frechet_distance(features[0::2], features[1::2]))
    assert found.figure("object_accuracy_masked", "real").count == 40


def test_red_and_blue_exchanged_are_never_right(color_judge, crops):
    found = section(color_judge, crops, crops.images.flip(1))
    assert found.figure("object_accuracy", "predicted").value <= 0.05
    assert found.figure("object_accuracy", "given").value >= 0.95


def test_the_distance_grows_with_the_noise(color_judge, crops):
    noise = torch.randn(crops.images.shape, generator=torch.Generator().manual_seed(0))
    distances = []
    for amount in (0, 20, 80):
        images = (crops.images + amount * noise).clamp(0, 255).to(torch.uint8)
        distances.append(section(color_judge, crops, images).figure("judge_distance", "predicted").value)
    assert distances == sorted(distances) and distances[1] > 0


def test_names_that_the_judge_lacks_are_left_out_and_said(color_judge):
    crops = colored_crops(40, seed=2, classes=("car", "zebra"))
    found = section(color_judge, crops, crops.images)
    cars = crops.names.count("car")
    assert found.figure("object_accuracy", "real").count == cars
    assert any(f"zebra ({40 - cars} objects)" in note for note in found.notes)
    assert set(found.details["by_category"]) == {"car"}


def test_a_judge_that_knows_none_of_the_names(color_judge):
    crops = colored_crops(6, seed=2, classes=("boat", "zebra"))
    assert section(color_judge, crops, crops.images).figures == ()


def test_a_model_is_measured_on_both_layouts(small_generator, small_scenes, color_judge):
    found = evaluate_objects(small_generator, color_judge, small_scenes, seed=5)
    known = sum(name in ("car", "dog") for name in names_of(small_scenes))
    for layout in ("predicted", "given", "real"):
        assert found.figure("object_accuracy", layout).count == known
    low, high = found.figure("judge_distance", "given").interval
    assert low <= found.figure("judge_distance", "given").value <= high
    again = evaluate_objects(small_generator, color_judge, small_scenes, seed=5)
    assert [figure.value for figure in again.figures] == [figure.value for figure in found.figures]


def test_given_layouts_are_drawn_where_the_data_says(small_generator, small_scenes):
    given, predicted = (draw_split(small_generator, small_scenes, kind) for kind in ("given", "predicted"))
    real = real_pictures(small_scenes)
    torch.testing.assert_close(given.boxes, real.boxes)
    assert torch.equal(given.owners, real.owners) and torch.equal(predicted.owners, real.owners)
    assert not torch.allclose(predicted.boxes, real.boxes)
    assert given.images.dtype == torch.uint8 and not torch.equal(given.images, predicted.images)


def test_other_noise_for_the_same_graphs(small_generator, small_scenes):
    first, again, other = (draw_split(small_generator, small_scenes, "given", sample=k) for k in (0, 0, 1))
    assert torch.equal(first.images, again.images)
    assert not torch.equal(first.images, other.images)
    assert torch.equal(first.boxes, other.boxes)


def test_diversity_by_hand(small_generator, small_scenes, color_judge):
    """Three samples that are black, black and white: two of three pairs differ, by all they can."""
    subject = Subject(small_generator, small_scenes, Resamples(len(small_scenes), 0), judge=color_judge, samples=3)
    real = subject.drawn("real")
    shades = [torch.full_like(real.images, shade) for shade in (0, 0, 255)]
    for layout in ("predicted", "given"):
        for k, images in enumerate(shades):
            subject._drawn[layout, k] = Drawn(images, real.boxes, real.owners)
    found = measure_diversity(subject)
    assert found.figure("diversity_pixels", "given").value == pytest.approx(2 / 3)
    dark, _, light = (look(color_judge, subject.drawn("given", k), names_of(small_scenes)).features for k in range(3))
    apart = (dark - light).double().norm(dim=1).mean() * 2 / 3
    assert found.figure("diversity_features", "given").value == pytest.approx(float(apart), rel=1e-5)
    assert any("LPIPS is not used" in note for note in found.notes)
