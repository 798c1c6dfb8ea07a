"""Count the object nouns and relation phrases of FACTUAL's scene graphs.

usage: python count_words.py factual_train.csv objects|relations [--first 401] [--last 600]

Prints rank, word and how often it was said as CSV: a noun once a caption, a phrase once a relationship.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

BETWEEN_TRIPLES = re.compile(r"\)\s*,\s*\(")


def triples(graph: str) -> Iterator[tuple[str, str, str]]:
    """The triples of a graph as FACTUAL writes it: "( man , ride , horse ) , ( horse , is , brown )"."""
    for part in BETWEEN_TRIPLES.split(graph.strip()):
        fields = [field.strip() for field in part.strip(" ()").split(" , ")]
        if len(fields) == 3:
            yield fields[0], fields[1], fields[2]


def count(path: Path, relations: bool) -> list[tuple[str, int]]:
    """Words and how often each was said, most frequent first, equal ones by the alphabet."""
    found: Counter[str] = Counter()
    with path.open(encoding="utf8", newline="") as file:
        for row in csv.DictReader(file):
            said = [t for t in triples(row["scene_graph"]) if t[1] != "is"]
            if relations:
                found.update(predicate for _, predicate, _ in said)
            else:
                things = {subject for subject, _, _ in triples(row["scene_graph"])}
                found.update(things | {target for _, _, target in said})
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def main() -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captions", type=Path)
    parser.add_argument("what", choices=("objects", "relations"))
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--last", type=int, default=400)
    args = parser.parse_args()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    ranked = count(args.captions, args.what == "relations")[args.first - 1 : args.last]
    writer.writerows((args.first + i, word, said) for i, (word, said) in enumerate(ranked))


if __name__ == "__main__":
    main()
