"""Where a model runs, and how precisely."""

from __future__ import annotations

import torch

from sg2im_errors import InputError

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def choose_device(name: str) -> torch.device:
    """The device of that name; ``auto`` takes CUDA, then MPS, then the CPU.

    Raises:
        InputError: there is no such device here.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).cpu()  # "meta" holds no values
    except Exception:
        raise InputError(f"There is no device {name!r} here; use --device cpu, or auto.") from None
    return device


def choose_dtype(dtype: torch.dtype | str) -> torch.dtype:
    """The precision of that name.

    Raises:
        InputError: there is none of that name.
    """
    if isinstance(dtype, torch.dtype):
        return dtype
    if dtype not in DTYPES:
        raise InputError(f"There is no precision {dtype!r}; use one of {', '.join(DTYPES)}.")
    return DTYPES[dtype]
