"""What each of two processes does in `test_processes`, started with DATA, OUT, and RANK and so on."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from sg2im_cli.config import LossConfig, Recipe
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.training.processes import Processes, StoppedElsewhereError, join
from sg2im_cli.training.recipes import load_recipe
from sg2im_cli.training.run import train
from sg2im_cli.training.step import Trainer
from sg2im_errors import InputError

from .conftest import Silent, options

BATCH = 5
"""Not the same for both: one has 2 pictures, the other 3."""


def recipes() -> dict[str, Recipe]:
    """Models whose pictures do not see each other: without batch norm, or with fixed statistics."""
    tiny = load_recipe("tiny")
    plain = replace(
        tiny,
        generator=replace(tiny.generator, normalization="none", mask_size=None, box_head="center"),
        image_discriminator=replace(tiny.image_discriminator, normalization="none"),
        object_discriminator=replace(tiny.object_discriminator, normalization="none"),
        losses=LossConfig(masks=0, image=0.1, objects=0.1),
        data=replace(tiny.data, thinning=0.5, flip=True),
        training=replace(tiny.training, batch_size=BATCH),
    )
    rich = replace(
        plain,
        generator=replace(plain.generator, mask_size=8),
        image_discriminator=replace(
            plain.image_discriminator, spectral_norm=True, layout_dim=4, head="classifier", padding="same"
        ),
        object_discriminator=replace(plain.object_discriminator, spectral_norm=True),
        losses=LossConfig(adversarial="hinge", box="l1_giou", masks=2.0, image=0.1, objects=0.1, features=3.0),
        training=replace(plain.training, predicted_layouts=0.5, freeze_norm_at=0),
    )
    coarse = replace(rich, training=replace(rich.training, coarse_pixels=8))
    return {"plain": plain, "rich": rich, "coarse": coarse}


def gradients(data: Path, recipe: Recipe, processes: Processes, accumulate: int = 1) -> dict[str, object]:
    """Losses and gradients of the first update of every kind."""
    recipe = replace(recipe, training=replace(recipe.training, accumulate=accumulate))
    scenes = load_scenes(data, "train", recipe.data, recipe.generator)
    kinds = {"rank": processes.rank, "processes": processes.count}
    found: dict[str, object] = {}
    normless = recipe.generator.mask_size is None  # a mask head has batch norm, which a layout step cannot freeze
    for phase in ("layout", "pictures") if normless else ("pictures",):
        torch.manual_seed(0)
        trainer = Trainer(recipe, scenes.vocabulary, processes)
        batch = next(scenes.batches(BATCH, seed=4, with_images=phase == "pictures", **kinds))
        update = trainer.layout_step if phase == "layout" else partial(trainer.picture_step, seed=0)
        losses = update(batch, 0)
        found |= {f"{phase} loss {name}": torch.tensor(loss) for name, loss in losses.items()}
        for name, network in trainer.networks().items():
            found |= {f"{phase} {name} {k}": p.grad for k, p in network.named_parameters() if p.grad is not None}
    return found


def stopped_in_one(data: Path, run: Path, rank: int) -> int:
    """The step at which a run ends in which the second process alone is told to stop."""
    step = Trainer.picture_step

    def told(self, batch, number, seed):
        if rank == 1 and number == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return step(self, batch, number, seed)

    Trainer.picture_step = told
    try:
        return train(options(data, run), Silent()).step
    finally:
        Trainer.picture_step = step


def failed_in_one(data: Path, run: Path, rank: int) -> str:
    """What each process says where the second one's data fails."""
    part = "sg2im_cli.data.dataset.SceneDataset.collate"
    from sg2im_cli.data.dataset import SceneDataset

    collate = SceneDataset.collate

    def gone(self, indices, epoch=0, seed=0, exact=False, with_images=True):
        if rank == 1 and with_images:
            raise InputError(f"{part} found no file.")
        return collate(self, indices, epoch, seed, exact, with_images)

    SceneDataset.collate = gone
    try:
        train(options(data, run), Silent())
    except (InputError, StoppedElsewhereError) as error:
        return f"{type(error).__name__} {getattr(error, 'code', '')}"
    finally:
        SceneDataset.collate = collate
    return "nothing"


def main() -> None:
    data, out = map(Path, sys.argv[1:])
    processes = join(torch.device("cpu"))
    rank = processes.rank
    found: dict[str, object] = {
        f"{name} {parts}": gradients(data, recipe, processes, parts)
        for name, recipe in recipes().items()
        for parts in (1, 2)
    }
    train(options(data, out / "whole"), Silent())
    found["stopped"] = stopped_in_one(data, out / "resumed", rank)
    found["finished"] = train(options(data, out / "resumed"), Silent()).finished
    found["failed"] = failed_in_one(data, out / "failed", rank)
    try:
        train(options(data, out / "whole", seed=9), Silent())
    except (InputError, StoppedElsewhereError) as error:
        found["refused"] = type(error).__name__
    torch.save(found, out / f"found{rank}.pt")


if __name__ == "__main__":
    main()
