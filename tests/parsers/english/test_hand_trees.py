"""The embedded pipeline beside trees written by hand: words that may be noun or verb, coordination, clauses, places.

hand_trees.txt has a sentence a line, "word/tag/label/head" for each word with the head by its position from 0. Each
kind stands beside its contrast: "a bird perches on a branch" and "two perches in a cage".
"""

from pathlib import Path

import pytest

from sg2im_parsers.english.pipeline import load_pipeline
from tests.parsers.trees import doc

TREES = [
    line
    for line in Path(__file__).with_name("hand_trees.txt").read_text(encoding="utf8").splitlines()
    if line and not line.startswith("#")
]
LEAST_RIGHT = 0.8


@pytest.fixture(scope="module")
def nlp():
    return load_pipeline()


def tree(parsed):
    """Tag, label and head of each word."""
    return [(token.text, token.tag_, token.dep_, token.head.i) for token in parsed]


def test_the_trees_are_trees():
    for line in TREES:
        roots = [token for token in doc(line) if token.head.i == token.i]
        assert [token.dep_ for token in roots] == ["ROOT"], line


def test_most_sentences_get_the_tree_that_is_written(nlp):
    wanted = [doc(line) for line in TREES]
    wrong = [want.text for want in wanted if tree(nlp(want.text)) != tree(want)]
    assert len(wrong) <= (1 - LEAST_RIGHT) * len(wanted), wrong


def test_a_verb_that_looks_like_a_plural_noun_is_told_from_one(nlp):
    for line in TREES:
        want = doc(line)
        heads = [token.i for token in want if token.dep_ == "ROOT" and token.tag_ in {"VBZ", "NN", "NNS"}]
        for i in heads:
            assert nlp(want.text)[i].tag_ == want[i].tag_, want.text
