"""Lite1 distances and probe accuracies of a small model on small data, against independent computations."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sg2im_cli.checkpoint import Checkpoint
from sg2im_cli.evaluation import train_split
from sg2im_cli.evaluation.comparison import compare
from sg2im_cli.evaluation.figures import Resamples
from sg2im_cli.evaluation.lite1 import lite1_figures
from sg2im_cli.evaluation.pictures import measure_pictures
from sg2im_cli.evaluation.pretrained import PictureFeatures
from sg2im_cli.evaluation.report import evaluate, load_split
from sg2im_cli.evaluation.subject import Subject, silent
from sg2im_cli.evaluation.train_split import open_train

NAMES = ("lite1_distance", "lite1_distance_objects", "lite1_probe", "lite1_probe_things")


@pytest.fixture(scope="module")
def eye():
    return PictureFeatures(torch.device("cpu"))


@pytest.fixture(scope="module")
def split(small_checkpoint, tiny_data):
    return load_split(small_checkpoint, tiny_data, "val")


@pytest.fixture(scope="module")
def train(small_checkpoint, split, tiny_data, eye):
    names = frozenset(small_checkpoint.vocabulary.object_names)
    return open_train(tiny_data, split.scenes, small_checkpoint.generator.config, names, eye, silent)


@pytest.fixture(scope="module")
def subject(small_generator, split, train, eye):
    return Subject(small_generator, split.scenes, Resamples(5, 0, 20), features=eye, train=train)


@pytest.fixture(scope="module")
def section(subject):
    return measure_pictures(subject)


def test_every_figure_of_every_layout_with_its_count(section):
    for name in NAMES:
        for layout in ("predicted", "given", "real"):
            figure = section.figure(name, layout)
            assert figure.better == ("lower" if "distance" in name else "higher")
            assert figure.of == {"lite1_distance": "pictures", "lite1_probe_things": "things"}.get(name, "objects")
            assert len(figure.resampled) in (20,)
    assert section.figure("lite1_distance", "real").count == 5
    assert section.figure("lite1_distance_objects", "given").count == 25  # all boxes are over 3 %


def test_distances_by_eigenvalues(section, subject, eye, eigen_distance):
    real = eye.of_pictures(subject.drawn("real").images).double().numpy()
    for layout in ("predicted", "given"):
        drawn = eye.of_pictures(subject.drawn(layout).images).double().numpy()
        assert section.figure("lite1_distance", layout).value == pytest.approx(eigen_distance(drawn, real), rel=2e-3)


def test_the_real_row_is_train_against_these(section, subject, train, eigen_distance):
    expected = eigen_distance(train.seen.pictures[:5].double().numpy(), subject.seen("real").double().numpy())
    assert section.figure("lite1_distance", "real").value == pytest.approx(expected, rel=2e-3)


def test_accuracies_are_shares_of_objects_that_the_probe_names(section, subject, train, eye):
    drawn, data = subject.drawn("given"), subject.data
    names = np.array([data.vocabulary.objects[i] for scene in data.scenes for i in scene.objs])
    named = train.probe.name(eye.of_objects(drawn, torch.ones(len(names), dtype=torch.bool)))
    assert section.figure("lite1_probe", "given").value == pytest.approx((named == names).mean())
    things = np.array([name not in data.vocabulary.stuff for name in names])
    figure = section.figure("lite1_probe_things", "given")
    assert (figure.value, figure.count) == (pytest.approx((named == names)[things].mean()), things.sum())


def test_without_a_train_split_only_drawn_pictures_are_measured(small_generator, split, eye):
    subject = Subject(small_generator, split.scenes, Resamples(5, 0, 20), features=eye, without_train="there is none")
    figures, notes = lite1_figures(subject)
    assert {(f.name, f.layout) for f in figures} == {
        (name, layout) for name in NAMES[:2] for layout in ("predicted", "given")
    }
    assert "there is none" in notes[1]


def test_without_the_package_a_note_says_what_to_install(small_generator, split):
    figures, (note,) = lite1_figures(Subject(small_generator, split.scenes, Resamples(5)))
    assert figures == [] and "pip install 'sg2im-cli[train]'" in note


def test_two_models_are_told_apart(subject, split, small_checkpoint):
    report = evaluate(subject, "tiny", split, ("pictures", "diversity"))
    found = {(d.a.name, d.a.layout): d.verdict for d in compare(report, report).differences}
    for name in (*NAMES, "diversity_lite1", "diversity_lite1_graphs"):
        assert found[name, "predicted"] == "open"  # a verdict, though between equals
    assert not [layout for _, layout in found if layout == "real"]


def test_diversity_of_samples_and_of_graphs(subject, split, eye):
    section = evaluate(subject, "tiny", split, ("diversity",)).section("diversity")
    samples = [eye.of_pictures(subject.drawn("given", i).images).double() for i in range(3)]
    pairs = [(samples[a] - samples[b]).norm(dim=1).mean() for a, b in ((0, 1), (0, 2), (1, 2))]
    assert section.figure("diversity_lite1", "given").value == pytest.approx(float(sum(pairs) / 3), rel=1e-4)
    between = [(samples[0][i] - samples[0][(i + 1) % 5]).norm() for i in range(5)]
    assert section.figure("diversity_lite1_graphs", "given").value == pytest.approx(float(sum(between) / 5), rel=1e-4)
    assert section.figure("diversity_lite1_graphs", "real").count == 5


def test_the_train_split_is_bounded_and_the_same_each_time(
    small_checkpoint, split, tiny_data, eye, monkeypatch, prepared
):
    monkeypatch.setattr(train_split, "PICTURES", 3)
    monkeypatch.setattr(train_split, "ANNOTATIONS", 7)
    config, names = small_checkpoint.generator.config, frozenset({"sky", "car"})
    opened = [open_train(data, split.scenes, config, names, eye, silent) for data in (tiny_data, tiny_data, prepared)]
    for train in opened:
        assert len(train.items) == 7 and len(train.seen.pictures) == 3
        assert set(train.seen.names) <= names and set(train.shapes.names) <= {"car"}
        assert torch.equal(train.seen.pictures, opened[0].seen.pictures)


@pytest.fixture(scope="module")
def prepared(tiny_data, tmp_path_factory, small_checkpoint):
    from sg2im_cli.data.prepared.options import PrepareOptions
    from sg2im_cli.data.prepared.writing import prepare
    from sg2im_cli.data.readers.coco_source import PAPER, CocoOptions, coco_source

    made = tmp_path_factory.mktemp("prepared") / "made"
    config = small_checkpoint.generator.config
    sizes = PrepareOptions(image_size=config.image_size, mask_size=config.mask_size)
    prepare(coco_source(tiny_data, CocoOptions(keep=PAPER)), made, sizes, lambda *_: None, print)
    return made


def test_all_pictures(small_checkpoint: Checkpoint, tiny_data):
    """Of pictures with one object, those that the weights know are measured, too."""
    few, every = (load_split(small_checkpoint, tiny_data, "val", False, all_pictures) for all_pictures in (False, True))
    assert (few.scenes.config.min_objects, every.scenes.config.min_objects) == (3, 1)
    assert every.scenes.config.crowded == "largest"
