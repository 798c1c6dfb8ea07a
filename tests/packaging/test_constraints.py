"""``constraints.txt`` pins every package that is asked for by name, at a version that is allowed."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
    lists = (project["dependencies"], *project["optional-dependencies"].values())
    found = [Requirement(line) for lines in lists for line in lines]
    return [wanted for wanted in found if canonicalize_name(wanted.name) != project["name"]]


def pinned():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf8").splitlines()
    return {canonicalize_name(r.name): r for r in map(Requirement, (x for x in lines if x and not x.startswith("#")))}


def test_what_is_asked_for_is_pinned_and_nothing_else():
    assert {canonicalize_name(wanted.name) for wanted in asked_for()} == set(pinned())


def test_each_pin_is_one_that_is_allowed():
    for wanted in asked_for():
        (pin,) = pinned()[canonicalize_name(wanted.name)].specifier
        assert pin.operator == "==", wanted.name
        assert wanted.specifier.contains(pin.version.removesuffix(".*"), prereleases=True), wanted.name


def test_newer_torch_may_be_installed():
    (torch,) = (wanted for wanted in asked_for() if wanted.name == "torch")
    assert torch.specifier.contains("3.0")
