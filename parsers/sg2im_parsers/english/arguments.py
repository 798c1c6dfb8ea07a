"""Who does what a verb says: its subject, or the noun that the verb describes, or whoever its clause is about."""

from __future__ import annotations

from sg2im_parsers.english.tree import Tree

SUBJECTS = ("nsubj", "nsubj:pass", "nsubj:outer")
RELATIVE = frozenset({"that", "which", "who", "whom"})
SHARED = ("conj", "xcomp", "advcl", "parataxis", "ccomp", "dep", "advcl:relcl", "list")
STRANDED = frozenset(
    {"in", "on", "at", "under", "with", "off", "onto", "into", "through", "over", "behind", "near", "by", "from"}
    | {"around", "against", "inside", "above", "below", "across", "down", "out of", "to", "of"}
)
FARTHEST = 12
"""How many clauses up a subject is looked for: real sentences need three."""


def own_subject(tree: Tree, verb: int) -> int | None:
    """The subject in the verb's own clause, if it is more than "that" or "who"."""
    subject = tree.child(verb, *SUBJECTS)
    return None if subject is None or tree.lowers[subject] in RELATIVE else subject


def actor(tree: Tree, verb: int) -> int | None:
    """The noun that a verb (or another predicate) speaks of, or None."""
    for _ in range(FARTHEST):
        subject = own_subject(tree, verb)
        if subject is not None:
            return subject
        head, label = tree.heads[verb], tree.labels[verb]
        if head == verb:
            return None
        if label.startswith("acl") or label in SHARED:
            if tree.is_noun(head) and not _is_predicate(tree, head):
                return head
            verb = head
        else:
            return head if label == "amod" and tree.is_noun(head) else None
    return None


def stranded(tree: Tree, verb: int) -> int | None:
    """The preposition whose noun a clause describes: "on" in "the chair that he sits on" and "on which he sits"."""
    if tree.tags[verb] == "IN":
        return verb
    led = next((c for c in tree.all_children(verb, "obl") if tree.lowers[c] in RELATIVE and tree.case_of(c)), None)
    if led is not None:
        return tree.case_of(led)[0]
    for child in reversed(tree.children[verb]):
        alone = tree.lowers[child] in STRANDED and not tree.children[child]
        if child > verb and alone and tree.labels[child] != "mark":
            return child
    return None


def _is_predicate(tree: Tree, noun: int) -> bool:
    return own_subject(tree, noun) is not None


def is_passive(tree: Tree, verb: int) -> bool:
    """Whether a verb is passive in form, or a past participle that describes a noun."""
    tag = tree.tags[verb]
    if tag not in ("VBN", "VBD"):
        return False
    if tree.child(verb, "aux:pass", "nsubj:pass", "obl:agent") is not None:
        return True
    described = tag == "VBN" or not tree.is_root(verb)
    return described and tree.child(verb, "obj", "aux") is None
