"""In which precision a run trains where its recipe leaves that to the machine: chosen once, recorded, and kept."""

from __future__ import annotations

import platform
from dataclasses import replace

import torch

from sg2im_cli.config import Precision, Recipe
from sg2im_cli.training.processes import Processes


def choose_precision(recipe: Recipe, processes: Processes, recorded: Precision | None = None) -> Recipe:
    """The recipe with a precision in place of ``"auto"``; another recipe is returned as it is.

    Args:
        recipe: of a run.
        processes: all of which must compute in it.
        recorded: what the run was started in, wherever that was: a run that goes on is the same run.
    """
    if recipe.training.precision != "auto":
        return recipe
    if recorded is None:
        lacking = processes.highest(not has_bfloat16(processes.device))
        recorded = "float32" if lacking else "bfloat16"
    return replace(recipe, training=replace(recipe.training, precision=recorded))


def has_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 is computed by the hardware; where it is emulated, it is slower than float32.

    GPUs have it since Ampere, x86 processors with AVX512-BF16 or AMX, and ARM processors of which oneDNN says so.
    """
    if device.type == "cuda":
        with torch.cuda.device(device):
            return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type != "cpu":
        return False
    if platform.machine().lower() in ("arm64", "aarch64"):
        return bool(torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported())  # type: ignore[no-untyped-call]
    # torch has no public name for these in all versions that are allowed; what it no longer has counts as not there
    asked = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return any(ask() for ask in asked if ask is not None)


def precision_note(recipe: Recipe, processes: Processes) -> str | None:
    """What a person should know of a run's precision before it starts; None if there is nothing to know."""
    precision = recipe.training.precision
    if precision == "bfloat16" and processes.highest(not has_bfloat16(processes.device)):
        return (
            "Trains in bfloat16, which this machine only emulates, so that it is slower than float32. For a new run, "
            'precision = "auto" in the recipe avoids that.'
        )
    return "Trains in bfloat16." if precision == "bfloat16" else None
