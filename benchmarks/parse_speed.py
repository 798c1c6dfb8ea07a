"""How many captions a second one process reads, after loading, and how well.

python benchmarks/parse_speed.py CAPTIONS [--nlp NAME] [--passes N] [--batch-size N]

CAPTIONS is a text file with a caption a line, or a CSV file with a column "caption"; where that has the graphs that
people drew in a column "scene_graph" as FACTUAL does, the share of captions whose tuples are all right and the F1 of
tuples are printed too. Tuples are compared as they are spelled, which is not SPICE. Each figure of speed is
the median of several passes over the whole file.
"""

from __future__ import annotations

import argparse
import csv
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

from sg2im_parsers.english.open_graph import open_json
from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline


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
    print(f"set match {100 * same / len(captions):.2f} %, tuple F1 {100 * f1:.2f} %")


def captions_a_second(read: Callable[[Sequence[str]], Iterable[object]], captions: Sequence[str], passes: int) -> float:
    """Time whole passes, after one that is not counted; return the median rate."""
    seconds = []
    for _ in range(passes + 1):
        start = time.perf_counter()
        deque(read(captions), maxlen=0)
        seconds.append(time.perf_counter() - start)
    return len(captions) / median(seconds[1:])


def main() -> None:
    """Print the two rates, and accuracy if there is something to compare with."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("captions", type=Path)
    options.add_argument("--nlp", help="another pipeline than the embedded one")
    options.add_argument("--passes", type=int, default=5)
    options.add_argument("--batch-size", type=int, default=256)
    args = options.parse_args()
    captions = read_captions(args.captions)
    start = time.perf_counter()
    nlp = load_pipeline(args.nlp)
    parser = SceneGraphParser(nlp)
    print(f"loaded in {time.perf_counter() - start:.1f} s; {len(captions)} captions, ", end="")
    print(f"{sum(len(caption.split()) for caption in captions) / len(captions):.1f} words each")
    readers: dict[str, Callable[[Sequence[str]], Iterable[object]]] = {
        "pipeline alone": lambda texts: nlp.pipe(texts, batch_size=args.batch_size),
        "pipeline and rules": lambda texts: parser.pipe(texts, batch_size=args.batch_size),
    }
    for name, read in readers.items():
        print(f"{name}: {captions_a_second(read, captions, args.passes):.0f} captions/s")
    if graphs := read_graphs(args.captions):
        print_accuracy(parser, captions, graphs)


if __name__ == "__main__":
    main()
