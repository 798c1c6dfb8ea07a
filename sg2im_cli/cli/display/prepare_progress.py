"""What a person sees while data is prepared."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sg2im_cli.cli.streams import print_path
from sg2im_errors import InputError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

    from sg2im_cli.config import DataConfig
    from sg2im_cli.data.readers.notes import Notes
    from sg2im_cli.data.readers.source import Source

SECONDS_BETWEEN_LINES = 10.0
MOST_NAMES = 40
"""Changed names that are shown."""


def run(
    make_source: Callable[[], Source],
    out: Path,
    image_size: int,
    mask_size: int,
    keep: DataConfig,
    skip_unreadable: bool,
    source_options: dict[str, Any],
    guess_masks: bool = False,
) -> None:
    """Prepare a source, or say that it is; the directory goes to standard output.

    Args:
        make_source: reads the annotations.
        out: the directory.
        image_size: side of the pictures in pixels.
        mask_size: side of the masks.
        keep: which objects and pictures.
        skip_unreadable: leave out pictures that cannot be read.
        source_options: what the source was asked for, so that another request is told from it.
        guess_masks: see `PrepareOptions`.
    """
    from sg2im_cli.cli.display.tables import console
    from sg2im_cli.data.prepared.options import PrepareOptions
    from sg2im_cli.data.prepared.writing import find_finished, prepare

    if mask_size & (mask_size - 1):
        raise InputError(f"--mask-size is {mask_size} and must be a power of two.")
    screen = console()
    options = PrepareOptions(
        image_size=(image_size, image_size),
        mask_size=mask_size,
        keep=keep,
        skip_unreadable=skip_unreadable,
        guess_masks=guess_masks,
        source=source_options,
    )
    screen.print("Reading annotations ...")
    source = make_source()
    try:
        done = find_finished(source, out, options)
        if done is not None:
            screen.print("Everything is prepared already.")
        else:
            with Shown() as shown:
                done = prepare(source, out, options, shown.progress, shown.skipped)
    finally:
        show_notes(screen, source.notes)
    for name, split in done.splits.items():
        screen.print(f"{name}: {split['pictures']:,} pictures, {split['objects']:,} objects", markup=False)
    print_path(out)


def show_notes(screen: Console, notes: Notes) -> None:
    """Which names were changed, and a table of all that was left out or taken as something else."""
    from rich.text import Text

    from sg2im_cli.cli.display.tables import plain_table

    if notes.renamed:
        table = plain_table("Changed names")
        for heading in ("in the files", "prepared"):
            table.add_column(heading)
        for old, new in list(notes.renamed.items())[:MOST_NAMES]:
            table.add_row(Text(repr(old)), Text(new))
        if len(notes.renamed) > MOST_NAMES:
            table.add_row(f"and {len(notes.renamed) - MOST_NAMES} more", "")
        screen.print(table)
    if notes.kinds:
        table = plain_table("Left out, or taken as something else")
        table.add_column("how many", justify="right")
        for heading in ("what", "the first"):
            table.add_column(heading)
        for note in notes.kinds.values():
            table.add_row(f"{note.count:,}", Text(note.what), Text(note.examples[0]))
        screen.print(table)


class Shown:
    """A bar for each split in a terminal; a line now and then in a file or pipe."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        from sg2im_cli.cli.display.tables import console

        self.screen = console()
        columns = (TextColumn("{task.description}"), BarColumn(30), MofNCompleteColumn(), TimeRemainingColumn())
        self.bars = Progress(*columns, console=self.screen)
        self.tasks: dict[str, TaskID] = {}
        self.last_line = time.monotonic()

    def __enter__(self) -> Shown:
        if self.screen.is_terminal:
            self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.screen.is_terminal:
            self.bars.stop()

    def progress(self, split: str, done: int, most: int) -> None:
        """How many of a split's pictures are done."""
        if self.screen.is_terminal:
            if split not in self.tasks:
                self.tasks[split] = self.bars.add_task(split, total=most)
            self.bars.update(self.tasks[split], completed=done)
        elif time.monotonic() - self.last_line > SECONDS_BETWEEN_LINES:
            self.last_line = time.monotonic()
            self.screen.print(f"{split}: {done:,} of {most:,} pictures", markup=False)

    def skipped(self, sentence: str) -> None:
        """A picture is left out."""
        self.screen.print(f"Left out: {sentence}", style="yellow", markup=False, soft_wrap=True)
