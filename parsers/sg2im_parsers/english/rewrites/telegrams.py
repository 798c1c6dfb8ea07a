"""Texts without little words: "beach palm trees hammock", "car red, house white", "lady on bench feeding pigeons"."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import groupby, pairwise

from sg2im_parsers.english.rewrites.attachment import is_absent
from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import PLURAL_TAGS, ROOT, Tree
from sg2im_parsers.english.word_lists import Phrasebook
from sg2im_parsers.sorted_table import SortedTable

LEAST_ITEMS = 3
"""So many things in a row are a list that lacks its commas; two may be one name."""

LEAST_NOUNS = 4
LONGEST_NAME = 3

Phrase = tuple[list[int], list[int]]
"""A noun with the nouns before it, and its qualities."""


def mend_telegrams(tree: Tree, book: Phrasebook) -> None:
    """Tell apart what no comma or little word does, in place."""
    phrases = _bare_list(tree, book)
    if phrases:
        _rebuild(tree, phrases)
        return
    for token in range(1, len(tree) - 1):
        if tree.labels[token] == "acl" and is_absent(tree, tree.heads[token]):
            _give_deed_to_one_who_is_there(tree, book, token)
        elif tree.lowers[token].endswith("ing") and tree.heads[token] > token and tree.is_noun(token - 1):
            _part_doer_and_deed(tree, book, token)


# ---- bare lists -------------------------------------------------------------------------------------------------


def _bare_list(tree: Tree, book: Phrasebook) -> list[Phrase]:
    """The things of a text that has nothing but nouns, what they are like, and commas; empty if it is no list."""
    parts: list[list[int]] = [[]]
    for token in range(len(tree)):
        if tree.lowers[token] in (",", "."):
            parts.append([])
        elif not tree.is_noun(token) and not _describes(tree, book, token):
            return []
        else:
            parts[-1].append(token)
    parts = [part for part in parts if part]
    if len(parts) == 1:
        return _without_commas(tree, book, parts[0])
    phrases = [_quality_last(tree, book, part) for part in parts]
    turned = [phrase for phrase in phrases if phrase is not None]
    return turned if len(turned) == len(parts) > 1 else []


def _describes(tree: Tree, book: Phrasebook, token: int) -> bool:
    return tree.tags[token] == "JJ" or tree.lowers[token] in book.lists["colours"]


def _quality_last(tree: Tree, book: Phrasebook, part: list[int]) -> Phrase | None:
    """Of "car red" the car; None for "red car" and "navy blue"."""
    *name, last = part
    shade = name and tree.lowers[name[-1]] in book.lists["shades"]
    if not name or shade or not _describes(tree, book, last) or any(_describes(tree, book, t) for t in name):
        return None
    return name, [last]


def _without_commas(tree: Tree, book: Phrasebook, part: list[int]) -> list[Phrase]:
    """Where one thing ends and the next starts: after a plural, before a quality, between nouns that are no name."""
    told = [_describes(tree, book, token) for token in part]
    if any(told):
        phrases = _by_qualities(tree, part, told)
        twice = sum(now and not before for before, now in zip([False, *told], told, strict=False)) > 1
        return phrases if twice and len(phrases) >= LEAST_ITEMS else []
    if len(part) < LEAST_NOUNS or _is_name(tree, part):
        return []
    phrases = [(name, []) for name in _names_in(tree, part)]
    plural = any(tree.tags[name[-1]] in PLURAL_TAGS for name, _ in phrases[:-1])
    return phrases if len(phrases) >= (LEAST_ITEMS if plural else LEAST_NOUNS) else []


def _names_in(tree: Tree, nouns: list[int]) -> list[list[int]]:
    """The longest names of a row of nouns, from its start."""
    names = []
    while nouns:
        length = next((n for n in range(LONGEST_NAME, 1, -1) if len(nouns) >= n and _is_name(tree, nouns[:n])), 1)
        names.append(nouns[:length])
        nouns = nouns[length:]
    return names


def _by_qualities(tree: Tree, part: list[int], told: list[bool]) -> list[Phrase]:
    """Qualities before each thing ("red car white house river") or behind each ("car red house white sky blue")."""
    if not told[0] and len(part) % 2 == 0 and not any(a == b for a, b in pairwise(told)):
        return [([a], [b]) for a, b in zip(part[::2], part[1::2], strict=True)]
    phrases: list[Phrase] = []
    rows = [list(row) for _, row in groupby(range(len(part)), key=lambda at: told[at])]
    for row, after in zip(rows, [*rows[1:], []], strict=True):
        if told[row[0]]:
            if not after:
                return []
            continue
        names = _names_in(tree, [part[at] for at in row])
        before = [part[at] for at in range(row[0]) if told[at] and all(told[between] for between in range(at, row[0]))]
        phrases += [(name, before if i == 0 else []) for i, name in enumerate(names)]
    return phrases


def _is_name(tree: Tree, nouns: list[int]) -> bool:
    before = [tree.lowers[token] for token in nouns[:-1]]
    return any(
        _names().find(" ".join([*before, last])) is not None
        for last in (tree.lemmas[nouns[-1]], tree.lowers[nouns[-1]])
    )


@cache
def _names() -> SortedTable:
    """WordNet's nouns; those of several words are names."""
    return SortedTable((files("sg2im_parsers") / "data" / "words.txt").read_bytes())


def _rebuild(tree: Tree, phrases: list[Phrase]) -> None:
    """Coordinate the things, each with its own name and qualities below it."""
    heads = [name[-1] for name, _ in phrases]
    for token in range(len(tree)):
        tree.attach(token, token, ROOT)
    for name, qualities in phrases:
        head = name[-1]
        if not tree.is_noun(head):
            tree.tags[head] = "NN"
        if head != heads[0]:
            tree.attach(head, heads[0], "conj")
        for token in name[:-1]:
            tree.attach(token, head, "compound")
        for token in qualities:
            tree.tags[token] = "JJ"
            tree.attach(token, head, "amod")
    for token in range(len(tree)):
        if tree.lowers[token] in (",", ".") and token != heads[0]:
            tree.attach(token, heads[0], "punct")


# ---- who does something after a place ---------------------------------------------------------------------------


def _part_doer_and_deed(tree: Tree, book: Phrasebook, verb: int) -> None:
    """Of "old lady on bench feeding pigeons", the lady feeds pigeons; nobody is on "bench feeding pigeons"."""
    noun, place = tree.heads[verb], verb - 1
    head = tree.heads[place]
    if tree.labels[verb] not in ("compound", "amod") or head not in (noun, verb) or tree.labels[place] != "compound":
        return
    case = [c for c in tree.all_children(noun, "case") if c < place]
    owner = tree.heads[noun]
    base = _base(tree, book, verb)
    if (
        not case
        or base is None
        or tree.labels[noun] not in ("nmod", "obl")
        or tree.lemmas[owner] not in book.lists["people"]
    ):
        return
    if tree.tags[noun] not in PLURAL_TAGS and verb + 1 == noun:
        return
    label = tree.labels[noun]
    for child in [c for c in tree.children[noun] if c < place]:
        tree.attach(child, place, tree.labels[child])
    tree.attach(place, owner, label)
    tree.attach(verb, owner, "acl")
    tree.attach(noun, verb, "obj")
    tree.tags[verb], tree.lemmas[verb] = "VBG", base


def _give_deed_to_one_who_is_there(tree: Tree, book: Phrasebook, verb: int) -> None:
    """Of "man in suit no tie holding briefcase", the man holds it."""
    people = [t for t in range(tree.heads[verb]) if tree.is_noun(t) and tree.lemmas[t] in book.lists["people"]]
    if people and tree.tags[verb] == "VBG":
        tree.attach(verb, people[-1], "acl")


def _base(tree: Tree, book: Phrasebook, verb: int) -> str | None:
    """What somebody does who is "feeding", if it is something that people do."""
    stem = tree.lowers[verb].removesuffix("ing")
    return next((base for base in (stem, f"{stem}e", stem[:-1]) if base in book.lists["deeds"]), None)


TELEGRAMS = Rewrite(
    name="telegrams",
    says="Tells apart what no comma or little word does: things of a bare list, and a place from what is done there.",
    apply=mend_telegrams,
    after=("universal labels", "wrong tags", "wrong edges"),
    examples=(
        Example("beach palm trees hammock coconut", gives=("palm trees", "hammock"), instead=("beach palm trees",)),
        Example(
            "car red, house white, sky blue",
            gives=("house | is | white", "sky | is | blue"),
        ),
    ),
)
