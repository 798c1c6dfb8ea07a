"""``sg2im show``: what made a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sg2im_cli.cli import options
from sg2im_cli.cli.streams import print_json
from sg2im_cli.provenance.read import read_record
from sg2im_cli.provenance.record import Record

if TYPE_CHECKING:
    from rich.console import Console


def command(
    picture: options.Picture,
    as_json: Annotated[bool, typer.Option("--json", help="Print the JSON that the picture carries.")] = False,
) -> None:
    """Show what made a picture.

    Prints its sentence, graph, layout, seed, weights and options.

    Example: sg2im show car.png
    """
    record = read_record(picture)
    if as_json:
        print_json(record.to_json())
        return
    from sg2im_cli.cli.display.tables import console, show_graph

    screen = console(error=False)
    _show_facts(screen, record)
    screen.print()
    show_graph(screen, record.drawn)


def _show_facts(screen: Console, record: Record) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")  # a checksum is of no use without its end
    for key, value in _facts(record).items():
        if value is not None:
            table.add_row(key, Text(value))
    screen.print(table)


def _facts(record: Record) -> dict[str, str | None]:
    options = record.options
    said = {None: [], True: ["--enforce"], False: ["--no-enforce"]}[options.enforce]
    said += ["--strict"] if options.strict else []
    said += [f"--scale {options.scale}"] if options.scale > 1 else []
    return {
        "text": record.text,
        "seed": str(record.seed),
        "weights": record.weights.pinned,
        "checksum": record.weights.checksum,
        "options": " ".join(said) or None,
        "device": f"{options.device}, {options.dtype}",
        "nlp": options.nlp,
        "versions": ", ".join(f"{name} {version}" for name, version in record.versions.items()),
    }
