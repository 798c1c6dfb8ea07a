"""A training run: when to update, log, save and stop."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from sg2im_cli.checkpoint import load_generator
from sg2im_cli.config import plain
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.licence import stated_licence
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_cli.data.sources import data_name
from sg2im_cli.training.checkpoint import RunDirectory
from sg2im_cli.training.export import count_examples, export, hardware
from sg2im_cli.training.guard import guarded
from sg2im_cli.training.interrupts import graceful
from sg2im_cli.training.journal import Journal
from sg2im_cli.training.options import TrainOptions, TrainResult
from sg2im_cli.training.precision import choose_precision, precision_note
from sg2im_cli.training.processes import Processes, join
from sg2im_cli.training.progress import Meter, Progress, Reporter
from sg2im_cli.training.samples import draw_sheet, fixed_batch
from sg2im_cli.training.sentence_sheet import draw_sentences, sentence_batch
from sg2im_cli.training.step import Trainer
from sg2im_cli.training.update import NotFiniteError
from sg2im_errors import InputError
from sg2im_weights import resolve

__all__ = ["TrainOptions", "TrainResult", "train"]


@dataclass
class _Position:
    layout_step: int = 0
    step: int = 0
    seconds: float = 0.0


def train(options: TrainOptions, reporter: Reporter) -> TrainResult:
    """Train until the last step, the time limit, or Ctrl-C; the same call goes on from the last checkpoint.

    Several processes that a launcher started share each batch; the first of them writes.

    Raises:
        InputError: data or directory that cannot be used.
        NotFiniteError: a loss or a weight is no longer finite; the last checkpoint is kept, and its weights exported.
        StoppedElsewhereError: another process of this run met an error.
        Sg2imError: a checkpoint could not be written or read.
    """
    return _Run(options, reporter, join(options.device)).run()


def started_with(options: TrainOptions) -> dict[str, Any]:
    """What must be the same when a run goes on."""
    return {
        "recipe": plain(options.recipe),
        "data": str(options.data.resolve()),
        "seed": options.seed,
        "init": options.init,
    }


class _Run:
    def __init__(self, options: TrainOptions, reporter: Reporter, processes: Processes) -> None:
        self.processes, self.reporter = processes, reporter
        self.directory = RunDirectory(options.out)
        recorded = processes.on_main(self.directory.recorded_precision)
        self.options = replace(options, recipe=choose_precision(options.recipe, processes, recorded))
        self.recipe = self.options.resolved
        self.journal = Journal(self.directory)
        self.notes = Notes(bears=Severity.DAMAGE)
        self.deadline = time.monotonic() + 60 * options.minutes if options.minutes is not None else float("inf")
        self.stopping = False
        self.position = _Position()
        self.started = time.monotonic()

    def run(self) -> TrainResult:
        options, on_main = self.options, self.processes.on_main
        on_main(lambda: self.directory.check(started_with(options)))
        self.source = None if options.init is None else resolve(options.init)
        self._tell(f"Reading {options.data} ...")
        self.data = self.processes.together(
            lambda: load_scenes(options.data, "train", self.recipe.data, self.recipe.generator, notes=self.notes)
        )
        if note := precision_note(self.recipe, self.processes):
            self._tell(note)
        on_main(self._choose_samples)
        for sentence in self.notes.sentences():
            self._tell(sentence)
        on_main(lambda: self.directory.claim(started_with(options)))
        with ExitStack() as held:
            on_main(lambda: held.enter_context(self.directory.locked()))
            return self._train()

    def _train(self) -> TrainResult:
        torch.manual_seed(self.options.seed)
        self.trainer = Trainer(self.recipe, self.data.vocabulary, self.processes, self.options.compiled)
        self._resume()
        try:
            with graceful(self._stop):
                self._layout_phase()
                self._picture_phase()
            self._save()
        except NotFiniteError as error:
            raise self._return_to_last_good(error) from None
        finally:
            self.journal.close()
        return self._finish()

    def _resume(self) -> None:
        resumed = self._load()
        if self.source is not None and not resumed:
            checkpoint = load_generator(self.source, self.processes.device)
            start = self.trainer.start_from(checkpoint)
            adversaries = self.trainer.take_adversaries(self.source.path, checkpoint.vocabulary)
            beside = f" With {', '.join(adversaries).replace('_', ' ')}." if adversaries else ""
            self._tell(f"From {self.options.init}: {str(start).rstrip()}{beside}")
        done = self.position
        if note := self.processes.on_main(lambda: self.journal.start(done.step, done.layout_step)):
            self._tell(note)
        shared = f", in {self.processes.count} processes" if self.processes.count > 1 else ""
        self._tell(
            f"{len(self.data)} pictures{shared}; "
            + (f"going on from step {done.step}." if resumed else "starting anew.")
        )

    def _load(self) -> bool:
        """Take up the last checkpoint, if there is one."""
        state = self.processes.on_main(self.directory.load)
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
        batches = self._batches(size, self.position.layout_step, self.options.seed + 1, with_images=False)
        meter = Meter("layout", size, steps)
        while self.position.layout_step < steps and (batch := self._next(batches)) is not None:
            losses = guarded(lambda: self.trainer.layout_step(batch, self.position.layout_step), self.options.compiled)
            self.position.layout_step += 1
            self._after(meter.tick(self.position.layout_step, losses))

    def _picture_phase(self) -> None:
        steps, size, seed = self.recipe.training.steps, self.recipe.training.batch_size, self.options.seed
        batches = self._batches(size, self.position.step, seed)
        meter = Meter("pictures", size, steps)
        if self.position.step == 0 and steps:
            self.trainer.calibrate(self.data)
        between = self._layout_updates_between()
        while self.position.step < steps and (batch := self._next(batches)) is not None:
            further = next(between)
            losses = guarded(lambda: self.trainer.picture_step(batch, self.position.step, seed), self.options.compiled)
            losses = further | losses
            self.position.step += 1
            self._after(meter.tick(self.position.step, losses))

    def _layout_updates_between(self) -> Iterator[dict[str, float]]:
        """Losses of an update of the graph half before every so many steps with pictures, and of none before others."""
        training = self.recipe.training
        every, size = training.layout_every, training.layout_batch_size
        if not every:
            yield from itertools.repeat({})
        batches = self._batches(size, self.position.layout_step, self.options.seed + 1, with_images=False)
        while True:
            if self.position.step % every:
                yield {}
                continue
            batch, step = self.processes.together(lambda: next(batches)), self.position.layout_step
            losses = guarded(lambda b=batch, s=step: self.trainer.layout_step(b, s), self.options.compiled)  # type: ignore[misc]
            self.position.layout_step += 1
            yield losses

    def _batches(self, size: int, start: int, seed: int, with_images: bool = True) -> Iterator[GraphBatch]:
        rank, count = self.processes.rank, self.processes.count
        return self.data.batches(size, start, seed, with_images, rank, count, self.options.workers)

    def _next(self, batches: Iterator[GraphBatch]) -> GraphBatch | None:
        """The next batch, or None where this run is to stop; all processes do the same."""
        if self.processes.highest(self.stopping or time.monotonic() >= self.deadline):
            return None
        return self.processes.together(lambda: next(batches))

    def _return_to_last_good(self, error: NotFiniteError) -> NotFiniteError:
        """Leave the weights of the last checkpoint, and say so."""
        where = f"{error} Training stopped after step {self.position.step}"
        self.processes.on_main(lambda: self.journal.event("not finite", self.position.step))
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
        last = progress.step == progress.steps
        if self.processes.main:
            self.reporter.progress(progress)
        self.processes.on_main(lambda: self.journal.losses(progress))
        if last or progress.step % training.checkpoint_every == 0:
            self._save()
        if last or progress.step % training.sample_every == 0:
            self.processes.on_main(lambda: self._draw_samples(progress))

    def _choose_samples(self) -> None:
        self.sheet = fixed_batch(self.options.data, self.recipe, self.data, self.notes).to(self.processes.device)
        sentences = sentence_batch(self.data.vocabulary)
        self.sentences = None if sentences is None else sentences.to(self.processes.device)

    def _draw_samples(self, progress: Progress) -> None:
        sheet = draw_sheet(self.trainer.best_generator, self.sheet)
        self.journal.sheet(sheet, progress.phase, progress.step)
        if self.sentences is not None and progress.phase == "pictures":
            sheet = draw_sentences(self.trainer.best_generator, self.sentences)
            self.journal.sheet(sheet, progress.phase, progress.step, "sentences")

    def _finish(self) -> TrainResult:
        finished = self.position.step >= self.recipe.training.steps
        self._export()
        self.processes.on_main(lambda: self.journal.event("finished" if finished else "stopped", self.position.step))
        return TrainResult(finished, self.position.step, self.directory.weights)

    def _save(self) -> None:
        self.trainer.check_finite()
        now = time.monotonic()
        self.position.seconds += now - self.started
        self.started = now
        self.processes.on_main(
            lambda: self.directory.save({"trainer": self.trainer.state(), "position": vars(self.position)})
        )

    def _export(self) -> None:
        generator, words = self.trainer.best_generator, self.data.vocabulary
        self.processes.on_main(lambda: export(self.directory.weights, generator, words, self._trained()))

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
            "device": self._hardware(),
            **({} if self.options.init is None else {"init": _without_folders(self.options.init)}),
            **count_examples(self.data),
        }

    def _hardware(self) -> str:
        mine, count = hardware(self.processes.device), self.processes.count
        return mine if count == 1 else f"{count} x ({mine})"

    def _stop(self) -> None:
        self.stopping = True
        self._tell("Stopping after this step; once more to break off without saving.")

    def _tell(self, text: str) -> None:
        if self.processes.main:
            self.reporter.message(text)


def _without_folders(ref: str) -> str:
    """Weights as a card names them: of a directory its name, for where it lies is nobody's business."""
    path = Path(ref)
    return path.resolve().name if path.is_dir() else ref
