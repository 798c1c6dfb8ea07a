"""What the original system computed, as files (see tests/golden/README.md)."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from sg2im_cli.config import GeneratorConfig, read
from sg2im_cli.model.generator import Generator

PARITY = Path(__file__).parents[1] / "golden" / "parity"
MODELS = ("tiny_masks_noise", "tiny_no_masks", "tiny_no_gconv", "tiny_batchnorm_mlp_instance")


@pytest.fixture(scope="session")
def expected() -> dict[str, Tensor]:
    return load_file(PARITY / "expected.safetensors")


def original(name: str) -> Generator:
    """Our generator with the weights of one of the original's tiny checkpoints, in eval mode."""
    saved = torch.load(PARITY / f"{name}.pt", weights_only=True)
    settings = dict(saved["model_kwargs"])
    vocab = settings.pop("vocab")
    settings["mask_size"] = settings["mask_size"] or None
    generator = Generator(
        read(GeneratorConfig, settings), len(vocab["object_idx_to_name"]), len(vocab["pred_idx_to_name"])
    )
    state = {k: v for k, v in saved["model_state"].items() if not k.startswith("rel_aux_net")}
    generator.load_state_dict(state)
    return generator.eval()


def relative_error(got: Tensor, want: Tensor) -> float:
    return float((got - want).abs().max() / want.abs().max())
