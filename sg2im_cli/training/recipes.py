"""Finding and reading recipes."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from importlib import resources
from pathlib import Path

from sg2im_cli.config import Recipe, read
from sg2im_parsers.errors import InputError


def recipe_names() -> tuple[str, ...]:
    """The recipes that come with the package."""
    files = resources.files("sg2im_cli") / "recipes"
    return tuple(sorted(f.name.removesuffix(".toml") for f in files.iterdir() if f.name.endswith(".toml")))


def load_recipe(ref: str) -> Recipe:
    """A recipe by its name, or by the path of a TOML file.

    Raises:
        InputError: there is none, or it has a wrong setting; the message names it.
    """
    if ref in recipe_names():
        text = (resources.files("sg2im_cli") / "recipes" / f"{ref}.toml").read_text(encoding="utf8")
        return read(Recipe, tomllib.loads(text), f"recipe {ref}")
    path = Path(ref)
    if not path.is_file():
        near = get_close_matches(ref, recipe_names(), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(recipe_names())}."
        raise InputError(f"There is no recipe {ref!r} and no such file; {hint}")
    try:
        return read(Recipe, tomllib.loads(path.read_text(encoding="utf8")), str(path))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} cannot be read as TOML: {error}.") from None
