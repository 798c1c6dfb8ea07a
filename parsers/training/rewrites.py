"""Say what each rewrite of the tree is worth: switch off one after another, and hold the graphs against people's.

python rewrites.py CAPTIONS.csv [--nlp PIPELINE] [--rows N]

CAPTIONS.csv has the columns "caption" and "scene_graph", as FACTUAL does. A caption is read again without a rewrite
only if that changed its tree. Prints a table in Markdown. The counts in ``data/conventions.tsv`` were made of such
captions with every rewrite, so what a rewrite is worth to others may be less.
"""

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphs import Triples, drawn, found
from spacy.language import Language
from spacy.tokens import Doc

from sg2im_parsers.english.conventions import FACTUAL
from sg2im_parsers.english.normalization.normalize import plain, read, to_read
from sg2im_parsers.english.parser import parse_tree, read_tree
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.english.rewrites.order import REWRITES
from sg2im_parsers.english.rewrites.rewrite import Rewrite


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption that was read.

    Attributes:
        doc: its words, as the pipeline parsed them.
        right: what people drew.
        told: what the rules find.
        changed: names of the rewrites that changed its tree.
    """

    doc: Doc
    right: Triples
    told: Triples
    changed: tuple[str, ...]


def captions(nlp: Language, rows: Sequence[dict[str, str]]) -> Iterator[Caption]:
    """Read all with every rewrite."""
    texts = (row["caption"] for row in rows)
    docs = nlp.pipe(to_read(read(text, nlp.make_doc(plain(text)))) for text in texts)
    for row, doc in zip(rows, docs, strict=True):
        parsed = parse_tree(*read_tree(doc, conventions=FACTUAL), FACTUAL)
        yield Caption(doc, drawn(row["scene_graph"]), found(parsed), parsed.rewrites)


def f1(graphs: Sequence[tuple[Triples, Triples]]) -> float:
    """Of the tuples of all captions."""
    hits = sum(len(right & told) for right, told in graphs)
    return 2 * hits / sum(len(right) + len(told) for right, told in graphs)


def row(rewrite: Rewrite, given: Sequence[Caption]) -> str:
    """What becomes worse without one rewrite, as a line of the table."""
    others = [other for other in REWRITES if other is not rewrite]
    touched = [caption for caption in given if rewrite.name in caption.changed]
    read = {id(caption): read_tree(caption.doc, others, conventions=FACTUAL) for caption in touched}
    without = {key: found(parse_tree(*tree, FACTUAL)) for key, tree in read.items()}
    differ = sum(without[id(caption)] != caption.told for caption in touched)
    gained = sum(caption.told == caption.right != without[id(caption)] for caption in touched)
    lost = sum(caption.told != caption.right == without[id(caption)] for caption in touched)
    match = 100 * (gained - lost) / len(given)
    worth = 100 * (f1([(c.right, c.told) for c in given]) - f1([(c.right, without.get(id(c), c.told)) for c in given]))
    return f"| {rewrite.name} | {len(touched)} | {differ} | {gained} | {lost} | {match:+.2f} | {worth:+.2f} |"


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("captions", type=Path)
    options.add_argument("--nlp", help="another pipeline than the embedded one")
    options.add_argument("--rows", type=int, help="only so many rows, from the first on")
    args = options.parse_args()
    with args.captions.open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))[: args.rows]
    given = list(captions(load_pipeline(args.nlp), rows))
    same = sum(caption.told == caption.right for caption in given)
    print(f"{len(given)} captions, set match {100 * same / len(given):.2f} %, ", end="")
    print(f"tuple F1 {100 * f1([(caption.right, caption.told) for caption in given]):.2f} %\n")
    print("| rewrite | trees changed | graphs changed | right only with | right only without | set match | tuple F1 |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for rewrite in REWRITES:
        print(row(rewrite, given))


if __name__ == "__main__":
    main()
