"""The open graph as a line of JSON: what ``sg2im parse --open --jsonl`` prints for each line of input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.scene_graph import SceneObject

GROUNDS = ("background", "foreground")


def open_json(parsed: ParsedText) -> dict[str, Any]:
    """A text and its graph in its own words.

    ``quantity`` is an exact number from two on, or None: "two dogs" are counted, "one dog" is not. A text that is told
    by conventions has the background that things are in as an object, beside the ``place`` that such a thing has.

    Returns:
        ``{"text", "objects": [{"text", "attributes", "quantity"}], "relationships": [[subject, predicate, object]]}``,
        ``"place"`` in an object that the text puts somewhere in the picture, ``"style"`` with the words that say how it
        is made, if any do,
        and ``{"account": {"words": [], "remarks"}}`` where a word was guessed or the end of a long text not read.
    """
    graph: dict[str, Any] = {
        "text": parsed.text,
        "objects": [_thing(thing) for thing in parsed.graph.objects],
        "relationships": [[r.subject, r.predicate, r.object] for r in parsed.graph.relationships],
    }
    if parsed.conventions is not None:
        _draw_grounds(graph, parsed.graph.objects)
    if parsed.style:
        graph["style"] = [parsed.words[word].text for word in parsed.style]
    if parsed.remarks:
        graph["account"] = {"words": [], "remarks": list(parsed.remarks)}
    return graph


def _thing(thing: SceneObject) -> dict[str, Any]:
    known: dict[str, Any] = {
        "text": thing.text,
        "attributes": list(thing.attributes),
        "quantity": thing.quantity if thing.quantity and thing.quantity > 1 else None,
    }
    return known if thing.place is None else {**known, "place": thing.place}


def _draw_grounds(graph: dict[str, Any], things: Sequence[SceneObject]) -> None:
    """Add the background and the foreground as objects that things are in."""
    for ground in GROUNDS:
        there = [i for i, thing in enumerate(things) if thing.place is not None and ground in thing.place]
        if there:
            graph["relationships"] += [[i, "in", len(graph["objects"])] for i in there]
            graph["objects"].append({"text": ground, "attributes": [], "quantity": None})
