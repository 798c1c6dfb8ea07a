"""Trees of image captions for training: those from which the rules make exactly the graph that people drew.

python silver.py CAPTIONS.csv OUT.spacy [--nlp PIPELINE] [--rows N]

CAPTIONS.csv has the columns "caption" and "scene_graph", as FACTUAL does. A fragment such as "man in hat riding a
bike" parses better inside a frame ("There is a man in hat riding a bike ."), so each caption is parsed as it stands
and in several frames; the first tree that gives the right graph is kept, without its frame.
"""

import argparse
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from graphs import drawn, found
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Token

from sg2im_parsers.english.conventions import FACTUAL
from sg2im_parsers.english.parser import parse_doc
from sg2im_parsers.english.pipeline import load_pipeline

FRAMES = (
    "{}",
    "{} .",
    "There is {a} {} .",
    "{the} {} is here .",
    "I see {a} {} .",
    "A picture of {a} {} ,",
    "{the} {}",
)
DETERMINED = re.compile(r"(an?|the|this|that|these|those|some|his|her|its|their|no|there|it|he|she|they)\b", re.I)
BEAM_WIDTH = 8
"""How many trees of one caption are looked at."""

ATTRIBUTES = ["ORTH", "SPACY", "TAG", "LEMMA", "HEAD", "DEP"]


def framed(frame: str, caption: str) -> tuple[str, int]:
    """Put a caption into a frame; tell where it starts. Its own article takes the frame's place."""
    own = DETERMINED.match(caption) is not None
    before, after = frame.replace("{a} ", "" if own else "a ").replace("{the} ", "" if own else "the ").split("{}")
    return f"{before}{caption}{after}", len(before)


def without_frame(framed_doc: Doc, start: int, caption: Doc) -> Doc | None:
    """The caption's part of a tree as a tree of its own; None if the frame tore it apart."""
    first = next((token.i for token in framed_doc if token.idx == start), None)
    if first is None:
        return None
    part = framed_doc[first : first + len(caption)]
    if [token.text for token in part] != [token.text for token in caption]:
        return None
    outside = [t for t in part if t.head.i < first or t.head.i >= first + len(caption) or t.head.i == t.i]
    if len(outside) != 1:
        return None
    root = outside[0].i - first
    heads = [root if i == root else t.head.i - first for i, t in enumerate(part)]
    return with_tree(caption, part, heads, ["ROOT" if i == root else t.dep_ for i, t in enumerate(part)])


def with_tree(caption: Doc, tagged: Sequence[Token], heads: list[int], labels: list[str]) -> Doc:
    """A copy of a caption with other tags and another tree."""
    return Doc(
        caption.vocab,
        words=[t.text for t in caption],
        spaces=[bool(t.whitespace_) for t in caption],
        tags=[t.tag_ for t in tagged],
        lemmas=[t.lemma_ for t in tagged],
        heads=heads,
        deps=labels,
    )


def next_best(nlp: Language, doc: Doc) -> Iterator[Doc]:
    """The trees that a beam search ends with, the most probable first."""
    parser = nlp.get_pipe("parser")
    for _, arcs in sorted(parser.moves.get_beam_parses(parser.beam_parse([doc], BEAM_WIDTH)[0]), key=lambda p: -p[0]):
        heads, labels = list(range(len(doc))), ["ROOT"] * len(doc)
        for head, child, label in arcs:
            heads[child], labels[child] = head, label
        yield with_tree(doc, list(doc), heads, labels)


def silver(nlp: Language, rows: list[dict[str, str]], counts: Counter[str]) -> Iterator[Doc]:
    """Yield a tree for each caption that has one, counting by frame."""
    waiting = [row for row in rows if drawn(row["scene_graph"])]
    for frame in FRAMES:
        texts = [framed(frame, row["caption"]) for row in waiting]
        missed = []
        for row, (_, start), doc in zip(waiting, texts, nlp.pipe(text for text, _ in texts), strict=True):
            tree = without_frame(doc, start, nlp.make_doc(row["caption"]))
            if tree is not None and found(parse_doc(tree, FACTUAL)) == drawn(row["scene_graph"]):
                counts[frame] += 1
                yield tree
            else:
                missed.append(row)
        waiting = missed
    for row in waiting:
        doc = nlp(row["caption"])
        right = drawn(row["scene_graph"])
        tree = next((tree for tree in next_best(nlp, doc) if found(parse_doc(tree, FACTUAL)) == right), None)
        if tree is not None:
            counts["next best"] += 1
            yield tree


def main() -> None:
    """Write the trees and tell how many each frame gave."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("captions", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--nlp", help="another pipeline than the embedded one")
    options.add_argument("--rows", type=int, help="only so many rows, from the first on")
    args = options.parse_args()
    with args.captions.open(encoding="utf8", newline="") as lines:
        rows = list(csv.DictReader(lines))[: args.rows]
    counts: Counter[str] = Counter()
    box = DocBin(docs=silver(load_pipeline(args.nlp), rows, counts), attrs=ATTRIBUTES)
    box.to_disk(args.out)
    print(f"{args.out}: {len(box)} of {len(rows)} captions; by frame {dict(counts)}")


if __name__ == "__main__":
    main()
