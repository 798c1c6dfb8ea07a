"""Recipe files: TOML with the settings of a `Recipe`, what they start from, and the result they should reach.

base = "paper64"              a recipe's name, or the path of a file from where this one lies

[losses]                      settings in place of the base's, one by one
image = 0.0

[[reaches]]                   a base's results are its own and are not taken over
measure = "Inception Score"
data = "COCO-Stuff, 64 x 64"
value = "6.7 ± 0.1"           left out where the source says it and nobody here has read it
source = "paper, table 1"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any

from sg2im_cli.config import ConfigError, Recipe, read, with_new_names
from sg2im_errors import InputError
from sg2im_parsers.text_files import read_bytes


@dataclass(frozen=True, kw_only=True)
class Target:
    """A figure that a recipe should reach.

    Attributes:
        measure: what is measured.
        data: of what.
        value: as its source prints it; None where it was not read there.
        source: who says so.
    """

    measure: str
    data: str
    source: str
    value: str | None = None


@dataclass(frozen=True)
class RecipeFile:
    """A recipe as its file and the files below it have it.

    Attributes:
        where: what to call it in a message.
        settings: of a `Recipe`, those of its base included.
        reaches: its own results.
    """

    where: str
    settings: dict[str, Any]
    reaches: tuple[Target, ...]


def recipe_names() -> tuple[str, ...]:
    """The recipes that come with the package."""
    files = resources.files("sg2im_cli") / "recipes"
    return tuple(sorted(f.name.removesuffix(".toml") for f in files.iterdir() if f.name.endswith(".toml")))


def read_recipe_file(ref: str) -> RecipeFile:
    """Read a recipe by its name, or by the path of a file, with what it is based on.

    Raises:
        InputError: there is none, it cannot be read, has a wrong base, or one of its bases has a wrong setting.
    """
    return _read(ref, Path(), ())


def _read(ref: str, folder: Path, above: tuple[str, ...]) -> RecipeFile:
    """Read one file and those it is based on; ``above`` are those that are based on it, the first one first."""
    where, text = _find(ref, folder, above)
    if where in above:
        raise InputError(f"Recipes are based on each other in a circle: {' -> '.join((*above, where))}; break it.")
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a ValueError: numbers of thousands of digits, too
        raise InputError(f"{where} cannot be read as TOML: {error}.") from None
    base, reaches = content.pop("base", None), _targets(content.pop("reaches", []), where)
    content = with_new_names(Recipe, content, where)  # before they are put in place of the base's
    if base is None:
        return RecipeFile(where, content, reaches)
    if not isinstance(base, str):
        raise InputError(f"{where}: base is {base!r} and must be a recipe's name or a file's path, in quotes.")
    below = _read(base, Path() if ref in recipe_names() else (folder / ref).parent, (*above, where))
    read(Recipe, below.settings, below.where)  # so that what is wrong in the base is said of the base
    return RecipeFile(where, _merged(below.settings, content), reaches)


def _find(ref: str, folder: Path, above: tuple[str, ...]) -> tuple[str, str]:
    """What to call a recipe, and its text."""
    names = recipe_names()
    if ref in names:
        return f"recipe {ref}", (resources.files("sg2im_cli") / "recipes" / f"{ref}.toml").read_text(encoding="utf8")
    path = folder / ref
    if not path.is_file():
        near = get_close_matches(ref, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}."
        said_by = f"{above[-1]}: its base is missing. " if above else ""
        raise InputError(f"{said_by}There is no recipe {ref!r} and no such file; {hint}")
    try:
        return str(path), read_bytes(path).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as TOML: {error}.") from None


def _targets(entries: object, where: str) -> tuple[Target, ...]:
    if not isinstance(entries, list):
        raise ConfigError(f"{where}: reaches must be written as [[reaches]], a table for each figure.")
    return tuple(read(Target, entry, f"{where}.reaches") for entry in entries)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a base with those of the file above it in their place, table by table."""
    merged = dict(below)
    for key, value in above.items():
        tables = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if tables else value
    return merged
