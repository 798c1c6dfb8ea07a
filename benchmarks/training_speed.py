"""A training step of `paper64` in float32 and in bfloat16 beside a plain one in float32, on the CPU: time and memory.

python benchmarks/training_speed.py [--batch N] [--rounds N] [--threads N] [--workers] [--json]

All start from the same weights, see the same batch and noise, and find the same losses, in bfloat16 about the same
(checked first). They take turns, now one first and now another; times are medians, and so are the ratios to the plain
one of each turn, with the smallest and the largest. Time is what the process had of its cores, divided by its threads:
what else runs on a machine does not count. Memory is the highest resident memory of a process that does nothing else,
above what it had with its networks built (read from /proc, so on Linux).

With --workers, the time of a step of `scenes64` whose batches two workers prepare from 512 made-up pictures, beside
that of a step on one batch that is at hand.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import torch
from generator_speed import MEGABYTE, resident
from plain_training import PlainTrainer, copy_networks

from sg2im_cli.config import Precision, Recipe
from sg2im_cli.data.batch import GraphBatch, collate
from sg2im_cli.data.dataset import Scene, SceneDataset
from sg2im_cli.data.relations import RELATIONS, spoken_table
from sg2im_cli.training.batch_random import BatchRandom
from sg2im_cli.training.recipes import load_recipe
from sg2im_cli.training.step import Trainer
from sg2im_parsers.vocabulary import Vocabulary

OBJECTS = 183
KINDS = ("float32", "bfloat16", "plain")
"""Ours in two precisions, and the operations of the original written plainly."""

TOLERANCE = {"float32": 1e-3, "bfloat16": 0.1, "plain": 0.0}
"""How far a loss may be from the plain one, as a share of it."""

SIDE = 64


def vocabulary(recipe: Recipe) -> Vocabulary:
    """As many words as COCO-Stuff has."""
    return Vocabulary.from_names([f"thing {i}" for i in range(OBJECTS)], RELATIONS[recipe.data.relations], ())


def made_up(count: int, mask_size: int, seed: int = 0) -> list[Scene]:
    """Pictures of noise with 3 to 8 objects and a relationship for each."""
    rng = np.random.default_rng(seed)
    scenes = []
    for _ in range(count):
        n = int(rng.integers(3, 9))
        low = rng.uniform(0, 0.6, (n, 2))
        boxes = np.concatenate([low, low + rng.uniform(0.2, 0.4, (n, 2))], axis=1)
        others = (np.arange(n) + rng.integers(1, n, n)) % n
        related = np.stack([np.arange(n), rng.integers(1, 7, n), others], axis=1)
        scenes.append(
            Scene(
                objs=rng.integers(1, OBJECTS, n),
                boxes=boxes.astype(np.float32),
                masks=rng.integers(0, 2, (n, mask_size, mask_size), dtype=np.uint8),
                has_mask=np.ones(n, dtype=bool),
                image=rng.integers(0, 256, (3, SIDE, SIDE), dtype=np.uint8),
                triples=related,
            )
        )
    return scenes


def step_of(kind: str, size: int) -> Callable[[], dict[str, float]]:
    """A call that makes one update on one batch."""
    recipe = load_recipe("paper64")
    words = vocabulary(recipe)
    batch = collate(made_up(size, recipe.generator.mask_size or 16))
    torch.manual_seed(0)
    precision: Precision = "bfloat16" if kind == "bfloat16" else "float32"
    recipe = replace(recipe, training=replace(recipe.training, precision=precision))
    ours = Trainer(recipe, words, torch.device("cpu"))
    if kind != "plain":
        return lambda: ours.picture_step(batch, 0, 0)
    plain = PlainTrainer(recipe, len(words.objects), len(words.predicates))
    copy_networks(ours.nets, plain)
    config = recipe.generator
    chance = BatchRandom(0, 0, 0, size, size)
    chance.uniform()  # ours draws first which layouts are predicted
    noise = chance.normal(config.layout_noise_dim, *config.image_size)
    return lambda: plain.step(batch, noise)


def seconds(size: int, rounds: int) -> dict[str, list[float]]:
    """Processor seconds of a step in each round."""
    calls = {kind: step_of(kind, size) for kind in KINDS}
    first = {kind: calls[kind]() for kind in KINDS}
    for kind in KINDS:
        for name, loss in first["plain"].items():
            if abs(first[kind][name] - loss) > TOLERANCE[kind] * max(1, abs(loss)):
                raise SystemExit(f"They find other losses: {name} is {loss}, and {first[kind][name]} in {kind}.")
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for turn in range(rounds):
        for kind in KINDS if turn % 2 else reversed(KINDS):
            start = time.process_time()
            calls[kind]()
            taken[kind].append((time.process_time() - start) / torch.get_num_threads())
    return taken


def peak_memory(kind: str, size: int) -> float:
    """Bytes that two steps of a fresh process need above what it had with its networks."""
    command = [sys.executable, str(Path(__file__)), "--peak", kind, "--batch", str(size)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def print_peak(kind: str, size: int) -> None:
    """What `peak_memory` runs."""
    call = step_of(kind, size)
    Path("/proc/self/clear_refs").write_text("5")  # the highest so far is what it is now
    before = resident()
    for _ in range(2):
        call()
    print(resident("VmHWM") - before)


def waiting(rounds: int, workers: int) -> tuple[float, float]:
    """Median seconds of a step whose batch is at hand, and of one that workers prepare, of `scenes64`."""
    recipe = load_recipe("scenes64")
    words = vocabulary(recipe)
    scenes = [
        replace(scene, relations=spoken_table(scene.boxes, np.zeros(len(scene.objs), dtype=bool)), triples=None)
        for scene in made_up(512, recipe.generator.mask_size or 16)
    ]
    data = SceneDataset(scenes, words, recipe.data)
    torch.manual_seed(0)
    trainer = Trainer(recipe, words, torch.device("cpu"))
    batches = data.batches(recipe.training.batch_size, workers=workers)
    at_hand: GraphBatch = next(batches)
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(2 * rounds + 2):
        start = time.perf_counter()
        trainer.picture_step(at_hand if turn % 2 else next(batches), 500, 0)
        taken[turn % 2].append(time.perf_counter() - start)
    return median(taken[1][1:]), median(taken[0][1:])


def main() -> None:
    """Measure and print a table, or JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--batch", type=int, default=8)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--threads", type=int)
    options.add_argument("--json", action="store_true")
    options.add_argument("--workers", action="store_true")
    options.add_argument("--peak", metavar="KIND", help=argparse.SUPPRESS)
    arguments = options.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    if arguments.peak:
        print_peak(arguments.peak, arguments.batch)
        return
    machine = f"torch {torch.__version__}, {torch.get_num_threads()} threads"
    if arguments.workers:
        for workers in (0, 2):
            alone, prepared = waiting(arguments.rounds, workers)
            print(f"{machine}, {workers} workers: batch at hand {alone:.3f} s, prepared {prepared:.3f} s a step")
        return
    taken = seconds(arguments.batch, arguments.rounds)
    ratios = {kind: [plain / ours for plain, ours in zip(taken["plain"], taken[kind], strict=True)] for kind in KINDS}
    memory = {kind: peak_memory(kind, arguments.batch) / MEGABYTE for kind in KINDS}
    if arguments.json:
        print(json.dumps({"machine": machine, "batch": arguments.batch, "seconds": taken, "MB": memory}))
        return
    print(f"{machine}, batch {arguments.batch}")
    for kind in KINDS:
        most = f"{median(ratios[kind]):.2f} ({min(ratios[kind]):.2f} to {max(ratios[kind]):.2f})"
        print(f"{kind}: {median(taken[kind]):.2f} s a step, plain/{kind} {most}, peak {memory[kind]:.0f} MB")


if __name__ == "__main__":
    main()
