"""A training run: when to update, log, save and stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from sg2im_cli.checkpoint import load_generator
from sg2im_cli.config import Recipe, plain
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.data.dataset import SceneDataset, load_scenes
from sg2im_cli.data.licence import stated_licence
from sg2im_cli.data.sources import data_name, has_split
from sg2im_cli.training.checkpoint import RunDirectory
from sg2im_cli.training.export import count_examples, export, hardware
from sg2im_cli.training.interrupts import graceful
from sg2im_cli.training.progress import Meter, Progress, Reporter
from sg2im_cli.training.samples import draw_sheet, save_sheet
from sg2im_cli.training.step import NotFiniteError, Trainer
from sg2im_parsers.errors import InputError, Sg2imError
from sg2im_weights import resolve

SHEET_SIZE = 12
"""Pictures on a sample sheet."""

LOG_EVERY = 20
"""Steps between lines of the log."""


@dataclass(frozen=True, kw_only=True)
class TrainOptions:
    """What a run is started with.

    Attributes:
        data: directory of prepared data, or in the COCO / COCO-Stuff layout.
        recipe: what to train.
        recipe_name: what to call it.
        out: the run's directory.
        steps: updates with pictures, in place of the recipe's.
        minutes: stop (and save) after so long; the same call again goes on.
        seed: of everything that is drawn at random.
        device: where to train.
        init: weights to start from, as for ``--weights``; none starts from random ones.
    """

    data: Path
    recipe: Recipe
    recipe_name: str
    out: Path
    steps: int | None = None
    minutes: float | None = None
    seed: int = 0
    device: torch.device = torch.device("cpu")  # noqa: RUF009
    init: str | None = None


@dataclass(frozen=True)
class TrainResult:
    """How a run ended.

    Attributes:
        finished: False if it was stopped before the last step.
        step: updates with pictures done.
        weights: the bundle's directory.
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
        NotFiniteError: a loss or a weight is no longer finite; the last checkpoint is kept, and its weights exported.
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
            "init": options.init,
        }
        self.directory.check(started_with)
        self.source = None if options.init is None else resolve(options.init)
        self.reporter.message(f"Reading {options.data} ...")
        self.data = load_scenes(options.data, "train", self.recipe.data, self.recipe.generator)
        self.sheet = self._sheet_batch()
        self.directory.claim(started_with)
        with self.directory.locked():
            return self._train()

    def _train(self) -> TrainResult:
        torch.manual_seed(self.options.seed)
        self.trainer = Trainer(self.recipe, self.data.vocabulary, self.options.device)
        self._resume()
        try:
            with graceful(self._stop):
                self._layout_phase()
                self._picture_phase()
            self._save()
        except NotFiniteError as error:
            raise self._return_to_last_good(error) from None
        return self._finish()

    def _resume(self) -> None:
        resumed = self._load()
        if self.source is not None and not resumed:
            start = self.trainer.start_from(load_generator(self.source, self.options.device))
            self.reporter.message(f"From {self.options.init}: {start}")
        self.directory.log({"event": "start", "step": self.position.step, "layout_step": self.position.layout_step})
        self.reporter.message(
            f"{len(self.data)} pictures; "
            + (f"going on from step {self.position.step}." if resumed else "starting anew.")
        )

    def _load(self) -> bool:
        """Take up the last checkpoint, if there is one."""
        state = self.directory.load(self.options.device)
        if state is None:
            return False
        try:
            self.trainer.load(state["trainer"])
            self.position = _Position(**state["position"])
        except (KeyError, TypeError, ValueError, RuntimeError):
            raise InputError(
                f"The checkpoint in {self.directory.path} does not fit this recipe and data, which may have changed "
                "since; name another directory with --out."
            ) from None
        return True

    def _layout_phase(self) -> None:
        training = self.recipe.training
        steps, size = training.layout_steps, training.layout_batch_size
        batches = self.data.batches(size, self.position.layout_step, self.options.seed + 1, with_images=False)
        meter = Meter("layout", size, steps)
        while self.position.layout_step < steps and not self._must_stop():
            losses = self._guarded(
                lambda batch: self.trainer.layout_step(batch, self.position.layout_step), next(batches)
            )
            self.position.layout_step += 1
            self._after(meter.tick(self.position.layout_step, losses))

    def _picture_phase(self) -> None:
        steps, size, seed = self.recipe.training.steps, self.recipe.training.batch_size, self.options.seed
        batches = self.data.batches(size, self.position.step, seed)
        meter = Meter("pictures", size, steps)
        while self.position.step < steps and not self._must_stop():
            losses = self._guarded(
                lambda batch: self.trainer.picture_step(batch, self.position.step, seed), next(batches)
            )
            self.position.step += 1
            self._after(meter.tick(self.position.step, losses))

    def _guarded(self, update: Callable[[GraphBatch], dict[str, float]], batch: GraphBatch) -> dict[str, float]:
        """One update; what a recipe asks too much of is said in a sentence."""
        try:
            return update(batch.to(self.options.device))
        except torch.OutOfMemoryError:
            raise Sg2imError("The device has too little memory for this recipe; make its batch_size smaller.") from None
        except ValueError as error:
            if "more than 1" not in str(error):
                raise
            raise InputError(
                "The recipe's normalization has only one value to work on; make its batch_size larger, or say "
                "normalization = 'none'."
            ) from None

    def _return_to_last_good(self, error: NotFiniteError) -> NotFiniteError:
        """Leave the weights of the last checkpoint, and say so."""
        where = f"{error} Training stopped after step {self.position.step}"
        self.directory.log({"event": "not finite", "step": self.position.step})
        hint = "Lower the recipe's rates or take another seed, and another --out."
        if not self._load():
            return NotFiniteError(f"{where}; nothing had been saved yet. {hint}")
        self._export()
        return NotFiniteError(
            f"{where}; {self.directory.weights} and the checkpoint have what was good at step {self.position.step}. "
            f"{hint}"
        )

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
        self._export()
        self.directory.log({"event": "finished" if finished else "stopped", "step": self.position.step})
        return TrainResult(finished, self.position.step, self.directory.weights)

    def _save(self) -> None:
        self.trainer.check_finite()
        now = time.monotonic()
        self.position.seconds += now - self.started
        self.started = now
        self.directory.save({"trainer": self.trainer.state(), "position": vars(self.position)})

    def _export(self) -> None:
        export(self.directory.weights, self.trainer.best_generator, self.data.vocabulary, self._trained())

    def _trained(self) -> dict[str, Any]:
        """What the model card and ``config.json`` say of this run."""
        return {
            "recipe": self.options.recipe_name,
            "recipe_settings": plain(self.recipe),
            "data": data_name(self.options.data),
            "data_licence": stated_licence(self.options.data),
            "pictures": len(self.data),
            "seed": self.options.seed,
            "layout_steps": self.position.layout_step,
            "steps": self.position.step,
            "hours": round(self.position.seconds / 3600, 2),
            "device": hardware(self.options.device),
            **({} if self.options.init is None else {"init": self.options.init}),
            **count_examples(self.data),
        }

    def _sheet_batch(self) -> GraphBatch:
        """Fixed pictures of the val split, or of train where there is none."""
        data: SceneDataset = self.data
        if has_split(self.options.data, "val"):
            data = load_scenes(self.options.data, "val", self.recipe.data, self.recipe.generator, self.data.vocabulary)
        step = max(1, len(data) // SHEET_SIZE)
        return data.collate(range(0, len(data), step)[:SHEET_SIZE], exact=True).to(self.options.device)

    def _must_stop(self) -> bool:
        return self.stopping or time.monotonic() >= self.deadline

    def _stop(self) -> None:
        self.stopping = True
        self.reporter.message("Stopping after this step; once more to break off without saving.")
