"""Count what people who draw graphs of captions agree on, for ``data/conventions.tsv``.

python conventions.py CAPTIONS.csv OUT.tsv [--nlp PIPELINE] [--rows N]

CAPTIONS.csv has the columns "caption" and "scene_graph", as FACTUAL does. Names come first, because a relation is
recognised by the names at its ends; so the captions are read three times with what is known by then.
"""

import argparse
import csv
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from forms import absent, other_forms, ways_of_telling
from graphs import drawn
from majorities import Line
from roles import word_roles

from sg2im_parsers.english.conventions import FACTUAL, KINDS
from sg2im_parsers.english.parser import parse_doc
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.english.word_lists import packaged_phrasebook


def main() -> None:
    """Count, kind after kind."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("captions", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--nlp", help="another pipeline than the embedded one")
    options.add_argument("--rows", type=int, help="only so many rows, from the first on")
    args = options.parse_args()
    with args.captions.open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))[: args.rows]
    docs = list(load_pipeline(args.nlp).pipe(row["caption"] for row in rows))
    graphs = [drawn(row["scene_graph"]) for row in rows]
    tables = packaged_phrasebook(FACTUAL).conventions.tables
    read = partial(parse_doc, conventions=FACTUAL)
    lines: list[Line] = []
    for table in tables.values():
        table.clear()  # type: ignore[attr-defined]

    def learn(new: Iterable[Line]) -> None:
        new = list(new)
        lines.extend(new)
        for kind, found, becomes, _, _ in new:
            tables[kind][found] = becomes  # type: ignore[index]

    learn(word_roles(zip(docs, graphs, strict=True)))
    learn(other_forms(zip(map(read, docs), graphs, strict=True)))
    learn(ways_of_telling(zip(docs, graphs, strict=True)))
    learn(absent(zip(map(read, docs), graphs, strict=True)))
    lines.sort(key=lambda line: (KINDS.index(line[0]), line[1]))
    text = "".join("\t".join(map(str, line)) + "\n" for line in lines)
    args.out.write_text(text, encoding="utf8")
    print(f"{args.out}: {dict(Counter(line[0] for line in lines))}, {len(text.encode())} bytes")


if __name__ == "__main__":
    main()
