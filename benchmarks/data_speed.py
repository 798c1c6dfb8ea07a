"""How fast one worker prepares training examples: graphs drawn from scenes, as batches of tensors.

python benchmarks/data_speed.py DATA [--recipes paper64 scenes] [--examples N] [--rounds N] [--against FOLDER]

DATA was prepared with `sg2im data prepare` for 64 pixels. For each recipe and round a fresh process opens the train
split and takes batches of the recipe's size from an epoch's beginning: first examples whose scenes nobody has looked at
(relations, colours and the like are derived for them), then the same ones once more. Time is what the process had of
its core, so what else runs on a machine does not count for much. With --against, a copy of another commit is measured
in the same way, in turns; the ratio is the median of those of each turn.

The stages of the last round follow: reading rows of the file, making scenes of them, drawing graphs, tensors.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TypeVar

T = TypeVar("T")

HERE = Path(__file__).resolve().parent.parent
TURNS = ("first look", "again")


def measure(data: Path, name: str, examples: int) -> dict[str, float]:
    """Examples a second of processor time, of both turns; runs in the versions that are compared alike."""
    from sg2im_cli.data.dataset import load_scenes
    from sg2im_cli.training.recipes import load_recipe

    recipe = load_recipe(name)
    began = time.process_time()
    scenes = load_scenes(data, "train", recipe.data, recipe.generator)
    found = {"open, s": time.process_time() - began}
    for turn in TURNS:
        batches, done = scenes.batches(recipe.training.batch_size), 0
        began = time.process_time()
        while done < examples:
            done += next(batches).n_images
        found[turn] = done / (time.process_time() - began)
    return found


def stages(data: Path, name: str, examples: int) -> dict[str, float]:
    """Microseconds an example of each stage, at the first look."""
    from sg2im_cli.data import dataset
    from sg2im_cli.data.prepared.rows import Rows
    from sg2im_cli.data.scenes.graphs import GraphSampler
    from sg2im_cli.data.scenes.making import SceneMaker
    from sg2im_cli.training.recipes import load_recipe

    taken: dict[str, float] = {}

    def timed(stage: str, call: Callable[..., T]) -> Callable[..., T]:
        def timing(*arguments: object, **named: object) -> T:
            began = time.process_time()
            result = call(*arguments, **named)
            taken[stage] = taken.get(stage, 0.0) + time.process_time() - began
            return result

        return timing

    recipe = load_recipe(name)
    batches = dataset.load_scenes(data, "train", recipe.data, recipe.generator).batches(recipe.training.batch_size)
    Rows.image = timed("rows", Rows.image)  # type: ignore[method-assign]
    SceneMaker.__call__ = timed("scenes", SceneMaker.__call__)  # type: ignore[method-assign]
    GraphSampler.draw = timed("graphs", GraphSampler.draw)  # type: ignore[method-assign]
    dataset.batch_scenes = timed("tensors", dataset.batch_scenes)  # type: ignore[attr-defined]
    done, began = 0, time.process_time()
    while done < examples:
        done += next(batches).n_images
    taken["rest"] = time.process_time() - began - sum(taken.values())
    return {stage: 1e6 * seconds / done for stage, seconds in taken.items()}


def run(folder: Path, data: Path, name: str, examples: int, what: str) -> dict[str, float]:
    """What a fresh process finds with the code of a folder."""
    paths = os.pathsep.join(str(folder / part) for part in ("", "parsers", "weights"))
    command = [sys.executable, str(Path(__file__).resolve()), str(data), "--examples", str(examples), f"--{what}", name]
    environment = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def spread(values: list[float], digits: int = 0) -> str:
    """The median, and from where to where."""
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


def compare(data: Path, name: str, examples: int, rounds: int, against: Path | None) -> None:
    """Measure a recipe and print what was found."""
    folders = [HERE] if against is None else [HERE, against.resolve()]
    found: list[list[dict[str, float]]] = [[] for _ in folders]
    for turn in range(rounds):
        for which in range(len(folders)) if turn % 2 else reversed(range(len(folders))):
            found[which].append(run(folders[which], data, name, examples, "measure"))
    for rows, label in zip(found, ("here", "there"), strict=False):
        speeds = "; ".join(f"{turn} {spread([row[turn] for row in rows])} examples/s" for turn in TURNS)
        print(f"{name}, {label}: {speeds}; open {spread([row['open, s'] for row in rows], 2)} s")
    if against is not None:
        ratios = {turn: [a[turn] / b[turn] for a, b in zip(*found, strict=True)] for turn in TURNS}
        print(f"{name}, here/there: " + "; ".join(f"{turn} {spread(values, 2)}" for turn, values in ratios.items()))
    parts = run(HERE, data, name, examples, "stages")
    print(f"{name}, microseconds an example at the first look: " + ", ".join(f"{k} {v:.0f}" for k, v in parts.items()))


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("--recipes", nargs="+", default=["paper64", "scenes"])
    options.add_argument("--examples", type=int, default=4096)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--against", type=Path, metavar="FOLDER", help="a copy of another commit")
    options.add_argument("--measure", metavar="RECIPE", help=argparse.SUPPRESS)
    options.add_argument("--stages", metavar="RECIPE", help=argparse.SUPPRESS)
    arguments = options.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.data, arguments.measure, arguments.examples)))
    elif arguments.stages:
        print(json.dumps(stages(arguments.data, arguments.stages, arguments.examples)))
    else:
        for name in arguments.recipes:
            compare(arguments.data, name, arguments.examples, arguments.rounds, arguments.against)


if __name__ == "__main__":
    main()
