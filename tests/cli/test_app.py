"""The group: a sentence, a command, or neither."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sg2im_cli.cli.app import COMMANDS, app, app_of, needed
from sg2im_cli.version import __version__

DOCS = Path(__file__).parents[2] / "docs"
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf8")


def commands(group=None, prefix=""):
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def test_version(sg2im):
    assert sg2im("--version").out == f"sg2im {__version__}\n"


def test_without_arguments_there_is_help(sg2im):
    done = sg2im()
    assert 'sg2im "a car on the street beside buildings"' in done.out + done.err


@pytest.mark.parametrize("word", ["trian", "parze", "weight"])
def test_a_word_near_a_command_gets_a_suggestion(sg2im, files, word):
    done = sg2im(word)
    assert done.code == 2
    assert "Did you mean" in done.err
    assert f"sg2im generate {word}" in done.err
    assert files() == []


def test_a_lone_word_is_not_drawn(sg2im, files):
    done = sg2im("castle", "--seed", 3)
    assert done.code == 2
    assert "To draw it, say: sg2im generate castle" in done.err
    assert files() == []


def test_a_lone_word_can_be_drawn(draw):
    assert draw("generate", "bus", "--seed", 1, "-q").out == "bus-1.png\n"


def test_words_without_quotes(sg2im):
    done = sg2im("a", "cat", "on", "a", "mat", "--seed", "3")
    assert done.code == 2
    assert 'Put the sentence in quotes: sg2im "a cat on a mat"' in done.err


def test_two_sentences_at_once(sg2im):
    done = sg2im("a cat", "a dog", "a car on a road", "--seed", "3")
    assert (done.code, done.out) == (2, "")
    assert "There are 3 sentences" in done.err
    assert "sg2im --file FILE" in done.err


def test_words_without_quotes_after_a_misspelt_command(sg2im):
    assert "or did you mean the command 'parse'?" in sg2im("parze", "a cat").err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--bogus",), "sg2im: No such option: --bogus; see sg2im generate --help.\n"),
        (("weights", "sho"), "sg2im: No such command 'sho'. Did you mean 'show'? See sg2im weights --help.\n"),
        (("weights", "convert"), "sg2im: Missing argument 'checkpoint'; see sg2im weights convert --help.\n"),
    ],
)
def test_a_line_that_cannot_be_read_is_one_sentence(sg2im, arguments, message):
    done = sg2im(*arguments)
    assert (done.code, done.out, done.err) == (2, "", message)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sg2im tr", {"train"}),
        ("sg2im --se", {"--seed"}),
        ("sg2im castle --se", {"--seed"}),
        ("sg2im 'a cat' --save-", {"--save-graph", "--save-layout", "--save-masks"}),
        ("sg2im weights ", {"show", "list", "pull", "convert", "export", "card", "push"}),
    ],
)
def test_the_shell_completes(line, expected):
    position = len(shlex.split(line)) - (not line.endswith(" "))
    environment = {**os.environ, "_SG2IM_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(position)}
    done = subprocess.run([sys.executable, "-m", "sg2im_cli"], env=environment, capture_output=True, text=True)
    assert (set(done.stdout.split()), done.stderr) == (expected, "")


def test_every_command_has_help_with_an_example(sg2im):
    for name, command in commands():
        assert command.help, name
        assert "Example: sg2im " in command.help, name
        assert all(getattr(p, "help", None) for p in command.params), name
        assert sg2im(*name.split(), "--help").code == 0


def test_a_page_besides_the_one_of_helps_names_every_command():
    pages = [README, *(page.read_text(encoding="utf8") for page in DOCS.glob("*.md") if page.name != "cli.md")]
    text = " ".join(" ".join(pages).split())
    for name, _ in commands():
        assert name == "generate" or f"sg2im {name}" in text, name


def test_help_is_quick_because_it_imports_little():
    script = (
        "import sys\nsys.argv = ['sg2im', '--help']\nfrom sg2im_cli.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('torch', 'spacy', 'huggingface_hub', 'numpy', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_the_package_has_what_it_exports_and_nothing_else():
    import sg2im_cli

    assert all(hasattr(sg2im_cli, name) for name in sg2im_cli.__all__)
    with pytest.raises(AttributeError):
        sg2im_cli.nothing  # noqa: B018


def test_dependencies_are_the_fixed_ones():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    names = {line.split(">")[0] for line in project["dependencies"]}
    language = {"spacy"}
    pictures = {"torch", "numpy", "pillow", "safetensors", "huggingface-hub", "kiwisolver"}
    shown = {"typer", "rich", "networkx", "jinja2"}
    assert names == language | pictures | shown


@pytest.mark.parametrize(
    ("args", "names"),
    [
        (["a cat on a sofa", "--seed", "3"], ("generate",)),
        (["parse", "a cat"], ("parse",)),
        (["data", "check"], ("data",)),
        (["--file", "lines.txt"], COMMANDS),
        (["-5 cats and a dog"], COMMANDS),
        (["rain"], COMMANDS),
        (["--help"], COMMANDS),
        ([""], COMMANDS),
        ([], COMMANDS),
    ],
)
def test_only_commands_that_a_line_can_be_about_are_imported(args, names, monkeypatch):
    assert needed(args) == names
    monkeypatch.setenv("_SG2IM_COMPLETE", "complete_bash")
    assert needed(args) == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_the_same_alone_and_among_all(name):
    alone, together = (CliRunner().invoke(each, [name, "--help"], prog_name="sg2im") for each in (app_of([name]), app))
    assert alone.exit_code == 0
    assert alone.output == together.output
