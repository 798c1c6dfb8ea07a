"""Nouns and what is said of them: from noun phrases to objects with names, attributes and numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from sg2im_parsers.attachment import is_absent
from sg2im_parsers.phrasebook import Phrasebook
from sg2im_parsers.simplify import Measured
from sg2im_parsers.tree import PLURAL_TAGS, Tree

NAME_LABELS = frozenset({"compound", "flat", "goeswith", "nmod", "nmod:unmarked", "nmod:npmod", "dep", "flat:name"})
"""Labels of nouns that belong to the name of the noun after them, if no preposition leads to them."""

MODIFIERS = frozenset({"amod", "compound", "dep", "nmod", "obl:npmod", "nummod"})
DESCRIBING = ("JJ", "VBG", "VBN", "VBD", "RB")
"""Tags of modifiers that say how a thing is; others belong to its name."""

NO_THINGS = frozenset({"fixed", "goeswith", "case", "advmod", "mark", "cc", "punct", "discourse", "gone", "obl:tmod"})
NOUN_PLACES = frozenset({"nsubj", "obj", "obl", "nmod", "nsubj:pass", "obl:agent", "nmod:poss"})
ARTICLES = frozenset({"a", "an", "the"})


@dataclass(slots=True)
class Attribute:
    """What is said of a thing, and the words it was made of."""

    text: str
    words: tuple[int, ...]


@dataclass(slots=True)
class Thing:
    """A noun that will be an object of the graph.

    Attributes:
        head: position of the noun.
        name: words of its name, head last.
        attributes: in the order of the sentence once sorted.
        number_words: words that say how many.
        quantity: an exact number.
        amount: how many are meant, vague numbers too.
        text: what to call it, if that is not its name as written.
    """

    head: int
    name: tuple[int, ...]
    attributes: list[Attribute] = field(default_factory=list)
    number_words: tuple[int, ...] = ()
    quantity: int | None = None
    amount: int | None = None
    text: str | None = None


def find_things(tree: Tree, book: Phrasebook, measured: dict[int, Measured]) -> dict[int, Thing]:
    """Every noun that is a thing of its own, by position; compounds belong to their head."""
    things: dict[int, Thing] = {}
    for token in range(len(tree)):
        if token not in tree.gone and is_thing(tree, book, token):
            things[token] = _thing(tree, book, token)
    for token, how_many in measured.items():
        if token in things:
            _add_measure(things[token], how_many)
    return things


def is_thing(tree: Tree, book: Phrasebook, token: int) -> bool:
    """Whether a token is a noun with a place of its own in the sentence."""
    label = tree.labels[token]
    if not tree.is_noun(token):
        return label in NOUN_PLACES and _has_article(tree, token) and not tree.tags[token].startswith(("PRP", "W"))
    if label in NO_THINGS or tree.lemmas[token] in book.lists["no_things"]:
        return False
    if is_absent(tree, token):
        return False
    return not is_modifier(tree, token) or is_whole(tree, book, token)


def is_modifier(tree: Tree, token: int) -> bool:
    """Whether a noun stands before its head as part of a compound: "traffic" in "traffic light"."""
    label, head = tree.labels[token], tree.heads[token]
    before = token < head and tree.is_noun(token) and tree.is_noun(head)
    return before and (label in NAME_LABELS or label == "amod") and not tree.case_of(token)


def is_whole(tree: Tree, book: Phrasebook, token: int) -> bool:
    """Whether a compound names a whole and its part: "tree" in "tree branch"."""
    head = tree.heads[token]
    if tree.labels[token] == "amod" or not _in(tree, book, "parts", head) or _belongs_to_name(tree, book, token, head):
        return False
    return not (_in(tree, book, "qualities", token) or _in(tree, book, "parts", token)) and not is_modifier(tree, head)


def _in(tree: Tree, book: Phrasebook, name: str, token: int) -> bool:
    words = book.lists[name]
    return tree.lemmas[token] in words or tree.lowers[token] in words


def _has_article(tree: Tree, token: int) -> bool:
    det = tree.child(token, "det")
    return det is not None and tree.lowers[det] in ARTICLES


def _thing(tree: Tree, book: Phrasebook, head: int) -> Thing:
    name, thing = [head], Thing(head, ())
    if tree.labels[head] == "nmod:has":
        thing.text = tree.lemmas[head]
    for child in tree.children[head]:
        label = tree.labels[child]
        if child < head and (label == "nummod" or tree.tags[child] == "CD"):
            _add_number(tree, book, thing, child)
        elif label == "amod" or (child < head and label == "compound") or is_modifier(tree, child):
            _add_modifier(tree, book, thing, child, name)
        elif label.startswith("det"):
            _add_determiner(tree, book, thing, child)
    thing.name = tuple(sorted(w for t in name for w in tree.unit(t)))
    return thing


def _add_modifier(tree: Tree, book: Phrasebook, thing: Thing, child: int, name: list[int]) -> None:
    if _belongs_to_name(tree, book, child, thing.head):
        name.append(child)
        return
    if not tree.tags[child].startswith(DESCRIBING):
        if is_whole(tree, book, child) or _is_shade(tree, book, child):
            return
        if not _in(tree, book, "qualities", child):
            name.append(child)
            for inner in tree.children[child]:
                if inner < child and (tree.labels[inner] == "amod" or is_modifier(tree, inner)):
                    _add_modifier(tree, book, thing, inner, name)
            return
    for number in tree.all_children(child, "nummod"):
        _add_number(tree, book, thing, number)
    amount = book.amounts.get(tree.lowers[child])
    if amount is not None and thing.amount is None:
        thing.amount, thing.number_words = amount, (*thing.number_words, child)
    thing.attributes += attributes(tree, book, child)


def _is_shade(tree: Tree, book: Phrasebook, word: int) -> bool:
    """Whether a modifier belongs to the one after it: "dark" to "brown", "dome" to "shaped"."""
    after = word + 1
    if after >= len(tree) or after in tree.gone or tree.labels[after] not in MODIFIERS:
        return False
    if tree.lowers[after] in book.lists["suffixes"]:
        return True
    return tree.lowers[word] in book.lists["shades"] and tree.lowers[after] in book.lists["colours"]


def _belongs_to_name(tree: Tree, book: Phrasebook, child: int, head: int) -> bool:
    return f"{tree.lowers[child]} {tree.lemmas[head]}" in book.lists["names"]


def attributes(tree: Tree, book: Phrasebook, word: int) -> list[Attribute]:
    """What a modifier says, and those coordinated with it and before it: "black" and "white", "old" and "metal"."""
    said: list[Attribute] = []
    for other in (word, *tree.children[word]):
        if other == word or tree.labels[other] == "conj" or (tree.labels[other] in MODIFIERS and other < word):
            listed = tree.lowers[other] in book.lists["not_qualities"] or tree.tags[other] in ("RB", "CC", "DT", "CD")
            if not listed and not _is_shade(tree, book, other):
                said.append(attribute(tree, book, other))
    return said


def attribute(tree: Tree, book: Phrasebook, word: int) -> Attribute:
    """An adjective or participle with the shade before it: "dark brown", "partly cloudy"."""
    words = [word]
    before = word - 1
    if before >= 0 and (_is_shade(tree, book, before) or tree.lowers[before] in book.lists["telling_adverbs"]):
        words.insert(0, before)
    units = tuple(sorted({u for w in words for u in tree.unit(w)}))
    text = join_words(tree, units)
    return Attribute(book.attribute_forms.get(text, text), units)


def join_words(tree: Tree, words: tuple[int, ...]) -> str:
    """The words in lower case, with a space where the text has one."""
    parts: list[str] = []
    for place, word in enumerate(words):
        before = words[place - 1]
        if place and tree.starts[before] + len(tree.words[before]) < tree.starts[word]:
            parts.append(" ")
        parts.append(tree.words[word].lower())
    return "".join(parts)


def _add_number(tree: Tree, book: Phrasebook, thing: Thing, child: int) -> None:
    word = tree.lowers[child]
    number = int(word) if word.isdecimal() and len(word) < 5 else book.numbers.get(word)
    if number:
        thing.quantity = thing.amount = number
        thing.number_words = (*thing.number_words, *tree.unit(child))


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
    if how_many.measure.quality:
        thing.attributes.append(Attribute(how_many.measure.quality, how_many.words))
