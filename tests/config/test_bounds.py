"""A configuration from a file that was damaged or mistyped is refused at once, and never built."""

from __future__ import annotations

import json
import math
import time
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sg2im_cli.config import ConfigError, GeneratorConfig, Recipe, read
from sg2im_cli.evaluation.judge import JudgeConfig
from sg2im_cli.model.generator import Generator
from sg2im_cli.training.recipes import load_recipe
from sg2im_errors import InputError
from tests.model.test_prepared import configs

NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    "values",
    [
        {"image_size": [2**40, 64]},
        {"image_size": [32, 4611686018427387904]},
        {"gconv_num_layers": 10**9},
        {"gconv_num_layers": 300},
        {"gconv_dim": 2**63},
        {"gconv_dim": -(2**70)},
        {"mask_dim": 2147483648},
        {"mask_size": 2**20},
        {"layout_noise_dim": 10**8},
        {"refinement_dims": [8] * 40},
        {"refinement_dims": []},
        {"refinement_dims": [8, 10**6]},
        {"layout_vector_dim": 0},
        {"pixel_std": [NAN, 0.2, 0.2]},
        {"pixel_mean": [0.4, INFINITE, 0.4]},
        {"mask_sharpness": NAN},
        {"mask_sharpness": INFINITE},
        {"latent_scale": NAN},
        {"activation": "leakyrelu-nan"},
        {"activation": "leakyrelu-inf"},
        {"embedding_dim": 10**5000},
        {"gconv_dim": "x" * 50_000},
    ],
    ids=lambda values: next(iter(values)),
)
def test_numbers_out_of_bounds(values):
    start = time.monotonic()
    with pytest.raises(ConfigError) as caught:
        read(GeneratorConfig, values, "generator")
    assert next(iter(values)) in str(caught.value)
    assert len(str(caught.value)) < 400
    assert time.monotonic() - start < 5


def test_numbers_that_are_none_in_any_table():
    with pytest.raises(ConfigError, match="learning_rate is inf"):
        read(Recipe, {"training": {"learning_rate": INFINITE}})
    with pytest.raises(ConfigError, match="pixels is nan"):
        read(Recipe, json.loads('{"losses": {"pixels": NaN}}'))


@pytest.mark.parametrize("values", [{"features": "many"}, {"widths": [8] * 50}, {"crop_size": 10**9}, {"context": NAN}])
def test_judges_out_of_bounds(values):
    with pytest.raises(ConfigError):
        read(JudgeConfig, {"classes": ["car"], **values}, "judge")


@settings(deadline=None, max_examples=30)
@given(configs(), st.integers(2, 60))
def test_the_number_of_parameters_is_known_before_a_model_is_built(config, words):
    """Of small models, where constants that are left out weigh most."""
    count = sum(parameter.numel() for parameter in Generator(config, words, 5, 3, things=(1,)).parameters())
    assert abs(config.parameters(words, 5, 3) - count) < 0.1 * count + 15_000


@pytest.mark.parametrize("name", ["paper64", "scenes", "scenes64", "paper64_no_gconv"])
def test_that_number_is_near_for_models_of_use(name):
    config = load_recipe(name).generator
    count = sum(parameter.numel() for parameter in Generator(config, 170, 16, 20, things=(1,)).parameters())
    assert math.isclose(config.parameters(170, 16, 20), count, rel_tol=0.01)


def test_recipes_that_are_nested_without_end(tmp_path):
    file = tmp_path / "deep.toml"
    file.write_text("[training]\nx = " + "[" * 5000 + "]" * 5000)
    with pytest.raises(InputError, match=r"deep.toml cannot be read as TOML"):
        load_recipe(str(file))
    with pytest.raises((tomllib.TOMLDecodeError, RecursionError)):
        tomllib.loads(file.read_text())
    file.write_text("[training]\nsteps = " + "9" * 6000)
    with pytest.raises(InputError) as caught:
        load_recipe(str(file))
    assert len(str(caught.value)) < 400
