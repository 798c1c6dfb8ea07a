"""Lists: "a toddler, a policeman and a bride", "sky, mountains, lake, two boats", "dog on bed, lamp, window"."""

from __future__ import annotations

from sg2im_parsers.tree import Tree

PLACING = (["on"], ["in"], ["under"], ["behind"], ["above"], ["at"], ["over"], ["below"], ["near"], ["beside"])
"""After "with", "of" or "between", a list goes on."""


def mend_lists(tree: Tree) -> None:
    """Coordinate what commas list, in place."""
    for token in range(len(tree)):
        if tree.labels[token] == "appos" and tree.is_noun(token) and _goes_on(tree, token):
            tree.labels[token] = "conj"
        elif tree.labels[token] == "nsubj" and tree.child(token, "cc") is not None:
            _join_subjects(tree, token)
        elif tree.labels[token] == "conj" and tree.is_noun(token) and _starts_anew(tree, token):
            tree.attach(token, tree.heads[tree.heads[token]], "conj")


def _join_subjects(tree: Tree, token: int) -> None:
    """Make one subject of the two in "a cat and a dog are on a bed"."""
    first = tree.child(tree.heads[token], "nsubj")
    if first is not None and first < token and tree.is_noun(first) and tree.is_noun(token):
        tree.attach(token, first, "conj")


def _goes_on(tree: Tree, token: int) -> bool:
    """Whether a comma stands before it, and the list that it would belong to has other members."""
    head = tree.heads[token]
    if not tree.is_noun(head) or not any(tree.lowers[c] == "," for c in tree.children[token]):
        return False
    return any(tree.labels[c] == "conj" and tree.is_noun(c) for c in tree.children[head])


def _starts_anew(tree: Tree, token: int) -> bool:
    """Whether a comma without an "and" leads from the place of a first thing to a next thing: "dog on bed, lamp"."""
    place = tree.heads[token]
    members = [place, *(c for c in tree.children[place] if tree.labels[c] == "conj")]
    if tree.labels[place] != "nmod" or any(tree.child(member, "cc") is not None for member in members):
        return False
    listed = all(any(tree.lowers[c] == "," for c in tree.children[member]) for member in members[1:])
    return listed and tree.is_noun(tree.heads[place]) and [tree.lowers[c] for c in tree.case_of(place)] in PLACING
