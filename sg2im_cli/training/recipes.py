"""Recipes by name or file, checked; what `sg2im train` may change of them."""

from __future__ import annotations

import json
from dataclasses import replace

from sg2im_cli.config import ConfigError, Recipe, parse_layers, plain, read
from sg2im_cli.training.recipe_files import Target, read_recipe_file, recipe_names

__all__ = ["Target", "check_sizes", "limit_objects", "load_recipe", "recipe_names", "targets_of", "to_toml"]


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
    file = read_recipe_file(ref)
    recipe = read(Recipe, file.settings, file.where)
    check_sizes(recipe, file.where)
    return recipe


def to_toml(recipe: Recipe) -> str:
    """A recipe as the text of a TOML file, with every setting; `load_recipe` reads it again."""
    settings = plain(recipe)
    tables = {name: value for name, value in settings.items() if isinstance(value, dict)}
    lines = [f"{name} = {_toml_value(value)}" for name, value in settings.items() if name not in tables]
    for name, table in tables.items():  # behind all that stands in no table, as TOML wants it
        lines += ["", f"[{name}]", *(f"{key} = {_toml_value(v)}" for key, v in table.items())]
    return "\n".join(lines) + "\n"


def _toml_value(value: object) -> str:
    """JSON is TOML here, but for what TOML has no word for; `read` takes "none" for it."""
    if value is None:
        return '"none"'
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def targets_of(ref: str) -> tuple[Target, ...]:
    """The figures that a recipe should reach; none where nobody has published or measured any.

    Raises:
        InputError: as `load_recipe`.
    """
    return read_recipe_file(ref).reaches
