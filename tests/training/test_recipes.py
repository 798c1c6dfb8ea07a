"""Recipes: what a file may be based on, and that each that comes with the package trains and can be measured."""

from __future__ import annotations

import json
import math
import re
import tomllib
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from sg2im_cli.checkpoint import load_generator
from sg2im_cli.evaluation.figures import Resamples
from sg2im_cli.evaluation.report import evaluate, load_split
from sg2im_cli.evaluation.subject import Subject
from sg2im_cli.painter import Painter
from sg2im_cli.training.recipes import load_recipe, recipe_names, targets_of
from sg2im_cli.training.run import train
from sg2im_errors import InputError
from sg2im_weights import read_bundle

from .conftest import Silent, options

PAPERS = tuple(name for name in recipe_names() if name.startswith("paper"))

SMALL = """
[generator]
embedding_dim = 16
gconv_dim = 16
gconv_hidden_dim = 32
mask_size = 8
layout_noise_dim = 4
refinement_dims = {dims}

[image_discriminator]
layers = "C4-8-2,C4-16-2"

[object_discriminator]
layers = "C4-8-2,C4-16-2"
crop_size = 16
hidden_dim = 32

[data]
min_objects = 1

[training]
steps = 1
layout_steps = 1
batch_size = 4
layout_batch_size = 4
"""
"""Sizes that a test has time for; what makes a recipe what it is stays."""


def small(name, folder):
    """A recipe file based on one of the package's, shrunken: the number of its modules and layers stays."""
    modules = len(load_recipe(name).generator.refinement_dims)
    path = folder / f"small_{name}.toml"
    path.write_text(f'base = "{name}"\n{SMALL.format(dims=[8] * modules)}')
    return str(path)


@pytest.fixture(scope="module", params=recipe_names())
def made(request, tiny_data, tmp_path_factory):
    """A run of one update of every kind: recipe, its directory and what it told."""
    folder = tmp_path_factory.mktemp(request.param)
    recipe, reporter = load_recipe(small(request.param, folder)), Silent()
    run = folder / "run"
    assert train(replace(options(tiny_data, run), recipe=recipe, recipe_name=request.param), reporter).finished
    return request.param, recipe, run, reporter.seen


def test_every_recipe_makes_an_update(made):
    _, recipe, _, seen = made
    assert [progress.phase for progress in seen] == ["layout", "pictures"]
    losses = seen[-1].losses
    assert all(map(math.isfinite, losses.values()))
    weights = recipe.losses
    assert ("d_image" in losses) == (weights.image > 0)
    assert ("d_objects" in losses) == (weights.objects > 0 or weights.categories > 0)


def test_what_every_recipe_makes_can_be_measured_and_paints(made, tiny_data):
    name, recipe, run, _ = made
    checkpoint = load_generator(read_bundle(run / "weights"))
    split = load_split(checkpoint, tiny_data, "val")
    subject = Subject(checkpoint.generator, split.scenes, Resamples(len(split.scenes)))
    (section,) = evaluate(subject, name, split, ["layout"]).sections
    assert section.figure("box_iou", "predicted").count > 0
    assert (section.figure("satisfied", "predicted") is None) == (recipe.data.relations == "none")
    height, width = recipe.generator.image_size
    painting = Painter.from_pretrained(str(run / "weights"), "cpu").paint("a car on the road", seed=1)
    assert painting.images[0].size == (width, height)


def test_the_ablations_leave_out_what_their_names_say():
    full = load_recipe("paper64")
    assert full.generator.gconv_num_layers == 5 and full.data.relations == "paper"
    assert load_recipe("paper64_no_gconv").generator.gconv_num_layers == 0
    assert load_recipe("paper64_no_relationships").data.relations == "none"
    weights = {
        name: (loaded.image, loaded.objects, loaded.categories, loaded.boxes, loaded.masks)
        for name in PAPERS
        for loaded in [load_recipe(name).losses]
    }
    assert weights["paper64"] == weights["paper128"] == weights["paper64_no_gconv"] == (0.01, 0.01, 0.1, 10, 0.1)
    assert weights["paper64_no_discriminators"] == (0, 0, 0, 10, 0.1)
    assert weights["paper64_no_object_discriminator"] == (0.01, 0, 0, 10, 0.1)
    assert weights["paper64_no_image_discriminator"] == (0, 0.01, 0.1, 10, 0.1)
    assert weights["paper64_gt_layout"] == weights["paper64_gt_layout_no_gconv"] == (0.01, 0.01, 0.1, 0, 0)
    assert load_recipe("paper64_gt_layout_no_gconv").generator.gconv_num_layers == 0


def test_128_pixels_have_one_module_more():
    small, large = load_recipe("paper64").generator, load_recipe("paper128").generator
    assert large.image_size == (128, 128)
    assert large.refinement_dims[:-1] == small.refinement_dims
    coarsest = {size[0] / 2 ** len(g.refinement_dims) for g in (small, large) for size in [g.image_size]}
    assert coarsest == {2}


@pytest.mark.parametrize("name", PAPERS)
def test_a_recipe_differs_from_its_base_in_what_its_file_says_and_in_nothing_else(name):
    text = (resources.files("sg2im_cli") / "recipes" / f"{name}.toml").read_text(encoding="utf8")
    own = tomllib.loads(text)
    if "base" not in own:
        return
    base, recipe = load_recipe(own["base"]), load_recipe(name)
    for table in ("generator", "image_discriminator", "object_discriminator", "losses", "data", "training"):
        before, after = vars(getattr(base, table)), vars(getattr(recipe, table))
        assert {key for key in before if before[key] != after[key]} == set(own.get(table, {}))


def test_results_are_a_recipes_own(tmp_path):
    assert {target.value for target in targets_of("paper64")} == {"6.7 ± 0.1", "5.5 ± 0.1"}
    assert all(target.value is None for target in targets_of("paper64_no_gconv"))
    assert targets_of(small("paper64", tmp_path)) == ()


def test_a_file_is_based_on_a_file_beside_it(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "first.toml").write_text('base = "tiny"\n[training]\nsteps = 7\nbatch_size = 2')
    (tmp_path / "inner" / "second.toml").write_text('base = "../first.toml"\n[training]\nsteps = 8')
    recipe = load_recipe(str(tmp_path / "inner" / "second.toml"))
    assert (recipe.training.steps, recipe.training.batch_size) == (8, 2)
    assert recipe.generator == load_recipe("tiny").generator


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a": 'base = "paper46"'}, "a.toml: its base is missing. There is no recipe 'paper46'.*did you mean 'paper"),
        ({"a": 'base = "xyz.toml"'}, "a.toml: its base is missing. There is no recipe 'xyz.toml' and no such file"),
        ({"a": "base = 3"}, "a.toml: base is 3 and must be a recipe's name or a file's path"),
        ({"a": 'base = "a.toml"'}, r"based on each other in a circle: \S*a.toml -> \S*a.toml; break it"),
        ({"a": 'base = "b.toml"', "b": 'base = "a.toml"'}, r"circle: \S*a.toml -> \S*b.toml -> \S*a.toml; break it"),
        ({"a": 'base = "b.toml"', "b": "[training]\nstep = 3"}, r"^\S*b.toml.training: unknown setting 'step'"),
        ({"a": 'base = "b.toml"\n[training]\nstep = 3', "b": ""}, r"^\S*a.toml.training: unknown setting 'step'"),
        ({"a": 'base = "tiny"\ntraining = 3'}, "a.toml.training: expected a table"),
        ({"a": 'base = "tiny"\n[reaches]\nvalue = "1"'}, r"a.toml: reaches must be written as \[\[reaches\]\]"),
        ({"a": '[[reaches]]\nmeasure = "FID"'}, "a.toml.reaches: data, source must be given"),
        ({"a": 'base = "b.toml"', "b": "[losses"}, "b.toml cannot be read as TOML"),
    ],
)
def test_a_base_that_cannot_be_used_is_named(tmp_path, files, message):
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        load_recipe(str(tmp_path / "a.toml"))
    assert "\n" not in str(caught.value)


def test_bases_do_not_show_in_the_settings_of_a_run(made):
    _, recipe, run, _ = made
    written = json.loads((run / "run.json").read_text())["recipe"]
    assert not {"base", "reaches"} & set(written)
    assert re.sub(r"\s+", " ", written["description"]) == re.sub(r"\s+", " ", recipe.description)


def test_the_table_of_recipes_has_all_and_their_results():
    text = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text(encoding="utf8")
    rows = {row.split("`")[1]: row for row in text.splitlines() if row.startswith("| `")}
    assert set(rows) == set(recipe_names())
    for name, row in rows.items():
        for target in targets_of(name):
            assert target.source in row
            assert target.value is None or target.value in row


def test_the_example_in_the_documentation_is_a_recipe(tmp_path):
    text = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text(encoding="utf8")
    path = tmp_path / "garden.toml"
    path.write_text(re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1])
    assert load_recipe(str(path)).generator.image_size == (128, 128)
    assert [target.value for target in targets_of(str(path))] == ["0.45"]
