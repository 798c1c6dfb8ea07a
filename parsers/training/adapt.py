"""Train the pipeline on, with the trees of captions beside the treebanks.

python adapt.py PIPELINE OUT --treebank TRAIN.spacy --captions SILVER.spacy [--steps N]

Half of each batch comes from the treebanks, so that what was learned from people is kept. Tagger, parser and the
network below them are trained; parts of speech and lemmas stay as they are.
"""

import argparse
import random
import time
from collections.abc import Iterator
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from spacy.util import fix_random_seed
from thinc.api import Adam

SEED = 20180418
TRAINED = ("tok2vec", "tagger", "parser")
DROPOUT = 0.2
TREEBANK_TEXTS, CAPTIONS = 16, 48
"""Texts of a batch; captions are short, so this is about half of the words each."""

RATE = 0.0007
SHOWN_EVERY = 50


def forever(docs: list[Doc], rng: random.Random) -> Iterator[Doc]:
    """Yield the docs in a new order each time round."""
    while True:
        rng.shuffle(docs)
        yield from docs


def main() -> None:
    """Train, then write the pipeline with the average of its weights."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("pipeline", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--treebank", type=Path, required=True)
    options.add_argument("--captions", type=Path, required=True)
    options.add_argument("--steps", type=int, default=1500)
    args = options.parse_args()
    fix_random_seed(SEED)
    rng = random.Random(SEED)
    nlp = spacy.load(args.pipeline)
    sources = [
        (forever(list(DocBin().from_disk(path).get_docs(nlp.vocab)), rng), size)
        for path, size in ((args.treebank, TREEBANK_TEXTS), (args.captions, CAPTIONS))
    ]
    optimizer = Adam(RATE, L2=0.01, L2_is_weight_decay=True, grad_clip=1.0, use_averages=True)
    losses: dict[str, float] = {}
    start = time.monotonic()
    with nlp.select_pipes(enable=TRAINED):
        for step in range(1, args.steps + 1):
            optimizer.learn_rate = RATE * min(step / 50, 1 - (step - 1) / args.steps)
            docs = [next(source) for source, size in sources for _ in range(size)]
            examples = [Example(nlp.make_doc(doc.text), doc) for doc in docs]
            nlp.update(examples, sgd=optimizer, drop=DROPOUT, losses=losses)
            if step % SHOWN_EVERY == 0:
                shown = {name: round(loss / SHOWN_EVERY, 1) for name, loss in losses.items()}
                print(f"step {step}, {time.monotonic() - start:.0f} s: {shown}", flush=True)
                losses = {}
    with nlp.use_params(optimizer.averages):
        nlp.to_disk(args.out)


if __name__ == "__main__":
    main()
