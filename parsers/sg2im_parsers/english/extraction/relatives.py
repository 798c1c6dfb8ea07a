"""Words that mean a noun by grammar alone: "whose" the noun before its clause, "itself" whoever does it."""

from __future__ import annotations

from sg2im_parsers.english.arguments import actor
from sg2im_parsers.english.extraction.mentions import Thing
from sg2im_parsers.english.tree import Tree

REFLEXIVE = frozenset({"itself", "himself", "herself", "themselves", "oneself"})


def find_relatives(tree: Tree, things: dict[int, Thing]) -> None:
    """Fill `Tree.means`; what a clause with "whose" says is said of its own subject, and no more of the noun."""
    for token, word in enumerate(tree.lowers):
        if token in tree.gone:
            continue
        if word == "whose":
            _find_owner(tree, things, token)
        elif word in REFLEXIVE and tree.labels[token] in ("obj", "obl", "nmod"):
            meant = actor(tree, tree.heads[token])
            if meant in things:
                tree.means[token] = (meant,)


def _find_owner(tree: Tree, things: dict[int, Thing], token: int) -> None:
    clause = tree.heads[token]
    while not tree.labels[clause].startswith("acl"):
        if tree.is_root(clause):
            return
        clause = tree.heads[clause]
    owner = tree.heads[clause]
    if owner in things and tree.heads[token] in things:
        tree.means[token] = (owner,)
        tree.labels[token] = "nmod:poss"
        tree.labels[clause] = "parataxis"
        for more in tree.all_children(clause, "conj"):
            tree.labels[more] = "parataxis"
