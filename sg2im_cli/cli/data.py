"""``sg2im data``: prepare, check and show what a model is trained on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sg2im_cli.cli import data_prepare
from sg2im_cli.cli.files import require_new, write_file

if TYPE_CHECKING:
    from sg2im_cli.data.checks import Findings

app = typer.Typer(
    help="Prepare, check and show data to train on.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(data_prepare.app, name="prepare")
