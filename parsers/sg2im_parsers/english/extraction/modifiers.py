"""What words before a noun say of it: "dark brown", "black and white", "two-story"."""

from __future__ import annotations

from dataclasses import dataclass

from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Phrasebook

MODIFIERS = frozenset({"amod", "compound", "dep", "nmod", "obl:npmod", "nummod"})


@dataclass(slots=True)
class Attribute:
    """What is said of a thing, and the words it was made of."""

    text: str
    words: tuple[int, ...]


def attributes(tree: Tree, book: Phrasebook, word: int) -> list[Attribute]:
    """What a modifier says, and those coordinated with it and before it: "black" and "white", "old" and "metal"."""
    said: list[Attribute] = []
    for other in (word, *tree.children[word]):
        coordinated = tree.labels[other] == "conj" and tree.child(other, "nsubj") is None
        if other == word or coordinated or (tree.labels[other] in MODIFIERS and other < word):
            listed = tree.lowers[other] in book.lists["not_qualities"] or tree.tags[other] in ("RB", "CC", "DT", "CD")
            if not listed and not is_shade(tree, book, other) and other not in tree.negated:
                said.append(attribute(tree, book, other))
    return said


def attribute(tree: Tree, book: Phrasebook, word: int) -> Attribute:
    """An adjective or participle with the shade before it: "dark brown", "partly cloudy"."""
    words = [word]
    before = word - 1
    if before >= 0 and (is_shade(tree, book, before) or tree.lowers[before] in book.lists["telling_adverbs"]):
        words.insert(0, before)
    units = tuple(sorted({u for w in words for u in tree.unit(w)}))
    text = tree.lowers[word] if len(words) == 1 and "-" in tree.lowers[word] else join_words(tree, units)
    colour = text.removesuffix(" colored").removesuffix(" coloured")
    if colour in book.lists["colours"]:
        text = colour
    return Attribute(book.conventions.attribute(book.attribute_forms.get(text, text)), units)


def join_words(tree: Tree, words: tuple[int, ...]) -> str:
    """The words in lower case, with a space where the text has one."""
    if len(words) == 1:
        return tree.words[words[0]].lower()
    parts: list[str] = []
    for place, word in enumerate(words):
        before = words[place - 1]
        if place and tree.starts[before] + len(tree.words[before]) < tree.starts[word]:
            parts.append(" ")
        parts.append(tree.words[word].lower())
    return "".join(parts)


def is_shade(tree: Tree, book: Phrasebook, word: int) -> bool:
    """Whether a modifier belongs to the one after it: "dark" to "brown", "dome" to "shaped"."""
    after = word + 1
    if after >= len(tree) or after in tree.gone:
        return False
    if tree.labels[after] not in MODIFIERS and tree.child(after, "cop") is None:
        return False
    both = tree.lowers[word], tree.lowers[after]
    if both[1] in book.lists["suffixes"] or book.conventions.is_phrase(*both):
        return True
    return tree.lowers[word] in book.lists["shades"] and tree.lowers[after] in book.lists["colours"]
