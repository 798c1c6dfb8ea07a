"""Sentences in the style of captions, with their trees, by a small grammar.

python caption_grammar.py OUT.spacy [--sentences N] [--seed N] [--show N]

Treebanks have no "a bird perches on a branch": the parser that learned from them reads "bird perches" as a compound.
Each construction has its contrast: the same words as nouns ("two perches in a cage"), the same order with another
attachment. What the words are is `caption_words.toml`.
"""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

import caption_attachment
import caption_coordination
import caption_relatives
import caption_verbs
import spacy
from caption_phrases import tokens, word
from caption_sentences import CONSTRUCTIONS, Sentences
from captions import Tokens
from convert import to_doc
from spacy.tokens import DocBin

SEED = 20180418
ATTRIBUTES = ["ORTH", "SPACY", "TAG", "HEAD", "DEP", "SENT_START"]
CAPITAL, STOP = 0.15, 0.12
SHORTEST, LONGEST = 3, 32
REGISTERED = (caption_attachment, caption_coordination, caption_relatives, caption_verbs)
"""Modules whose constructions are on the list because they are imported."""


def written(grammar: Sentences) -> Tokens:
    """Write a sentence of some construction, now and then with a capital or a full stop."""
    weights = [weight for weight, _ in CONSTRUCTIONS.values()]
    ((_, made),) = grammar.rng.choices(list(CONSTRUCTIONS.values()), weights)
    root = made(grammar)
    if grammar.chance(STOP):
        root = root.then("punct", word(".", "."))
    sentence = tokens(root)
    if grammar.chance(CAPITAL):
        sentence[0] = sentence[0]._replace(word=sentence[0].word.capitalize())
    return sentence


def sentences(count: int, seed: int) -> Iterator[Tokens]:
    """Yield so many different sentences."""
    grammar = Sentences(random.Random(seed))
    seen: set[str] = set()
    while len(seen) < count:
        sentence = written(grammar)
        text = " ".join(token.word for token in sentence)
        if text not in seen and SHORTEST <= len(sentence) <= LONGEST:
            seen.add(text)
            yield sentence


def main() -> None:
    """Write the sentences, and show the first of them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("out", type=Path)
    options.add_argument("--sentences", type=int, default=20000)
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--show", type=int, default=0)
    args = options.parse_args()
    vocab = spacy.blank("en").vocab
    docs = [to_doc(vocab, [sentence]) for sentence in sentences(args.sentences, args.seed)]
    DocBin(docs=docs, attrs=ATTRIBUTES).to_disk(args.out)
    print(f"{args.out}: {len(docs)} sentences, {sum(map(len, docs))} words")
    for doc in docs[: args.show]:
        print(" ".join(f"{token.text}/{token.tag_}/{token.dep_}<{token.head.text}" for token in doc))


if __name__ == "__main__":
    main()
