"""What values of a configuration may be: problems are gathered, and told together."""

from __future__ import annotations

import math

from sg2im_cli.config.reading import ConfigError


def require(problems: list[str]) -> None:
    """Raise `ConfigError` with all problems, if there are any."""
    if problems:
        raise ConfigError("; ".join(problems) + ".")


def at_least(config: object, bound: float, *names: str) -> list[str]:
    """Which of these fields are below a bound, or no finite numbers."""
    values = ((name, getattr(config, name)) for name in names)
    return [
        f"{name} is {value} and must be at least {bound}"
        for name, value in values
        if not (math.isfinite(value) and value >= bound)
    ]


def between(config: object, low: float, high: float, *names: str) -> list[str]:
    """Which of these fields are out of bounds, or no finite numbers; of a tuple, any of its values."""
    found: list[str] = []
    for name in names:
        value = getattr(config, name)
        for one in value if isinstance(value, tuple) else (value,):
            if one is not None and not (math.isfinite(one) and low <= one <= high):
                found.append(f"{name} is {one} and must be from {low} to {high}")
    return found


def activation_problems(name: str) -> list[str]:
    """What is wrong with the name of an activation."""
    try:
        leaky_slope(name)
    except ValueError:
        return [f"activation is {name!r} and must be 'relu', 'leakyrelu' or 'leakyrelu-SLOPE'"]
    return []


def leaky_slope(name: str) -> float:
    """The negative slope of an activation by its name in the original's files.

    There every name gives a leaky ReLU: slope 0.01 unless ``leakyrelu-S`` names one.

    Raises:
        ValueError: the name is none of those.
    """
    kind, _, slope = name.partition("-")
    if kind not in {"relu", "leakyrelu"} or (slope and kind == "relu"):
        raise ValueError(name)
    value = float(slope) if slope else 0.01
    if not math.isfinite(value):
        raise ValueError(name)
    return value
