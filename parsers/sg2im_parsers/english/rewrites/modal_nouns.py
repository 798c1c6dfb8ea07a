"""The noun "can", which taggers take for the verb: "a trash can near a wall", "a can on a table"."""

from __future__ import annotations

from sg2im_parsers.english.tree import Tree

FINITE = frozenset({"are", "have"})
BEFORE_A_NOUN = frozenset({"DT", "JJ", "CD"})


def is_tin(tree: Tree, token: int) -> bool:
    """Whether a modal verb stands where a noun does, and no base form follows, as it must after the verb."""
    if not token or not (tree.is_noun(token - 1) or tree.tags[token - 1] in BEFORE_A_NOUN):
        return False
    after = range(token + 1, min(token + 4, len(tree)))
    return not any(tree.tags[t] in ("VB", "VBP") and tree.lowers[t] not in FINITE | {"near"} for t in after)


def make_tin(tree: Tree, token: int) -> None:
    """Make it the head of the noun before it, and of what follows it."""
    head, kind = tree.heads[token], token - 1
    if tree.is_noun(head) and tree.case_of(head) and head > token:
        _put_before(tree, token, head, head)
    elif tree.lowers[head] == "near" and (noun := tree.child(head, "obj")) is not None:
        _put_before(tree, token, head, noun)
        tree.attach(noun, token, "nmod")
        tree.tags[head] = "IN"
        tree.attach(head, noun, "case")
    if not tree.is_noun(kind):
        return
    tree.tags[token] = "NN"
    if tree.has_ancestor(token, kind):
        tree.put_in_place_of(token, kind)
        tree.move_children(kind, token, "compound")
    elif not tree.has_ancestor(kind, token) and tree.heads[kind] != tree.heads[token]:
        return
    elif tree.labels[token] == "aux":
        tree.labels[token] = tree.labels[kind]
    tree.attach(kind, token, "compound")


def _put_before(tree: Tree, token: int, head: int, place: int) -> None:
    """Let the noun stand where its "verb" stood, and what was before it be its own."""
    tree.put_in_place_of(token, head)
    tree.labels[place] = "nmod"
    for child in [c for c in tree.children[head] if c < token]:
        tree.attach(child, token, tree.labels[child])
