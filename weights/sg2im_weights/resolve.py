"""From what a user writes after ``--weights`` to a bundle.

1. ``default``: the weights that came with the package.
2. A directory, if it exists or is written like a path (``./x``, ``../x``, ``/x``, ``~/x``).
3. ``owner/name`` or ``owner/name@revision`` on the Hugging Face Hub.
"""

from __future__ import annotations

from importlib import resources
from math import prod
from pathlib import Path
from typing import Any

from sg2im_weights.bundle import CONFIG, Bundle, read_bundle
from sg2im_weights.errors import WeightsInputError
from sg2im_weights.hub import REPOSITORY, cached, fetch

DEFAULT = "default"


def resolve(ref: str, cache_dir: Path | None = None) -> Bundle:
    """The bundle that a reference names.

    Raises:
        WeightsInputError: it names nothing that can be used.
        WeightsError: a download failed.
    """
    if ref == DEFAULT:
        return _default()
    path = Path(ref).expanduser()
    if path.exists() or ref.startswith((".", "/", "~")):
        return read_bundle(path, ref)
    if REPOSITORY.fullmatch(ref):
        return fetch(ref, cache_dir)
    raise WeightsInputError(
        f"There are no weights {ref!r}: it is not {DEFAULT!r}, no directory of that name exists, and names on the "
        "Hub look like owner/name or owner/name@revision."
    )


def _default() -> Bundle:
    path = Path(str(resources.files("sg2im_weights"))) / "default"
    if not (path / CONFIG).is_file():
        raise WeightsInputError("This installation has no embedded weights; name others with --weights.")
    return read_bundle(path, DEFAULT)


def pull(ref: str) -> Bundle:
    """Fetch weights into the cache, so that they can be used offline later."""
    return resolve(ref)


def list_bundles() -> list[Bundle]:
    """What can be used without a network: the default and what is in the cache."""
    try:
        default = [_default()]
    except WeightsInputError:
        default = []
    return [*default, *cached()]


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
        "tensors": len(shapes),
        "values": sum(prod(shape) for shape in shapes.values()),
        "image_size": bundle.config["generator"].get("image_size"),
        "objects": max(0, len(vocabulary.get("objects", [])) - 1),
        "predicates": max(0, len(vocabulary.get("predicates", [])) - 1),
        "trained": bundle.config.get("trained", {}),
    }
