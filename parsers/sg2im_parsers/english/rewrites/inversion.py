"""Sentences told the other way round: "on the table sits a cat", "behind it is a mountain"."""

from __future__ import annotations

from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Phrasebook

FINITE = frozenset({"VBZ", "VBP", "VBD"})


def turn_inversions(tree: Tree, _: Phrasebook) -> None:
    """Let what comes after the verb be its subject, where a place comes before it."""
    for token in range(len(tree)):
        if token in tree.gone or tree.heads[token] <= token:
            continue
        if tree.labels[token] == "nsubj" and _is_placed(tree, token):
            _make_place(tree, token)
        elif tree.labels[token] == "obl" and tree.case_of(token):
            _find_subject(tree, tree.heads[token])
            if tree.is_noun(tree.heads[token]) and _is_said_to_be(tree, tree.heads[token]):
                tree.labels[token] = "nmod"


def _is_placed(tree: Tree, token: int) -> bool:
    if tree.case_of(token):
        return True
    marks = [c for c in tree.children[tree.heads[token]] if tree.labels[c] == "mark" and tree.tags[c] == "IN"]
    if tree.tags[token] == "PRP" and token - 1 in marks and _is_said_to_be(tree, tree.heads[token]):
        tree.attach(token - 1, token, "case")
        return True
    return False


def _make_place(tree: Tree, place: int) -> None:
    head = tree.heads[place]
    if tree.is_verb(head):
        tree.labels[place] = "obl"
        if not _find_subject(tree, head):
            tree.labels[place] = "nsubj"
    elif tree.is_noun(head) and _is_said_to_be(tree, head):
        tree.labels[place] = "nmod"


def _find_subject(tree: Tree, verb: int) -> bool:
    """Make the noun after a finite verb without a subject its subject."""
    if tree.tags[verb] not in FINITE or tree.child(verb, "nsubj", "nsubj:pass", "mark") is not None:
        return False
    after = next((t for t in tree.all_children(verb, "obj", "obl") if t > verb and not tree.case_of(t)), None)
    if after is None or not tree.is_noun(after):
        return False
    tree.labels[after] = "nsubj"
    return True


def _is_said_to_be(tree: Tree, noun: int) -> bool:
    """Whether a form of "be" stands before a noun that no preposition leads to."""
    return tree.child(noun, "cop") is not None and not tree.case_of(noun)


INVERSIONS = Rewrite(
    name="inversions",
    says="Makes what comes after the verb its subject, where a place comes before it.",
    apply=turn_inversions,
    after=("prepositions",),
    examples=(Example("on the table sits a cat", gives=("cat | sit on | table",), instead=("table | sit | cat",)),),
)
