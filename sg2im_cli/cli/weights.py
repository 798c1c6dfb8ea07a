"""``sg2im weights``: what a model is, where it is, and how it comes here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sg2im_weights import Bundle

app = typer.Typer(help="Show, list, fetch and convert weights.", no_args_is_help=True, rich_markup_mode=None)

JSON_OPTION = typer.Option("--json", help="Print JSON.")


@app.command()
def show(
    ref: Annotated[str, typer.Argument(help="default, a directory, or owner/name[@revision].")] = "default",
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Say what weights are: size, words, training, revision.

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

    That is the default, and what is in the Hugging Face cache.

    Example: sg2im weights list
    """
    from sg2im_weights import list_bundles

    bundles = list_bundles()
    if as_json:
        typer.echo(json.dumps([_row(bundle) for bundle in bundles], ensure_ascii=False))
        return
    for bundle in bundles:
        revision = f"@{bundle.revision}" if bundle.revision else ""
        typer.echo(f"{bundle.ref}{revision}\t{bundle.path}")


@app.command()
def pull(ref: Annotated[str, typer.Argument(help="owner/name[@revision] on the Hugging Face Hub.")]) -> None:
    """Fetch weights into the cache, for use offline.

    Example: sg2im weights pull owner/name
    """
    from sg2im_weights import pull as fetch

    typer.echo(str(fetch(ref).path))


@app.command()
def convert(
    checkpoint: Annotated[Path, typer.Argument(help="A .pt file of the original project (google/sg2im).")],
    out: Annotated[Path, typer.Argument(help="The directory to make.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a bundle that is there.")] = False,
) -> None:
    """Convert a checkpoint of the original project.

    What comes of it is a directory that --weights takes.

    Example: sg2im weights convert vg64.pt vg64/
    """
    from sg2im_cli.checkpoint import convert_checkpoint

    typer.echo(str(convert_checkpoint(checkpoint, out, overwrite).path))


def _row(bundle: Bundle) -> dict[str, Any]:
    return {"ref": bundle.ref, "revision": bundle.revision, "path": str(bundle.path)}


def _print_facts(facts: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    from sg2im_cli.cli.shown import console

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")  # a checksum is of no use without its end
    trained = {f"trained: {key}": value for key, value in facts["trained"].items() if key != "recipe_settings"}
    for key, value in {**facts, **trained}.items():
        if key != "trained" and value is not None:
            table.add_row(key.replace("_", " "), Text(_shown(key, value)))
    console(error=False).print(table)


def _shown(key: str, value: Any) -> str:  # noqa: ANN401
    if key == "image_size" and isinstance(value, list) and len(value) == 2:
        return f"{value[0]} x {value[1]} pixels"
    return f"{value:,}" if isinstance(value, int) and key in {"bytes", "parameters"} else str(value)
