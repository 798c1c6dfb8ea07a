"""Score a pipeline on converted treebank sentences, on their text or with the treebank's own words.

python evaluate.py PIPELINE DEV.spacy TEST.spacy [--gold-words]
"""

import argparse
from pathlib import Path

import spacy
from spacy.training import Corpus

SCORES = {
    "tags": "tag_acc",
    "UAS": "dep_uas",
    "LAS": "dep_las",
    "lemmas": "lemma_acc",
    "sentences F": "sents_f",
}


def main() -> None:
    """Print a line of percentages for each file."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("pipeline", type=Path)
    options.add_argument("corpora", type=Path, nargs="+")
    options.add_argument("--gold-words", action="store_true", help="do not use spaCy's tokenizer")
    args = options.parse_args()
    nlp = spacy.load(args.pipeline)
    for path in args.corpora:
        examples = list(Corpus(path, gold_preproc=args.gold_words)(nlp))
        scores = nlp.evaluate(examples)
        line = ", ".join(f"{name} {100 * scores[key]:.2f}" for name, key in SCORES.items())
        print(f"{path.stem}: {line}, {scores['speed']:.0f} words/s")


if __name__ == "__main__":
    main()
