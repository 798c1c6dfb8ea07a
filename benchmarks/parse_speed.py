"""How many captions one process reads in a second of processor time, after loading, and how well.

python benchmarks/parse_speed.py CAPTIONS [--conventions factual] [--nlp NAME] [--passes N] [--batch-size N]

CAPTIONS is a text file with a caption a line, or a CSV file with a column "caption"; where that has the graphs that
people drew in a column "scene_graph" as FACTUAL does, the share of captions whose tuples are all right and the F1 of
tuples are printed too: in the captions' own words, as users see graphs, and by the conventions of those who drew them
("guy" is person). Tuples are compared as they are spelled, which is not SPICE (`spice.py`). spaCy alone, the rules on
top of it, and finding a model's words on top of those take turns, pass by pass; each figure is the median of the
passes, and the spread is from the least to the most.
"""

from __future__ import annotations

import argparse
import csv
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

from sg2im_parsers.english.open_graph import open_json
from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.sentence import ground
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import resolve

Reader = Callable[[Sequence[str]], Iterable[object]]


def read_captions(path: Path) -> list[str]:
    """Read one caption a line, or the column of that name."""
    with path.open(encoding="utf8", newline="") as file:
        if path.suffix == ".csv":
            return [row["caption"] for row in csv.DictReader(file)]
        return file.read().splitlines()


def read_graphs(path: Path) -> list[set[tuple[str, ...]]]:
    """Read "( man , ride , horse ) , ( horse , is , brown )" for each caption, if they are there."""
    if path.suffix != ".csv":
        return []
    with path.open(encoding="utf8", newline="") as file:
        texts = [row.get("scene_graph") for row in csv.DictReader(file)]
    graphs = (re.split(r"\)\s*,\s*\(", text.strip()) for text in texts if text is not None)
    triples = ([tuple(field.strip() for field in part.strip(" ()").split(" , ")) for part in parts] for parts in graphs)
    return [{triple for triple in found if len(triple) == 3} for found in triples]


def tuples(parsed: ParsedText) -> set[tuple[str, ...]]:
    """Say what was found, in the same form."""
    graph = open_json(parsed)
    names = [thing["text"] for thing in graph["objects"]]
    found = {(names[s], predicate, names[o]) for s, predicate, o in graph["relationships"]}
    for thing in graph["objects"]:
        said = [*thing["attributes"], *([str(thing["quantity"])] if thing["quantity"] else [])]
        found |= {(thing["text"], "is", quality) for quality in said}
    return found


def print_accuracy(parser: SceneGraphParser, captions: Sequence[str], graphs: Sequence[set[tuple[str, ...]]]) -> None:
    """Compare with the graphs that people drew."""
    found = [tuples(parsed) for parsed in parser.pipe(captions)]
    same = sum(right == told for right, told in zip(graphs, found, strict=True))
    hits = sum(len(right & told) for right, told in zip(graphs, found, strict=True))
    f1 = 2 * hits / sum(len(right) + len(told) for right, told in zip(graphs, found, strict=True))
    told = "the captions' own words" if parser.conventions is None else f"the conventions of {parser.conventions}"
    print(f"by {told}: set match {100 * same / len(captions):.2f} %, tuple F1 {100 * f1:.2f} %")


def pass_seconds(readers: Mapping[str, Reader], captions: Sequence[str], passes: int) -> dict[str, list[float]]:
    """Processor time of whole passes by turns, after one of each that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(passes + 1):
        for name, read in readers.items():
            start = time.process_time()
            deque(read(captions), maxlen=0)
            seconds[name].append(time.process_time() - start)
    return {name: taken[1:] for name, taken in seconds.items()}


def print_speed(seconds: Mapping[str, Sequence[float]], captions: int) -> None:
    """Print rates, and what each reader adds to the one before as a share of them all."""
    *_, every = seconds.values()
    before: Sequence[float] = [0.0] * len(every)
    for name, taken in seconds.items():
        shares = [100 * (own - less) / whole for own, less, whole in zip(taken, before, every, strict=True)]
        rate, least, most = (captions / f(taken) for f in (median, max, min))
        print(f"{name}: {rate:.0f} captions/s ({least:.0f} to {most:.0f}), ", end="")
        print(f"adds {median(shares):.0f} % of the whole ({min(shares):.0f} to {max(shares):.0f})")
        before = taken


def main() -> None:
    """Print the rates, and accuracy if there is something to compare with."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("captions", type=Path)
    options.add_argument("--nlp", help="another pipeline than the embedded one")
    options.add_argument("--conventions", choices=["factual"], help="what is timed follows them")
    options.add_argument("--passes", type=int, default=5)
    options.add_argument("--batch-size", type=int, default=256)
    options.add_argument("--weights", default="default", help="whose words are found")
    args = options.parse_args()
    captions = read_captions(args.captions)
    start = time.process_time()
    nlp = load_pipeline(args.nlp)
    parser = SceneGraphParser(nlp, args.conventions)
    vocabulary = Vocabulary.from_json(resolve(args.weights).config["vocabulary"])
    print(f"loaded in {time.process_time() - start:.1f} s; {len(captions)} captions, ", end="")
    print(f"{sum(len(caption.split()) for caption in captions) / len(captions):.1f} words each")
    readers: dict[str, Reader] = {
        "spaCy alone": lambda texts: nlp.pipe(texts, batch_size=args.batch_size),
        "and rules": lambda texts: parser.pipe(texts, batch_size=args.batch_size),
        "and a model's words": lambda texts: (
            ground(parsed, vocabulary) for parsed in parser.pipe(texts, batch_size=args.batch_size)
        ),
    }
    print_speed(pass_seconds(readers, captions, args.passes), len(captions))
    if graphs := read_graphs(args.captions):
        for conventions in (None, "factual"):
            print_accuracy(SceneGraphParser(nlp, conventions), captions, graphs)


if __name__ == "__main__":
    main()
