"""Prepositions of several words ("in front of", "bigger than") become one, and their noun takes their place."""

from __future__ import annotations

from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import ROOT, Tree
from sg2im_parsers.english.word_lists import Phrasebook

CLAUSE_LABELS = frozenset({ROOT, "conj", "advcl", "acl", "acl:relcl", "parataxis", "xcomp", "ccomp", "advcl:relcl"})
"""Places in a tree that a noun keeps with its label when it takes them."""

INSIDE_A_NOUN_PHRASE = frozenset({"det", "amod", "nummod", "compound", "nmod:poss", "flat", "advmod", "punct"})

COMPARED = frozenset({("as", "as"), ("more", "than"), ("less", "than")})

NO_THING = frozenset({"usual", "normal", "average", "life", "ever", "before", "possible", "expected"})
"""What nothing is compared with: "larger than life"."""


def join_prepositions(tree: Tree, book: Phrasebook) -> None:
    """Find every phrase of the book in the tree and join it, left to right; comparisons are such phrases, too."""
    start, size = 0, len(tree)
    while start < size:
        length = _comparison(tree, start)
        if length:
            _free_places(tree, start, start + length)
        if length and not _join(tree, range(start, start + length)):
            length = 0
        if length:
            start += length
            continue
        for words in book.phrases_by_start.get(tuple(tree.lowers[start : start + 2]), ()):
            end = start + len(words)
            if tuple(tree.lowers[start:end]) == words and _join(tree, range(start, end)):
                length = len(words)
                break
        start += length or 1


def _join(tree: Tree, span: range) -> bool:
    noun = _noun_after(tree, span)
    if noun is None or _starts_a_noun_phrase(tree, span[0]):
        return False
    members = {*span, noun}
    top, own = _outermost(tree, span[0], members), _outermost(tree, noun, members)
    governor = _governor(tree, top, own, noun)
    label = tree.labels[top if governor is None or governor == tree.heads[top] else own]
    _hang(tree, noun, governor, label)
    for token in span:
        tree.move_children(token, noun, "det", "fixed", "punct")
    for token in span:
        tree.remove(token)
    tree.cases[noun] = tuple(span)
    return True


def _comparison(tree: Tree, start: int) -> int:
    """How many words of "bigger than", "more colorful than" or "as big as" stand here; 0 if none do."""
    length = 2 if tree.tags[start] in ("JJR", "RBR") else 3
    words = tree.lowers[start : start + 3]
    if tree.tags[start] == "RBR" and words[0] in ("more", "less") and words[2:] == ["than"]:
        length = 3
    than = start + length - 1
    if than + 1 >= len(tree) or not tree.tags[than - 1].startswith(("JJ", "RB")) or tree.tags[than + 1] == "CD":
        return 0
    if length == 3 and (words[0], words[2]) not in COMPARED:
        return 0
    if length == 2 and (words[1] != "than" or words[0] in ("more", "less", "fewer")):
        return 0
    return length if tree.lowers[than + 1] not in NO_THING else 0


def _free_places(tree: Tree, start: int, stop: int) -> None:
    """Hang places from what is compared: in "a house smaller than a shed, in a forest" the house is there."""
    before = start - 1
    for quality in range(start, stop):
        head = tree.heads[quality]
        if before >= 0 and tree.is_noun(before) and before != head and tree.has_ancestor(before, head):
            tree.attach(quality, before, "amod")  # of "a robot with arms longer than its legs", the arms are longer
            head = before
        for place in tree.all_children(quality, "obl")[1:]:
            if tree.is_noun(head) and not tree.is_root(quality):
                tree.attach(place, head, "nmod")


def _starts_a_noun_phrase(tree: Tree, token: int) -> bool:
    """Whether "part of" is a part itself: "a part of a sink"."""
    return tree.is_noun(token) and (token == 0 or tree.tags[token - 1] in ("DT", "JJ"))


def _noun_after(tree: Tree, span: range) -> int | None:
    """The noun that the preposition leads to: tied to it in the tree, or else the next noun phrase."""
    if span.stop >= len(tree) or tree.tags[span.stop] in {",", ".", "CC", "IN"}:
        return None
    for token in range(span.stop, min(span.stop + 12, len(tree))):
        if token in tree.gone or not _can_be_placed(tree, token):
            continue
        tied = tree.heads[token] in span or any(child in span for child in tree.children[token])
        if tied and _starts_at_once(tree, token, span.stop):
            return token
    return _next_noun(tree, span.stop)


def _can_be_placed(tree: Tree, token: int) -> bool:
    return tree.is_noun(token) or tree.tags[token] in {"PRP", "DT", "CD", "JJ", "VBG"}


def _starts_at_once(tree: Tree, token: int, start: int) -> bool:
    return all(tree.has_ancestor(between, token) for between in range(start, token))


def _next_noun(tree: Tree, start: int) -> int | None:
    token = start
    for _ in range(6):
        if tree.is_noun(token) and tree.labels[token] not in INSIDE_A_NOUN_PHRASE:
            return token
        if tree.heads[token] <= token or tree.labels[token] not in INSIDE_A_NOUN_PHRASE:
            return None
        token = tree.heads[token]
    return None


def _outermost(tree: Tree, token: int, members: set[int]) -> int:
    while tree.heads[token] in members and tree.heads[token] != token:
        token = tree.heads[token]
    return token


def _governor(tree: Tree, top: int, own: int, noun: int) -> int | None:
    """What the preposition and its noun hang from: what lies left of them, if there is a choice."""
    above = [tree.heads[t] for t in (top, own) if not tree.is_root(t)]
    free = [head for head in above if not tree.has_ancestor(head, noun) and not tree.has_ancestor(head, top)]
    return next((head for head in free if head < noun), free[0] if free else None)


def _hang(tree: Tree, noun: int, governor: int | None, label: str) -> None:
    if governor is None:
        tree.attach(noun, noun, ROOT)
    elif label in CLAUSE_LABELS and label != ROOT:
        tree.attach(noun, governor, label)
    else:
        tree.attach(noun, governor, "nmod" if tree.is_noun(governor) else "obl")


PREPOSITIONS = Rewrite(
    name="prepositions",
    says="Makes one preposition of several words, and hangs its noun where the first of them hung.",
    apply=join_prepositions,
    after=("wrong tags", "places", "attachment", "participles", "each other"),
    examples=(
        Example("a car in front of a house", gives=("car | in front of | house",), instead=("car | in | house",)),
        Example("a dog bigger than a cat", gives=("dog | bigger than | cat",), instead=("dog | is | bigger",)),
    ),
)
