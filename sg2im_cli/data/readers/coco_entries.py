"""Values of COCO's entries, as different tools write them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

from sg2im_cli.data.images import LONGEST_SIDE
from sg2im_cli.data.readers.outlines import Box

BY_PEOPLE, OUTLINE, UNSAID, EVERYTHING = range(4)
"""What of an object a machine made: nothing, its segmentation, that or more (see `Reader.finish`), and all of it."""

Ident = int | str

T = TypeVar("T")


def of_type(kind: type[T], value: object) -> T:
    """The value, if it is of this type.

    Raises:
        TypeError: it is of another.
    """
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(f"{value!r} is not of type {kind.__name__}")
    return value


def identity(value: object) -> Ident:
    """A key that is the same for 7, 7.0 and "7".

    Raises:
        TypeError: it is no id.
    """
    if isinstance(value, str):
        text = value.strip()
        short = text.isascii() and text.isdecimal() and len(text) < 19 and str(int(text)) == text
        value = int(text) if short else text
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    if value in ("", None) or isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"{value!r} is no id")
    return value if isinstance(value, str) or abs(value) < 1 << 63 else str(value)


def stated_size(entry: Mapping[str, Any]) -> tuple[int, int] | None:
    """Width and height of a picture; None where one of them is not stated.

    Raises:
        TypeError, ValueError: they are no numbers of pixels.
    """
    stated = [entry.get("width"), entry.get("height")]
    if None in stated:
        return None
    width, height = (_count(value) for value in stated)
    if min(width, height) < 1 or max(width, height) > LONGEST_SIDE:
        raise ValueError(f"its size is {width}x{height}")
    return width, height


def _count(value: object) -> int:
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return of_type(int, value)


def stated_box(entry: Mapping[str, Any]) -> Box:
    """x, y, width and height.

    Raises:
        KeyError, TypeError, ValueError: there are no such four numbers.
    """
    if entry.get("bbox") is None:
        raise KeyError("bbox")
    x, y, width, height = (float(value) for value in entry["bbox"])
    if not all(map(math.isfinite, (x, y, width, height))) or width < 0 or height < 0:
        raise ValueError(f"its bbox is {entry['bbox']}, and x, y, width, height are expected")
    return x, y, width, height


def is_crowd(entry: Mapping[str, Any]) -> bool:
    """Whether an entry is a region of many things; CVAT says so of every mask that is painted, and means one thing."""
    attributes = entry.get("attributes")
    of_cvat = isinstance(attributes, Mapping) and "occluded" in attributes
    return entry.get("iscrowd") in (1, "1") and not of_cvat


def by_machine(value: object, has_shape: bool) -> int:
    """What `machine` of an annotation says; a box without an outline can only be people's."""
    if value == "segmentation":
        return OUTLINE if has_shape else BY_PEOPLE
    if value == "all":
        return EVERYTHING
    if of_type(bool, value):
        return UNSAID if has_shape else BY_PEOPLE
    return BY_PEOPLE
