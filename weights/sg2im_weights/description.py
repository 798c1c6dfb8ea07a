"""What there is to know of a bundle without loading it."""

from __future__ import annotations

from math import prod
from typing import Any

from sg2im_weights.bundle import Bundle

NOT_TRAINED = (".running_mean", ".running_var", ".num_batches_tracked")
UNUSED = "NONE"
"""How a vocabulary marks an id without a word."""


def describe(bundle: Bundle) -> dict[str, Any]:
    """What there is to know of a bundle, as JSON values."""
    vocabulary = bundle.config["vocabulary"]
    shapes = bundle.tensor_shapes()
    return {
        "ref": bundle.ref,
        "path": str(bundle.path),
        "revision": bundle.revision,
        "checksum": bundle.checksum(),
        "bytes": bundle.tensors_path.stat().st_size,
        "parameters": sum(prod(shape) for name, shape in shapes.items() if not name.endswith(NOT_TRAINED)),
        "image_size": bundle.config["generator"].get("image_size"),
        "objects": _count(vocabulary["objects"]),
        "predicates": _count(vocabulary["predicates"]),
        "trained": bundle.config["trained"],
    }


def _count(names: list[str]) -> int:
    """How many a person can ask for: the first stands for the whole picture."""
    return sum(name != UNUSED for name in names[1:])
