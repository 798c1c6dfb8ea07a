"""Standard input and output: text and JSON whatever the terminal's encoding."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer

from sg2im_cli.output.json_text import json_text
from sg2im_errors import InputError


def read_text(argument: str) -> str:
    """A sentence from the command line, or from standard input for ``-``; bytes that are no UTF-8 are replaced.

    Raises:
        InputError: there is nothing in it.
    """
    text = argument.encode(errors="surrogateescape").decode(errors="replace")
    text = read_standard_input() if text == "-" else text
    if not text.strip():
        raise InputError("The text is empty; describe a scene, such as: a car on the street.")
    return text


def read_standard_input() -> str:
    """All of standard input as text, nothing if it is closed; bytes that are no UTF-8 are replaced."""
    return sys.stdin.buffer.read().decode("utf-8-sig", errors="replace") if sys.stdin else ""


def quieten_downloads(quiet: bool) -> None:
    """No log of a download's every retry, and no bar where nobody watches; the user's own settings go before.

    huggingface_hub reads these when it is imported.
    """
    os.environ.setdefault("HF_HUB_VERBOSITY", "critical")
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def print_json(value: Any) -> None:  # noqa: ANN401
    """One line of JSON, in UTF-8 whatever the terminal's encoding."""
    typer.echo(json_text(value).encode())
