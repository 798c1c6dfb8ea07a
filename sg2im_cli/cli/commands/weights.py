"""``sg2im weights``: what a model is, where it is, and how it comes here."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sg2im_cli.cli.commands import weights_export
from sg2im_cli.cli.completion import offer_weights
from sg2im_cli.cli.streams import print_line, print_path, say

if TYPE_CHECKING:
    from sg2im_weights import Bundle
    from sg2im_weights.upload import Upload

app = typer.Typer(
    help="Show, list, fetch, convert, export and publish weights.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

UNSHOWN = {"recipe_settings", "examples", "masked_examples"}
"""Facts of a training run that are too long for a table."""

JSON_OPTION = typer.Option("--json", help="Print JSON.")


@app.command()
def show(
    ref: Annotated[
        str, typer.Argument(help="default, a directory, or owner/name[@revision].", autocompletion=offer_weights)
    ] = "default",
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Show what weights are: size, words, training, revision.

    Example: sg2im weights show default
    """
    from sg2im_weights import describe, resolve

    bundle = resolve(ref)
    facts = describe(bundle)
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    _print_facts(facts)


@app.command("list")
def list_weights(as_json: Annotated[bool, JSON_OPTION] = False) -> None:
    """List what can be used without a network.

    These are the default, and what is in the Hugging Face cache.

    Example: sg2im weights list
    """
    from sg2im_weights import list_bundles

    bundles = list_bundles()
    if as_json:
        typer.echo(json.dumps([_row(bundle) for bundle in bundles], ensure_ascii=False))
        return
    for bundle in bundles:
        revision = f"@{bundle.revision}" if bundle.revision else ""
        print_line(f"{bundle.ref}{revision}\t{bundle.path}")


@app.command()
def pull(
    ref: Annotated[
        str, typer.Argument(help="owner/name[@revision] on the Hugging Face Hub.", autocompletion=offer_weights)
    ],
) -> None:
    """Fetch weights into the cache, for use offline.

    Example: sg2im weights pull owner/name
    """
    from sg2im_weights import pull as fetch

    print_path(fetch(ref).path)


@app.command()
def convert(
    checkpoint: Annotated[Path, typer.Argument(help="A .pt file of the original project (google/sg2im).")],
    out: Annotated[Path, typer.Argument(help="The directory to make.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace weights that are there.")] = False,
) -> None:
    """Convert a checkpoint of the original project.

    The result is a directory that --weights takes.

    Example: sg2im weights convert vg64.pt vg64/
    """
    from sg2im_cli.checkpoint import convert_checkpoint

    print_path(convert_checkpoint(checkpoint, out, overwrite).path)


app.command("export")(weights_export.command)

RUN = Annotated[Path, typer.Argument(help="A run of sg2im train, or a directory with weights.")]


@app.command()
def card(
    run: RUN,
    figures: Annotated[Path | None, typer.Option(metavar="FILE", help="The JSON file that sg2im eval wrote.")] = None,
) -> None:
    """Write the model card again, with figures.

    What you wrote between the marks notes and limits stays, and so does the licence in the front matter. A card
    without these marks gets only the figures; remove it to have it written again.

    Example: sg2im weights card runs/scenes --figures eval.json
    """
    from sg2im_weights import bundle_of_run
    from sg2im_weights.card_figures import read_figures
    from sg2im_weights.model_card import renew_card

    bundle = bundle_of_run(run)
    print_path(renew_card(bundle, None if figures is None else read_figures(figures)))


@app.command()
def push(
    run: RUN,
    repo: Annotated[str, typer.Argument(help="owner/name on the Hugging Face Hub.")],
    public: Annotated[bool, typer.Option("--public", help="Let everybody see it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send without asking.")] = False,
) -> None:
    """Publish weights with their card on the Hub.

    The repository is private unless you say --public. The command shows what it will send, and asks. It refuses a card
    without licence or figures, damaged weights, and a repository that holds something else.

    Example: sg2im weights push runs/scenes owner/name
    """
    from sg2im_weights import WeightsInputError, bundle_of_run
    from sg2im_weights.upload import check_publishable, plan_upload, send

    bundle = bundle_of_run(run)
    check_publishable(bundle, repo)
    if not yes and not sys.stdin.isatty():
        raise WeightsInputError("Nothing was sent: there is no terminal to ask in; add --yes to send without asking.")
    upload = plan_upload(bundle, repo, public)
    _require_loadable(bundle)
    _show_upload(upload)
    if not yes and not typer.confirm("Send it?", err=True):
        say("Nothing was sent.")
        raise typer.Exit(1)
    done = send(upload)
    print_line(done.ref)
    say(f"It is at {done.url}")


def _require_loadable(bundle: Bundle) -> None:
    """What we could not load ourselves, nobody should get."""
    from sg2im_cli.checkpoint import load_generator

    load_generator(bundle)


def _show_upload(upload: Upload) -> None:
    from rich.table import Table

    from sg2im_cli.cli.display.tables import console

    screen = console()
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for name, size in upload.files:
        table.add_row(name, f"{size:,} bytes")
    who = "everybody will see it" if upload.public else "private"
    what = "in place of the weights there" if upload.replaces else "there already" if upload.exists else "new"
    screen.print(f"From {upload.bundle.path} to {upload.repo} ({what}; {who}), as {upload.account}:", markup=False)
    screen.print(table)


def _row(bundle: Bundle) -> dict[str, Any]:
    return {"ref": bundle.ref, "revision": bundle.revision, "path": str(bundle.path)}


def _print_facts(facts: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    from sg2im_cli.cli.display.tables import console

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")  # a checksum is of no use without its end
    trained = {f"trained: {key}": value for key, value in facts["trained"].items() if key not in UNSHOWN}
    for key, value in {**facts, **trained}.items():
        if key != "trained" and value is not None:
            table.add_row(key.replace("_", " "), Text(_shown(key, value)))
    console(error=False).print(table)


def _shown(key: str, value: Any) -> str:  # noqa: ANN401
    if key == "image_size" and isinstance(value, list) and len(value) == 2:
        return f"{value[0]} x {value[1]} pixels"
    return f"{value:,}" if isinstance(value, int) and key in {"bytes", "parameters"} else str(value)
