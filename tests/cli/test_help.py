"""Help texts: each command has an example that parses, and is listed under one heading."""

from __future__ import annotations

import re
import shlex

import pytest
import typer

from sg2im_cli.cli.app import GROUPS, SentenceGroup, app
from tests.cli.test_app import commands

ROOT_COMMAND = typer.main.get_command(app)
COMMANDS = dict(commands())


def examples(text):
    return re.findall(r"Example: (sg2im [^\n]+)", text)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_is_one_that_the_command_takes(name):
    found = examples(COMMANDS[name].help)
    assert found
    for line in found:
        words = shlex.split(line)[1:]
        command, rest, path = ROOT_COMMAND, words if words[0] in ROOT_COMMAND.commands else ["generate", *words], []
        while hasattr(command, "commands"):
            path.append(rest[0])
            command, rest = command.commands[rest[0]], rest[1:]
        assert " ".join(path) == name, line
        with command.make_context(name, list(rest)) as context:  # raises for what it does not take
            assert context.params


def test_an_example_with_an_unknown_option_would_be_found():
    with pytest.raises(Exception, match="No such option"):
        ROOT_COMMAND.commands["generate"].make_context("generate", ["a cat", "--sampels", "3"])


def test_every_command_is_listed_once_under_a_heading(sg2im):
    listed = [name for names in GROUPS.values() for name in names]
    assert len(listed) == len(set(listed))
    text = sg2im("--help").out
    for heading, names in GROUPS.items():
        section = text.split(f"{heading}:\n")[1].split("\n\n")[0]
        there = [line.split()[0] for line in section.splitlines() if line.startswith("  ") and line[2] != " "]
        assert [name for name in names if name in ROOT_COMMAND.commands] == [n for n in there if n in names]
    assert set(re.findall(r"^  ([a-z]+) ", text, re.MULTILINE)) >= set(ROOT_COMMAND.commands)


def test_a_command_without_a_heading_is_listed_all_the_same():
    other = typer.Typer(cls=SentenceGroup, rich_markup_mode=None)
    other.command("zebra")(lambda: None)
    other.command("show")(lambda: None)
    group = typer.main.get_command(other)
    with group.make_context("x", ["show"]) as context:
        assert re.search(r"This machine:\n  zebra", group.get_help(context))


PAGE = {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}


@pytest.mark.parametrize(
    "name", ["", *sorted({name.rpartition(" ")[0] for name in COMMANDS if " " in name}), *COMMANDS]
)
def test_at_80_columns_help_reads_well(sg2im, monkeypatch, name):
    for key, value in PAGE.items():
        monkeypatch.setenv(key, value)
    lines = sg2im(*name.split(), "--help").out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert not [line for line in lines if "..." in line and not line.startswith("Usage: ")], "a summary is cut"
    assert all(line.startswith("  Example: ") for line in lines if "Example: " in line), "two examples run together"
    options = "\n".join(lines).partition("\nOptions:\n")[2]
    assert not re.findall(r"--[\w-]+ <(?:str|int|float|path|list|bool)\b[^>]*>", options), "a value without a name"
