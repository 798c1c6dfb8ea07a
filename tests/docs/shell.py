"""The few things of a shell that documents use, with `sg2im` in this process: a new one for each takes minutes.

``sg2im ...``, ``python FILE ...`` of the checkout, and one pipe from ``cat FILE`` or ``echo TEXT``.
"""

from __future__ import annotations

import io
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sg2im_cli.cli.app import main
from tests.docs.blocks import ROOT

SIGNS = "|<>;&"


def commands(code: str) -> list[str]:
    """The commands of a block; a comment, or an empty line, is none."""
    lines = code.replace("\\\n", " ").splitlines()
    return [line for line in map(str.strip, lines) if line and not line.startswith("#")]


def run(command: str, monkeypatch) -> None:
    """Run one command in the working directory; what it prints goes where this process prints."""
    reader = shlex.shlex(command, posix=True, punctuation_chars=SIGNS)
    reader.whitespace_split = True
    words = list(reader)
    piped = ""
    if "|" in words:
        piped = _text(words[: words.index("|")])
        words = words[words.index("|") + 1 :]
    program, *arguments = words
    assert not any(set(word) <= set(SIGNS) for word in arguments), f"{command!r} asks too much of this shell"
    PROGRAMS[program](arguments, piped, monkeypatch)


def _text(words: list[str]) -> str:
    program, argument = words
    return {"cat": lambda: Path(argument).read_text(encoding="utf8"), "echo": lambda: argument + "\n"}[program]()


def _sg2im(arguments: list[str], piped: str, monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["sg2im", *arguments])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped.encode())))
    try:
        main()
    except SystemExit as leave:
        assert not leave.code, f"sg2im {shlex.join(arguments)} ended with {leave.code}"


def _python(arguments: list[str], piped: str, _monkeypatch) -> None:
    file, *rest = arguments
    subprocess.run([sys.executable, str(ROOT / file), *rest], input=piped, text=True, check=True)


PROGRAMS: dict[str, Callable[..., None]] = {"sg2im": _sg2im, "python": _python}
