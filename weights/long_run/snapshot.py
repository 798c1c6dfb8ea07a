"""Take a copy of a run's networks, small enough to be committed, from which another machine can go on.

python weights/long_run/snapshot.py RUN         # to weights/long_run/bundle, in place of the last

The generator is the average, in float16, as a bundle; beside it stand the networks that exist in training only.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch

from sg2im_cli.checkpoint import save_generator
from sg2im_cli.config import Recipe, read
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.training.checkpoint import RunDirectory
from sg2im_cli.training.initial import save_adversaries
from sg2im_cli.training.step import Trainer

KEPT = ("projected_images", "projected_objects")
"""Not the encoders and the adversary of masks, which are soon learned again: the copy is to stay under 15 MB."""


def main() -> None:
    """Write the copy of the run that is named."""
    run, out = RunDirectory(Path(sys.argv[1])), Path(__file__).parent / "bundle"
    state = run.load()
    if state is None:
        sys.exit(f"{run.path} has no checkpoint.")
    started = json.loads(run.record.read_text(encoding="utf8"))
    recipe, position = read(Recipe, started["recipe"]), state["position"]
    words = load_scenes(Path(started["data"]), "train", recipe.data, recipe.generator, with_images=False).vocabulary
    trainer = Trainer(recipe, words, torch.device("cpu"))
    trainer.load(state["trainer"])
    pictures = position["step"] * recipe.training.batch_size
    trained = {
        **position,
        "pictures_seen": pictures,
        "init": Path(started["init"] or "").name or None,
        "recipe_settings": started["recipe"],
    }
    card = f"# A copy on the way\n\nOf a run that goes on: {pictures:,} pictures seen in its present part.\n"
    save_generator(out, trainer.best_generator, words, trained, card, dtype=torch.float16, overwrite=True)
    save_adversaries({name: trainer.networks()[name] for name in KEPT}, out)


if __name__ == "__main__":
    main()
