"""Finding and reading recipes."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from difflib import get_close_matches
from importlib import resources
from pathlib import Path

from sg2im_cli.config import ConfigError, Recipe, parse_layers, plain, read
from sg2im_parsers.errors import InputError


def recipe_names() -> tuple[str, ...]:
    """The recipes that come with the package."""
    files = resources.files("sg2im_cli") / "recipes"
    return tuple(sorted(f.name.removesuffix(".toml") for f in files.iterdir() if f.name.endswith(".toml")))


def check_sizes(recipe: Recipe, where: str) -> None:
    """See that the discriminators' convolutions fit on what they look at.

    Raises:
        ConfigError: one is larger than what the one before leaves of the picture or the crop.
    """
    for name, config, (height, width) in (
        ("image_discriminator", recipe.image_discriminator, recipe.generator.image_size),
        ("object_discriminator", recipe.object_discriminator, (recipe.object_discriminator.crop_size,) * 2),
    ):
        side = min(height, width)
        for kernel, _, stride in parse_layers(config.layers):
            padding = 0 if config.padding == "valid" else (kernel - 1) // 2
            if side + 2 * padding < kernel:
                raise ConfigError(
                    f"{where}.{name}: layers is {config.layers!r}, which needs more than {min(height, width)} pixels; "
                    "use fewer layers, or larger pictures or crops."
                )
            side = (side + 2 * padding - kernel) // stride + 1


def limit_objects(recipe: Recipe, least: int | None, most: int | None) -> Recipe:
    """The recipe with other limits on the objects of a picture, where they are given.

    Raises:
        ConfigError: they exclude each other, or the recipe's own limit.
    """
    data = recipe.data
    least = data.min_objects if least is None else least
    most = data.max_objects if most is None else most
    return replace(recipe, data=replace(data, min_objects=least, max_objects=most))


def load_recipe(ref: str) -> Recipe:
    """A recipe by its name, or by the path of a TOML file.

    Raises:
        InputError: there is none, or it has a wrong setting; the message names it.
    """
    if ref in recipe_names():
        text = (resources.files("sg2im_cli") / "recipes" / f"{ref}.toml").read_text(encoding="utf8")
        return _read(text, f"recipe {ref}")
    path = Path(ref)
    if not path.is_file():
        near = get_close_matches(ref, recipe_names(), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(recipe_names())}."
        raise InputError(f"There is no recipe {ref!r} and no such file; {hint}")
    try:
        return _read(path.read_text(encoding="utf8"), str(path))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} cannot be read as TOML: {error}.") from None


def to_toml(recipe: Recipe) -> str:
    """A recipe as the text of a TOML file, with every setting; `load_recipe` reads it again."""
    lines: list[str] = []
    for name, value in plain(recipe).items():
        if isinstance(value, dict):
            lines += ["", f"[{name}]", *(f"{key} = {_toml_value(v)}" for key, v in value.items())]
        else:
            lines.append(f"{name} = {_toml_value(value)}")
    return "\n".join(lines) + "\n"


def _toml_value(value: object) -> str:
    """JSON is TOML here, but for what TOML has no word for; `read` takes "none" for it."""
    if value is None:
        return '"none"'
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _read(text: str, where: str) -> Recipe:
    recipe = read(Recipe, tomllib.loads(text), where)
    check_sizes(recipe, where)
    return recipe
