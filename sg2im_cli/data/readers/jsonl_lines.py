"""What must hold of a line of a user's JSON-lines file, said with the place in it.

The same as ``annotations.schema.json``, and what a schema cannot say.
"""

from __future__ import annotations

import math
from typing import Any

from sg2im_cli.data.names import spoken_name

KEYS = {
    "": ("image", "objects", "relationships", "source"),
    "objects": ("name", "box", "polygon", "rle", "attributes", "machine"),
}
RESERVED = ("__image__", "__in_image__", "NONE", "other")
"""Words that mean something of their own."""


class LineError(ValueError):
    """What is wrong, and at which place of the line."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place} {problem}" if place else problem)


def check_line(line: object) -> None:
    """Refuse what the schema refuses, and what it cannot say: boxes without size, relationships that lead nowhere.

    Raises:
        LineError: what is wrong, and where.
    """
    if not isinstance(line, dict):
        raise LineError("", 'it must be an object such as {"image": "1.jpg", "objects": [...]}')
    _check_keys(line, "", ("image", "objects"))
    _check_word(line["image"], "image")
    if "source" in line:
        _check_word(line["source"], "source")
    if not isinstance(line["objects"], list) or not line["objects"]:
        raise LineError("objects", "must be a list with at least one object")
    for index, item in enumerate(line["objects"]):
        _check_object(item, f"objects[{index}]")
    if not isinstance(line.get("relationships", []), list):
        raise LineError("relationships", 'must be a list such as [[0, "on", 1]]')
    for index, relationship in enumerate(line.get("relationships", [])):
        _check_relationship(relationship, len(line["objects"]), f"relationships[{index}]")


def _check_object(item: object, place: str) -> None:
    if not isinstance(item, dict):
        raise LineError(place, 'must be an object such as {"name": "dog", "box": [12, 40, 180, 220]}')
    _check_keys(item, place, ("name", "box"))
    _check_word(item["name"], f"{place}.name")
    if item["name"] in RESERVED or spoken_name(item["name"]) in RESERVED:
        raise LineError(f"{place}.name", f"is {item['name']!r}, which means something else here; call it differently")
    _check_box(item["box"], f"{place}.box")
    if "polygon" in item and "rle" in item:
        raise LineError(place, "has a polygon and an rle; leave one of them out")
    if "polygon" in item:
        _check_polygon(item["polygon"], f"{place}.polygon")
    if "rle" in item:
        _check_rle(item["rle"], f"{place}.rle")
    if not isinstance(item.get("machine", False), bool) and item["machine"] != "mask":
        raise LineError(f"{place}.machine", f"is {item['machine']!r} and must be true, false or 'mask'")
    attributes = item.get("attributes", [])
    if not isinstance(attributes, list):
        raise LineError(f"{place}.attributes", "must be a list of words")
    for index, word in enumerate(attributes):
        _check_word(word, f"{place}.attributes[{index}]")


def _check_keys(item: dict[str, Any], place: str, needed: tuple[str, ...]) -> None:
    known = KEYS["objects" if place else ""]
    if unknown := [key for key in item if key not in known]:
        raise LineError(place, f"has {unknown[0]!r}, and only {', '.join(known)} are known".strip())
    if missing := [key for key in needed if key not in item]:
        raise LineError(place, f"lacks {missing[0]!r}".strip())


def _check_word(value: object, place: str) -> None:
    if not isinstance(value, str) or not value.strip("_- \t\r\n"):
        raise LineError(place, f"is {value!r} and must be a word")


def _numbers(value: object) -> list[float] | None:
    if isinstance(value, list) and all(type(v) in (int, float) and math.isfinite(v) for v in value):
        return value
    return None


def _check_box(value: object, place: str) -> None:
    box = _numbers(value)
    if box is None or len(box) != 4:
        raise LineError(place, f"is {value!r} and must be four numbers, x0 y0 x1 y1 in pixels")
    if max(box) <= 1:
        raise LineError(place, f"is {value!r}, which looks like shares of the picture; it must be in pixels")
    if box[2] <= box[0] or box[3] <= box[1]:
        raise LineError(place, f"is {value!r} and has no size: x1 must be above x0, and y1 above y0")


def _check_polygon(value: object, place: str) -> None:
    parts = value if isinstance(value, list) and value and all(isinstance(v, list) for v in value) else [value]
    for part in parts:
        corners = _numbers(part)
        if corners is None or len(corners) < 6 or len(corners) % 2:
            raise LineError(place, "must be x and y of at least three corners in turn, or several such lists")


def _check_rle(value: object, place: str) -> None:
    if not isinstance(value, dict) or set(value) != {"size", "counts"}:
        raise LineError(place, "must have size and counts")
    size, counts = value["size"], value["counts"]
    if not isinstance(size, list) or len(size) != 2 or not all(type(v) is int and v > 0 for v in size):
        raise LineError(f"{place}.size", "must be the picture's height and width")
    numbers = isinstance(counts, list) and all(type(v) is int and v >= 0 for v in counts)
    if not numbers and not (isinstance(counts, str) and counts):
        raise LineError(f"{place}.counts", "must be a list of run lengths, or COCO's compressed string")


def _check_relationship(value: object, count: int, place: str) -> None:
    if not isinstance(value, list) or len(value) != 3 or type(value[0]) is not int or type(value[2]) is not int:
        raise LineError(place, f'is {value!r} and must be like [0, "on", 1]')
    _check_word(value[1], f"{place}[1]")
    if value[1] in RESERVED:
        raise LineError(f"{place}[1]", f"is {value[1]!r}, which means something else here; call it differently")
    if not all(0 <= end < count for end in (value[0], value[2])):
        raise LineError(place, f"is {value!r}, and there are objects 0 to {count - 1} only")
    if value[0] == value[2]:
        raise LineError(place, f"is {value!r} and joins an object to itself")
