"""A training run: when to update, log, save and stop."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

import torch

from sg2im_cli.config import Recipe, plain
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.data.coco import picture_folder
from sg2im_cli.data.dataset import SceneDataset, load_scenes
from sg2im_cli.training.checkpoint import RunDirectory
from sg2im_cli.training.export import export
from sg2im_cli.training.samples import draw_sheet, save_sheet
from sg2im_cli.training.step import NotFiniteError, Trainer

SHEET_SIZE = 12
"""Pictures on a sample sheet."""

LOG_EVERY = 20
"""Steps between lines of the log."""


@dataclass(frozen=True, kw_only=True)
class TrainOptions:
    """What a run is started with.

    Attributes:
        data: directory in the COCO / COCO-Stuff layout.
        recipe: what to train.
        recipe_name: what to call it.
        out: the run's directory.
        steps: updates with pictures, in place of the recipe's.
        minutes: stop (and save) after so long; the same call again goes on.
        seed: of everything that is drawn at random.
        device: where to train.
    """

    data: Path
    recipe: Recipe
    recipe_name: str
    out: Path
    steps: int | None = None
    minutes: float | None = None
    seed: int = 0
    device: torch.device = torch.device("cpu")  # noqa: RUF009


@dataclass(frozen=True)
class Progress:
    """Where a run is.

    Attributes:
        phase: ``"layout"`` or ``"pictures"``.
        step: updates done in this phase.
        steps: updates of this phase in all.
        losses: of the last update.
        rate: pictures (or graphs) a second, lately.
    """

    phase: str
    step: int
    steps: int
    losses: dict[str, float]
    rate: float


class Reporter(Protocol):
    """Who is told how a run goes."""

    def message(self, text: str) -> None:
        """Something that happens once."""

    def progress(self, progress: Progress) -> None:
        """After every update."""


@dataclass(frozen=True)
class TrainResult:
    """How a run ended.

    Attributes:
        finished: False if it was stopped before the last step.
        step: updates with pictures done.
        weights: the bundle, or None if nothing was learned yet.
    """

    finished: bool
    step: int
    weights: Path


@dataclass
class _Position:
    layout_step: int = 0
    step: int = 0
    seconds: float = 0.0


def train(options: TrainOptions, reporter: Reporter) -> TrainResult:
    """Train until the last step, the time limit, or Ctrl-C; the same call goes on from the last checkpoint.

    Raises:
        InputError: data or directory that cannot be used.
        NotFiniteError: a loss is no longer finite; the last checkpoint is kept.
        Sg2imError: a checkpoint could not be written or read.
    """
    return _Run(options, reporter).run()


class _Run:
    def __init__(self, options: TrainOptions, reporter: Reporter) -> None:
        recipe = options.recipe
        if options.steps is not None:
            recipe = replace(recipe, training=replace(recipe.training, steps=options.steps))
        self.options, self.recipe, self.reporter = options, recipe, reporter
        self.directory = RunDirectory(options.out)
        self.deadline = time.monotonic() + 60 * options.minutes if options.minutes is not None else float("inf")
        self.stopping = False
        self.position = _Position()
        self.started = time.monotonic()

    def run(self) -> TrainResult:
        options = self.options
        started_with = {
            "recipe": plain(options.recipe),
            "data": str(options.data.resolve()),
            "seed": options.seed,
        }
        self.directory.check(started_with)
        self.reporter.message(f"Reading {options.data} ...")
        self.data = load_scenes(options.data, "train", self.recipe.data, self.recipe.generator)
        self.sheet = self._sheet_batch()
        self.directory.claim(started_with)
        torch.manual_seed(options.seed)
        self.trainer = Trainer(self.recipe, self.data.vocabulary, options.device)
        self._resume()
        with _graceful(self._stop):
            self._layout_phase()
            self._picture_phase()
        return self._finish()

    def _resume(self) -> None:
        state = self.directory.load(self.options.device)
        if state is not None:
            self.trainer.load(state["trainer"])
            self.position = _Position(**state["position"])
        self.directory.log({"event": "start", "step": self.position.step, "layout_step": self.position.layout_step})
        self.reporter.message(
            f"{len(self.data)} pictures; "
            + ("starting anew." if state is None else f"going on from step {self.position.step}.")
        )

    def _layout_phase(self) -> None:
        training = self.recipe.training
        steps = training.layout_steps
        batches = self.data.batches(
            training.layout_batch_size, self.position.layout_step, self.options.seed + 1, with_images=False
        )
        meter = _Meter(training.layout_batch_size)
        while self.position.layout_step < steps and not self._must_stop():
            losses = self._guarded(
                lambda batch: self.trainer.layout_step(batch, self.position.layout_step), next(batches)
            )
            self.position.layout_step += 1
            self._after(Progress("layout", self.position.layout_step, steps, losses, meter.tick()))

    def _picture_phase(self) -> None:
        training = self.recipe.training
        seed = self.options.seed
        batches = self.data.batches(training.batch_size, self.position.step, seed)
        meter = _Meter(training.batch_size)
        while self.position.step < training.steps and not self._must_stop():
            losses = self._guarded(
                lambda batch: self.trainer.picture_step(batch, self.position.step, seed), next(batches)
            )
            self.position.step += 1
            self._after(Progress("pictures", self.position.step, training.steps, losses, meter.tick()))

    def _guarded(self, update: Callable[[GraphBatch], dict[str, float]], batch: GraphBatch) -> dict[str, float]:
        try:
            return update(batch.to(self.options.device))
        except NotFiniteError as error:
            self.directory.log({"event": "not finite", "step": self.position.step})
            raise NotFiniteError(
                f"{error} Training stopped; the last checkpoint in {self.directory.path} is kept."
            ) from None

    def _after(self, progress: Progress) -> None:
        """Tell, log, save and draw, each when it is time."""
        training = self.recipe.training
        self.reporter.progress(progress)
        last = progress.step == progress.steps
        if last or progress.step % LOG_EVERY == 0:
            losses = {name: round(loss, 5) for name, loss in progress.losses.items()}
            self.directory.log(
                {"event": progress.phase, "step": progress.step, "rate": round(progress.rate, 2), **losses}
            )
        if last or progress.step % training.checkpoint_every == 0:
            self._save()
        if last or progress.step % training.sample_every == 0:
            sheet = draw_sheet(self.trainer.best_generator, self.sheet)
            save_sheet(sheet, self.directory.path / "samples" / f"{progress.phase}_{progress.step:07d}.png")

    def _finish(self) -> TrainResult:
        finished = self.position.step >= self.recipe.training.steps
        self._save()
        export(
            self.directory.weights,
            self.trainer.best_generator,
            self.data.vocabulary,
            self._trained(),
        )
        self.directory.log({"event": "finished" if finished else "stopped", "step": self.position.step})
        return TrainResult(finished, self.position.step, self.directory.weights)

    def _save(self) -> None:
        now = time.monotonic()
        self.position.seconds += now - self.started
        self.started = now
        self.directory.save({"trainer": self.trainer.state(), "position": vars(self.position)})

    def _trained(self) -> dict[str, Any]:
        """What the model card and ``config.json`` say of this run."""
        return {
            "recipe": self.options.recipe_name,
            "recipe_settings": plain(self.recipe),
            "data": self.options.data.resolve().name,
            "pictures": len(self.data),
            "seed": self.options.seed,
            "layout_steps": self.position.layout_step,
            "steps": self.position.step,
            "hours": round(self.position.seconds / 3600, 2),
            "device": _device_name(self.options.device),
        }

    def _sheet_batch(self) -> GraphBatch:
        """Fixed pictures of the val split, or of train where there is none."""
        data: SceneDataset = self.data
        if picture_folder(self.options.data, "val") is not None:
            data = load_scenes(self.options.data, "val", self.recipe.data, self.recipe.generator, self.data.vocabulary)
        step = max(1, len(data) // SHEET_SIZE)
        return data.collate(range(0, len(data), step)[:SHEET_SIZE], exact=True).to(self.options.device)

    def _must_stop(self) -> bool:
        return self.stopping or time.monotonic() >= self.deadline

    def _stop(self) -> None:
        self.stopping = True
        self.reporter.message("Stopping after this step; once more to break off without saving.")


class _Meter:
    """Pictures a second, smoothed."""

    def __init__(self, batch_size: int) -> None:
        self.batch_size = batch_size
        self.last = time.monotonic()
        self.seconds = 0.0

    def tick(self) -> float:
        now = time.monotonic()
        took = now - self.last
        self.last = now
        self.seconds = took if not self.seconds else 0.95 * self.seconds + 0.05 * took
        return self.batch_size / max(self.seconds, 1e-9)


@contextmanager
def _graceful(stop: Callable[[], None]) -> Iterator[None]:
    """Let the step at hand end at the first Ctrl-C or SIGTERM; the second breaks off."""

    def first(signum: int, _frame: FrameType | None) -> None:
        stop()
        signal.signal(signum, signal.default_int_handler)

    try:
        before = {s: signal.signal(s, first) for s in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not the main thread: whoever called takes care
        yield
        return
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type}, {torch.get_num_threads()} threads"
