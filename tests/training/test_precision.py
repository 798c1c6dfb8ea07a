"""`precision = "auto"`: by what the hardware computes, once, and the same when the run goes on elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import torch

from sg2im_cli.data.relations import SPOKEN_RELATIONS
from sg2im_cli.training import precision
from sg2im_cli.training.precision import choose_precision, has_bfloat16, precision_note
from sg2im_cli.training.processes import Processes
from sg2im_cli.training.recipes import load_recipe
from sg2im_cli.training.rehearsal import rehearse
from sg2im_cli.training.run import train
from sg2im_cli.training.step import Trainer
from sg2im_parsers.vocabulary import Vocabulary

from .conftest import Silent, options, tensors

ALONE = Processes(torch.device("cpu"))
SAID = ("float32", "bfloat16", "float16")


class Told(Silent):
    def __init__(self, stop_after=None):
        super().__init__(stop_after)
        self.texts = []

    def message(self, text):
        self.texts.append(text)

    @property
    def of_precision(self):
        return [text for text in self.texts if "bfloat16" in text]


def of_tiny(kind):
    recipe = load_recipe("tiny")
    return replace(recipe, training=replace(recipe.training, precision=kind))


@pytest.fixture
def machine(monkeypatch):
    """Makes this a machine with or without bfloat16."""

    def becomes(has):
        monkeypatch.setattr(precision, "has_bfloat16", lambda device: has)

    return becomes


@pytest.mark.parametrize("has", [True, False])
def test_auto_is_what_the_hardware_computes_and_what_is_said_stays(machine, has):
    machine(has)
    chosen = choose_precision(of_tiny("auto"), ALONE)
    assert chosen == of_tiny("bfloat16" if has else "float32")
    for kind in SAID:
        assert choose_precision(of_tiny(kind), ALONE) == of_tiny(kind)
        assert choose_precision(of_tiny("auto"), ALONE, kind) == of_tiny(kind)
    assert choose_precision(chosen, ALONE) == chosen


def test_all_processes_must_have_it(machine, monkeypatch):
    machine(True)
    monkeypatch.setattr(ALONE, "highest", lambda value: max(value, True), raising=False)  # another one lacks it
    assert choose_precision(of_tiny("auto"), ALONE) == of_tiny("float32")


@pytest.mark.parametrize("has", [True, False])
def test_a_run_that_goes_on_elsewhere_keeps_what_it_was_started_in(machine, tiny_data, tmp_path, has):
    kind = "bfloat16" if has else "float32"
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert train(replace(options(tiny_data, whole), recipe=of_tiny(kind)), Silent()).finished
    run = replace(options(tiny_data, broken), recipe=of_tiny("auto"))
    machine(has)
    with pytest.raises(KeyboardInterrupt):
        train(run, Silent(stop_after=4 + 3))
    machine(not has)
    assert train(run, Silent()).finished
    recorded = json.loads((broken / "run.json").read_text())["recipe"]
    on_the_card = json.loads((broken / "weights" / "config.json").read_text())["trained"]["recipe_settings"]
    assert recorded["training"]["precision"] == on_the_card["training"]["precision"] == kind
    one, other = tensors(whole), tensors(broken)
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_run_in_float32_goes_on_when_its_recipe_has_become_auto(machine, tiny_data, tmp_path):
    """As `paper64` did."""
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train(replace(options(tiny_data, run), recipe=of_tiny("float32")), Silent(stop_after=4 + 3))
    machine(True)
    assert train(replace(options(tiny_data, run), recipe=of_tiny("auto")), Silent()).finished


def test_emulation_is_said_and_so_is_bfloat16(machine, tiny_data, tmp_path):
    told = Told()
    machine(False)
    train(replace(options(tiny_data, tmp_path / "slow", minutes=1e-9), recipe=of_tiny("bfloat16")), told)
    (slow,) = told.of_precision
    assert "only emulates" in slow
    assert precision_note(of_tiny("float32"), ALONE) is None
    machine(True)
    told = Told()
    found = rehearse(replace(options(tiny_data, tmp_path / "none"), recipe=of_tiny("auto")), told)
    assert told.of_precision == ["Trains in bfloat16."]
    assert found.recipe.training.precision == "bfloat16"


def test_a_trainer_of_its_own_chooses_too(machine):
    machine(False)
    words = Vocabulary.from_names(("cat",), SPOKEN_RELATIONS)
    assert Trainer(of_tiny("auto"), words, torch.device("cpu")).recipe.training.precision == "float32"


def test_this_machine_says_one_or_the_other():
    assert has_bfloat16(torch.device("cpu")) in (True, False)
    assert not has_bfloat16(torch.device("meta"))


@pytest.mark.parametrize("name", ["paper64", "paper128", "scenes", "scenes64", "scenes_gpu"])
def test_recipes_leave_it_to_the_machine(name):
    assert load_recipe(name).training.precision == "auto"
    assert load_recipe("original64").training.precision == "float32"  # as the code of 2018
