"""What the shells get when they ask how a line goes on."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from sg2im_cli.cli.app import app
from sg2im_cli.cli.completion import DEVICES, offer_devices, offer_recipes, offer_weights
from sg2im_cli.training.recipes import recipe_names

ROOT = Path(__file__).parents[2]
OFFERS = {
    "weights": offer_weights,
    "against": offer_weights,
    "init": offer_weights,
    "ref": offer_weights,
    "recipe": offer_recipes,
    "device": offer_devices,
}
"""By the name of the option or argument, in every command."""


@pytest.fixture
def ask(tmp_path):
    """Run the command as a shell's completion does, in an empty directory with a cache of its own."""

    def call(**variables):
        path = os.pathsep.join(map(str, (ROOT, ROOT / "parsers", ROOT / "weights")))
        environment = {**os.environ, "PYTHONPATH": path, "HF_HOME": str(tmp_path / "home"), **variables}
        environment.pop("HF_HUB_CACHE", None)
        done = subprocess.run(
            [sys.executable, "-m", "sg2im_cli"], env=environment, cwd=tmp_path, capture_output=True, text=True
        )
        assert done.stderr == ""
        return done.stdout

    return call


@pytest.fixture
def bash(ask):
    def call(line, **variables):
        position = len(shlex.split(line)) - (not line.endswith(" "))
        asked = ask(_SG2IM_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(position), **variables)
        return set(asked.split())

    return call


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sg2im do", {"doctor"}),
        ("sg2im --sca", {"--scale"}),
        ("sg2im 'a cat' --sca", {"--scale"}),
        ("sg2im --seed 3 'a cat' --sca", {"--scale"}),
        ("sg2im --device ", set(DEVICES)),
        ("sg2im --device c", {"cpu", "cuda"}),
        ("sg2im 'a cat' --device c", {"cpu", "cuda"}),
        ("sg2im 'a cat' --dtype b", {"bfloat16"}),
        ("sg2im 'a cat' --weights ", {"default"}),
        ("sg2im weights show d", {"default"}),
        ("sg2im train --recipe sc", {"scenes", "scenes64", "scenes_gpu"}),
        ("sg2im diff 'a cat' 'a dog' --ke", {"--keep"}),
        ("sg2im story --ov", {"--overwrite"}),
    ],
)
def test_bash_completes_commands_options_and_values(bash, line, expected):
    assert bash(line) == expected


def test_every_recipe_is_offered(bash):
    assert bash("sg2im train --recipe ") == set(recipe_names())


def test_weights_on_disk_and_in_the_cache_are_offered(bash, tiny_bundle, tmp_path):
    shutil.copytree(tiny_bundle, tmp_path / "mine")
    (tmp_path / "other").mkdir()
    (tmp_path / "models" / "deep").mkdir(parents=True)
    snapshot = tmp_path / "home" / "hub" / "models--me--my-weights" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (tmp_path / "home" / "hub" / "models--me--other" / "snapshots").mkdir(parents=True)
    assert bash("sg2im 'a cat' --weights ") == {"default", "mine", "me/my-weights"}
    assert bash("sg2im 'a cat' --weights m") == {"mine", "models/", "me/my-weights"}
    assert bash(f"sg2im --weights {tmp_path}/mi") == {f"{tmp_path}/mine"}
    assert bash("sg2im train --init me") == {"me/my-weights"}
    assert bash("sg2im --weights ./m") == {"./mine", "./models/"}


def test_what_is_offered_begins_as_it_was_typed(bash, tmp_path):
    (tmp_path / "mine.toml").touch()
    (tmp_path / "models").mkdir()
    for folder in ("", "./", f"{tmp_path}/", "../" + tmp_path.name + "/"):
        assert bash(f"sg2im train --recipe {folder}m") == {f"{folder}mine.toml", f"{folder}models/"}
    assert bash("sg2im train --recipe ~/m", HOME=str(tmp_path)) == set()


def test_zsh(ask):
    said = ask(_SG2IM_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="sg2im 'a cat' --device c")
    assert said.split('"')[1::2] == ["cpu", "cuda"]
    said = ask(_SG2IM_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="sg2im --sam")
    assert said.startswith("_arguments") and '"--samples":"How many pictures."' in said


def test_fish(ask):
    line = {"_SG2IM_COMPLETE": "complete_fish", "_TYPER_COMPLETE_ARGS": "sg2im 'a cat' --device c"}
    assert ask(**line, _TYPER_COMPLETE_FISH_ACTION="get-args").split() == ["cpu", "cuda"]
    line["_TYPER_COMPLETE_ARGS"] = "sg2im --sam"
    assert ask(**line, _TYPER_COMPLETE_FISH_ACTION="get-args").strip() == "--samples\tHow many pictures."


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script_to_install(ask, shell):
    said = ask(_SG2IM_COMPLETE=f"source_{shell}")
    assert f"_SG2IM_COMPLETE=complete_{shell}" in said


def test_a_completion_imports_little():
    script = (
        "import sys\nfrom sg2im_cli.cli.app import app\nimport typer\n"
        "for command in typer.main.get_command(app).commands.values():\n"
        "    for p in command.params:\n        p.shell_complete(None, '')\n"
        "print([m for m in ('torch', 'spacy', 'huggingface_hub', 'numpy', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_every_parameter_of_these_names_offers_its_values():
    group = typer.main.get_command(app)
    leaves = [c for command in group.commands.values() for c in getattr(command, "commands", {"": command}).values()]
    found = [p for command in leaves for p in command.params if p.name in OFFERS]
    assert {p.name for p in found} == set(OFFERS)
    for parameter in found:
        words = [item.value for item in parameter.shell_complete(None, "")]
        assert words[:1] == list(OFFERS[parameter.name](""))[:1] != []
