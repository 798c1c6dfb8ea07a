"""The open graph as a line of JSON: what ``sg2im parse --open --jsonl`` prints for each line of input."""

from __future__ import annotations

from typing import Any

from sg2im_parsers.account import Account
from sg2im_parsers.parsed import ParsedText


def open_json(parsed: ParsedText) -> dict[str, Any]:
    """A text and its graph in its own words.

    ``quantity`` is an exact number from two on, or None: people who draw graphs count "two dogs" but not "one dog".

    Returns:
        ``{"text", "objects": [{"text", "attributes", "quantity"}], "relationships": [[subject, predicate, object]]}``,
        and ``{"account": {"words": [], "remarks"}}`` where a word was guessed or the end of a long text not read.
    """
    graph: dict[str, Any] = {
        "text": parsed.text,
        "objects": [
            {
                "text": thing.text,
                "attributes": list(thing.attributes),
                "quantity": thing.quantity if thing.quantity and thing.quantity > 1 else None,
            }
            for thing in parsed.graph.objects
        ],
        "relationships": [[r.subject, r.predicate, r.object] for r in parsed.graph.relationships],
    }
    if parsed.remarks:
        graph["account"] = Account((), parsed.remarks).to_json()
    return graph
