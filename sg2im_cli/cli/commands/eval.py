"""``sg2im eval``: measure weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sg2im_cli.cli import options
from sg2im_cli.cli.completion import offer_weights
from sg2im_cli.cli.streams import print_path
from sg2im_cli.output.files import require_new, write_file
from sg2im_errors import InputError

if TYPE_CHECKING:
    from sg2im_cli.evaluation.sheet import Page

KINDS = (".json", ".md", ".html")


def command(
    data: options.Data,
    name: Annotated[str | None, typer.Argument(metavar="WEIGHTS", help="The same as --weights.")] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="WEIGHTS", autocompletion=offer_weights, help="default, a directory, or owner/name[@revision]."
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="WEIGHTS",
            autocompletion=offer_weights,
            help="Other weights, measured on the same graphs and seeds.",
        ),
    ] = None,
    split: Annotated[str, typer.Option(metavar="SPLIT", help="Which pictures and annotations.")] = "val",
    all_pictures: Annotated[
        bool,
        typer.Option(
            "--all-pictures", help="Add pictures with 1 or 2 objects, and the 8 largest objects of crowded ones."
        ),
    ] = False,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="SECTIONS",
            help="Some of layout, objects, pictures, diversity, colors, sentences, with commas. All if not given.",
        ),
    ] = None,
    inception: Annotated[
        str | None,
        typer.Option(
            metavar="NETWORK",
            help="For FID, KID and Inception Score: a TorchScript file, or owner/name on the Hub.",
        ),
    ] = None,
    judge: Annotated[
        str, typer.Option(metavar="JUDGE", help="default, or a directory that sg2im judge made.")
    ] = "default",
    samples: Annotated[
        int, typer.Option(metavar="N", min=2, help="Pictures of each graph, to measure how much they differ.")
    ] = 3,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Seed of graphs, noise and intervals.")] = 0,
    device: options.Device = "auto",
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="PATH", help="A directory (with a / at its end), or a .json, .md or .html file."
        ),
    ] = "eval/",
    overwrite: options.Overwrite = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the JSON instead of the table.")] = False,
) -> None:
    """Measure weights on pictures with annotations.

    Measures predicted boxes and masks, whether drawn objects can be recognised, how real they look, how much samples
    differ, whether colours are drawn as asked, and how much of a sentence reaches the picture. Each figure has its
    interval. The report is saved as JSON, Markdown and an HTML sheet.

    Example: sg2im eval --data scenes

    Example: sg2im eval runs/a/weights --against default --data scenes
    """
    if name is not None and weights is not None:
        raise InputError("The weights are named twice; give them either as --weights or without it.")
    files = output_files(output, overwrite)
    from sg2im_weights import resolve

    bundles = [resolve(ref) for ref in (name or weights or "default", against) if ref is not None]
    from sg2im_cli.cli.commands.eval_run import Asked, measure

    chosen = None if only is None else tuple(word.strip() for word in only.split(",") if word.strip())
    asked = Asked(data, split, all_pictures, chosen, inception, judge, samples, seed, device)
    measured = measure(asked, bundles)
    for path in files:
        write_file(path, measured.text(path.suffix).encode(), overwrite)
    if as_json:
        typer.echo(measured.text(".json").encode().rstrip(b"\n"))
    else:
        _show(measured.page)
        for path in files:
            print_path(path)


def output_files(output: str, overwrite: bool) -> list[Path]:
    """Where a report goes: into a directory as ``eval.json``, ``eval.md`` and ``eval.html``, or into one file.

    Raises:
        InputError: another ending, or a file that is there already.
    """
    if not output:
        raise InputError("--output is empty; name a directory or a file, or leave it out.")
    path = Path(output)
    if output.endswith("/") or path.is_dir():
        files = [path / f"eval{kind}" for kind in KINDS]
    elif path.suffix in KINDS:
        files = [path]
    else:
        raise InputError(f"{output} must end in {', '.join(KINDS)}, or be a directory (with a / at its end).")
    for file in files:
        require_new(file, overwrite)
    return files


def _show(page: Page) -> None:
    from rich.table import Table
    from rich.text import Text

    from sg2im_cli.cli.display.tables import console

    screen = console()
    screen.print(Text(page.title, style="bold"))
    for sentence in page.about:
        screen.print(Text(sentence))
    for block in page.blocks:
        screen.print()
        if block.rows:
            table = Table(title=block.title, box=None, title_justify="left", title_style="bold", pad_edge=False)
            for heading in page.columns:
                table.add_column(Text(heading, style="dim"))
            for row in block.rows:
                table.add_row(*map(Text, row))
            screen.print(table)
        else:
            screen.print(Text(block.title, style="bold"))
        for note in block.notes:
            screen.print(Text(note, style="dim"))
