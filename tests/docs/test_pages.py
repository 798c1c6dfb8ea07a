"""What the documents show works as it is written: each page is followed from top to bottom, in an empty directory."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from sg2im_cli.training.recipes import load_recipe
from tests.docs.blocks import PAGES, ROOT, Block, blocks
from tests.docs.shell import commands, run

RUN = {"bash", "console", "python"}
CHECKED = {"json", "toml"}
SHOWN = {"text"}
"""What programs print, and formats: nothing to run."""

BLOCKS = [block for page in PAGES for block in blocks(page)]


def todo(page):
    """Blocks of a page that can be run, and files that these need."""
    return [block for block in blocks(page) if block.lacks is None and (block.file or block.language in RUN)]


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_is_run_or_checked_or_says_what_it_needs(block, tmp_path):
    assert block.language in RUN | CHECKED | SHOWN
    if block.lacks is not None:
        assert block.language in RUN
        assert block.lacks.startswith("needs ")
    if block.language == "json":
        values(block.code)
    if block.language == "toml":
        (tmp_path / "recipe.toml").write_text(block.code, encoding="utf8")
        load_recipe(str(tmp_path / "recipe.toml"))


def values(code: str) -> list[object]:
    """One value of JSON, or one on each line."""
    try:
        return [json.loads(code)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in code.splitlines()]


@pytest.mark.parametrize("page", list(filter(todo, PAGES)), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_works_from_top_to_bottom(page, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    names: dict[str, object] = {"__name__": page.stem}
    for block in todo(page):
        if block.file:
            (tmp_path / block.file).write_text(block.code, encoding="utf8")
        elif block.language == "python":
            exec(compile("\n" * (block.line - 1) + block.code, str(page), "exec"), names)
        elif block.language == "bash":
            for command in commands(block.code):
                run(command, monkeypatch)
        else:
            follow(block, monkeypatch, capfd)


def follow(block: Block, monkeypatch, capfd) -> None:
    """Run a block with its output, and compare."""
    for shown in re.split(r"^\$ ", block.code, flags=re.MULTILINE)[1:]:
        command, _, output = shown.partition("\n")
        capfd.readouterr()
        run(command, monkeypatch)
        printed = trimmed(capfd.readouterr().out)
        assert printed == trimmed(output), f"{block}: {command} prints:\n{printed}"


def trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
