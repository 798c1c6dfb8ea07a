"""Standard input and output: text and JSON whatever the terminal's encoding, and nothing that steers the terminal.

Names, messages and paths may come from files of others. What a person reads passes `visible`, here and in
`sg2im_cli.cli.display.tables.console`; JSON escapes such characters itself.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import typer

from sg2im_cli.output.encoding import decode_line, require_no_utf16
from sg2im_cli.output.json_text import json_text
from sg2im_errors import InputError
from sg2im_parsers.text_files import MOST_BYTES, too_long

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters but for tab and line feed, and those that turn the direction of writing."""


def read_text(argument: str) -> str:
    """A sentence from the command line, where bytes that are no UTF-8 are replaced, or from standard input for ``-``.

    Raises:
        InputError: there is nothing in it.
    """
    text = argument.encode(errors="surrogateescape").decode(errors="replace")
    text = read_standard_input() if text == "-" else text
    if not text.strip():
        raise InputError("The text is empty; describe a scene, such as: a car on the street.")
    return text


def read_standard_input() -> str:
    """All of standard input as text, nothing if it is closed.

    Raises:
        InputError: it is not in UTF-8, or longer than `MOST_BYTES`.
    """
    data = sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin else b""
    if len(data) > MOST_BYTES:
        raise too_long("Standard input")
    require_no_utf16(data, "Standard input")
    try:
        return decode_line(data)
    except InputError as error:
        raise InputError(f"Standard input: {error}.") from None


def quieten_downloads(quiet: bool) -> None:
    """No log of a download's every retry, and no bar where nobody watches; the user's own settings go before.

    huggingface_hub reads these when it is imported.
    """
    os.environ.setdefault("HF_HUB_VERBOSITY", "critical")
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def visible(text: str) -> str:
    r"""A text without characters that steer a terminal: they are shown as ``\x1b``; line ends and tabs stay."""
    return STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def say(text: object) -> None:
    """One line to a person, on standard error."""
    if sys.stderr is not None:
        typer.echo(visible(str(text)), err=True)


def print_line(text: object) -> None:
    """One line to standard output."""
    typer.echo(visible(str(text)))


def print_path(path: str | Path) -> None:
    """A path to standard output: its very bytes, whatever the terminal's encoding, for another program to read."""
    typer.echo(visible(str(path)) if sys.stdout.isatty() else os.fsencode(path))


def print_json(value: Any) -> None:  # noqa: ANN401
    """One line of JSON, in UTF-8 whatever the terminal's encoding."""
    typer.echo(json_text(value).encode())
