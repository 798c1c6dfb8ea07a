"""Nothing is measured against labels that a machine made, whatever the split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.choosing import EVERYTHING
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.prepared.options import PrepareOptions
from sg2im_cli.data.prepared.writing import prepare
from sg2im_cli.data.readers.coco_source import CocoOptions, coco_source
from sg2im_cli.evaluation.figures import Resamples
from sg2im_cli.evaluation.judge_training import MEASURED, gather
from sg2im_cli.evaluation.report import evaluate, load_split
from sg2im_cli.evaluation.subject import Subject
from sg2im_cli.training.recipes import load_recipe
from sg2im_cli.training.samples import fixed_batch

from ..data.machine_scenes import mark, people_only

SPLITS = ("train", "val")


@pytest.fixture(scope="module", params=["files", "prepared"])
def both(request, tiny_data, tmp_path_factory):
    """Data with labels by machine, and the same without, so that all else is alike."""
    folder = tmp_path_factory.mktemp("both")
    marked = mark(tiny_data, folder / "marked" / "scenes", *SPLITS)
    bare = people_only(marked, folder / "bare" / "scenes", *SPLITS)
    if request.param == "files":
        return marked, bare
    options = PrepareOptions(image_size=(32, 32), mask_size=8)
    outs = folder / "one" / "scenes", folder / "other" / "scenes"
    for data, out in zip((marked, bare), outs, strict=True):
        prepare(coco_source(data, CocoOptions(keep=EVERYTHING)), out, options, lambda *_: None, print)
    return outs


@pytest.mark.parametrize("split", SPLITS)
def test_a_report_is_that_of_peoples_labels(both, small_checkpoint, color_judge, split):
    reports = []
    for data in both:
        found = load_split(small_checkpoint, data, split)
        subject = Subject(
            small_checkpoint.generator, found.scenes, Resamples(len(found.scenes)), judge=color_judge, samples=2
        )
        reports.append(evaluate(subject, "tiny", found, ("layout", "objects", "diversity", "colors")).to_json())
    marked, bare = (report.pop("left_out") for report in reports)
    assert reports[0] == reports[1]
    assert {**bare, **marked}.keys() <= {"few", "many", "small", "machine"} and "machine" not in bare
    assert reports[0]["sections"]["layout"]["figures"]


def test_a_judge_is_measured_on_what_people_named(both):
    generator = GeneratorConfig(image_size=(32, 32), refinement_dims=(8, 8), mask_size=8)
    one, other = (gather(load_scenes(data, "val", MEASURED, generator)) for data in both)
    assert one.names == other.names
    for name in ("images", "boxes", "obj_to_img", "has_mask"):
        torch.testing.assert_close(getattr(one, name), getattr(other, name))


def test_sample_sheets_show_what_people_labelled(both, small_config):
    recipe = replace(load_recipe("tiny"), generator=small_config, data=DataConfig(machine_labels=("*=0.5",)))
    train = load_scenes(both[0], "train", recipe.data, recipe.generator)
    one, other = (fixed_batch(data, recipe, train) for data in both)
    for name in ("objs", "boxes", "masks", "has_mask", "images"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
