"""Configuration dataclasses from the values of a JSON or TOML file, and back; wrong ones are named with their field.

It knows nothing of what is configured: the dataclasses are those of `sg2im_cli.config`, whose own bounds raise
`ConfigError` when they are built.
"""

from __future__ import annotations

import dataclasses
import math
import types
import warnings
from collections.abc import Mapping
from dataclasses import is_dataclass
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from sg2im_errors import InputError

T = TypeVar("T")

LARGEST = 2**31 - 1
"""No setting counts more than this."""

SHOWN = 80
"""Letters of a wrong value that are shown."""


class ConfigError(InputError):
    """A configuration with one or more wrong values; all of them are in the message."""


class RenamedSettingWarning(FutureWarning):
    """A setting has the name that an earlier version gave it; the message has both."""


def read(cls: type[T], data: object, where: str = "") -> T:
    """Build a configuration dataclass from plain JSON or TOML values.

    Args:
        cls: a dataclass, such as those of `sg2im_cli.config`.
        data: its fields by name; nested dataclasses as nested mappings.
        where: what to call it in a message, such as a file's name.

    Raises:
        ConfigError: an unknown key (with the nearest known one), a wrong type or a value out of bounds.
    """
    prefix = f"{where}: " if where else ""
    if not isinstance(data, Mapping):
        raise ConfigError(f"{prefix}expected a table of settings, got {type(data).__name__}.")
    data = with_new_names(cls, data, where)
    hints = get_type_hints(cls)
    known = [f.name for f in dataclasses.fields(cls) if f.init]  # type: ignore[arg-type]
    if unknown := [key for key in data if key not in known]:
        raise ConfigError(prefix + "; ".join(_unknown_key(key, known) for key in unknown) + ".")
    values = {key: _value(hints[key], value, f"{where}.{key}" if where else key) for key, value in data.items()}
    try:
        return cls(**values)
    except ConfigError as error:
        raise ConfigError(prefix + str(error)) from None
    except TypeError:
        missing = [f.name for f in dataclasses.fields(cls) if _required(f) and f.name not in data]  # type: ignore[arg-type]
        raise ConfigError(f"{prefix}{', '.join(missing)} must be given.") from None


def with_new_names(cls: type[object], data: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """Settings of earlier versions under the names of this one, in the table at hand and in those inside it.

    A dataclass says in ``RENAMED`` what its fields were called.

    Raises:
        ConfigError: a setting stands there under both names.
    """
    former: Mapping[str, str] = getattr(cls, "RENAMED", {})
    hints = get_type_hints(cls)
    found: dict[str, Any] = {}
    for key, value in data.items():
        name = former.get(key, key)
        if name != key:
            place = f"{where}: " if where else ""
            if name in data:
                raise ConfigError(f"{place}{key} is now {name}, and both are given; remove {key}.")
            warnings.warn(f"{place}{key} is now called {name}.", RenamedSettingWarning, stacklevel=2)
        inner = next((kind for kind in (hints.get(name), *get_args(hints.get(name))) if is_dataclass(kind)), None)
        nested = isinstance(value, Mapping) and inner is not None
        found[name] = with_new_names(inner, value, f"{where}.{name}" if where else name) if nested else value  # type: ignore[arg-type]
    return found


def plain(config: object) -> dict[str, Any]:
    """A configuration as JSON values, nested dataclasses as nested dictionaries."""
    return dataclasses.asdict(config)  # type: ignore[call-overload, no-any-return]


def _required(item: dataclasses.Field[Any]) -> bool:
    return item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING


def _unknown_key(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1, cutoff=0.5)
    return f"unknown setting {key!r}" + (f" (did you mean {near[0]!r}?)" if near else "")


def _value(hint: Any, value: object, where: str) -> Any:  # noqa: ANN401
    """One value as its annotation says, or ConfigError."""
    origin = get_origin(hint)
    if origin is Literal:
        if value not in get_args(hint):
            raise ConfigError(f"{where} is {_short(value)} and must be one of {', '.join(map(repr, get_args(hint)))}.")
        return value
    if origin in (Union, types.UnionType):
        if value is None or value == "none":
            return None
        return _value(next(arg for arg in get_args(hint) if arg is not type(None)), value, where)
    if origin is tuple:
        return _tuple(get_args(hint), value, where)
    if is_dataclass(hint):
        return read(hint, value, where)  # type: ignore[arg-type]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST:
        raise ConfigError(f"{where} is {_short(value)} and must be at most {LARGEST}.")
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ConfigError(f"{where} is {_short(value)} and must be of type {hint.__name__}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(f"{where} is {value} and must be a finite number.")
    return value


def _short(value: object) -> str:
    """A value as it stands in a message."""
    if isinstance(value, int) and not -LARGEST <= value <= LARGEST:
        return "a number of more than nine digits"  # Python itself refuses to write some of them
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _tuple(kinds: tuple[Any, ...], value: object, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise ConfigError(f"{where} is {_short(value)} and must be a list.")
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        raise ConfigError(f"{where} has {len(value)} values and must have {len(kinds)}.")
    return tuple(_value(kind, v, f"{where}[{i}]") for i, (kind, v) in enumerate(zip(kinds, value, strict=True)))
