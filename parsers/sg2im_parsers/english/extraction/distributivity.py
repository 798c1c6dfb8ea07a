"""Numbers that a sentence implies: two men wearing hats wear two, "two cats next to each other" are a cat and a cat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sg2im_parsers.english.extraction.anaphora import singular, take_one
from sg2im_parsers.english.extraction.mentions import RECIPROCALS, Thing
from sg2im_parsers.english.extraction.relations import OWNING, Found, conjuncts
from sg2im_parsers.english.tree import PLURAL_TAGS, Tree
from sg2im_parsers.english.word_lists import Phrasebook


def resolve_reciprocals(tree: Tree, things: dict[int, Thing], relations: Iterable[Found]) -> Iterator[Found]:
    """Give "each other" a meaning: the other one of two conjuncts, or a second thing of the same kind.

    Things are added and changed in place; whatever else is said of such a kind is said of both its things.
    """
    found = list(relations)
    parted: dict[int, int] = {}
    for relation in found:
        if tree.lowers[relation.object] not in RECIPROCALS or relation.object in parted.values():
            continue
        group = [token for token in conjuncts(tree, relation.subject) if token in things]
        if len(group) > 1:
            words = tuple(sorted({*relation.words, *tree.unit(relation.object)}))
            yield replace(relation, subject=group[0], object=group[1], words=words)
        elif group and group[0] not in parted and (tree.tags[group[0]] in PLURAL_TAGS or things[group[0]].amount):
            _part(tree, things, group[0], relation.object)
            parted[group[0]] = relation.object
            yield relation
    others = {other: several for several, other in parted.items()}
    for relation in found:
        if tree.lowers[relation.object] not in RECIPROCALS:
            yield from _of_both(relation, parted, others)


def _of_both(relation: Found, parted: dict[int, int], others: dict[int, int]) -> Iterator[Found]:
    subject, item = others.get(relation.subject, relation.subject), others.get(relation.object, relation.object)
    yield relation.between(subject, item)
    if subject in parted or item in parted:
        yield relation.between(parted.get(subject, subject), parted.get(item, item))


def _part(tree: Tree, things: dict[int, Thing], several: int, other: int) -> None:
    """Make one of "two cats" the thing that "each other" means; each cat is then told in the singular."""
    thing = things[several]
    thing.text = singular(tree, thing)
    things[other] = Thing(other, (other,), amount=1, text=thing.text, like=several)
    take_one(tree, thing)


def tell_each(tree: Tree, relations: Iterable[Found]) -> list[Found]:
    """Say of every thing that "they" means what is said of them; but tables with plates "on them" have no plates."""
    found: list[Found] = []
    on_them: set[tuple[int, int]] = set()
    for relation in relations:
        for subject in tree.means.get(relation.subject, (relation.subject,)):
            for item in tree.means.get(relation.object, (relation.object,)):
                if subject != item:
                    found.append(relation.between(subject, item))
                    on_them.update([(item, subject)] if item != relation.object else [])
    return [told for told in found if told.predicate not in OWNING or (told.subject, told.object) not in on_them]


def share_out(tree: Tree, book: Phrasebook, things: dict[int, Thing], found: Iterable[Found]) -> None:
    """Give what each of several people wears, holds or rides their number, in place."""
    for relation in found:
        meant = tree.means.get(relation.subject, (relation.subject,))
        subject, item = things.get(meant[0]), things.get(relation.object)
        if subject is None or item is None or item.amount is not None:
            continue
        if len(meant) > 1 or not subject.quantity:
            continue
        for_each = _is_for_each(tree, relation)
        if for_each or _is_shared(tree, book, relation):
            item.amount, item.number_words = subject.quantity, subject.number_words
            if for_each or book.shares_numbers:
                item.quantity = subject.quantity


def _is_for_each(tree: Tree, relation: Found) -> bool:
    """Whether "each" has one: "each is wearing a hat", "two boys each holding a ball"."""
    det = tree.child(relation.object, "det")
    told = (relation.subject, *tree.children[relation.subject])
    return any(tree.lowers[t] == "each" for t in told) and det is not None and tree.lowers[det] in ("a", "an")


def _is_shared(tree: Tree, book: Phrasebook, relation: Found) -> bool:
    """Whether several people have as many hats: "two men wearing hats"."""
    bare = tree.tags[relation.object] in PLURAL_TAGS and tree.child(relation.object, "det") is None
    return bare and relation.verb is not None and tree.lemmas[relation.verb] in book.lists["shared_out"]
