"""What measuring needs: the judge that came with the package, and feature networks by path or from the Hub."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from sg2im_weights.errors import WeightsInputError
from sg2im_weights.hub import HubRef, parse_ref
from sg2im_weights.hub_errors import explain

DEFAULT = "default"
NETWORKS = ("*.pt", "*.pth", "*.ts", "*.torchscript")


def find_judge(ref: str = DEFAULT) -> Path:
    """The directory of a judge: ``default`` is the embedded one.

    Raises:
        WeightsInputError: there is no such directory, or this installation has no judge.
    """
    if ref == DEFAULT:
        path = Path(str(resources.files("sg2im_weights"))) / "judge"
        if not path.is_dir():
            raise WeightsInputError("This installation has no embedded judge; make one with sg2im judge, and name it.")
        return path
    path = Path(os.path.expanduser(ref))  # noqa: PTH111 Path.expanduser raises for a user that does not exist
    if not os.path.isdir(path):  # noqa: PTH112 Path.is_dir raises where one may not look
        raise WeightsInputError(f"There is no directory {ref}; --judge takes one that sg2im judge made, or default.")
    return path


def find_network(ref: str) -> Path:
    """A feature network's file: a path, or ``owner/name[@revision]`` on the Hub with one TorchScript file in it.

    Raises:
        WeightsInputError: it names no file.
        WeightsError: a download failed.
    """
    path = Path(os.path.expanduser(ref))  # noqa: PTH111
    if os.path.isfile(path):  # noqa: PTH113
        return path
    hub_ref = parse_ref(ref)
    if hub_ref is None or os.path.isdir(path) or path.suffix in {p[1:] for p in NETWORKS}:  # noqa: PTH112
        raise WeightsInputError(
            f"There is no file {ref}; --inception takes a TorchScript file, or owner/name of a repository on the Hub "
            "that holds one."
        )
    found = _networks(hub_ref, ref, local=True) or _networks(hub_ref, ref, local=False)
    if len(found) != 1:
        raise WeightsInputError(
            f"The repository {ref} has {len(found)} TorchScript files, and one is expected; download the file that you "
            "mean, and name it."
        )
    return found[0]


def _networks(ref: HubRef, name: str, local: bool) -> list[Path]:
    """What a repository holds of such files; of what is in the cache, or by asking the Hub."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    patterns = list(NETWORKS)
    try:
        folder = snapshot_download(ref.repo, revision=ref.revision, allow_patterns=patterns, local_files_only=local)
    except Exception as error:  # a broken transfer is not always one of huggingface_hub's errors
        if local and isinstance(error, LocalEntryNotFoundError):
            return []
        raise explain(error, name, ref.repo, ref.revision) from None
    return sorted({file for pattern in NETWORKS for file in Path(folder).glob(pattern)})
