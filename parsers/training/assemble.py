"""Make the pipeline that ships from a trained tagger and parser.

python assemble.py MODEL OUT --corpus TRAIN.spacy --lookups spacy_lookups_data/data

Adds parts of speech (from tags) and a rule lemmatizer, and puts the folder in place as a
whole: a reader never sees half of it.
"""

import argparse
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import clusters  # noqa: F401  (the trained pipeline's config names it)
import spacy
from lemmas import lemma_lookups
from spacy.language import Language
from spacy.pipeline import AttributeRuler, Lemmatizer
from spacy.tokens import Doc, DocBin, Token

VERB_TAGS = ["MD", "VB", "VBD", "VBG", "VBN", "VBP", "VBZ"]
AUX_DEPS = ["aux", "aux:pass", "cop"]
AUX_SEEN = 3
MORPHOLOGY = {
    "NNS": "Number=Plur",
    "VB": "VerbForm=Inf",
}
"""Features by which spaCy's lemmatizer knows a base form."""

META = {
    "name": "sg2im_sm",
    "version": "1.0.0",
    "description": "English tagger, dependency parser (UD labels) and lemmatizer for image captions",
    "author": "The sg2im contributors",
    "license": "CC BY-SA 4.0",
    "sources": [
        {"name": "UD_English-EWT", "license": "CC BY-SA 4.0"},
        {"name": "UD_English-GUM (without fiction, whow and reddit)", "license": "CC BY 4.0"},
        {"name": "spacy-lookups-data 1.0.5", "license": "MIT; English lemmas from WordNet 3.0"},
    ],
}
SPACY_VERSION = ">=3.8,<3.9"


def assemble(model: Path, corpus: Path, lookups: Path) -> Language:
    """Complete a trained pipeline with parts of speech and lemmas."""
    docs = list(DocBin().from_disk(corpus).get_docs(spacy.blank("en").vocab))
    tags, auxiliaries = parts_of_speech(docs), auxiliary_words(docs)
    nlp = spacy.load(model)
    add_parts_of_speech(nlp, tags, auxiliaries)
    for doc in docs:
        for token in doc:
            token.pos_ = "AUX" if is_auxiliary(token, auxiliaries) else tags.get(token.tag_, "X")
    lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "rule", "overwrite": True})
    assert isinstance(lemmatizer, Lemmatizer)
    lemmatizer.initialize(lookups=lemma_lookups(lookups, docs))
    nlp.config["initialize"]["lookups"] = None
    nlp.config["paths"] = dict.fromkeys(nlp.config["paths"])
    nlp.meta.update(META)
    return nlp


def parts_of_speech(docs: Iterable[Doc]) -> dict[str, str]:
    """Take the most frequent universal part of speech of each tag, auxiliaries apart."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for token in _tokens(docs):
        if token.pos_ != "AUX" or token.tag_ == "MD":
            counts[token.tag_][token.pos_] += 1
    return {tag: seen.most_common(1)[0][0] for tag, seen in counts.items() if tag}


def auxiliary_words(docs: Iterable[Doc]) -> list[str]:
    """List the words that are auxiliaries more than once or twice, in lower case."""
    seen = Counter(token.lower_ for token in _tokens(docs) if token.pos_ == "AUX")
    return sorted(word for word, count in seen.items() if count >= AUX_SEEN)


def is_auxiliary(token: Token, auxiliaries: list[str]) -> bool:
    """Whether the pipeline will call this token AUX."""
    return token.tag_ in VERB_TAGS and token.dep_ in AUX_DEPS and token.lower_ in auxiliaries


def add_parts_of_speech(nlp: Language, tags: dict[str, str], auxiliaries: list[str]) -> None:
    """Add the component that fills pos_ from tag_, and AUX from the label too."""
    ruler = nlp.add_pipe("attribute_ruler", config={"validate": False})
    assert isinstance(ruler, AttributeRuler)
    for tag, pos in sorted(tags.items()):
        features = {"MORPH": MORPHOLOGY[tag]} if tag in MORPHOLOGY else {}
        ruler.add([[{"TAG": tag}]], {"POS": pos, **features})
    auxiliary = {"TAG": {"IN": VERB_TAGS}, "DEP": {"IN": AUX_DEPS}, "LOWER": {"IN": auxiliaries}}
    ruler.add([[auxiliary]], {"POS": "AUX"})


def save(nlp: Language, out: Path) -> None:
    """Write the pipeline beside its place, then swap the folders."""
    new, old = out.with_name(f"{out.name}.new"), out.with_name(f"{out.name}.old")
    shutil.rmtree(new, ignore_errors=True)
    nlp.to_disk(new)
    meta = json.loads((new / "meta.json").read_text(encoding="utf8"))
    meta["spacy_version"] = SPACY_VERSION
    (new / "meta.json").write_text(json.dumps(meta, indent=2) + "\n", encoding="utf8")
    if out.exists():
        out.rename(old)
    new.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _tokens(docs: Iterable[Doc]) -> Iterator[Token]:
    return (token for doc in docs for token in doc)


def main() -> None:
    """Assemble and save."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("model", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--corpus", type=Path, required=True)
    options.add_argument("--lookups", type=Path, required=True)
    args = options.parse_args()
    save(assemble(args.model, args.corpus, args.lookups), args.out)


if __name__ == "__main__":
    main()
