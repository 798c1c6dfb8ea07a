"""Rewritings that make one noun of "each other": "one another" and "side by side" become it."""

from __future__ import annotations

from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Phrasebook

FIRST = frozenset({"each", "one", "side"})


def join_reciprocals(tree: Tree, _: Phrasebook) -> None:
    """Make one noun of "each other" and "one another", and read "side by side" as "side by side with each other"."""
    if FIRST.isdisjoint(tree.lowers):
        return
    for token in range(len(tree) - 1):
        if tree.lowers[token] not in FIRST:
            continue
        if tuple(tree.lowers[token : token + 2]) in (("each", "other"), ("one", "another")):
            _make_each_other(tree, range(token, token + 2))
        elif tree.lowers[token : token + 3] == ["side", "by", "side"] and tree.lowers[token + 3 : token + 4] != [
            "with"
        ]:
            _turn_siblings(tree, token)
            last = _make_each_other(tree, range(token, token + 3))
            tree.lowers[token + 1] = "side by side with"
            tree.cases[last] = (token + 1,)
            tree.labels[last] = "nmod" if tree.is_noun(tree.heads[last]) else "obl"


def free_reciprocals(tree: Tree, _: Phrasebook) -> None:
    """Hang what follows "next to each other" from those who are next to each other."""
    if "each other" not in tree.lowers:
        return
    for token in range(len(tree)):
        if tree.lowers[token] == "each other" and not tree.is_root(token):
            for child in tree.all_children(token, "obl", "nmod"):
                head = tree.heads[token]
                tree.attach(child, head, "nmod" if tree.is_noun(head) else "obl")


def _turn_siblings(tree: Tree, side: int) -> None:
    """Let "two tents" be what stands "side by side", where the parser saw a "tents side"."""
    noun = tree.child(side, "compound", "amod", "nsubj")
    if noun is not None and tree.is_noun(noun) and noun < side:
        tree.put_in_place_of(noun, side)
        tree.labels[side] = "nmod"
        for child in [c for c in tree.children[side] if c < noun]:
            tree.attach(child, noun, tree.labels[child])


def _make_each_other(tree: Tree, span: range) -> int:
    top = next((t for t in span if tree.heads[t] not in span), span[0])
    for token in span:
        if token != top:
            case = [c for c in tree.children[token] if tree.labels[c] == "case"]
            tree.remove(token)
            for word in case:
                if word not in tree.gone:
                    tree.attach(word, top, "case")
    tree.lowers[top] = tree.lemmas[top] = "each other"
    tree.units[top] = tuple(span)
    tree.tags[top] = "NN"
    if tree.labels[top] not in ("obj", "nmod", "obl"):
        tree.labels[top] = "nmod" if tree.is_noun(tree.heads[top]) else "obl"
    return top


EACH_OTHER = Rewrite(
    name="each other",
    says='Makes one noun of "each other" and "one another", and of "side by side" where nothing follows.',
    apply=join_reciprocals,
    after=("wrong edges", "numbers"),
    examples=(
        Example("two dogs next to each other", gives=("dog | next to | dog",), instead=("dogs | is | 2",)),
        Example("two tents side by side", gives=("tent | side by side with | tent",), instead=("tents side",)),
    ),
)


AFTER_EACH_OTHER = Rewrite(
    name="after each other",
    says='Hangs what follows "next to each other" from those who are next to each other.',
    apply=free_reciprocals,
    after=("prepositions",),
    examples=(Example("two dogs next to each other on a bed", gives=("dog | on | bed",)),),
)
