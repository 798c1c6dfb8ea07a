"""Which words mean the same thing: "the street" said twice, and pronouns."""

from __future__ import annotations

from sg2im_parsers.english.extraction.mentions import Thing
from sg2im_parsers.english.tree import PLURAL_TAGS, ROOT, Tree
from sg2im_parsers.english.word_lists import Phrasebook, word_list

PERSONAL = frozenset({"he", "she", "him", "her", "his", "hers"})
NEUTER = frozenset({"it", "its"})
PLURAL = frozenset({"they", "them", "their"})
ORDER = frozenset({"first", "second", "third", "fourth", "last", "next", "other", "another", "different"})
SUBJECTS = frozenset({"nsubj", "nsubj:pass", ROOT})


def is_pronoun(tree: Tree, token: int) -> bool:
    """Whether a word stands for a thing named elsewhere."""
    word = tree.lowers[token]
    return word in PERSONAL or word in NEUTER or word in PLURAL


def antecedent(tree: Tree, book: Phrasebook, things: dict[int, Thing], pronoun: int) -> int | None:
    """The thing that a pronoun means: above it in the tree if possible, else the first before it.

    Of "A vase is on a table. In it are flowers.", it is what was spoken of last.
    """
    outer = _things_above(tree, things, pronoun)
    placed = _placed_by(tree, pronoun, outer)
    for thing in outer:
        if thing != placed and _agrees(tree, book, pronoun, thing):
            return thing
    beside = {placed}
    before = [t for t in sorted(things) if t < pronoun and t not in beside and _agrees(tree, book, pronoun, t)]
    if _leads(tree, pronoun):
        spoken_of = [t for t in before if tree.labels[t] in SUBJECTS and not tree.case_of(t)]
        before = (spoken_of or before)[-1:]
    return before[0] if before else _animal(tree, book, things, pronoun)


def _animal(tree: Tree, book: Phrasebook, things: dict[int, Thing], pronoun: int) -> int | None:
    """The animal that "he" or "she" means where no person was named: "my dog. He is brown"."""
    if tree.lowers[pronoun] not in PERSONAL:
        return None
    animals = (t for t in sorted(things) if t < pronoun and tree.lemmas[t] in book.lists["animals"])
    return next((thing for thing in animals if tree.tags[thing] not in PLURAL_TAGS), None)


def _leads(tree: Tree, pronoun: int) -> bool:
    """Whether it says where something is that is named only after it: "in it are flowers"."""
    return bool(tree.case_of(pronoun)) and pronoun < tree.heads[pronoun]


def _placed_by(tree: Tree, pronoun: int, outer: list[int]) -> int | None:
    """The thing that the pronoun helps to place: "bricks" in "has bricks on it", the nearest above it else."""
    held = tree.child(tree.heads[pronoun], "obj")
    if held is not None and held != pronoun and tree.labels[pronoun] == "obl":
        return held
    if tree.labels[pronoun] == "nmod" and tree.heads[pronoun] in outer:
        return tree.heads[pronoun]
    return outer[0] if outer else None


def _things_above(tree: Tree, things: dict[int, Thing], token: int) -> list[int]:
    found = []
    for _ in range(len(tree)):
        head = tree.heads[token]
        subject = tree.child(head, "nsubj", "nsubj:pass")
        if subject is not None and subject in things and subject not in found and subject != token:
            found.append(subject)
        if head in things and head not in found:
            found.append(head)
        if head == token or len(found) > 4:
            break
        token = head
    return found


def _agrees(tree: Tree, book: Phrasebook, pronoun: int, thing: int) -> bool:
    word, person = tree.lowers[pronoun], tree.lemmas[thing] in book.lists["people"]
    if word in PERSONAL:
        return person and tree.tags[thing] not in PLURAL_TAGS
    if word in NEUTER:
        return not person and tree.tags[thing] not in PLURAL_TAGS
    return tree.tags[thing] in PLURAL_TAGS or person or bool(tree.all_children(thing, "conj"))


def same_thing(tree: Tree, things: dict[int, Thing], names: dict[str, int], name: str, token: int) -> int | None:
    """The earlier thing that "the street" means, if one has its name and nothing speaks against it."""
    earlier = names.get(name)
    det = tree.child(token, "det")
    if (
        earlier is None
        or det is None
        or tree.lowers[det] not in word_list("definite")
        or "another" in _order(tree, earlier)
    ):
        return None
    said = {a.text for a in things[token].attributes}
    known = {a.text for a in things[earlier].attributes}
    counted = things[token].quantity in (None, things[earlier].quantity)
    return earlier if said <= known and counted and _order(tree, token) <= _order(tree, earlier) else None


def _order(tree: Tree, noun: int) -> set[str]:
    """Words that tell one of a kind from the others: "the second car"."""
    return {tree.lowers[c] for c in tree.children[noun] if c < noun} & ORDER
