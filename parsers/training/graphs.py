"""Graphs of captions as sets of tuples: those that people drew, and those that the rules find."""

import re

from sg2im_parsers.english.open_graph import open_json
from sg2im_parsers.english.parsed_text import ParsedText

Triples = set[tuple[str, ...]]
"""(subject, predicate, object), (object, "is", attribute) and (object, "is", "2")."""


def drawn(graph: str) -> Triples:
    """Read "( man , ride , horse ) , ( horse , is , brown )"."""
    parts = (part.strip(" ()").split(" , ") for part in re.split(r"\)\s*,\s*\(", graph.strip()))
    return {tuple(field.strip() for field in fields) for fields in parts if len(fields) == 3}


def found(parsed: ParsedText) -> Triples:
    """Say what the rules find, in the same form."""
    graph = open_json(parsed)
    names = [thing["text"] for thing in graph["objects"]]
    said = {(names[s], predicate, names[o]) for s, predicate, o in graph["relationships"]}
    for thing in graph["objects"]:
        said |= {(thing["text"], "is", attribute) for attribute in thing["attributes"]}
        if thing["quantity"]:
            said.add((thing["text"], "is", str(thing["quantity"])))
    return said


def objects(graph: Triples) -> set[str]:
    """Names in a graph."""
    return {t[0] for t in graph} | {t[2] for t in graph if t[1] != "is"}


def qualities(graph: Triples, name: str) -> set[str]:
    """What is said of the objects of a name."""
    return {t[2] for t in graph if t[0] == name and t[1] == "is"}
