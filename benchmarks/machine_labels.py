"""What labels that a network made are worth: equal minutes with, without and with less of them, side by side.

python benchmarks/machine_labels.py --data scenes --out runs/machine --layout-minutes 3 --minutes 5

Every variant of the recipe `scenes` starts from random weights on one thread and learns layouts for some minutes of
processor time, then pictures. Weights go to OUT/VARIANT; what is done is not done again. Measure them with
`sg2im eval OUT/VARIANT --data scenes`, which never looks at labels of a network.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from sg2im_cli.checkpoint import save_generator
from sg2im_cli.config import Recipe, plain
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.training.recipes import load_recipe
from sg2im_cli.training.step import Trainer

VARIANTS: dict[str, tuple[str, ...]] = {
    "all": (),
    "people": ("*=0",),
    "half": ("*=0.5",),
}
"""What `data.machine_labels` says."""


def main() -> None:
    """Train every variant that is not there yet."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--layout-minutes", type=float, default=3.0)
    options.add_argument("--minutes", type=float, default=5.0)
    options.add_argument("--recipe", default="scenes")
    arguments = options.parse_args()
    torch.set_num_threads(1)
    recipe = load_recipe(arguments.recipe)
    for name, labels in VARIANTS.items():
        if not (arguments.out / name).exists():
            data = replace(recipe.data, machine_labels=labels)
            train(replace(recipe, data=data), arguments, arguments.out / name)


def train(recipe: Recipe, arguments: argparse.Namespace, out: Path) -> None:
    """Train one variant and save its average."""
    torch.manual_seed(0)
    data = load_scenes(arguments.data, "train", recipe.data, recipe.generator)
    trainer = Trainer(recipe, data.vocabulary, torch.device("cpu"))
    layouts = data.batches(recipe.training.layout_batch_size, 0, 1, with_images=False)
    steps = repeated(lambda i: trainer.layout_step(next(layouts), i), arguments.layout_minutes)
    trainer.calibrate(data)
    pictures = data.batches(recipe.training.batch_size, 0, 0)
    seen = repeated(lambda i: trainer.picture_step(next(pictures), i, 0), arguments.minutes)
    print(f"{out.name}: {len(data)} pictures, {steps} updates of layouts, {seen} of pictures", flush=True)
    trained = {"recipe_settings": plain(recipe), "layout_steps": steps, "steps": seen}
    save_generator(
        out, trainer.best_generator, data.vocabulary, trained, "# A variant of benchmarks/machine_labels.py\n"
    )


def repeated(update: Callable[[int], object], minutes: float) -> int:
    """How often an update was made within so many minutes of processor time."""
    end, done = time.process_time() + 60 * minutes, 0
    while time.process_time() < end:
        update(done)
        done += 1
    return done


if __name__ == "__main__":
    main()
