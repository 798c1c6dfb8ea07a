"""What the shell offers for the values of options: weights, recipes, devices. It must be quick: no torch, no spaCy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

DEVICES = ("auto", "cpu", "cuda", "mps")
BUNDLE = "config.json"
"""A directory with this may hold weights."""


def offer_weights(begun: str) -> Iterator[str]:
    """The default, what is in the Hub's cache, and directories with weights; others are left to the shell."""
    if "default".startswith(begun):
        yield "default"
    yield from _folders(begun)
    yield from _cached(begun)


def offer_recipes(begun: str) -> Iterator[str]:
    """Recipes of the package, and TOML files."""
    for item in sorted(resources.files("sg2im_cli.recipes").iterdir(), key=lambda item: item.name):
        name, _, ending = item.name.rpartition(".")
        if ending == "toml" and name.startswith(begun):
            yield name
    for word, path in _matching(begun):
        if begun and path.suffix == ".toml":
            yield word
        elif begun and path.is_dir():
            yield f"{word}/"


def offer_devices(begun: str) -> Iterator[str]:
    """Kinds of devices, there or not: to ask torch takes seconds."""
    return (name for name in DEVICES if name.startswith(begun))


def _folders(begun: str) -> Iterator[str]:
    """Directories that may be weights, and those on the way to them once a path is begun."""
    for word, path in _matching(begun):
        if (path / BUNDLE).is_file():
            yield word
        elif begun and path.is_dir():
            yield f"{word}/"


def _matching(begun: str) -> Iterator[tuple[str, Path]]:
    """Paths that go on as the word does, each as it would be typed: typer passes over what does not begin alike.

    What begins with ~ is left to the shell, which completes files where nothing is offered.
    """
    folder, name = os.path.split(begun)
    try:
        found = sorted(Path(folder).iterdir())
    except OSError:
        return
    for path in found:
        if path.name.startswith(name) and (name or not path.name.startswith(".")):
            yield begun.removesuffix(name) + path.name, path


def _cached(begun: str) -> Iterator[str]:
    """Models in the Hub's cache by the names of their folders; which of them are weights, only reading would tell."""
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    cache = Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub").expanduser()
    for folder in sorted(cache.glob("models--*--*")):
        name = folder.name.removeprefix("models--").replace("--", "/")
        if name.startswith(begun) and any(folder.glob(f"snapshots/*/{BUNDLE}")):
            yield name
