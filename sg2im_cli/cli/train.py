"""``sg2im train``: make weights."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sg2im_parsers.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import TaskID

    from sg2im_cli.training.progress import Progress
    from sg2im_cli.training.run import TrainOptions, TrainResult

SECONDS_BETWEEN_LINES = 30.0


def command(
    data: Annotated[Path, typer.Option(help="Prepared data: a directory or owner/name; or COCO's layout.")],
    recipe: Annotated[str, typer.Option(help="A recipe's name, or a TOML file.")],
    out: Annotated[Path, typer.Option(help="The run's directory; weights go to OUT/weights.")],
    steps: Annotated[int | None, typer.Option(min=1, help="Updates with pictures, in place of the recipe's.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0, help="Stop and save after so long.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of everything that is drawn at random.")] = 0,
    init: Annotated[
        str | None, typer.Option(help="Weights to start from: default, a directory, or owner/name[@revision].")
    ] = None,
    min_objects: Annotated[
        int | None, typer.Option(min=1, help="Leave out pictures with fewer objects, in place of the recipe's.")
    ] = None,
    max_objects: Annotated[
        int | None, typer.Option(min=1, help="The most objects of a graph, in place of the recipe's.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads.")] = None,
) -> None:
    """Train weights; the same call again goes on.

    It stops after its steps, a time limit or Ctrl-C, and saves; the same command then goes on from there.

    Example: sg2im train --data scenes --recipe tiny --out runs/tiny
    """
    import torch

    from sg2im_cli.data.sources import find_data
    from sg2im_cli.painter import choose_device
    from sg2im_cli.training.recipes import limit_objects, load_recipe
    from sg2im_cli.training.run import TrainOptions

    if minutes is not None and not minutes > 0:
        raise InputError("--minutes must be above 0.")
    if threads is not None:
        torch.set_num_threads(threads)
    options = TrainOptions(
        data=find_data(data),
        recipe=limit_objects(load_recipe(recipe), min_objects, max_objects),
        recipe_name=recipe if Path(recipe).suffix == "" else Path(recipe).stem,
        out=out,
        steps=steps,
        minutes=minutes,
        seed=seed,
        device=choose_device(device),
        init=init,
    )
    result = _run(options)
    typer.echo(str(result.weights))
    if not result.finished:
        typer.echo(f"Stopped at step {result.step}; the same command goes on from there.", err=True)
    else:
        typer.echo(f"Finished after {result.step} steps.", err=True)


def _run(options: TrainOptions) -> TrainResult:
    from sg2im_cli.cli.shown import console
    from sg2im_cli.training.run import train

    screen = console()
    if not screen.is_terminal:
        return train(options, _Lines(screen))
    from rich.live import Live

    bars = _Bars(screen)
    with Live(get_renderable=bars.shown, console=screen, refresh_per_second=4):
        return train(options, bars)


def _speed(progress: Progress) -> str:
    return f"{progress.rate:.1f} {'graphs' if progress.phase == 'layout' else 'pictures'}/s"


def _losses(progress: Progress) -> str:
    return "  ".join(f"{name} {loss:.3f}" for name, loss in progress.losses.items())


def _left(progress: Progress) -> str:
    minutes, seconds = divmod(round(progress.left), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02} left"


class _Lines:
    """A line now and then, for files and pipes."""

    def __init__(self, screen: Console) -> None:
        self.screen = screen
        self.last_line = 0.0

    def message(self, text: str) -> None:
        self.screen.print(text, markup=False, soft_wrap=True)

    def progress(self, progress: Progress) -> None:
        if time.monotonic() - self.last_line > SECONDS_BETWEEN_LINES or progress.step == progress.steps:
            self.last_line = time.monotonic()
            place = f"{progress.phase} {progress.step}/{progress.steps}"
            self.message("  ".join([place, _left(progress), _speed(progress), _losses(progress)]))


class _Bars:
    """A bar for each phase in a terminal, and the losses below it, where they cannot push it aside."""

    def __init__(self, screen: Console) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self.screen = screen
        columns = (
            TextColumn("{task.description}"),
            BarColumn(20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            TextColumn("{task.fields[speed]}"),
        )
        self.bars = Progress(*columns, console=screen, auto_refresh=False)
        self.tasks: dict[str, TaskID] = {}
        self.losses = ""

    def shown(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        return Group(self.bars.get_renderable(), Text(self.losses))

    def message(self, text: str) -> None:
        self.screen.print(text, markup=False)

    def progress(self, progress: Progress) -> None:
        left, speed = _left(progress), _speed(progress)
        if progress.phase not in self.tasks:
            task = self.bars.add_task(progress.phase, total=progress.steps, left=left, speed=speed)
            self.tasks[progress.phase] = task
        self.bars.update(self.tasks[progress.phase], completed=progress.step, left=left, speed=speed)
        self.losses = _losses(progress)
