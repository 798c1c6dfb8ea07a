"""``sg2im train``: make weights."""

from __future__ import annotations

import time
import warnings
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sg2im_cli.cli import options as shared
from sg2im_cli.cli.completion import offer_recipes, offer_weights
from sg2im_cli.cli.streams import print_path, say
from sg2im_errors import InputError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import TaskID

    from sg2im_cli.config import Recipe
    from sg2im_cli.training.progress import Progress
    from sg2im_cli.training.run import TrainOptions, TrainResult

SECONDS_BETWEEN_LINES = 30.0


MOST_PARAMETERS, WORDS = 500_000_000, 200
"""Of a generator without ``--allow-large``, for about so many words."""


def command(
    data: shared.Data,
    recipe: Annotated[
        str, typer.Option(metavar="RECIPE", autocompletion=offer_recipes, help="A recipe's name, or a TOML file.")
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIRECTORY", help="The run's directory; weights go to DIRECTORY/weights.")
    ],
    steps: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Updates with pictures, whatever the recipe says.")
    ] = None,
    minutes: Annotated[float | None, typer.Option(metavar="N", min=0, help="Save and stop after N minutes.")] = None,
    seed: shared.AllRandom = 0,
    init: Annotated[
        str | None,
        typer.Option(
            metavar="WEIGHTS",
            autocompletion=offer_weights,
            help="Weights to start from: default, a directory, or owner/name[@revision].",
        ),
    ] = None,
    min_objects: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Leave out pictures with fewer than N objects, whatever the recipe says."
        ),
    ] = None,
    max_objects: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="The most objects of a graph, whatever the recipe says.")
    ] = None,
    checkpoint_every: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Steps between checkpoints, whatever the recipe says.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, help="Processes that prepare batches ahead. 2 for a GPU, else 0, if not given."
        ),
    ] = None,
    compile_: Annotated[bool, typer.Option("--compile", help="Compile the convolutions, for GPUs.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the resolved recipe, try one step, and write nothing.")
    ] = False,
    allow_large: Annotated[
        bool, typer.Option("--allow-large", help="Train a model of more than 500 million parameters.")
    ] = False,
    device: shared.Device = "auto",
    threads: shared.Threads = None,
) -> None:
    """Train weights; interrupted runs resume.

    A run saves and stops after its steps, a time limit or Ctrl-C. The same command resumes it. For several GPUs or
    machines, start it with torchrun or accelerate launch; each batch is divided among the processes.

    Example: sg2im train --data scenes --recipe tiny --out runs/tiny

    Example: torchrun --nproc-per-node 2 -m sg2im_cli train --data scenes --recipe paper64 --out runs/paper
    """
    import torch

    from sg2im_cli.data.sources import find_data
    from sg2im_cli.painter import choose_device
    from sg2im_cli.training.recipes import limit_objects
    from sg2im_cli.training.run import TrainOptions

    if minutes is not None and not minutes > 0:
        raise InputError("--minutes must be above 0.")
    if threads is not None:
        torch.set_num_threads(threads)
    chosen = choose_device(device)
    settings = limit_objects(_load_recipe(recipe), min_objects, max_objects)
    if not allow_large:
        _require_size(settings, recipe)
    options = TrainOptions(
        data=find_data(data),
        recipe=settings,
        recipe_name=recipe if Path(recipe).suffix == "" else Path(recipe).stem,
        out=out,
        steps=steps,
        checkpoint_every=checkpoint_every,
        minutes=minutes,
        seed=seed,
        device=chosen,
        init=init,
        workers=workers if workers is not None else 2 if chosen.type == "cuda" else 0,
        compiled=compile_,
    )
    _start(options, dry_run)


def _load_recipe(ref: str) -> Recipe:
    """A recipe by name or path; settings under the names of earlier versions are told, a line each."""
    from sg2im_cli.cli.display.tables import console
    from sg2im_cli.config import RenamedSettingWarning
    from sg2im_cli.training.recipes import load_recipe

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", RenamedSettingWarning)
        recipe = load_recipe(ref)
    for warning in told:
        if issubclass(warning.category, RenamedSettingWarning):
            console().print(str(warning.message), markup=False)
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return recipe


def _require_size(recipe: Recipe, name: str) -> None:
    """A number with a zero too many is told before memory is full."""
    count = recipe.generator.parameters(n_objects=WORDS, n_predicates=WORDS)
    if count > MOST_PARAMETERS:
        raise InputError(
            f"The generator of {name} would have about {count:,} parameters; --allow-large trains it all the same."
        )


def _start(options: TrainOptions, dry_run: bool) -> None:
    """Train or rehearse; of several processes the first one tells."""
    from sg2im_cli.training.interrupts import Terminated, terminable
    from sg2im_cli.training.processes import StoppedElsewhereError, is_main, wanted_processes

    alone = wanted_processes() == 1  # one of several may wait for the others, where Python hears no signal
    try:
        with terminable() if alone else nullcontext():
            if dry_run:
                _rehearse(options)
                return
            result = _run(options)
    except StoppedElsewhereError as error:  # another process says why
        raise typer.Exit(error.code) from None
    except Terminated:
        say("sg2im: Stopped by SIGTERM.")
        raise
    if not is_main():
        return
    print_path(result.weights)
    if not result.finished:
        say(f"Stopped at step {result.step}; the same command goes on from there.")
    else:
        say(f"Finished after {result.step} steps.")


def _run(options: TrainOptions) -> TrainResult:
    from sg2im_cli.cli.display.tables import console
    from sg2im_cli.training.processes import is_main
    from sg2im_cli.training.run import train

    screen = console()
    if not screen.is_terminal or not is_main():
        return train(options, _Lines(screen))
    from rich.live import Live

    bars = _Bars(screen)
    with Live(get_renderable=bars.shown, console=screen, refresh_per_second=4):
        return train(options, bars)


def _rehearse(options: TrainOptions) -> None:
    """The recipe as TOML to standard output, the rest to a person."""
    from sg2im_cli.cli.display.tables import console
    from sg2im_cli.training.processes import is_main
    from sg2im_cli.training.recipes import to_toml
    from sg2im_cli.training.rehearsal import rehearse

    screen = console()
    lines = _Lines(screen)
    found = rehearse(options, lines)
    if not is_main():
        return
    typer.echo(to_toml(found.recipe), nl=False)
    parameters = ", ".join(f"{k.replace('_', ' ')} {n / 1e6:.2f} M" for k, n in found.parameters.items())
    peak = "" if found.peak_bytes is None else f"; at the most {found.peak_bytes / 2**20:.0f} MB in these steps"
    layout = "" if found.layout_seconds is None else f"{found.layout_seconds:.2f} s an update of the graph half, "
    processes = "one process" if found.processes == 1 else f"{found.processes} processes"
    lines.message(f"{found.pictures} pictures, {processes}")
    lines.message(f"parameters: {parameters}")
    lines.message(f"memory: {found.state_bytes / 2**20:.0f} MB of weights, gradients and optimizers{peak}")
    lines.message(f"time: {layout}{found.picture_seconds:.2f} s with pictures, {_hours(found.hours)} in all")
    lines.message("losses: " + "  ".join(f"{name} {loss:.3f}" for name, loss in found.losses.items()))
    lines.message("Nothing was written.")


def _hours(hours: float) -> str:
    if hours < 2:
        return f"{60 * hours:.0f} minutes" if hours >= 1 / 60 else "less than a minute"
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.1f} days"


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
