"""``sg2im data``: prepare, check and show what a model is trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from sg2im_cli.cli import data_prepare

if TYPE_CHECKING:
    pass

app = typer.Typer(
    help="Prepare, check and show data to train on.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(data_prepare.app, name="prepare")
