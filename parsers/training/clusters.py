"""Word classes as spaCy's NORM attribute, for words that the treebanks lack.

Captions speak of giraffes and skateboards, treebanks do not. The package
spacy-lookups-data has Brown clusters of the English words of a large corpus: a word
keeps company with the words of its class, and those were seen. The network reads a
word's class through NORM (its identity through LOWER).

python clusters.py OUT.json --data spacy_lookups_data/data
"""

import argparse
import gzip
import json
from pathlib import Path
from typing import Any

import spacy
from spacy.lookups import Lookups
from spacy.util import registry

SIZE = 50_000


def clusters(data: Path, size: int) -> dict[str, str]:
    """Name the class of each of the ``size`` most frequent words that have one.

    The words of spaCy's tokenizer exceptions ("and", "is", ".") are left out: a blank
    pipeline makes them before it reads the table, and its tokens keep their own NORM.
    """
    with gzip.open(data / "en_lexeme_cluster.json.gz", "rt", encoding="utf8") as file:
        classes: dict[str, int] = json.load(file)
    with gzip.open(data / "en_lexeme_prob.json.gz", "rt", encoding="utf8") as file:
        frequency: dict[str, float] = json.load(file)
    known = [word for word in classes if classes[word] and word.strip()]
    known.sort(key=lambda word: (-frequency.get(word, -99.0), word))
    made_before = {lexeme.orth_ for lexeme in spacy.blank("en").vocab}
    return {word: f"c{classes[word]}" for word in known[:size] if word not in made_before}


@registry.misc("sg2im.clusters.v1")
def cluster_lookups(path: str) -> Lookups:
    """Read the classes as the table from which spaCy fills NORM."""
    lookups = Lookups()
    table: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf8"))
    lookups.add_table("lexeme_norm", table)
    return lookups


def main() -> None:
    """Write the classes of the frequent words as JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("out", type=Path)
    options.add_argument("--data", type=Path, required=True, help="folder of spacy_lookups_data/data")
    options.add_argument("--size", type=int, default=SIZE)
    args = options.parse_args()
    args.out.write_text(json.dumps(clusters(args.data, args.size), ensure_ascii=False), encoding="utf8")


if __name__ == "__main__":
    main()
