"""Train the pipeline on, with sentences of captions beside the treebanks.

python adapt.py PIPELINE OUT --source FILE.spacy:WORDS ... [--updates N] [--rate R] [--seed N]

Each batch takes so many words from each source, so that what was learned from treebanks is kept. Tagger, parser and the
network below them are trained; parts of speech and lemmas stay as they are.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import spacy
from assemble import save
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from spacy.util import fix_random_seed
from thinc.api import Adam

SEED = 20180418
TRAINED = ("tok2vec", "tagger", "parser")
DROPOUT = 0.2
RATE, WARM_UP = 0.0004, 50
"""The rate rises to this over the first updates, then falls to zero."""

UPDATES = 600
SHOWN_EVERY = 50

Source = tuple[Iterator[Doc], int]
"""Docs without end, and how many words of them a batch has."""


def forever(docs: list[Doc], rng: random.Random) -> Iterator[Doc]:
    """Yield the docs in a new order each time round."""
    while True:
        rng.shuffle(docs)
        yield from docs


def opened(nlp: Language, source: str, rng: random.Random) -> Source:
    """Open "FILE:WORDS"."""
    path, _, words = source.rpartition(":")
    return forever(list(DocBin().from_disk(path).get_docs(nlp.vocab)), rng), int(words)


def batch(sources: Sequence[Source]) -> Iterator[Doc]:
    """Yield docs of each source until it has its words."""
    for docs, words in sources:
        taken = 0
        while taken < words:
            doc = next(docs)
            taken += len(doc)
            yield doc


def rate_at(update: int, updates: int, rate: float) -> float:
    """How fast to learn: update counts from 1."""
    return rate * min(update / WARM_UP, 1 - (update - 1) / updates)


def train(nlp: Language, sources: Sequence[Source], updates: int, rate: float) -> Adam:
    """Train in place; the averages of the weights are the optimizer's."""
    optimizer = Adam(rate, L2=0.01, L2_is_weight_decay=True, grad_clip=1.0, use_averages=True)
    losses: dict[str, float] = {}
    start = time.monotonic()
    with nlp.select_pipes(enable=TRAINED):
        for update in range(1, updates + 1):
            optimizer.learn_rate = rate_at(update, updates, rate)
            examples = [Example(nlp.make_doc(doc.text), doc) for doc in batch(sources)]
            nlp.update(examples, sgd=optimizer, drop=DROPOUT, losses=losses)
            if update % SHOWN_EVERY == 0:
                shown = {name: round(loss / SHOWN_EVERY, 1) for name, loss in losses.items()}
                print(f"update {update}, {time.monotonic() - start:.0f} s: {shown}", flush=True)
                losses = {}
    return optimizer


def main() -> None:
    """Train, then write the pipeline with the average of its weights."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("pipeline", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--source", action="append", required=True, help="FILE.spacy:WORDS, more than once")
    options.add_argument("--updates", type=int, default=UPDATES)
    options.add_argument("--rate", type=float, default=RATE)
    options.add_argument("--seed", type=int, default=SEED)
    args = options.parse_args()
    fix_random_seed(args.seed)
    nlp = spacy.load(args.pipeline)
    rng = random.Random(args.seed)
    optimizer = train(nlp, [opened(nlp, source, rng) for source in args.source], args.updates, args.rate)
    with nlp.use_params(optimizer.averages):
        save(nlp, args.out)


if __name__ == "__main__":
    main()
