"""From a trained generator to a bundle with a model card."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sg2im_cli.checkpoint import save_generator
from sg2im_cli.config import plain
from sg2im_cli.data.dataset import SceneDataset
from sg2im_cli.model.generator import Generator
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import WeightsError, read_bundle
from sg2im_weights.model_card import model_card
from sg2im_weights.writing import CARD


def export(directory: Path, generator: Generator, vocabulary: Vocabulary, trained: dict[str, Any]) -> None:
    """Write the bundle of a run, in place of the one before; what a person wrote on its card stays.

    Raises:
        WeightsError: it could not be written, or the card that is there cannot be read.
    """
    config = {"generator": plain(generator.config), "vocabulary": vocabulary.to_json(), "trained": trained}
    previous, previous_config = _before(directory)
    parameters = sum(parameter.numel() for parameter in generator.parameters())
    card = model_card(config, parameters, previous, previous_config)
    save_generator(directory, generator, vocabulary, trained, card, overwrite=True)


def _before(directory: Path) -> tuple[str | None, dict[str, Any] | None]:
    """The card that is there, and the configuration that it belongs to."""
    try:
        return (directory / CARD).read_text(encoding="utf8"), read_bundle(directory).config
    except (OSError, WeightsError):
        return None, None


def count_examples(data: SceneDataset) -> dict[str, dict[str, int]]:
    """How often training data shows each object, and how often with a mask, for the card."""
    labels = list(data.labels())
    objs = np.concatenate([ids for ids, _ in labels])
    masked = objs[np.concatenate([has_mask for _, has_mask in labels])]
    found: dict[str, dict[str, int]] = {}
    for key, ids in (("examples", objs), ("masked_examples", masked)):
        counts = np.bincount(ids, minlength=len(data.vocabulary.objects))
        found[key] = {name: int(counts[data.vocabulary.object_id(name)]) for name in data.vocabulary.object_names}
    return found


def hardware(device: torch.device) -> str:
    """What a run was made on, for the card."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"{device.type} ({_processor()}), {threads} thread{'s' if threads > 1 else ''}"


def _processor() -> str:
    """The processor's name where the system tells it, else its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
