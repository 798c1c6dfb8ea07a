"""Which ingredients of a recipe earn their place: equal minutes each, side by side, then a table (docs/ablations.md).

python benchmarks/ablations.py --data scenes --out runs/ablations --minutes 4 --seeds 0 1

Every variant starts from the same trained graph half (that of --weights) and an untrained picture half of half the
width, and is trained for as many minutes on one thread. What is done is not done again. Weights go to
OUT/VARIANT-SEED, the last ones beside their average to OUT/VARIANT-SEED-last.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import torch

from sg2im_cli.checkpoint import Checkpoint, load_generator, save_generator
from sg2im_cli.config import DataConfig, Recipe, plain, read
from sg2im_cli.data.dataset import SceneDataset, load_scenes
from sg2im_cli.evaluation.judge import LoadedJudge, load_judge
from sg2im_cli.evaluation.objects import evaluate_objects
from sg2im_cli.training.recipes import load_recipe
from sg2im_cli.training.step import Trainer
from sg2im_weights import resolve
from sg2im_weights.measuring import find_judge

FIGURES = ("object_accuracy", "object_accuracy_masked", "judge_distance", "judge_distance_masked")
LAYOUTS = ("predicted", "given")

Changes = dict[str, dict[str, Any]]

START: Changes = {
    "generator": {"refinement_dims": [96, 64, 48, 32, 16]},
    "image_discriminator": {
        "layers": "C4-24-2,C4-48-2,C4-96-2,C4-96-2",
        "normalization": "none",
        "spectral_norm": True,
        "layout_dim": 16,
    },
    "object_discriminator": {
        "layers": "C4-16-2,C4-32-2,C4-64-2",
        "hidden_dim": 128,
        "normalization": "none",
        "spectral_norm": True,
    },
    "losses": {"adversarial": "hinge"},
    "data": {"attributes": "none", "unmasked_share": 0.2},
    "training": {"adversarial_from": 100, "final_lr_ratio": 1.0, "steps": 1_000_000, "layout_steps": 0},
}
"""What every variant starts from: the recipe as it was before this was measured, at half the width."""

VARIANTS: dict[str, Changes] = {
    "start": {},
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
    "no augmentation": {"training": {"diffaugment": False}},
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


def train(recipe: Recipe, scenes: SceneDataset, seed: int, minutes: float, weights: str) -> tuple[Trainer, int]:
    """Train for some minutes; also returns how many updates that were."""
    torch.manual_seed(seed)
    trainer = Trainer(recipe, scenes.vocabulary, torch.device("cpu"))
    trainer.start_from(graph_half(load_generator(resolve(weights))))
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


def measure(directory: Path, scenes: SceneDataset, judge: LoadedJudge) -> dict[str, float]:
    """What the judge says of a variant's pictures."""
    path = directory / "objects.json"
    if not path.exists():
        section = evaluate_objects(load_generator(resolve(str(directory))).generator, judge, scenes)
        found = {f"{name} {layout}": section.figure(name, layout) for name in FIGURES for layout in LAYOUTS}
        path.write_text(json.dumps({name: figure.value for name, figure in found.items() if figure is not None}))
    measured: dict[str, float] = json.loads(path.read_text())
    return measured


def print_table(out: Path, scenes: SceneDataset, seeds: list[int]) -> None:
    """A row for each variant and kind of weights: updates, and each figure for each seed."""
    judge = load_judge(find_judge())
    columns = [f"{name} {layout}" for name in FIGURES for layout in LAYOUTS]
    print("| variant | updates | " + " | ".join(c.replace("_", " ") for c in columns) + " |")
    print("| --- " * (len(columns) + 2) + "|")
    for name in VARIANTS:
        for kind in ("", "-last") if name == "start" else ("",):
            found = [out / f"{folder(name)}-{seed}{kind}" for seed in seeds]
            found = [directory for directory in found if (directory / "config.json").exists()]
            if not found:
                continue
            steps = [json.loads((d.with_name(d.name.removesuffix(kind)) / "steps.json").read_text()) for d in found]
            rows = [measure(directory, scenes, judge) for directory in found]
            cells = [", ".join(f"{row[c]:.{3 if c.startswith('object') else 1}f}" for row in rows) for c in columns]
            label = name + (" (last weights, no average)" if kind else "")
            print(f"| {label} | {', '.join(str(s['steps']) for s in steps)} | {' | '.join(cells)} |")


def folder(name: str) -> str:
    """A variant's name as part of a directory's."""
    return name.replace(",", "").replace(" ", "_")


def main() -> None:
    """Train what is missing, all variants of a seed before the next seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", default="default", help="whose graph half is taken")
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--variants", nargs="+", choices=list(VARIANTS), default=list(VARIANTS))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    base = change(load_recipe("scenes64"), START)
    scenes = load_scenes(arguments.data, "train", base.data, base.generator)
    for seed in arguments.seeds:
        for name in arguments.variants:
            directory = arguments.out / f"{folder(name)}-{seed}"
            if (directory / "steps.json").exists():
                continue
            trainer, steps = train(change(base, VARIANTS[name]), scenes, seed, arguments.minutes, arguments.weights)
            save(directory, trainer, steps, arguments.minutes)
            print(f"{directory.name}: {steps} updates", file=sys.stderr, flush=True)
    val = load_scenes(
        arguments.data,
        "val",
        DataConfig(relations="spoken").by_people(),
        base.generator,
        scenes.vocabulary,
        with_images=True,
    )
    print_table(arguments.out, val, arguments.seeds)


if __name__ == "__main__":
    main()
