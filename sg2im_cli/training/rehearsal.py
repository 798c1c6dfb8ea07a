"""A run tried out without leaving anything behind: what it will be, need and take (``sg2im train --dry-run``)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from sg2im_cli.checkpoint import load_generator
from sg2im_cli.config import Recipe
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_cli.training.checkpoint import RunDirectory
from sg2im_cli.training.guard import guarded
from sg2im_cli.training.options import TrainOptions
from sg2im_cli.training.precision import choose_precision, precision_note
from sg2im_cli.training.processes import Processes, join
from sg2im_cli.training.progress import Reporter
from sg2im_cli.training.run import started_with
from sg2im_cli.training.step import Trainer
from sg2im_weights import resolve

PATIENCE = 10.0
"""Seconds; a first step that took less is made once more, as the first one also warms up."""


@dataclass(frozen=True)
class Rehearsal:
    """What a run will be.

    Attributes:
        recipe: with what was given in place of its own settings.
        pictures: of the train split.
        processes: how many share each batch.
        parameters: of each network.
        state_bytes: weights, gradients, optimizers and average, of each process.
        peak_bytes: the most that this process (or its GPU) held in these steps; None where the system does not say.
        layout_seconds: of one update of the graph half; None without any.
        picture_seconds: of one update with pictures.
        losses: of these updates.
    """

    recipe: Recipe
    pictures: int
    processes: int
    parameters: dict[str, int]
    state_bytes: int
    peak_bytes: int | None
    layout_seconds: float | None
    picture_seconds: float
    losses: dict[str, float]

    @property
    def hours(self) -> float:
        """Of the whole run, without sheets and checkpoints."""
        training = self.recipe.training
        return (self.recipe.layout_updates * (self.layout_seconds or 0) + training.steps * self.picture_seconds) / 3600


def rehearse(options: TrainOptions, reporter: Reporter) -> Rehearsal:
    """Make one update of each kind; nothing is written.

    Raises:
        InputError: data, weights or directory that cannot be used.
        NotFiniteError: a loss is not finite.
        Sg2imError: the device has too little memory, or torch cannot compile here.
    """
    processes, directory = join(options.device), RunDirectory(options.out)
    recorded = processes.on_main(directory.recorded_precision)
    options = replace(options, recipe=choose_precision(options.recipe, processes, recorded))
    recipe, training = options.resolved, options.resolved.training
    processes.on_main(lambda: directory.check(started_with(options)))
    if processes.main and (note := precision_note(recipe, processes)):
        reporter.message(note)
    source = None if options.init is None else resolve(options.init)
    if processes.main:
        reporter.message(f"Reading {options.data} ...")
    notes = Notes(bears=Severity.DAMAGE)
    data = processes.together(lambda: load_scenes(options.data, "train", recipe.data, recipe.generator, notes=notes))
    if processes.main:
        for sentence in notes.sentences():
            reporter.message(sentence)
    torch.manual_seed(options.seed)
    trainer = Trainer(recipe, data.vocabulary, processes, options.compiled)
    if source is not None:
        start = trainer.start_from(load_generator(source, processes.device))
        if processes.main:
            reporter.message(f"From {options.init}: {start}")
    rank, count, seed = processes.rank, processes.count, options.seed
    layout_seconds: float | None = None
    losses: dict[str, float] = {}
    if recipe.layout_updates:
        batch = next(data.batches(training.layout_batch_size, 0, seed + 1, False, rank, count))
        layout_seconds, losses = _timed(
            lambda: guarded(lambda: trainer.layout_step(batch, 0), options.compiled), processes
        )
    trainer.calibrate(data)
    pictures = next(data.batches(training.batch_size, 0, seed, True, rank, count))
    # behind adversarial_from, where a step does the most
    step = min(training.adversarial_from, training.steps - 1)
    picture_seconds, found = _timed(
        lambda: guarded(lambda: trainer.picture_step(pictures, step, seed), options.compiled), processes
    )
    trainer.check_finite()
    networks = trainer.networks()
    return Rehearsal(
        recipe=recipe,
        pictures=len(data),
        processes=processes.count,
        parameters={k: sum(p.numel() for p in m.parameters()) for k, m in networks.items() if k != "average"},
        state_bytes=_state_bytes(trainer),
        peak_bytes=_peak_bytes(processes.device),
        layout_seconds=layout_seconds,
        picture_seconds=picture_seconds,
        losses=losses | found,
    )


def _timed(update: Callable[[], dict[str, float]], processes: Processes) -> tuple[float, dict[str, float]]:
    """Seconds of an update, and its losses. Reading the losses has waited for a GPU."""
    start = time.monotonic()
    losses = update()
    took = time.monotonic() - start
    if not processes.highest(took >= PATIENCE):
        start = time.monotonic()
        update()
        took = time.monotonic() - start
    return took, losses


def _state_bytes(trainer: Trainer) -> int:
    """Weights, gradients and Adam's two means of what is trained, and the average."""
    total = 0
    for name, network in trainer.networks().items():
        copies = 1 if name == "average" else 4
        total += copies * sum(p.numel() * p.element_size() for p in network.parameters())
    return total


def _peak_bytes(device: torch.device) -> int | None:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    try:
        import resource
    except ImportError:  # not on this system
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
