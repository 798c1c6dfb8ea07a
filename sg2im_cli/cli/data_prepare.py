"""``sg2im data prepare``: pictures and annotations of any layout to data that a training run reads as it is."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sg2im_parsers.errors import InputError

if TYPE_CHECKING:
    from rich.progress import TaskID

    from sg2im_cli.config import DataConfig
    from sg2im_cli.data.prepared import Prepared
    from sg2im_cli.data.preparing import Source

app = typer.Typer(
    help="Make prepared data of COCO, of Visual Genome, or of your own pictures.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

SECONDS_BETWEEN_LINES = 10.0

OUT = typer.Option(help="The directory to make; if it was broken off, the same command goes on.")
IMAGE_SIZE = typer.Option(min=8, max=1024, help="Side of the pictures in pixels: that of the recipe's image_size.")
MASK_SIZE = typer.Option(min=1, max=256, help="Side of the masks: that of the recipe's mask_size.")
SKIP = typer.Option("--skip-unreadable", help="Leave out pictures that cannot be read, in place of stopping.")
LICENSE = typer.Option("--license", help="What the card says of the data's licence.")
MIN_AREA = typer.Option(min=0, max=1, help="Leave out objects whose box is not above this share of the picture.")
MIN_OBJECTS = typer.Option(min=1, help="Leave out pictures with fewer objects.")
MAX_OBJECTS = typer.Option(min=1, help="Leave out pictures with more objects.")


@app.command()
def coco(
    source: Annotated[Path, typer.Argument(help="A directory with annotations/ and images/, as COCO unpacks.")],
    out: Annotated[Path, OUT],
    image_size: Annotated[int, IMAGE_SIZE] = 64,
    mask_size: Annotated[int, MASK_SIZE] = 16,
    paper: Annotated[
        bool,
        typer.Option(
            "--paper",
            help="COCO-Stuff as in the paper: --stuff-only, 3 to 8 objects above 0.02, --divide-val 1024.",
        ),
    ] = False,
    stuff_only: Annotated[
        bool, typer.Option("--stuff-only", help="Leave out pictures without stuff (2017: the stuff subset).")
    ] = False,
    things_only: Annotated[bool, typer.Option("--things-only", help="Leave the stuff files out.")] = False,
    divide_val: Annotated[
        int | None, typer.Option(min=1, help="So many pictures of val stay val; the rest of them are test.")
    ] = None,
    min_area: Annotated[float, MIN_AREA] = 0.0,
    min_objects: Annotated[int, MIN_OBJECTS] = 1,
    max_objects: Annotated[int | None, MAX_OBJECTS] = None,
    skip_unreadable: Annotated[bool, SKIP] = False,
    license_: Annotated[str | None, LICENSE] = None,
) -> None:
    """Prepare data in the COCO / COCO-Stuff layout.

    Without further options every picture with an object is kept, and the recipe chooses among them.

    Example: sg2im data prepare coco coco/ --out data/coco64 --paper
    """
    from sg2im_cli.data.coco_source import PAPER, PAPER_VAL, CocoOptions, coco_source
    from sg2im_cli.data.preparing import EVERYTHING

    if things_only and (stuff_only or paper):
        raise InputError("--things-only leaves out the stuff that --stuff-only and --paper need; give one of them.")
    chosen_here = (min_area, min_objects, max_objects, stuff_only, divide_val) != (0.0, 1, None, False, None)
    if paper and chosen_here:
        raise InputError("--paper says which pictures and objects are kept; leave the other options of that out.")
    keep = PAPER if paper else _bounds(EVERYTHING, min_area, min_objects, max_objects)
    options = CocoOptions(
        things_only=things_only,
        stuff_only=stuff_only or paper,
        divide_val=PAPER_VAL if paper else divide_val,
        keep=keep,
        paper=paper,
        license=license_,
    )
    _prepare(
        lambda: coco_source(source, options),
        out,
        image_size,
        mask_size,
        keep,
        skip_unreadable,
        {"things_only": things_only, "stuff_only": options.stuff_only, "divide_val": options.divide_val},
    )


def _bounds(everything: DataConfig, min_area: float, min_objects: int, max_objects: int | None) -> DataConfig:
    from dataclasses import replace

    most = everything.max_objects if max_objects is None else max_objects
    return replace(everything, min_area=min_area, min_objects=min_objects, max_objects=most)


def _prepare(
    make_source: Any,  # noqa: ANN401
    out: Path,
    image_size: int,
    mask_size: int,
    keep: DataConfig,
    skip_unreadable: bool,
    source_options: dict[str, Any],
) -> None:
    from sg2im_cli.cli.shown import console
    from sg2im_cli.data.preparing import PrepareOptions, find_finished, prepare

    if mask_size & (mask_size - 1):
        raise InputError(f"--mask-size is {mask_size} and must be a power of two.")
    screen = console()
    options = PrepareOptions(
        image_size=(image_size, image_size),
        mask_size=mask_size,
        keep=keep,
        skip_unreadable=skip_unreadable,
        source=source_options,
    )
    screen.print("Reading annotations ...")
    source = make_source()
    done = find_finished(source, out, options)
    if done is not None:
        screen.print("Everything is prepared already.")
    else:
        with _shown(source) as shown:
            done = prepare(source, out, options, shown.progress, shown.skipped)
    for name, split in done.splits.items():
        screen.print(f"{name}: {split['pictures']:,} pictures, {split['objects']:,} objects", markup=False)
    typer.echo(str(out))


class _shown:  # noqa: N801
    """A bar for each split in a terminal; a line now and then in a file or pipe."""

    def __init__(self, source: Source) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        from sg2im_cli.cli.shown import console

        self.screen = console()
        columns = (TextColumn("{task.description}"), BarColumn(30), MofNCompleteColumn(), TimeRemainingColumn())
        self.bars = Progress(*columns, console=self.screen)
        self.tasks: dict[str, TaskID] = {}
        self.last_line = time.monotonic()

    def __enter__(self) -> _shown:
        if self.screen.is_terminal:
            self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.screen.is_terminal:
            self.bars.stop()

    def progress(self, split: str, done: int, most: int) -> None:
        if self.screen.is_terminal:
            if split not in self.tasks:
                self.tasks[split] = self.bars.add_task(split, total=most)
            self.bars.update(self.tasks[split], completed=done)
        elif time.monotonic() - self.last_line > SECONDS_BETWEEN_LINES:
            self.last_line = time.monotonic()
            self.screen.print(f"{split}: {done:,} of {most:,} pictures", markup=False)

    def skipped(self, sentence: str) -> None:
        self.screen.print(f"Left out: {sentence}", style="yellow", markup=False, soft_wrap=True)
