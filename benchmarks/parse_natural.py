"""How many sentences that people type into picture tools become the right graph, kind by kind.

python benchmarks/parse_natural.py [--wrong] [--nlp NAME] [FILE ...]

FILE has a sentence with its graph a line, as `tests/parsers/natural/README.md` says; both files there if none is
given. A sentence is right if objects, attributes, exact numbers and relationships all are, by their names: nothing may
be missing, nothing too much. Names are compared by the lemma of their last word, as it was read if it is misspelled;
"with" and "have" are one, as people use either. ``--wrong`` prints what is missing (-) and what is too much (+) in each
wrong sentence; it is not for ``apart.jsonl``, of which only the figure is to be seen.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline

FILES = tuple(
    Path(__file__).parents[1] / "tests" / "parsers" / "natural" / f"{name}.jsonl" for name in ("seen", "apart")
)
SAME = {"with": "have"}

Facts = frozenset[tuple[str, ...]]


def told(parsed: ParsedText) -> Facts:
    """What the parser found."""
    names = [_name(parsed, i) for i in range(len(parsed.mentions))]
    each = zip(names, parsed.graph.objects, strict=True)
    things = [(name, item.attributes, item.quantity) for name, item in each]
    triples = [(r.subject, r.predicate, r.object) for r in parsed.graph.relationships]
    return facts(things, triples)


def _name(parsed: ParsedText, i: int) -> str:
    text, mention = parsed.graph.objects[i].text or "", parsed.mentions[i]
    head = parsed.words[mention.head]
    read = dict(parsed.guesses).get(mention.head, text.lower().split(" ")[-1])
    last = head.lemma if mention.plural else read
    last = "person" if last == "people" else last
    return " ".join([*text.lower().split(" ")[:-1], last])


def said(graph: Mapping[str, Any]) -> Facts:
    """What a person wrote down."""
    things = [(item["name"], item.get("attributes", ()), item.get("count")) for item in graph["objects"]]
    return facts(things, graph["relationships"])


def facts(things: Sequence[tuple[str, Sequence[str], int | None]], triples: Sequence[Sequence[Any]]) -> Facts:
    """One tuple for each thing, quality, number and relationship, by names.

    Of two that are "next to each other" the number is left out: one may say it as one object or as two.
    """
    with_itself = {names for s, _, o in triples for names in [things[s][0]] if names == things[o][0]}
    found: set[tuple[str, ...]] = set()
    for name, qualities, number in things:
        found.add((name,))
        found |= {(name, "is", quality.lower()) for quality in qualities}
        if number and number > 1 and name not in with_itself:
            found.add((name, "is", str(number)))
    found |= {(things[s][0], SAME.get(p, p), things[o][0]) for s, p, o in triples}
    return frozenset(found)


def read(path: Path) -> list[dict[str, Any]]:
    """The sentences of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines() if line.strip()]


def score(parser: SceneGraphParser, rows: Sequence[dict[str, Any]], show: bool) -> dict[str, list[bool]]:
    """Of each kind which sentences are right."""
    right: dict[str, list[bool]] = defaultdict(list)
    for row, parsed in zip(rows, parser.pipe(row["text"] for row in rows), strict=True):
        graphs, found = [said(graph) for graph in (row, *row.get("also", ()))], told(parsed)
        right[row["kind"]].append(found in graphs)
        if show and found not in graphs:
            near = min(graphs, key=lambda graph: len(graph ^ found))
            print(f"[{row['kind']}] {row['text']}")
            print("   ", *(f"-({', '.join(f)})" for f in sorted(near - found)), end="")
            print("  ", *(f"+({', '.join(f)})" for f in sorted(found - near)))
    return right


def main() -> None:
    """Print a table for each file."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", type=Path, nargs="*", default=FILES)
    options.add_argument("--nlp", help="another pipeline than the embedded one")
    options.add_argument("--wrong", action="store_true", help="print the sentences that come out wrong, and how")
    args = options.parse_args()
    parser = SceneGraphParser(load_pipeline(args.nlp))
    for path in args.files:
        right = score(parser, read(path), args.wrong)
        every = [item for items in right.values() for item in items]
        print(f"{path.name}: {sum(every)} of {len(every)} right ({100 * sum(every) / len(every):.1f} %)")
        print("  " + ", ".join(f"{kind} {sum(items)} of {len(items)}" for kind, items in right.items()))


if __name__ == "__main__":
    main()
