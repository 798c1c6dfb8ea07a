"""List the words that are spelled right, and how often captions use them, for ``data/spelling.tsv``.

python spelling.py CAPTIONS.csv OUT.tsv --data spacy_lookups_data/data

Spelled right are the frequent English words that have a class (`clusters.py`), WordNet's, and whatever captions say
often.
"""

import argparse
import csv
import gzip
import json
from collections import Counter
from pathlib import Path

from clusters import SIZE, clusters

LEAST_LETTERS = 3
OFTEN = 25
"""From here on, a word of captions is no mistake."""

COMMON = 5
"""From here on, a word that is spelled right may be what somebody meant."""


def main() -> None:
    """Write a line for each word, with its count if it is common."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("captions", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--data", type=Path, required=True, help="folder of spacy_lookups_data/data")
    args = options.parse_args()
    known = {word.lower() for word in clusters(args.data, SIZE)}
    with gzip.open(args.data / "en_lemma_index.json.gz", "rt", encoding="utf8") as file:
        known |= {word for words in json.load(file).values() for word in words}
    with args.captions.open(encoding="utf8", newline="") as lines:
        said = Counter(word for row in csv.DictReader(lines) for word in row["caption"].lower().split())
    known |= {word for word, times in said.items() if times >= OFTEN}
    words = sorted(word for word in known if len(word) >= LEAST_LETTERS and word.isascii() and word.isalpha())
    counted = (f"{word}\t{said[word]}" if said[word] >= COMMON else word for word in words)
    args.out.write_text("\n".join(counted) + "\n", encoding="utf8")
    print(f"{args.out}: {len(words)} words, {args.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
