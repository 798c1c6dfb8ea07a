"""Write `docs/cli.md` from the commands' own help.

python docs/cli.py
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import typer

from sg2im_cli.cli.app import app

PAGE = Path(__file__).with_suffix(".md")
TERMINAL = {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}

INTRODUCTION = """# The command line

What `sg2im --help` and the help of each command print, made by `python docs/cli.py`. A sentence without a command is
drawn: the options of a picture are those of [`sg2im generate`](#sg2im-generate).
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf8")


def page() -> str:
    """The page as it should be."""
    return "\n".join([INTRODUCTION, *(f"## {name}\n\n```text\n{text}\n```\n" for name, text in helps())])


def helps() -> Iterator[tuple[str, str]]:
    """Every command, as it is typed, and what its help prints."""
    for words in commands(typer.main.get_command(app)):
        printed = StringIO()
        with patch.dict("os.environ", TERMINAL), redirect_stdout(printed):
            app([*words, "--help"], prog_name="sg2im", standalone_mode=False)
        yield " ".join(["sg2im", *words]), printed.getvalue().rstrip()


def commands(command: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:  # noqa: ANN401
    """The words of a command, and those of the commands below it; typer has no public name for what has them."""
    yield above
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*above, name))


if __name__ == "__main__":
    main()
