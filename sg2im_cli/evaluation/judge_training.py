"""Training the judge on crops of real pictures, and measuring it on others."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.dataset import SceneDataset, load_scenes
from sg2im_cli.evaluation.judge import Judge, JudgeConfig
from sg2im_errors import InputError

EVERY_PICTURE = DataConfig(relations="spoken", min_objects=1, max_objects=8, crowded="largest")
"""For training: also pictures with one object, and the eight largest objects of crowded ones."""
MEASURED = DataConfig(relations="spoken").by_people()
"""For measuring: 3 to 8 objects over 2 % of the picture that people labelled, as `sg2im eval` uses."""


@dataclass(frozen=True, kw_only=True)
class JudgeRecipe:
    """How a judge is trained.

    Attributes:
        epochs: looks at each object.
        batch_size: objects an update.
        learning_rate: at its highest; AdamW, up in the first tenth, down along a cosine.
        weight_decay: of AdamW.
        smoothing: of the labels.
        least: objects that a class needs; rarer ones are left out.
        shift: how far a side of a box may move, as a share of its width or height.
        precision: of convolutions while training; weights stay in float32.
        seed: of everything that is drawn at random.
    """

    epochs: int = 10
    batch_size: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    smoothing: float = 0.1
    least: int = 20
    shift: float = 0.12
    precision: str = "bfloat16"
    seed: int = 0


@dataclass(frozen=True)
class Crops:
    """Objects of a split and their pictures.

    Attributes:
        images: (N, 3, S, S) uint8.
        boxes: (O, 4).
        obj_to_img: (O,).
        names: (O,).
        has_mask: (O,) whether the data has the object's shape.
    """

    images: Tensor
    boxes: Tensor
    obj_to_img: Tensor
    names: tuple[str, ...]
    has_mask: Tensor


@dataclass(frozen=True)
class Accuracy:
    """How often a judge is right on real crops.

    Attributes:
        objects: how many it was asked about.
        top1: share that it names rightly.
        top5: share whose name is among its five best.
    """

    objects: int
    top1: float
    top5: float


def read_crops(data: Path, split: str, side: int, config: DataConfig) -> Crops:
    """The objects of a split; `__image__` is not among them."""
    return gather(load_scenes(data, split, config, GeneratorConfig(image_size=(side, side))))


def gather(data: SceneDataset) -> Crops:
    """All objects of a split that has pixels."""
    scenes = data.scenes
    images = [scene.image for scene in scenes if scene.image is not None]
    assert len(images) == len(scenes), "read with pixels"
    ids = np.concatenate([scene.objs for scene in scenes])
    return Crops(
        torch.from_numpy(np.stack(images)),
        torch.from_numpy(np.concatenate([scene.boxes for scene in scenes])),
        torch.from_numpy(np.repeat(np.arange(len(scenes)), [len(scene.objs) for scene in scenes])),
        tuple(data.vocabulary.objects[i] for i in ids),
        torch.from_numpy(np.concatenate([scene.has_mask for scene in scenes])),
    )


def train_judge(
    crops: Crops, recipe: JudgeRecipe, told: Callable[[int, float, float], None], device: torch.device | str = "cpu"
) -> Judge:
    """Train a judge on real crops; half of them mirrored, boxes a little off, colours a little changed.

    Args:
        crops: of the train split.
        recipe: how.
        told: called after each epoch with its number from 1, the mean loss, and seconds left.
        device: where.

    Returns:
        the judge in eval mode.

    Raises:
        InputError: fewer than two classes have enough objects.
    """
    names, counts = np.unique(np.array(crops.names), return_counts=True)
    classes = tuple(str(name) for name, count in zip(names, counts, strict=True) if count >= recipe.least)
    if len(classes) < 2:
        raise InputError(
            f"Only {len(classes)} categories of the data have {recipe.least} objects or more, and a judge tells at "
            "least two apart; use more data, or a lower --least."
        )
    torch.manual_seed(recipe.seed)
    judge = Judge(JudgeConfig(classes=classes))
    judge.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    known = judge.class_ids(crops.names)
    chosen = (known >= 0).nonzero()[:, 0]
    rng = torch.Generator().manual_seed(recipe.seed)
    batches = max(1, len(chosen) // recipe.batch_size)
    optimizer = torch.optim.AdamW(judge.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    began = time.monotonic()
    for epoch in range(recipe.epochs):
        order = chosen[torch.randperm(len(chosen), generator=rng)]
        total = 0.0
        for k in range(batches):
            _set_rate(optimizer, recipe, (epoch * batches + k) / (recipe.epochs * batches))
            here = order[k * recipe.batch_size : (k + 1) * recipe.batch_size]
            total += _step(judge, optimizer, crops, here, known[here].to(device), recipe, rng)
        spent = time.monotonic() - began
        told(epoch + 1, total / batches, spent / (epoch + 1) * (recipe.epochs - epoch - 1))
    return judge.eval().requires_grad_(False)


def _set_rate(optimizer: torch.optim.Optimizer, recipe: JudgeRecipe, share: float) -> None:
    rise = min(1.0, share / 0.1)
    for group in optimizer.param_groups:
        group["lr"] = recipe.learning_rate * rise * (1 + math.cos(math.pi * share)) / 2


def _step(
    judge: Judge,
    optimizer: torch.optim.Optimizer,
    crops: Crops,
    here: Tensor,
    classes: Tensor,
    recipe: JudgeRecipe,
    rng: torch.Generator,
) -> float:
    judge.train()
    with torch.no_grad():
        seen = _varied(judge, crops, here, recipe, rng, classes.device)
    with torch.autocast(classes.device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
        _, logits = judge(seen.contiguous(memory_format=torch.channels_last))
    loss = functional.cross_entropy(logits.float(), classes, label_smoothing=recipe.smoothing)
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    return float(loss.detach())


def _varied(
    judge: Judge, crops: Crops, here: Tensor, recipe: JudgeRecipe, rng: torch.Generator, device: torch.device
) -> Tensor:
    """Crops of these objects, each a little different at every look."""
    boxes = crops.boxes[here]
    size = (boxes[:, 2:] - boxes[:, :2]).repeat(1, 2)
    boxes = (boxes + recipe.shift * size * (2 * torch.rand(boxes.shape, generator=rng) - 1)).clamp(0, 1)
    pictures = crops.images[crops.obj_to_img[here]].to(device).float() / 255
    found = judge.crop(pictures, boxes.to(device), torch.arange(len(here), device=device))
    mirrored = (torch.rand(len(here), generator=rng) < 0.5).to(device)[:, None, None, None]
    found = torch.where(mirrored, found.flip(3), found)
    gain, lift = torch.rand(2, len(here), 1, 1, 1, generator=rng).to(device)
    changed: Tensor = found * (0.8 + 0.4 * gain) + 0.2 * (lift - 0.5)
    return changed.clamp(0, 1)


def measure_judge(judge: Judge, crops: Crops) -> dict[str, Accuracy]:
    """Accuracy on real crops of known classes: of all, and of those whose shape the data has (``masked``)."""
    device = judge.embed.weight.device
    _, logits = judge.look(crops.images.to(device).float() / 255, crops.boxes.to(device), crops.obj_to_img.to(device))
    wanted, best = judge.class_ids(crops.names), logits.topk(min(5, logits.shape[1])).indices.cpu()
    right = best == wanted[:, None]
    chosen = {"all": wanted >= 0, "masked": (wanted >= 0) & crops.has_mask}
    return {
        name: Accuracy(
            int(which.sum()), float(right[which, 0].float().mean()), float(right[which].any(1).float().mean())
        )
        for name, which in chosen.items()
        if which.any()
    }


def describe_training(recipe: JudgeRecipe, crops: Crops, judge: Judge, seconds: float) -> dict[str, Any]:
    """On what and how a judge was trained, for its ``config.json``."""
    known = judge.class_ids(crops.names) >= 0
    left_out = sorted({name for name, k in zip(crops.names, known.tolist(), strict=True) if not k})
    return {
        "recipe": asdict(recipe),
        "pictures": len(crops.images),
        "objects": int(known.sum()),
        "left_out": left_out,
        "minutes": round(seconds / 60, 1),
    }
