"""What a sentence says of a thing outside its noun phrase: "the car is red", "a dog sleeping"."""

from __future__ import annotations

from collections.abc import Set

from sg2im_parsers.actors import actor
from sg2im_parsers.phrasebook import Phrasebook
from sg2im_parsers.things import Attribute, Thing, attributes
from sg2im_parsers.tree import Tree

ADJECTIVES = frozenset({"JJ", "JJR", "JJS"})
PARTICIPLES = frozenset({"VBG", "VBN"})
CLAUSES = frozenset({"ROOT", "acl", "acl:relcl", "conj", "advcl", "parataxis", "ccomp", "xcomp", "dep"})


def add_descriptions(tree: Tree, book: Phrasebook, things: dict[int, Thing], told: Set[int]) -> None:
    """Add predicates as attributes: adjectives, and verbs that no relationship tells.

    Args:
        tree: the simplified tree.
        book: the packaged words.
        things: by position; gets the attributes.
        told: verbs that are part of a relationship.
    """
    for token in range(len(tree)):
        tag = tree.tags[token]
        if tree.lowers[token] in book.lists["states"] and tree.labels[token] in ("advmod", "acl"):
            _describe_state(tree, things, token)
        if tree.labels[token] not in CLAUSES or token in things:
            continue
        if tag in ADJECTIVES or (tag in PARTICIPLES and token not in told):
            _describe(tree, book, things, token)


def _describe(tree: Tree, book: Phrasebook, things: dict[int, Thing], token: int) -> None:
    if _says_nothing(tree, book, token):
        return
    subject = actor(tree, token)
    if subject is not None and subject in things:
        said = [_participle(tree, token)] if tree.is_verb(token) else attributes(tree, book, token)
        things[subject].attributes += said


def _says_nothing(tree: Tree, book: Phrasebook, token: int) -> bool:
    if tree.lowers[token] in book.lists["not_qualities"]:
        return True
    lemma = tree.lemmas[token]
    return tree.is_verb(token) and (lemma in book.lists["empty_verbs"] or lemma in book.lists["unfinished_verbs"])


def _participle(tree: Tree, verb: int) -> Attribute:
    particle = tree.child(verb, "compound:prt")
    if particle is None:
        return Attribute(tree.lowers[verb], tree.unit(verb))
    return Attribute(f"{tree.lowers[verb]} {tree.lowers[particle]}", (*tree.unit(verb), particle))


def _describe_state(tree: Tree, things: dict[int, Thing], token: int) -> None:
    """Of "a man walking outside", tell that the man is outside."""
    head = tree.heads[token]
    subject = head if head in things else actor(tree, head)
    if subject is not None and subject in things:
        things[subject].attributes.append(Attribute(tree.lowers[token], (token,)))
