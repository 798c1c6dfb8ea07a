"""Reading what a picture carries: every mistake in it is named with its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sg2im_cli.provenance.png_text import read_png_text
from sg2im_cli.provenance.record import FORMAT_VERSION, KEY, LARGEST_SCALE, LAST_SEED, Options, Record, WeightsMark
from sg2im_errors import InputError
from sg2im_parsers.errors import GraphError
from sg2im_parsers.graph_json import graph_from_json
from sg2im_parsers.scene_graph import SceneGraph, SceneObject


class NewerRecordError(InputError):
    """A record of a format that this version does not know."""


def read_record(path: Path) -> Record:
    """What made a picture.

    Raises:
        InputError: the file cannot be read, is no PNG, carries no record or a damaged one, or a newer sg2im's.
    """
    text = read_png_text(path, KEY)
    if text is None:
        raise InputError(
            f"{path} does not carry what made it: it is another program's, or was saved without; give another picture."
        )
    try:
        return record_from_json(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} has a record that is not JSON ({error}); use a whole copy.") from None
    except NewerRecordError as error:
        raise InputError(f"{path} has {error}") from None
    except InputError as error:
        raise InputError(f"{path} has a record that cannot be used: {error}; use a whole copy.") from None


def record_from_json(data: object) -> Record:
    """Read a record.

    Raises:
        NewerRecordError: it is of a newer format.
        InputError: it breaks the format; the message names the place.
    """
    if not isinstance(data, dict):
        raise InputError("it must be a JSON object")
    version = _whole(data, "format_version", 1, None)
    if version > FORMAT_VERSION:
        raise NewerRecordError(
            f"a record of format {version}, and this sg2im reads up to {FORMAT_VERSION}; update sg2im-cli."
        )
    try:
        graph = graph_from_json(data.get("graph"))
    except GraphError as error:
        raise InputError(f"graph: {error}") from None
    weights, options, versions = (_object(data, key) for key in ("weights", "options", "versions"))
    return Record(
        text=_text(data, "text", optional=True),
        seed=_whole(data, "seed", 0, LAST_SEED),
        graph=graph,
        drawn=_with_layout(graph, data.get("layout")),
        weights=WeightsMark(
            _word(weights, "ref", "weights."),
            _text(weights, "revision", "weights.", optional=True),
            _word(weights, "checksum", "weights."),
            _word(weights, "settings", "weights."),
        ),
        options=Options(
            device=_word(options, "device", "options."),
            dtype=_word(options, "dtype", "options."),
            enforce=_enforce(options, graph),
            strict=_flag(options, "strict", "options."),
            scale=_whole(options, "scale", 1, LARGEST_SCALE, "options."),
            nlp=_text(options, "nlp", "options.", optional=True),
        ),
        versions={key: _word(versions, key, "versions.") for key in versions},
    )


def _enforce(options: Mapping[str, Any], graph: SceneGraph) -> bool | None:
    """Which boxes were moved, also of records from before predicted ones were moved by default."""
    moved = _flag(options, "enforce", "options.")
    if "moves_given" in options:
        return (_flag(options, "moves_given", "options.") or None) if moved else False
    around = any(item.box is not None or item.pin for item in graph.objects)
    return True if moved else None if around else False


def _with_layout(graph: SceneGraph, layout: object) -> SceneGraph:
    count = len(graph.objects)
    if not isinstance(layout, list) or len(layout) != count or not all(isinstance(item, dict) for item in layout):
        raise InputError(f"layout: must be a list of {count} JSON objects, one for each of the graph's")
    places = [{"name": "x", **{key: item[key] for key in ("box", "mask", "seed") if key in item}} for item in layout]
    try:
        read = graph_from_json({"objects": places}).objects
    except GraphError as error:
        raise InputError(str(error).replace("objects[", "layout[", 1)) from None
    return replace(graph, objects=tuple(_joined(*pair) for pair in zip(graph.objects, read, strict=True)))


def _joined(item: SceneObject, new: SceneObject) -> SceneObject:
    seed = item.seed if new.seed is None else new.seed
    return replace(item, box=new.box or item.box, mask=new.mask or item.mask, seed=seed)


def _object(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    if not isinstance(value, dict):
        raise InputError(f"{key}: must be a JSON object")
    return value


def _text(data: Mapping[str, Any], key: str, place: str = "", optional: bool = False) -> str | None:
    value = data.get(key)
    if not isinstance(value, str) and not (optional and value is None):
        raise InputError(f"{place}{key}: must be a string{' or null' if optional else ''}")
    return value


def _word(data: Mapping[str, Any], key: str, place: str) -> str:
    value = _text(data, key, place)
    assert value is not None
    return value


def _flag(data: Mapping[str, Any], key: str, place: str) -> bool:
    value = data.get(key)
    if not isinstance(value, bool):
        raise InputError(f"{place}{key}: must be true or false")
    return value


def _whole(data: Mapping[str, Any], key: str, least: int, most: int | None, place: str = "") -> int:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or value < least or (most is not None and value > most):
        bound = f"from {least} on" if most is None else f"from {least} to {most}"
        raise InputError(f"{place}{key}: must be a whole number {bound}")
    return value
