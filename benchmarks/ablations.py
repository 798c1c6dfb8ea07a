"""Which ingredients of the recipe `scenes64` earn their place: equal minutes each, side by side.

python benchmarks/ablations.py --data scenes --out runs/ablations --minutes 4 --seeds 0 1

Every variant starts from the same trained graph half (that of the embedded weights) and an untrained picture half of
half the width, and is trained for as many minutes on one thread. A variant that is done is not trained again. Weights
go to OUT/VARIANT-SEED, for `sg2im eval`; OUT/VARIANT-SEED/steps.json says how many updates the minutes sufficed for.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch

from sg2im_cli.checkpoint import Checkpoint, load_generator, save_generator
from sg2im_cli.config import Recipe, plain, read
from sg2im_cli.data.dataset import SceneDataset, load_scenes
from sg2im_cli.training.recipes import load_recipe
from sg2im_cli.training.step import Trainer
from sg2im_weights import resolve

Changes = dict[str, dict[str, Any]]

HALF: Changes = {
    "generator": {"refinement_dims": [96, 64, 48, 32, 16]},
    "image_discriminator": {"layers": "C4-24-2,C4-48-2,C4-96-2,C4-96-2"},
    "object_discriminator": {"layers": "C4-16-2,C4-32-2,C4-64-2", "hidden_dim": 128},
    "training": {"adversarial_from": 100, "final_rate": 1.0, "steps": 1_000_000, "layout_steps": 0},
}
"""Every variant, for a few minutes on one thread."""

VARIANTS: dict[str, Changes] = {
    "scenes64": {},
    "with modulation by the layout": {"generator": {"layout_modulation": True}},
    "four times the weight on categories": {"losses": {"categories": 0.2}},
    "modulation, discriminator sees no layout": {
        "generator": {"layout_modulation": True},
        "image_discriminator": {"layout_dim": 0},
    },
    "modulation, discriminator sees no layout, gan loss, batch norm": {
        "generator": {"layout_modulation": True},
        "losses": {"adversarial": "gan"},
        "image_discriminator": {"spectral_norm": False, "normalization": "batch", "layout_dim": 0},
        "object_discriminator": {"spectral_norm": False, "normalization": "batch"},
    },
    "no augmentation": {"training": {"augment": False}},
    "no feature matching": {"losses": {"features": 0.0}},
    "gan loss, batch norm": {
        "losses": {"adversarial": "gan"},
        "image_discriminator": {"spectral_norm": False, "normalization": "batch"},
        "object_discriminator": {"spectral_norm": False, "normalization": "batch"},
    },
    "discriminator sees no layout": {"image_discriminator": {"layout_dim": 0}},
    "no category embedding in the layout": {"generator": {"layout_category_dim": 0}},
    "no predicted layouts": {"training": {"predicted_layouts": 0.0, "coarse_pixels": 0}},
    "no discriminators": {"losses": {"image": 0.0, "objects": 0.0, "categories": 0.0, "features": 0.0}},
}


def change(recipe: Recipe, changes: Changes) -> Recipe:
    """The recipe with other settings in its sections."""
    settings = plain(recipe)
    for section, values in changes.items():
        settings[section].update(values)
    return read(Recipe, settings)


def graph_half(source: Checkpoint) -> Checkpoint:
    """Without what a picture phase trained of the layout's channels."""
    source.generator.layout_projection = source.generator.layout_categories = None
    return source


def train(recipe: Recipe, scenes: SceneDataset, seed: int, minutes: float) -> tuple[Trainer, int]:
    """Train for some minutes; also returns how many updates that were."""
    torch.manual_seed(seed)
    trainer = Trainer(recipe, scenes.vocabulary, torch.device("cpu"))
    trainer.start_from(graph_half(load_generator(resolve("default"))))
    step, end = 0, time.monotonic() + 60 * minutes
    for batch in SceneDataset(scenes.scenes, scenes.vocabulary, recipe.data).batches(
        recipe.training.batch_size, seed=seed
    ):
        if time.monotonic() >= end:
            break
        trainer.picture_step(batch, step, seed)
        step += 1
    trainer.check_finite()
    return trainer, step


def save(directory: Path, trainer: Trainer, steps: int, minutes: float) -> None:
    """The average of the weights as a bundle, the last ones beside it."""
    trained = {"recipe": "ablation", "steps": steps, "minutes": minutes}
    card = "Made by benchmarks/ablations.py.\n"
    last = directory.with_name(directory.name + "-last")
    save_generator(last, trainer.generator.eval(), trainer.vocabulary, trained, card, overwrite=True)
    save_generator(directory, trainer.best_generator, trainer.vocabulary, trained, card, overwrite=True)
    (directory / "steps.json").write_text(json.dumps(trained))


def main() -> None:
    """Train what is missing, all variants of a seed before the next seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--variants", nargs="+", choices=list(VARIANTS), default=list(VARIANTS))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    base = change(load_recipe("scenes64"), HALF)
    scenes = load_scenes(arguments.data, "train", base.data, base.generator)
    for seed in arguments.seeds:
        for name in arguments.variants:
            directory = arguments.out / f"{name.replace(',', '').replace(' ', '_')}-{seed}"
            if (directory / "steps.json").exists():
                continue
            trainer, steps = train(change(base, VARIANTS[name]), scenes, seed, arguments.minutes)
            save(directory, trainer, steps, arguments.minutes)
            print(f"{directory.name}: {steps} updates", flush=True)


if __name__ == "__main__":
    main()
