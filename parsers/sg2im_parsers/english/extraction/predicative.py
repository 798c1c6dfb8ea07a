"""What a sentence says of a thing outside its noun phrase: "the car is red", "a dog sleeping"."""

from __future__ import annotations

from collections.abc import Callable, Set

from sg2im_parsers.english.arguments import actor
from sg2im_parsers.english.extraction.mentions import Thing, is_material
from sg2im_parsers.english.extraction.modifiers import Attribute, attribute, attributes
from sg2im_parsers.english.extraction.relations import conjuncts
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Phrasebook

ADJECTIVES = frozenset({"JJ", "JJR", "JJS"})
PARTICIPLES = frozenset({"VBG", "VBN"})
CLAUSES = frozenset({"ROOT", "acl", "acl:relcl", "conj", "advcl", "parataxis", "ccomp", "xcomp", "dep"})


def add_descriptions(tree: Tree, book: Phrasebook, meant: Callable[[int], list[Thing]], told: Set[int]) -> None:
    """Add predicates as attributes: adjectives, and verbs that no relationship tells.

    Args:
        tree: the simplified tree.
        book: the packaged words.
        meant: gives the things that a noun or pronoun means; they get the attributes.
        told: verbs that are part of a relationship.
    """
    for token in range(len(tree)):
        tag = tree.tags[token]
        if tree.lowers[token] in book.lists["states"] and tree.labels[token] in ("advmod", "acl"):
            _describe_state(tree, meant, token)
        if tree.labels[token] not in CLAUSES or token in tree.negated:
            continue
        if tree.is_noun(token):
            _describe_material(tree, book, meant, token)
            continue
        if tag in ADJECTIVES or (tag in PARTICIPLES and token not in told) or _is_predicate_adverb(tree, token):
            _describe(tree, book, meant, token)


def _describe(tree: Tree, book: Phrasebook, meant: Callable[[int], list[Thing]], token: int) -> None:
    if _says_nothing(tree, book, token):
        return
    subject = actor(tree, token)
    things = [] if subject is None else [t for each in _all_subjects(tree, subject, token) for t in meant(each)]
    if things:
        if tree.is_verb(token):
            said = [_participle(tree, token)]
        elif tree.tags[token] in ADJECTIVES:
            said = attributes(tree, book, token)
        else:
            said = [Attribute(tree.lowers[token], (token,))]
        for thing in things:
            thing.attributes += said


def _all_subjects(tree: Tree, subject: int, predicate: int) -> list[int]:
    """A subject and those coordinated with it: "a man and a woman are posing"."""
    shared = tree.labels[subject].startswith("nsubj") and (
        tree.is_verb(predicate) or tree.tags[predicate] in ADJECTIVES
    )
    return conjuncts(tree, subject) if shared else [subject]


def _describe_material(tree: Tree, book: Phrasebook, meant: Callable[[int], list[Thing]], token: int) -> None:
    """Of "the wall is brick", tell that the wall is of brick."""
    if is_material(tree, book, token):
        for thing in (thing for child in tree.all_children(token, "nsubj") for thing in meant(child)):
            thing.attributes.append(attribute(tree, book, token))


def _is_predicate_adverb(tree: Tree, token: int) -> bool:
    """Whether an adverb is all that is said: "the seat is down"."""
    return tree.tags[token] in ("RB", "RP", "IN") and tree.child(token, "cop") is not None and not tree.cases.get(token)


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


def _describe_state(tree: Tree, meant: Callable[[int], list[Thing]], token: int) -> None:
    """Of "a man walking outside", tell that the man is outside."""
    head = tree.heads[token]
    subject = head if tree.is_noun(head) else actor(tree, head)
    for thing in [] if subject is None else meant(subject):
        thing.attributes.append(Attribute(tree.lowers[token], (token,)))
