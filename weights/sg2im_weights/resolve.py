"""From what a user writes after ``--weights`` to a bundle.

1. ``default``: the weights that came with the package. A directory of that name is ``./default``.
2. A directory, if it exists or is written like a path (``./x``, ``../x``, ``/x``, ``~/x``); so a directory
   ``owner/name`` hides the repository of that name.
3. ``owner/name`` or ``owner/name@revision`` on the Hugging Face Hub: from the cache if it is there, without asking
   the Hub; `pull` asks it.
"""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from sg2im_weights.bundle import Bundle, read_bundle
from sg2im_weights.errors import WeightsInputError
from sg2im_weights.hub import cached, fetch, in_cache, parse_ref
from sg2im_weights.writing import CONFIG, TENSORS

DEFAULT = "default"
CHECKPOINTS = {".pt", ".pth"}
RUN = "run.json"
"""What a training run says of itself."""


def resolve(ref: str, cache_dir: Path | None = None, refresh: bool = False) -> Bundle:
    """The bundle that a reference names.

    Args:
        ref: ``default``, a directory, or ``owner/name[@revision]``.
        cache_dir: of downloads, in place of huggingface_hub's own.
        refresh: ask the Hub even if the cache has it.

    Raises:
        WeightsInputError: it names nothing that can be used.
        WeightsError: a download failed.
    """
    if ref == DEFAULT:
        return _default()
    if path := _path(ref):
        return _directory(path, ref)
    if hub_ref := parse_ref(ref):
        return fetch(hub_ref, cache_dir, refresh)
    raise WeightsInputError(
        f"There are no weights {ref!r}: it is not {DEFAULT!r}, no directory of that name exists, and names on the "
        "Hub look like owner/name or owner/name@revision."
    )


def would_download(ref: str) -> bool:
    """Whether `resolve` would fetch something: a repository of the Hub that is not in the cache."""
    if ref == DEFAULT or _path(ref):
        return False
    hub_ref = parse_ref(ref)
    return hub_ref is not None and in_cache(hub_ref) is None


def _path(ref: str) -> Path | None:
    """What a reference names as a directory, if it is one or is written like one."""
    path = Path(os.path.expanduser(ref))  # noqa: PTH111 Path.expanduser raises for a user that does not exist
    written = ref and (os.path.exists(path) or ref.startswith((".", "/", "~")))  # noqa: PTH110 Path.exists raises
    return path if written else None


def _directory(path: Path, ref: str) -> Bundle:
    if path.is_file() and path.suffix in CHECKPOINTS:
        raise WeightsInputError(f"{path} is a checkpoint; make weights of it first: sg2im weights convert {path} OUT.")
    if path.is_file():
        raise WeightsInputError(f"{path} is a file; name the directory with its {CONFIG} and {TENSORS}.")
    if os.path.exists(path / RUN) and not os.path.exists(path / CONFIG):  # noqa: PTH110 Path.exists raises
        raise WeightsInputError(_of_run(path))
    return read_bundle(path, ref)


def _of_run(path: Path) -> str:
    """Where the weights of a training run are, if it has any yet."""
    inner = path / "weights"
    if os.path.exists(inner / CONFIG):  # noqa: PTH110 Path.exists raises
        return f"{path} is a training run; its weights are in {inner}, so name that."
    return f"{path} is a training run that has saved no weights yet; the command that began it goes on with it."


def bundle_of_run(path: Path) -> Bundle:
    """The bundle in a directory: the directory itself, or the weights of a training run in it.

    Raises:
        WeightsInputError: it holds neither, or they are damaged.
    """
    inner = path / "weights"
    return read_bundle(inner if not (path / CONFIG).exists() and inner.is_dir() else path)


def _default() -> Bundle:
    path = Path(str(resources.files("sg2im_weights"))) / "default"
    if not (path / CONFIG).is_file():
        raise WeightsInputError("This installation has no embedded weights; name others with --weights.")
    return read_bundle(path, DEFAULT)


def pull(ref: str, cache_dir: Path | None = None) -> Bundle:
    """Fetch the newest commit of a reference into the cache, so that it can be used offline later."""
    return resolve(ref, cache_dir, refresh=True)


def list_bundles() -> list[Bundle]:
    """What can be used without a network: the default and what is in the cache."""
    try:
        default = [_default()]
    except WeightsInputError:
        default = []
    return [*default, *cached()]
