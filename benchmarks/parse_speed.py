"""How many captions a second one process reads, after loading: the pipeline alone, and with the rules.

python benchmarks/parse_speed.py CAPTIONS [--nlp NAME] [--passes N] [--batch-size N]

CAPTIONS is a text file with a caption a line, or a CSV file with a column "caption".
Each figure is the median of several passes over the whole file.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

from sg2im_parsers.parser import SceneGraphParser
from sg2im_parsers.pipeline import load_pipeline


def read_captions(path: Path) -> list[str]:
    """Read one caption a line, or the column of that name."""
    with path.open(encoding="utf8", newline="") as file:
        if path.suffix == ".csv":
            return [row["caption"] for row in csv.DictReader(file)]
        return file.read().splitlines()


def captions_a_second(read: Callable[[Sequence[str]], Iterable[object]], captions: Sequence[str], passes: int) -> float:
    """Time whole passes, after one that is not counted; return the median rate."""
    seconds = []
    for _ in range(passes + 1):
        start = time.perf_counter()
        deque(read(captions), maxlen=0)
        seconds.append(time.perf_counter() - start)
    return len(captions) / median(seconds[1:])


def main() -> None:
    """Print the two rates."""
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


if __name__ == "__main__":
    main()
