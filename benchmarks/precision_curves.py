"""Whether `paper64` learns in bfloat16 what it learns in float32: losses of the same steps, for several seeds.

python benchmarks/precision_curves.py DATA --out FOLDER [--steps N] [--batch N] [--seeds N ...] [--graph-half]

Trains each seed in both precisions, one run after the other (what is finished stays as it is), on the same pictures in
the same order with the same noise, on one core. Prints the mean of each loss over the steps that were logged, every
twentieth, in three stretches of the run.

With --graph-half, the graph half learns alone at the same rate, which takes a minute a seed: the mean loss of boxes in
stretches of 50 steps.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from sg2im_cli.config import Precision
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.training.recipes import load_recipe
from sg2im_cli.training.step import Trainer

PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")
STRETCHES = 3


def train(data: Path, run: Path, precision: str, seed: int, steps: int, batch: int) -> None:
    """Train one run, or go on with it."""
    recipe = run.parent / f"{precision}.toml"
    run.parent.mkdir(parents=True, exist_ok=True)
    recipe.write_text(f'base = "paper64"\n\n[training]\nbatch_size = {batch}\nprecision = "{precision}"\n')
    options = {"--data": data, "--recipe": recipe, "--out": run, "--seed": seed, "--steps": steps, "--threads": 1}
    command = [sys.executable, "-m", "sg2im_cli", "train", "--device", "cpu"]
    subprocess.run([*command, *(str(part) for option in options.items() for part in option)], check=True)


def logged(run: Path) -> list[dict[str, float]]:
    """The losses that a run logged."""
    lines = (json.loads(line) for line in (run / "log.jsonl").read_text().splitlines())
    return [{k: v for k, v in line.items() if k != "event"} for line in lines if line["event"] == "pictures"]


def means(rows: list[dict[str, float]], stretch: int) -> dict[str, float]:
    """Of each loss in one stretch of a run."""
    size = len(rows) // STRETCHES
    some = rows[stretch * size : (stretch + 1) * size]
    return {name: fmean(row[name] for row in some) for name in some[0] if name not in ("step", "rate")}


def print_table(runs: dict[tuple[str, int], list[dict[str, float]]], seeds: list[int]) -> None:
    """A row for each loss: float32 and bfloat16 in each stretch, the means of all seeds."""
    ends = [row["step"] for row in next(iter(runs.values()))]
    size = len(ends) // STRETCHES
    parts = [f"{ends[i * size]:.0f} to {ends[(i + 1) * size - 1]:.0f}" for i in range(STRETCHES)]
    print("| loss | " + " | ".join(f"steps {part}, {p}" for part in parts for p in PRECISIONS) + " |")
    print("|" + " --- |" * (1 + STRETCHES * len(PRECISIONS)))
    for name in means(next(iter(runs.values())), 0):
        cells = []
        for stretch in range(STRETCHES):
            for precision in PRECISIONS:
                values = [means(runs[precision, seed], stretch)[name] for seed in seeds]
                cells.append(f"{fmean(values):.3f} ({', '.join(f'{value:.3f}' for value in values)})")
        print(f"| {name} | " + " | ".join(cells) + " |")


def graph_half(data: Path, steps: int, batch: int, seeds: list[int]) -> None:
    """Print how the loss of boxes falls where the graph half learns alone."""
    recipe = load_recipe("paper64")
    changes: dict[str, Any] = {
        "layout_lr": recipe.training.learning_rate,
        "layout_steps": steps,
        "freeze_norm_at": None,
    }
    scenes = load_scenes(data, "train", recipe.data, recipe.generator, with_images=False)
    for seed in seeds:
        for precision in PRECISIONS:
            training = replace(recipe.training, precision=precision, **changes)
            torch.manual_seed(seed)
            trainer = Trainer(replace(recipe, training=training), scenes.vocabulary, torch.device("cpu"))
            batches = scenes.batches(batch, seed=seed, with_images=False)
            losses = [trainer.layout_step(next(batches), 0)["boxes"] for _ in range(steps)]
            parts = (fmean(losses[i : i + 50]) for i in range(0, steps, 50))
            print(f"seed {seed}, {precision}: " + " ".join(f"{part:.3f}" for part in parts), flush=True)


def main() -> None:
    """Train and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("--out", type=Path, default=Path("runs/precision"), help="where the runs go")
    options.add_argument("--steps", type=int, default=300)
    options.add_argument("--batch", type=int, default=4)
    options.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    options.add_argument("--graph-half", action="store_true")
    arguments = options.parse_args()
    if arguments.graph_half:
        graph_half(arguments.data, arguments.steps, arguments.batch, arguments.seeds)
        return
    runs = {}
    for seed in arguments.seeds:
        for precision in PRECISIONS:
            run = arguments.out / f"{precision}-{seed}"
            train(arguments.data, run, precision, seed, arguments.steps, arguments.batch)
            runs[precision, seed] = logged(run)
    print_table(runs, arguments.seeds)


if __name__ == "__main__":
    main()
