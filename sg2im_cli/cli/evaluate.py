"""``sg2im eval``: measure weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sg2im_cli.cli.files import require_new, write_file

if TYPE_CHECKING:
    from sg2im_cli.evaluation.report import Report


def command(
    data: Annotated[Path, typer.Option(help="Prepared data: a directory or owner/name; or COCO's layout.")],
    weights: Annotated[str, typer.Option(help="default, a directory, or owner/name[@revision].")] = "default",
    split: Annotated[str, typer.Option(help="Which images and annotations.")] = "val",
    seed: Annotated[int, typer.Option(min=0, help="Of the relationships drawn for each picture.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the figures go, as JSON.")] = Path("eval.json"),
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the JSON in place of the table.")] = False,
) -> None:
    """Measure the boxes that weights predict.

    Printed and saved: their mean IoU, R@0.3, R@0.5, and the share of relationships that they satisfy.

    Example: sg2im eval --weights default --data scenes
    """
    require_new(output, overwrite)
    from sg2im_weights import resolve

    bundle = resolve(weights)
    from sg2im_cli.checkpoint import load_generator
    from sg2im_cli.evaluation.report import evaluate
    from sg2im_cli.painter import choose_device

    report = evaluate(load_generator(bundle, choose_device(device)), weights, data, split, seed)
    text = json.dumps(report.to_json(), indent=1)
    write_file(output, text.encode() + b"\n", overwrite)
    if as_json:
        typer.echo(text)
    else:
        _show(report)
        typer.echo(str(output))


def _show(report: Report) -> None:
    from rich.table import Table

    from sg2im_cli.cli.shown import console

    scores = report.layout
    table = Table(title=f"{report.weights} on {report.data} {report.split}", box=None, title_justify="left")
    for heading in ("measure", "value", "over"):
        table.add_column(heading)
    boxes = f"{scores.objects} objects in {scores.images} pictures"
    table.add_row("mean IoU of predicted boxes", f"{scores.mean_iou:.3f}", boxes)
    table.add_row("R@0.3", f"{scores.recall_30:.3f}", boxes)
    table.add_row("R@0.5", f"{scores.recall_50:.3f}", boxes)
    if scores.satisfied is not None:
        table.add_row(
            "relationships satisfied",
            f"{scores.satisfied:.3f}",
            f"{scores.relationships} relationships of {boxes} (real boxes: {scores.satisfied_by_data:.3f})",
        )
    screen = console()
    screen.print(table)
    if report.unknown:
        words = ", ".join(f"{name} ({count})" for name, count in report.unknown.items())
        screen.print(f"Left out, as the weights do not know them: {words}.", markup=False)
