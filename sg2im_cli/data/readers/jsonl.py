"""A user's own pictures: a file with a JSON object on each line, as ``annotations.schema.json`` has it.

{"image": "photos/1.jpg", "objects": [{"name": "dog", "box": [12, 40, 180, 220]},
                                      {"name": "grass", "box": [0, 120, 320, 240], "polygon": [0, 120, 320, 120, ...]}],
 "relationships": [[0, "on", 1]]}

All lengths are pixels of the picture. What is wrong with a line is said with its number and the place in it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from sg2im_cli.data.images import Annotation, Picture, Stated
from sg2im_cli.data.prepared.writing import Source
from sg2im_parsers.errors import InputError

KEYS = {
    "": ("image", "objects", "relationships", "source"),
    "objects": ("name", "box", "polygon", "rle", "attributes", "machine"),
}
Report = Callable[[str], None]
RESERVED = ("__image__", "__in_image__", "NONE", "other")
"""Words that mean something of their own."""


class LineError(ValueError):
    """What is wrong, and at which place of the line."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place} {problem}" if place else problem)


@dataclass(frozen=True, kw_only=True)
class JsonlOptions:
    """What is made of the files.

    Attributes:
        val: a file with the pictures of the val split.
        val_share: the share of the lines that are val, drawn at random, where there is no such file.
        seed: of that draw.
        stuff: names of objects that have no count, such as sky.
        license: of the data.
    """

    val: Path | None = None
    val_share: float = 0.0
    seed: int = 0
    stuff: tuple[str, ...] = ()
    license: str | None = None


def jsonl_source(path: Path, options: JsonlOptions, report: Report | None = None) -> Source:
    """The splits of JSON-lines files; every line is looked at once before anything is made.

    Args:
        path: of the train split.
        options: what is made of it.
        report: is told of each line that cannot be used, and it is left out; without it the first one is an error.

    Raises:
        InputError: a file is missing or a line cannot be used; the message names the line and the place in it.
    """
    files = {"train": path, **({} if options.val is None else {"val": options.val})}
    words = _Words(stated=False)
    counts = {split: sum(1 for _ in _lines(file, words.look, report)) for split, file in files.items()}
    if unknown := [name for name in options.stuff if name not in words.names]:
        raise InputError(f"No object is called {unknown[0]!r}, which --stuff names.")
    splits: dict[str, Callable[[], Iterator[Picture]]] = {
        split: partial(_pictures, file, words.stated, skip=report is not None) for split, file in files.items()
    }
    if options.val_share:
        chosen = _draw(counts["train"], options)
        splits = {
            "train": partial(_pictures, path, words.stated, chosen, False),
            "val": partial(_pictures, path, words.stated, chosen, True),
        }
        counts = {"train": counts["train"] - len(chosen), "val": len(chosen)}
    return Source(
        layout="jsonl",
        name=path.resolve().stem,
        splits=splits,
        counts=counts,
        things=tuple(name for name in words.names if name not in options.stuff),
        stuff=options.stuff,
        predicates=tuple(words.predicates) if words.stated else None,
        attributes=tuple(words.attributes),
        files=tuple(files.values()),
        license=options.license,
    )


@dataclass
class _Words:
    """What lines name, in the order in which they first do."""

    stated: bool

    def __post_init__(self) -> None:
        self.names: dict[str, None] = {}
        self.predicates: dict[str, None] = {}
        self.attributes: dict[str, None] = {}

    def look(self, line: Mapping[str, Any]) -> None:
        for item in line["objects"]:
            self.names[item["name"]] = None
            self.attributes |= dict.fromkeys(item.get("attributes", ()))
        self.stated = self.stated or "relationships" in line
        self.predicates |= dict.fromkeys(p for _, p, _ in line.get("relationships", ()))


def _draw(count: int, options: JsonlOptions) -> frozenset[int]:
    """The lines of the val split; never all, and at least one."""
    if count < 2:
        raise InputError("There are too few pictures to put a share of them into val.")
    wanted = min(max(1, round(options.val_share * count)), count - 1)
    return frozenset(np.random.default_rng(options.seed).permutation(count)[:wanted].tolist())


def _lines(
    path: Path, use: Callable[[dict[str, Any]], None] | None = None, report: Report | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines that are not empty, looked through, with their numbers from 1."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, text in enumerate(file, 1):
                if not text.strip():
                    continue
                try:
                    line = _line(text, f"{path}, line {number}")
                except InputError as error:
                    if report is None:
                        raise
                    report(str(error))
                    continue
                if use is not None:
                    use(line)
                yield number, line
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except (OSError, UnicodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from None


def _line(text: str, where: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
        check_line(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{where} is not JSON: {error.msg} at letter {error.pos + 1}.") from None
    except RecursionError:
        raise InputError(f"{where} is not JSON that can be read: it is nested too deeply.") from None
    except LineError as error:
        raise InputError(f"{where}: {error}.") from None
    found: dict[str, Any] = line
    return found


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
    if item["name"] in RESERVED:
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
    if not isinstance(value, str) or not value.strip():
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


def _pictures(
    path: Path, stated: bool, chosen: frozenset[int] = frozenset(), wanted: bool = False, skip: bool = False
) -> Iterator[Picture]:
    """The pictures of the lines that are among those chosen, or of those that are not."""
    for place, (number, line) in enumerate(_lines(path, report=(lambda _: None) if skip else None)):
        if (place in chosen) == wanted:
            yield _picture(path, f"{path}, line {number}", line, stated)


def _picture(path: Path, where: str, line: Mapping[str, Any], stated: bool) -> Picture:
    file = path.parent / line["image"]
    width, height = picture_size(file)
    items = [
        Annotation(
            f"{where}: objects[{index}]",
            item["name"],
            tuple(map(float, item["box"])),  # type: ignore[arg-type]
            _segmentation(item),
            tuple(item.get("attributes", ())),
            (item.get("machine") is True, bool(item.get("machine"))),
        )
        for index, item in enumerate(line["objects"])
    ]
    said: Stated = tuple((s, p, o) for s, p, o in line.get("relationships", ()))
    return Picture(file, width, height, items, said if stated else None, line.get("source", ""))


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height from a picture's header; 1 x 1 if it cannot be read, which is found when it is needed."""
    try:
        with Image.open(path) as image:
            return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return 1, 1


def _segmentation(item: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """As COCO has it: a list of polygons, or run lengths."""
    polygon = item.get("polygon")
    if polygon:
        return polygon if isinstance(polygon[0], list) else [polygon]
    return item.get("rle")
