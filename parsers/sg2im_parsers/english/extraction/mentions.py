"""Nouns and what is said of them: from noun phrases to objects with names, attributes and numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from sg2im_parsers.english.conventions import NAME, NOTHING, QUALITY, WHOLE
from sg2im_parsers.english.extraction.modifiers import Attribute, attributes, is_shade
from sg2im_parsers.english.tree import PLURAL_TAGS, Measured, Place, Tree
from sg2im_parsers.english.word_lists import Phrasebook, word_list

NAME_LABELS = frozenset({"compound", "flat", "goeswith", "nmod", "nmod:unmarked", "nmod:npmod", "dep", "flat:name"})
"""Labels of nouns that belong to the name of the noun after them, if no preposition leads to them."""

DESCRIBING = ("JJ", "VBG", "VBN", "VBD", "RB")
"""Tags of modifiers that say how a thing is; others belong to its name."""

NO_THINGS = frozenset({"fixed", "goeswith", "case", "advmod", "mark", "cc", "punct", "discourse", "gone", "obl:tmod"})
NOUN_PLACES = frozenset({"nsubj", "obj", "obl", "nmod", "nsubj:pass", "obl:agent", "nmod:poss"})
RECIPROCALS = frozenset({"each other", "eachother"})
LONGEST_NAME = 8
"""Words of the longest name; a longer row of nouns is a list that lacks its commas."""

TALKED_OF = 3
"""So many words that belong to a noun make a thing even of one that people hardly ever draw."""


@dataclass(slots=True)
class Thing:
    """A noun that will be an object of the graph.

    Attributes:
        head: position of the noun.
        name: words of its name, head last.
        unsaid: words of its name that people leave out: "train" of "train station".
        attributes: in the order of the sentence once sorted.
        number_words: words that say how many.
        quantity: an exact number.
        amount: how many are meant, vague numbers too.
        text: what to call it, if that is not its name as written.
        place: where in the picture it is.
        like: position of the thing of whose kind it is one more: "two cats" for "each other".
    """

    head: int
    name: tuple[int, ...]
    unsaid: set[int] = field(default_factory=set)
    attributes: list[Attribute] = field(default_factory=list)
    number_words: tuple[int, ...] = ()
    quantity: int | None = None
    amount: int | None = None
    text: str | None = None
    like: int | None = None
    place: Place | None = None


def find_things(tree: Tree, book: Phrasebook) -> dict[int, Thing]:
    """Every noun that is a thing of its own, by position; compounds belong to their head."""
    things: dict[int, Thing] = {}
    for token in range(len(tree)):
        if token not in tree.gone and is_thing(tree, book, token):
            things[token] = _thing(tree, book, token)
    for token, how_many in tree.measured.items():
        if token in things:
            _add_measure(things[token], how_many)
    return things


def is_thing(tree: Tree, book: Phrasebook, token: int) -> bool:
    """Whether a token is a noun with a place of its own in the sentence."""
    label = tree.labels[token]
    if not tree.is_noun(token):
        return label in NOUN_PLACES and _has_article(tree, token) and not tree.tags[token].startswith(("PRP", "W"))
    if label in NO_THINGS or (tree.lemmas[token] in book.lists["no_things"] and not _is_named(tree, token)):
        return False
    if is_material(tree, book, token) or _is_time(tree, book, token):
        return False
    if tree.lowers[token] in RECIPROCALS or token in tree.denied or _names_nothing(tree, book, token):
        return False
    return not is_modifier(tree, token) or is_whole(tree, book, token)


def _is_named(tree: Tree, token: int) -> bool:
    """Whether a word that mostly names no thing is one here: "a back door", "a bag on his back"."""
    owner = tree.child(token, "nmod:poss")
    own = tree.lemmas[token] == "back" and owner is not None and tree.child(token, "nmod") is None
    return own or tree.child(token, "compound") is not None


def is_material(tree: Tree, book: Phrasebook, token: int) -> bool:
    """Whether a noun only says what something is made of or looks like: "the wall is brick", "the sand is grey"."""
    subject = tree.child(token, "nsubj")
    if (
        subject is None
        or tree.tags[subject] == "DT"
        or tree.child(token, "cop") is None
        or tree.case_of(token)
        or tree.child(token, "det") is not None
    ):
        return False
    return tree.lemmas[token] in book.lists["qualities"] or tree.lowers[token] in book.lists["colours"]


def _is_time(tree: Tree, book: Phrasebook, token: int) -> bool:
    """Whether it says when the picture was taken: "at sunset"."""
    case = [tree.lowers[word] for word in tree.case_of(token)]
    timed = len(case) == 1 and case[0] in book.lists["time_prepositions"]
    return timed and tree.lemmas[token] in book.lists["times"]


def _names_nothing(tree: Tree, book: Phrasebook, token: int) -> bool:
    """Whether people hardly ever draw it, and this time little is said of it."""
    return book.conventions.is_absent(tree.lemmas[token]) and len(tree.children[token]) < TALKED_OF


def is_modifier(tree: Tree, token: int) -> bool:
    """Whether a noun stands before its head as part of a compound: "traffic" in "traffic light"."""
    label, head = tree.labels[token], tree.heads[token]
    before = token < head and tree.is_noun(token) and tree.is_noun(head)
    return before and (label in NAME_LABELS or label == "amod") and not tree.case_of(token)


def is_whole(tree: Tree, book: Phrasebook, token: int) -> bool:
    """Whether a compound names a whole and its part: "tree" in "tree branch"."""
    head = tree.heads[token]
    return is_modifier(tree, token) and not is_modifier(tree, head) and role(tree, book, token, head) == WHOLE


def role(tree: Tree, book: Phrasebook, word: int, head: int) -> str:
    """What a word before a noun is: part of its name, a quality, what has it, or nothing worth saying."""
    if _belongs_to_name(tree, book, word, head):
        return NAME
    if word and book.conventions.is_phrase(tree.lowers[word - 1], tree.lowers[word]):
        return QUALITY
    agreed = book.conventions.compound(tree.lowers[word], tree.lemmas[head], is_noun=tree.is_noun(word))
    if agreed is not None and not (agreed == WHOLE and not tree.is_noun(word)):
        return agreed
    if tree.tags[word].startswith(DESCRIBING) or _in(tree, book, "qualities", word):
        return QUALITY
    return WHOLE if _in(tree, book, "parts", head) and not _in(tree, book, "parts", word) else NAME


def _in(tree: Tree, book: Phrasebook, name: str, token: int) -> bool:
    words = book.lists[name]
    return tree.lemmas[token] in words or tree.lowers[token] in words


def _has_article(tree: Tree, token: int) -> bool:
    det = tree.child(token, "det")
    return det is not None and tree.lowers[det] in word_list("articles")


def _thing(tree: Tree, book: Phrasebook, head: int) -> Thing:
    name, thing = [head], Thing(head, ())
    if tree.labels[head] == "nmod:has":
        thing.text = tree.lemmas[head]
    for child in tree.children[head]:
        label = tree.labels[child]
        counts = label == "nummod" or tree.tags[child] == "CD" or child in tree.numbers
        if child < head and counts and not label.startswith("nsubj"):
            _add_number(tree, thing, child)
        elif label == "amod" or (child < head and label == "compound") or is_modifier(tree, child):
            _add_modifier(tree, book, thing, child, name)
        elif label.startswith("det"):
            _add_determiner(tree, book, thing, child)
    thing.name = tuple(sorted(w for t in name for w in tree.unit(t)))
    return thing


def _add_modifier(tree: Tree, book: Phrasebook, thing: Thing, child: int, name: list[int]) -> None:
    said = role(tree, book, child, thing.head)
    if is_whole(tree, book, child):
        return
    if is_shade(tree, book, child) and not _belongs_to_name(tree, book, child, thing.head):
        return
    if said in (NAME, WHOLE) or (said == NOTHING and tree.is_noun(child)):
        _add_to_name(tree, book, thing, child, name, unsaid=said == NOTHING)
    elif said == QUALITY:
        _add_quality(tree, book, thing, child)


def _add_to_name(tree: Tree, book: Phrasebook, thing: Thing, child: int, name: list[int], *, unsaid: bool) -> None:
    """Take a word into the name, and what stands before it: "wine" and "red" of "red wine glass"."""
    name.append(child)
    if unsaid:
        thing.unsaid.add(child)
    for inner in tree.children[child]:
        before = inner < child and (tree.labels[inner] == "amod" or is_modifier(tree, inner))
        if before and len(name) < LONGEST_NAME:
            _add_modifier(tree, book, thing, inner, name)


def _add_quality(tree: Tree, book: Phrasebook, thing: Thing, child: int) -> None:
    for number in tree.all_children(child, "nummod"):
        _add_number(tree, thing, number)
    amount = book.amounts.get(tree.lowers[child])
    if amount is not None and thing.amount is None:
        thing.amount, thing.number_words = amount, (*thing.number_words, child)
    thing.attributes += attributes(tree, book, child)


def _belongs_to_name(tree: Tree, book: Phrasebook, child: int, head: int) -> bool:
    return f"{tree.lowers[child]} {tree.lemmas[head]}" in book.lists["names"]


def _add_number(tree: Tree, thing: Thing, child: int) -> None:
    number = tree.numbers.get(child)
    if number is not None:
        thing.quantity, thing.amount = number.value if number.exact else None, number.value
        thing.number_words = tuple(sorted({*thing.number_words, *number.words}))


def _add_determiner(tree: Tree, book: Phrasebook, thing: Thing, child: int) -> None:
    word = tree.lowers[child]
    if word == "both" and tree.tags[thing.head] in PLURAL_TAGS:
        thing.quantity = thing.amount = 2
        thing.number_words = (child,)
    elif word in book.amounts and thing.amount is None:
        thing.amount, thing.number_words = book.amounts[word], (child,)


def _add_measure(thing: Thing, how_many: Measured) -> None:
    thing.number_words = tuple(sorted({*thing.number_words, *how_many.words}))
    thing.amount = thing.amount or how_many.measure.amount
    if how_many.measure.exact:
        thing.quantity = how_many.measure.amount
    if how_many.measure.quality:
        thing.attributes.append(Attribute(how_many.measure.quality, how_many.words))
