"""What a recipe or an option asks too much of, said in a sentence."""

from __future__ import annotations

from collections.abc import Callable

import torch

from sg2im_errors import InputError, Sg2imError


def guarded(update: Callable[[], dict[str, float]], compiled: bool) -> dict[str, float]:
    """One update and its losses.

    Args:
        update: makes it.
        compiled: whether torch compiles what it calls.

    Raises:
        Sg2imError: the device has too little memory, or torch cannot compile here.
        InputError: the recipe's normalization has too little to work on.
    """
    try:
        return update()
    except torch.OutOfMemoryError:
        raise Sg2imError(
            "The device has too little memory for this recipe; make its batch_size smaller, or accumulate larger."
        ) from None
    except ValueError as error:
        if "more than 1" not in str(error):
            raise
        raise InputError(
            "The recipe's normalization has only one value to work on; make its batch_size larger, or say "
            "normalization = 'none'."
        ) from None
    except RuntimeError as error:
        if not compiled or not type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
            raise
        first, *rest = str(error).strip().splitlines()
        reason = " ".join([first, *rest[:1]] if first.endswith(":") else [first]).rstrip(".")
        raise Sg2imError(f"torch cannot compile here ({reason}); leave --compile out.") from None
