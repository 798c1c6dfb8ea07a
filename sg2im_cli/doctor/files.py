"""The weights, and the cache of those that come from the Hub."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from sg2im_cli.doctor.finding import Finding
from sg2im_cli.doctor.machine import DISTRIBUTION

if TYPE_CHECKING:
    from sg2im_weights import Bundle

MEGA = 10**6
SHOWN_DIGITS = 12


def hub_cache() -> Finding:
    """Where downloads go, how much lies there, and whether more can come."""
    from huggingface_hub import constants

    folder = Path(constants.HF_HUB_CACHE)
    offline = bool(constants.HF_HUB_OFFLINE)
    size, models = _size(folder)
    writable = _writable(folder)
    facts = {"path": str(folder), "bytes": size, "models": models, "writable": writable, "offline": offline}
    found = f"{folder}, {size / MEGA:.1f} MB in {models} models" if folder.is_dir() else f"{folder}, not made yet"
    found += ", offline (HF_HUB_OFFLINE)" if offline else ""
    if writable:
        return Finding("hub cache", "ok", found, facts=facts)
    advice = "make it writable, or name another place in HF_HOME; only weights of the Hub need it"
    return Finding("hub cache", "warn", f"{found}, and cannot be written to", advice, facts)


def weights(ref: str) -> Finding:
    """Whether weights can be loaded, and are as they were installed."""
    from sg2im_weights import resolve

    bundle = resolve(ref)
    checksum = bundle.checksum()
    from sg2im_cli.checkpoint import load_generator

    loaded = load_generator(bundle)
    count = sum(p.numel() for p in loaded.generator.parameters())
    words = len(loaded.vocabulary.object_names)
    facts = {
        "ref": bundle.ref,
        "revision": bundle.revision,
        "path": str(bundle.path),
        "checksum": checksum,
        "parameters": count,
        "objects": words,
    }
    found = f"{ref}: {count:,} parameters, {words} objects, SHA-256 {checksum[:SHOWN_DIGITS]} ({bundle.path})"
    installed = _installed_checksum(bundle)
    if installed not in (None, checksum):
        advice = f"install them again: pip install --force-reinstall {DISTRIBUTION}"
        return Finding("weights", "warn", f"{found}; they are not those that were installed", advice, facts)
    return Finding("weights", "ok", found, facts=facts)


def _size(folder: Path) -> tuple[int, int]:
    """Bytes and models in a cache; a file that several links lead to counts once."""
    sizes: dict[tuple[int, int], int] = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                found = (Path(parent) / name).stat()
            except OSError:
                continue
            sizes[found.st_dev, found.st_ino] = found.st_size
    return sum(sizes.values()), len(list(folder.glob("models--*")))


def _writable(folder: Path) -> bool:
    there = next((place for place in (folder, *folder.parents) if place.exists()), None)
    return there is not None and there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _installed_checksum(bundle: Bundle) -> str | None:
    """What the installer wrote down of the embedded weights; None for others, and where it wrote nothing."""
    try:
        files = metadata.files(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.hash is not None and file.name == bundle.tensors_path.name and file.locate() == bundle.tensors_path:
            digest = bytes.fromhex(bundle.checksum())
            same = urlsafe_b64encode(digest).rstrip(b"=").decode() == file.hash.value
            return bundle.checksum() if same else file.hash.value
    return None
