"""``sg2im data``: prepare, check and show what a model is trained on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sg2im_cli.cli import options
from sg2im_cli.cli.commands import data_prepare, data_prepare_exports
from sg2im_cli.cli.display.prepare_progress import Shown
from sg2im_cli.cli.streams import print_json, print_path
from sg2im_cli.output.files import require_new, write_file
from sg2im_errors import InputError

if TYPE_CHECKING:
    from sg2im_cli.data.findings import Findings

app = typer.Typer(help="Prepare, check and show data to train on.", no_args_is_help=True, rich_markup_mode=None)
for command in data_prepare_exports.COMMANDS:
    data_prepare.app.command()(command)
app.add_typer(data_prepare.app, name="prepare")


@app.command()
def check(
    data: Annotated[
        Path, typer.Argument(help="Prepared data, COCO's files as tools export them, Visual Genome, or JSON lines.")
    ],
    least: Annotated[
        int, typer.Option(metavar="N", min=1, help="Objects in train that are enough to learn a name.")
    ] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
) -> None:
    """Find what is wrong with data before you train on it.

    Finds pictures that are missing or in two splits, boxes outside or without size, masks that do not fit, names that
    are unknown or too rare, and wrong counts in data prepared as in the paper. Says how many labels of each source a
    machine made. The exit code is 1 if something is wrong, and 0 if there are only remarks.

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
    data: Annotated[
        Path, typer.Argument(help="Prepared data, a directory or owner/name; or COCO's files as tools export them.")
    ],
    split: Annotated[str, typer.Option(metavar="SPLIT", help="Which split.")] = "train",
    pictures: Annotated[int, typer.Option(metavar="N", min=1, max=100, help="How many, chosen at random.")] = 6,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Seed of this choice, and of the graphs.")] = 0,
    relations: Annotated[
        str, typer.Option(metavar="KIND", help="paper or spoken, where the data states no relationships.")
    ] = "spoken",
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The PNG.")] = Path("data.png"),
    overwrite: options.Overwrite = False,
) -> None:
    """Draw a sheet of pictures with their boxes, masks and graphs.

    The graphs are like those of training, and differ from seed to seed. Says how many of the labels shown a machine
    made.

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
    print_path(output)
