"""Readings that a description of a picture cannot have, put right before the rules look.

Treebanks hold commands, questions and the perfect tense; descriptions of pictures hold none of them. So a verb
in the place of a noun ("green leaves on a tree") is a noun, and "has" before a noun is the verb.
"""

from __future__ import annotations

from sg2im_parsers.tree import Tree

NOUN_MARKS = frozenset({"det", "amod", "nummod", "compound", "nmod:poss"})
BARE_VERBS = frozenset({"VB", "VBP", "VBZ", "MD"})
BEFORE_NOUNS = frozenset({"DT", "JJ", "CD", "PRP$", "POS"})


def repair(tree: Tree) -> None:
    """Mend tags and edges in place."""
    for token in range(len(tree)):
        tag = tree.tags[token]
        if tag in BARE_VERBS and _is_noun_after_all(tree, token):
            _make_noun(tree, token)
        elif tag == "MD" and token and tree.is_noun(token - 1) and not _verb_follows(tree, token):
            _make_head_of_compound(tree, token)
    for token in range(len(tree)):
        if tree.lemmas[token] == "have" and tree.labels[token] == "aux":
            _make_have_a_verb(tree, token)
        elif tree.labels[token] in ("compound", "amod"):
            _turn_impossible_compound(tree, token)
        elif tree.labels[token] == "compound:prt" and tree.is_noun(tree.heads[token]):
            _make_preposition(tree, token)
        elif tree.labels[token] == "nmod" and tree.tags[token] == "PRP":
            _hang_pronoun_on_nearest(tree, token)


def _is_noun_after_all(tree: Tree, token: int) -> bool:
    """A command at the start, or a finite verb with an article or adjective of its own."""
    if any(tree.labels[c] in NOUN_MARKS and c < token for c in tree.children[token]):
        return True
    if tree.tags[token] not in ("VB", "VBP") or not tree.is_root(token):
        return False
    return all(tree.tags[t] in BEFORE_NOUNS for t in range(max(0, token - 6), token))


def _make_noun(tree: Tree, token: int) -> None:
    word = tree.lowers[token]
    plural = word.endswith("s") and not word.endswith("ss")
    tree.tags[token] = "NNS" if plural else "NN"
    if not plural:
        tree.lemmas[token] = word
    for child in tree.children[token]:
        if tree.labels[child] == "obl":
            tree.labels[child] = "nmod"


def _verb_follows(tree: Tree, token: int) -> bool:
    return any(tree.is_verb(t) for t in range(token + 1, min(token + 4, len(tree))))


def _make_head_of_compound(tree: Tree, token: int) -> None:
    """Read "can" as a noun in "trash can"."""
    noun = token - 1
    tree.tags[token] = "NN"
    if tree.has_ancestor(token, noun):
        tree.put_in_place_of(token, noun)
        tree.move_children(noun, token, "compound")
    elif tree.has_ancestor(noun, token):
        pass
    else:
        return
    tree.attach(noun, token, "compound")
    _make_noun(tree, token)


def _make_have_a_verb(tree: Tree, token: int) -> None:
    """Read "has" as a verb in "the zebra has stripes", "a building has arched doors"."""
    head = tree.heads[token]
    if tree.is_noun(head):
        noun = head
    elif tree.tags[head] in ("VBN", "VBD") and head == token + 1 and (noun_ := tree.child(head, "obj")) is not None:
        noun = noun_
    else:
        return
    tree.put_in_place_of(token, head)
    tree.move_children(head, token, *NOUN_MARKS, "nmod", "acl", "acl:relcl", "case", "conj", "cc")
    if noun != head:
        tree.attach(noun, token, "obj")
        tree.attach(head, noun, "amod")
        tree.tags[head] = "JJ"
    else:
        tree.labels[noun] = "obj"


def _turn_impossible_compound(tree: Tree, token: int) -> None:
    """Keep apart what a preposition parts: "sign" cannot be part of the name of "edge" in "sign on edge"."""
    head = tree.heads[token]
    between = [c for c in tree.children[head] if tree.labels[c] == "case" and token < c < head]
    if between and tree.is_noun(token):
        tree.put_in_place_of(token, head)
        tree.labels[head] = "nmod"
        for child in [c for c in tree.children[head] if c < token]:
            tree.attach(child, token, tree.labels[child])


def _make_preposition(tree: Tree, particle: int) -> None:
    """Read "down" as a preposition in "a line down the road": nouns have no particles."""
    noun = tree.child(tree.heads[particle], "obj", "nmod", "obl")
    if noun is not None and noun > particle:
        tree.labels[noun] = "nmod"
        tree.attach(particle, noun, "case")


def _hang_pronoun_on_nearest(tree: Tree, pronoun: int) -> None:
    """Of "a table with plates on it", the plates are on it, not the table."""
    head = tree.heads[pronoun]
    nearest = [n for n in tree.all_children(head, "nmod") if head < n < pronoun and tree.is_noun(n)]
    if nearest:
        tree.attach(pronoun, nearest[-1], "nmod")
