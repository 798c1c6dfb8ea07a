"""Turn UD treebanks (CoNLL-U, gzipped or not) into spaCy's training format.

python convert.py OUT --train EWT_TRAIN GUM_TRAIN --dev EWT_DEV --test EWT_TEST

Tags are the Penn Treebank's (XPOS), labels keep their subtypes. Besides the treebank's
sentences, train.spacy gets lower-cased copies without final punctuation and fragments
in the style of image captions: see ``captions.py``.
"""

import argparse
import gzip
import random
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path

import spacy
from captions import Token, Tokens, caption_variants, lowercase, strip_final_punctuation
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

SEED = 20180418
GROUP_SIZES, GROUP_WEIGHTS = (1, 2, 3, 4), (6, 2, 1, 1)
STRIPPED_SHARE = 0.15
LOWERCASE_SHARE = 0.5
LOWERCASE_STRIPPED_SHARE = 0.7
ATTRIBUTES = ["ORTH", "SPACY", "TAG", "POS", "LEMMA", "HEAD", "DEP", "SENT_START"]


def read_conllu(path: Path) -> Iterator[Tokens]:
    """Yield the sentences of one CoNLL-U file."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for block in data.decode("utf8").split("\n\n"):
        rows = [line.split("\t") for line in block.split("\n") if line and not line.startswith("#")]
        if rows:
            yield sentence(rows)


def sentence(rows: list[list[str]]) -> Tokens:
    """Build one sentence; the words of a multi-word token ("do" + "n't") touch each other."""
    tokens: Tokens = []
    joined_until, space_after_joined = 0, True
    for row in rows:
        spaced = "SpaceAfter=No" not in row[9]
        if "-" in row[0]:
            joined_until, space_after_joined = int(row[0].split("-")[1]), spaced
        elif "." not in row[0]:
            index = int(row[0])
            if index <= joined_until:
                spaced = space_after_joined and index == joined_until
            tokens.append(word(row, index - 1, spaced))
    return tokens


def word(row: list[str], index: int, spaced: bool) -> Token:
    """Build one word, counted from 0; words with a space in them ("1 000") close up."""
    head = int(row[6]) - 1
    form, lemma = row[1].replace(" ", ""), row[2].replace(" ", "")
    if head < 0:
        return Token(form, lemma, row[3], row[4], index, "ROOT", spaced)
    return Token(form, lemma, row[3], row[4], head, row[7], spaced)


def to_doc(vocab: Vocab, sentences: list[Tokens]) -> Doc:
    """Join sentences into one Doc with tags, lemmas, heads and labels."""
    starts = accumulate((len(part) for part in sentences), initial=0)
    heads = [start + token.head for part, start in zip(sentences, starts, strict=False) for token in part]
    tokens = [token for part in sentences for token in [*part[:-1], part[-1]._replace(space=True)]]
    return Doc(
        vocab,
        words=[token.word for token in tokens],
        spaces=[token.space for token in tokens],
        tags=[token.tag for token in tokens],
        pos=[token.pos for token in tokens],
        lemmas=[token.lemma for token in tokens],
        heads=heads,
        deps=[token.dep for token in tokens],
    )


def grouped(sentences: list[Tokens], rng: random.Random) -> Iterator[list[Tokens]]:
    """Yield runs of one to four sentences, so that the parser learns where sentences end."""
    start = 0
    while start < len(sentences):
        size = rng.choices(GROUP_SIZES, GROUP_WEIGHTS)[0]
        yield sentences[start : start + size]
        start += size


def training_texts(sentences: list[Tokens]) -> Iterator[list[Tokens]]:
    """Yield the sentences in groups, then lower-cased copies, then caption-like fragments."""
    rng = random.Random(SEED)
    for group in grouped(sentences, rng):
        if rng.random() < STRIPPED_SHARE:
            group = [*group[:-1], strip_final_punctuation(group[-1])]
        yield group
    for tokens in sentences:
        if rng.random() < LOWERCASE_SHARE:
            stripped = rng.random() < LOWERCASE_STRIPPED_SHARE
            yield [lowercase(strip_final_punctuation(tokens) if stripped else tokens)]
    for tokens in sentences:
        for variant in caption_variants(tokens, rng):
            yield [variant]


def write(texts: Iterable[list[Tokens]], vocab: Vocab, path: Path) -> None:
    """Write texts as a DocBin and tell how much it was."""
    box = DocBin(docs=(to_doc(vocab, text) for text in texts), attrs=ATTRIBUTES)
    box.to_disk(path)
    print(f"{path}: {len(box)} docs, {sum(map(len, box.tokens))} tokens")


def main() -> None:
    """Convert the three splits."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("out", type=Path)
    for split in ("train", "dev", "test"):
        options.add_argument(f"--{split}", type=Path, nargs="+", required=True)
    args = options.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    vocab = spacy.blank("en").vocab
    for split in ("train", "dev", "test"):
        sentences = [tokens for path in getattr(args, split) for tokens in read_conllu(path)]
        texts = training_texts(sentences) if split == "train" else ([tokens] for tokens in sentences)
        write(texts, vocab, args.out / f"{split}.spacy")


if __name__ == "__main__":
    main()
