"""What the shell offers for the values of options: weights, recipes, devices. It must be quick: no torch, no spaCy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

DEVICES = ("auto", "cpu", "cuda", "mps")
BUNDLE = "config.json"
"""A directory with this may hold weights."""

Offer = Callable[[str], Iterable[str]]
"""From the beginning of a word to words."""


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
    for path in _matching(begun):
        if begun and path.suffix == ".toml":
            yield str(path)
        elif begun and path.is_dir():
            yield f"{path}/"


def offer_devices(begun: str) -> Iterator[str]:
    """Kinds of devices, there or not: to ask torch takes seconds."""
    return (name for name in DEVICES if name.startswith(begun))


OFFERS: dict[str, Offer] = {
    "weights": offer_weights,
    "against": offer_weights,
    "init": offer_weights,
    "ref": offer_weights,
    "recipe": offer_recipes,
    "device": offer_devices,
}
"""By the name of the option or argument, in every command."""


def complete_values(commands: Iterable[Any]) -> None:
    """Let the parameters of commands, and of groups of commands, offer their values."""
    for command in commands:
        complete_values(getattr(command, "commands", {}).values())
        for parameter in command.params:
            if offer := OFFERS.get(parameter.name):
                parameter._custom_shell_complete = _completer(offer)


def _completer(offer: Offer) -> Callable[[Any, Any, str], list[str]]:
    """As typer calls it; it has no public way to add this to an option from outside."""

    def complete(_context: Any, _parameter: Any, begun: str) -> list[str]:  # noqa: ANN401
        return list(offer(begun))

    return complete


def _folders(begun: str) -> Iterator[str]:
    """Directories that may be weights, and those on the way to them once a path is begun."""
    for path in _matching(begun):
        if (path / BUNDLE).is_file():
            yield str(path)
        elif begun and path.is_dir():
            yield f"{path}/"


def _matching(begun: str) -> list[Path]:
    folder, name = os.path.split(begun)
    try:
        found = sorted(Path(folder).expanduser().iterdir() if folder else Path().iterdir())
    except (OSError, RuntimeError):
        return []
    return [path for path in found if path.name.startswith(name) and (name or not path.name.startswith("."))]


def _cached(begun: str) -> Iterator[str]:
    """Models in the Hub's cache by the names of their folders; which of them are weights, only reading would tell."""
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    cache = Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub").expanduser()
    for folder in sorted(cache.glob("models--*--*")):
        name = folder.name.removeprefix("models--").replace("--", "/")
        if name.startswith(begun) and any(folder.glob(f"snapshots/*/{BUNDLE}")):
            yield name
