"""``sg2im data``: prepare, check and show what a model is trained on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sg2im_cli.cli.commands import data_prepare
from sg2im_cli.cli.display.prepare_progress import Shown
from sg2im_cli.cli.streams import print_json
from sg2im_cli.output.files import require_new, write_file
from sg2im_errors import InputError

if TYPE_CHECKING:
    from sg2im_cli.data.checks import Findings

app = typer.Typer(help="Prepare, check and show data to train on.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(data_prepare.app, name="prepare")


@app.command()
def check(
    data: Annotated[Path, typer.Argument(help="Prepared data, COCO's layout, Visual Genome's, or a JSON-lines file.")],
    least: Annotated[int, typer.Option(min=1, help="Objects of a name in train that are enough to learn it.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of the table.")] = False,
) -> None:
    """Say what a training run would choke on.

    Pictures that are missing or in two splits, boxes outside or without size, masks that do not fit, names that are
    unknown or too rare, and whether what was prepared as in the paper has its counts; and how many labels of each
    source a machine made. The exit code is 1 if something is wrong, and 0 if there are remarks only.

    Example: sg2im data check data/coco64
    """
    from sg2im_cli.data.checks import check_data

    with Shown() as shown:
        findings = check_data(data, shown.progress, least)
    if as_json:
        print_json(findings.to_json())
    else:
        _print(findings)
    if findings.wrong:
        raise typer.Exit(1)


def _print(findings: Findings) -> None:
    from sg2im_cli.cli.display.tables import console

    screen = console(error=False)
    for name, split in findings.splits.items():
        screen.print(f"{name}: {split['pictures']:,} pictures, {split['objects']:,} objects", markup=False)
        for sentence in findings.labels[name].sentences() if name in findings.labels else ():
            screen.print(f"    {sentence}", markup=False, soft_wrap=True)
    for item in sorted(findings.found.values(), key=lambda item: not item.wrong):
        kind, style = ("wrong", "red") if item.wrong else ("remark", "yellow")
        screen.print(f"{kind}: {item.what}: {item.count:,}", style=style, markup=False, soft_wrap=True)
        for example in item.examples:
            screen.print(f"    {example}", markup=False, soft_wrap=True)
    screen.print("Something is wrong." if findings.wrong else "Nothing is wrong.")


@app.command()
def show(
    data: Annotated[Path, typer.Argument(help="Prepared data, a directory or owner/name; or COCO's layout.")],
    split: Annotated[str, typer.Option(help="Of which split.")] = "train",
    pictures: Annotated[int, typer.Option(min=1, max=100, help="How many, drawn at random.")] = 6,
    seed: Annotated[int, typer.Option(min=0, help="Of which pictures those are, and of the graphs drawn.")] = 0,
    relations: Annotated[str, typer.Option(help="paper or spoken, where the data states no relationships.")] = "spoken",
    output: Annotated[Path, typer.Option("--output", "-o", help="The PNG.")] = Path("data.png"),
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")] = False,
) -> None:
    """Draw a sheet of pictures with their boxes, masks and graphs.

    The graphs are such as training sees them; with other seeds there are others. Says how many of the labels shown a
    machine made.

    Example: sg2im data show data/coco64 --pictures 12 --output sheet.png
    """
    if relations not in ("paper", "spoken"):
        raise InputError(f"--relations is {relations!r} and must be paper or spoken.")
    if output.suffix.lower() != ".png":
        raise InputError(f"{output} must end in .png.")
    require_new(output, overwrite)
    from sg2im_cli.cli.display.tables import console
    from sg2im_cli.data.viewing import view_scenes
    from sg2im_cli.drawing.scenes import scene_sheet

    view = view_scenes(data, split, pictures, seed, "paper" if relations == "paper" else "spoken")
    write_file(output, scene_sheet(view.scenes), overwrite)
    for sentence in view.labels.sentences():
        console().print(sentence, markup=False, soft_wrap=True)
    typer.echo(str(output))
