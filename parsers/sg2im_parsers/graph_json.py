"""The JSON format of scene graphs, in and out; its schema is ``data/scene_graph.schema.json``.

``{"objects": ["sky", {"name": "car", "box": [0, 0.5, 0.4, 1]}], "relationships": [[0, "above", 1]]}``: an object is a
string, as in the original project's files, or an object with what is known of it. The keys "text",
"weights", "account" and "tree" beside them say where a graph came from; they are allowed and not read, and "seed" by
`seed_of` only (an object's own "seed" is read). A number such as ``2.0`` is a whole number, as in JSON schemas. A
relationship of an object with itself is read, as the original's files have some.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any

from sg2im_errors import InputError
from sg2im_parsers.errors import GraphError
from sg2im_parsers.scene_graph import Box, Mask, Relationship, SceneGraph, SceneObject
from sg2im_parsers.text_files import read_bytes

GRAPH_KEYS = ("objects", "relationships", "text", "seed", "weights", "account", "tree")
OBJECT_KEYS = ("name", "text", "attributes", "quantity", "place", "box", "mask", "pin", "seed")
MOST_OBJECTS, MOST_ATTRIBUTES, MOST_RELATIONSHIPS, MOST_ROWS = 1000, 1000, 10_000, 256
MOST_THINGS = 1_000_000_000
"""The largest quantity."""
LAST_SEED = 2**63 - 1
SHOWN = 80
"""Letters of an unknown key that are shown."""


def graph_schema() -> dict[str, Any]:
    """The JSON schema of a file: one graph or a list of them."""
    text = (resources.files("sg2im_parsers") / "data" / "scene_graph.schema.json").read_text(encoding="utf8")
    return dict(json.loads(text))


def graph_to_json(graph: SceneGraph) -> dict[str, Any]:
    """A graph as JSON values; what is not known is left out."""
    return {
        "objects": [_object_to_json(item) for item in graph.objects],
        "relationships": [[r.subject, r.predicate, r.object] for r in graph.relationships],
    }


def graph_from_json(data: object, where: str = "") -> SceneGraph:
    """Read one graph.

    Args:
        data: JSON values.
        where: what to call it in a message, such as ``graph 3``.

    Raises:
        GraphError: names the place of the first mistake.
    """
    try:
        return _graph(data)
    except GraphError as error:
        raise GraphError(f"{where}: {error}" if where else str(error)) from None


def graphs_from_json(data: object, where: str = "") -> tuple[SceneGraph, ...]:
    """Read one graph or a list of them.

    Raises:
        GraphError: names the place of the first mistake.
    """
    if not isinstance(data, list):
        return (graph_from_json(data, where),)
    if not data:
        raise GraphError(f"{where or 'The list'} has no graph in it.")
    prefix = f"{where}: " if where else ""
    return tuple(graph_from_json(item, f"{prefix}graph {i}") for i, item in enumerate(data))


def read_graphs(text: str, where: str) -> tuple[SceneGraph, ...]:
    """Read graphs from JSON text.

    Raises:
        InputError: it is no JSON, or breaks the format.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON: {error}.") from None
    return graphs_from_json(data, where)


def load_graphs(path: Path) -> tuple[SceneGraph, ...]:
    """Read graphs from a file.

    Raises:
        InputError: the file cannot be read, is no JSON, or breaks the format.
    """
    return read_graphs(load_text(path), str(path))


def load_text(path: Path) -> str:
    """Read a file that should be JSON.

    Raises:
        InputError: the file cannot be read, is no text in UTF-8, or longer than `text_files.MOST_BYTES`.
    """
    try:
        return read_bytes(path).decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not text in UTF-8; save it as JSON in UTF-8.") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None


def seed_of(data: object) -> int | None:
    """The seed that a file with one graph gives; None if it gives none."""
    return _whole(data.get("seed")) if isinstance(data, Mapping) else None


def _object_to_json(item: SceneObject) -> dict[str, Any]:
    known: dict[str, Any] = {"name": item.name, "text": item.text}
    known["attributes"] = list(item.attributes) or None
    known["quantity"] = item.quantity
    known["place"] = item.place
    known["box"] = None if item.box is None else list(item.box)
    known["mask"] = None if item.mask is None else [list(row) for row in item.mask]
    known["pin"] = item.pin or None
    known["seed"] = item.seed
    return {key: value for key, value in known.items() if value is not None}


def _graph(data: object) -> SceneGraph:
    if not isinstance(data, Mapping):
        raise GraphError("a scene graph is a JSON object with 'objects' and 'relationships'")
    _only_known(data, GRAPH_KEYS, "")
    if "text" in data and not isinstance(data["text"], str):
        raise GraphError("text: must be a string")
    if "seed" in data:
        _seed(data["seed"], "seed")
    if "objects" not in data:
        raise GraphError("objects: missing; a scene graph needs a list of them")
    items = _list(data["objects"], "objects", MOST_OBJECTS)
    rows = _list(data.get("relationships", []), "relationships", MOST_RELATIONSHIPS)
    objects = tuple(_object(item, f"objects[{i}]") for i, item in enumerate(items))
    return SceneGraph(
        objects, tuple(_relationship(row, f"relationships[{i}]", len(objects)) for i, row in enumerate(rows))
    )


def _seed(value: object, place: str) -> int:
    number = _whole(value)
    if number is None or not 0 <= number <= LAST_SEED:
        raise GraphError(f"{place}: must be a whole number from 0 to {LAST_SEED}")
    return number


def _list(value: object, place: str, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise GraphError(f"{place}: must be a list")
    if len(value) > most:
        raise GraphError(f"{place}: {len(value)} entries are more than the {most} that are read")
    return value


def _only_known(data: Mapping[Any, Any], known: tuple[str, ...], place: str) -> None:
    for key in data:
        if key not in known:
            near = get_close_matches(str(key), known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
            said = key if len(key) <= SHOWN else f"{key[:SHOWN]}..."
            raise GraphError(f"{place}.{said}: unknown; {hint}" if place else f"{said}: unknown; {hint}")


def _object(data: object, place: str) -> SceneObject:
    if isinstance(data, str):
        return SceneObject(name=_text(data, place))
    if not isinstance(data, Mapping):
        raise GraphError(f"{place}: must be a name or a JSON object")
    _only_known(data, OBJECT_KEYS, place)
    name = _text(data["name"], f"{place}.name") if "name" in data else None
    text = _text(data["text"], f"{place}.text") if "text" in data else None
    if name is None and text is None:
        raise GraphError(f"{place}: needs a 'name' or a 'text'")
    attributes = _list(data.get("attributes", []), f"{place}.attributes", MOST_ATTRIBUTES)
    if not all(isinstance(a, str) for a in attributes):
        raise GraphError(f"{place}.attributes: must be strings")
    for word in attributes:
        _require_characters(word, f"{place}.attributes")
    return SceneObject(
        name=name,
        text=text,
        attributes=tuple(attributes),
        quantity=_quantity(data.get("quantity"), f"{place}.quantity"),
        place=_text(data["place"], f"{place}.place") if data.get("place") is not None else None,
        box=_box(data["box"], f"{place}.box") if "box" in data else None,
        mask=_mask(data["mask"], f"{place}.mask") if "mask" in data else None,
        pin=_flag(data.get("pin", False), f"{place}.pin"),
        seed=_seed(data["seed"], f"{place}.seed") if "seed" in data else None,
    )


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise GraphError(f"{place}: must be a word")
    return _require_characters(value, place)


def _require_characters(text: str, place: str) -> str:
    """JSON may name half of a character, which no file and no terminal can hold."""
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise GraphError(f"{place}: holds half of a character (a lone surrogate); write the word anew")
    return text


def _flag(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise GraphError(f"{place}: must be true or false")
    return value


def _quantity(value: object, place: str) -> int | None:
    if value is None:
        return None
    number = _whole(value)
    if number is None or not 0 <= number <= MOST_THINGS:
        raise GraphError(f"{place}: must be a whole number from 0 to {MOST_THINGS}, or null")
    return number


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if isinstance(value, int) or value.is_integer() else None


def _number(value: object, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise GraphError(f"{place}: must be a number")
    if not 0 <= value <= 1:
        raise GraphError(f"{place}: {_short(value)} must be from 0 to 1, a share of the picture")
    return float(value)


def _box(value: object, place: str) -> Box:
    if not isinstance(value, list) or len(value) != 4:
        raise GraphError(f"{place}: must be four numbers: x0, y0, x1, y1")
    x0, y0, x1, y1 = (_number(v, f"{place}[{i}]") for i, v in enumerate(value))
    if x1 <= x0:
        raise GraphError(f"{place}: x1 must be greater than x0")
    if y1 <= y0:
        raise GraphError(f"{place}: y1 must be greater than y0")
    return x0, y0, x1, y1


def _mask(value: object, place: str) -> Mask:
    rows = _list(value, place, MOST_ROWS)
    if not rows:
        raise GraphError(f"{place}: must have at least one row")
    for i, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(rows):
            raise GraphError(f"{place}[{i}]: must be a row of {len(rows)} numbers, as many as there are rows")
    return tuple(tuple(_number(v, f"{place}[{i}][{j}]") for j, v in enumerate(row)) for i, row in enumerate(rows))


def _relationship(row: object, place: str, count: int) -> Relationship:
    if not isinstance(row, list) or len(row) != 3:
        raise GraphError(f"{place}: must be [subject index, predicate, object index]")
    subject, predicate, target = row
    for given in (subject, target):
        end = _whole(given)
        if end is None or not 0 <= end < count:
            raise GraphError(f"{place}: {_short(given)} is not one of the {count} objects")
    return Relationship(int(subject), _text(predicate, place), int(target))


def _short(value: object) -> str:
    """Any value in few characters; printing an integer of thousands of digits would fail."""
    if isinstance(value, int) and abs(value) > 10**20:
        return "a number of more than 20 digits"
    shown = repr(value)
    return shown if len(shown) <= 40 else f"{shown[:40]}..."
