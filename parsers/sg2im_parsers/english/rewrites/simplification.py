"""Rewritings that let the rules see plain trees: hyphens, "there is", "a group of", "trying to"."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Measure, Phrasebook

MODIFIERS = frozenset({"compound", "amod", "nummod", "nmod", "dep", "advmod", "obl:npmod"})
PLACES_IN_A_SENTENCE = ("nsubj", "nmod", "obl", "obj", "appos")


@dataclass(frozen=True, slots=True)
class Measured:
    """A noun that stands after "of": the words before it, and what they say."""

    words: tuple[int, ...]
    measure: Measure


def join_hyphens(tree: Tree, book: Phrasebook) -> None:
    """Make one token of "t-shirt" and of "two-story": its last part stands for all."""
    start = 0
    while start < len(tree) - 2:
        end = _end_of_hyphens(tree, start)
        if end > start and not _is_derived(book, tree.lowers[end]):
            _join(tree, range(start, end + 1))
        start = end + 1


def _end_of_hyphens(tree: Tree, start: int) -> int:
    end = start
    while end + 2 < len(tree) and tree.words[end + 1] == "-" and _touch(tree, end) and _touch(tree, end + 1):
        end += 2
    return end


def _touch(tree: Tree, token: int) -> bool:
    return tree.starts[token] + len(tree.words[token]) == tree.starts[token + 1]


def _join(tree: Tree, span: range) -> None:
    last = span[-1]
    top = next((t for t in span if tree.heads[t] not in span or tree.is_root(t)), last)
    if top != last:
        tree.put_in_place_of(last, top) if tree.has_ancestor(last, top) else None
    for token in span[:-1]:
        tree.move_children(token, last)
        tree.remove(token)
    word = "".join(tree.lowers[t] for t in span)
    tree.lowers[last] = tree.lemmas[last] = word
    tree.units[last] = tuple(span)
    if tree.labels[last] in MODIFIERS and not tree.case_of(last) and len(tree.words[span[0]]) > 1:
        tree.tags[last], tree.labels[last] = "JJ", "amod"


def _is_derived(book: Phrasebook, word: str) -> bool:
    return word in book.derived or word in book.fillers


def open_participles(tree: Tree, book: Phrasebook) -> None:
    """Tell "snow covered hill" as "hill covered with snow" and "brown haired man" as "man with brown hair"."""
    known = book.fillers.keys() | book.derived.keys() | book.lists["suffixes"]
    for token in range(1, len(tree)):
        if tree.lowers[token] not in known or token in tree.gone:
            continue
        before = token - 2 if tree.words[token - 1] == "-" and token > 1 else token - 1
        _put_before_noun(tree, token, before)
        if tree.labels[token] in ("amod", "compound") and tree.heads[token] > token:
            _open_participle(tree, book, token, before)


def _put_before_noun(tree: Tree, token: int, before: int) -> None:
    """Read "cloud filled sky" as a noun phrase where the parser saw "cloud (that) filled sky"."""
    noun = tree.child(token, "obj")
    if noun is None or noun < token or tree.child(noun, "det", "nmod:poss") is not None:
        return
    top = before if tree.labels[token] == "acl" and (tree.is_noun(before) or tree.tags[before] == "JJ") else token
    if (top == token and tree.heads[before] != token) or tree.has_ancestor(before, noun):
        return
    tree.put_in_place_of(noun, top)
    for word in (before, token):
        tree.move_children(word, noun, "amod", "compound")
    tree.attach(token, noun, "amod")
    tree.attach(before, noun, "compound" if tree.is_noun(before) else "amod")


def _open_participle(tree: Tree, book: Phrasebook, token: int, before: int) -> None:
    word, head = tree.lowers[token], tree.heads[token]
    if word in book.fillers and tree.is_noun(before):
        _hang_filler(tree, book, token, before)
    elif word in book.derived:
        tree.tags[token], tree.labels[token], tree.lemmas[token] = "NN", "nmod:has", book.derived[word]
        if tree.tags[before] in ("JJ", "NN", "VBN") and tree.heads[before] in (head, token):
            tree.attach(before, token, "amod")


def _hang_filler(tree: Tree, book: Phrasebook, token: int, filler: int) -> None:
    noun = tree.heads[token]
    tree.tags[token], tree.labels[token], tree.lemmas[token] = "VBN", "acl", book.fillers[tree.lowers[token]]
    if not tree.has_ancestor(noun, filler):
        tree.attach(filler, token, "obl:with")


def promote_existentials(tree: Tree) -> None:
    """Tell "there is a dog on the bed" as "a dog on the bed"."""
    for be in range(len(tree)):
        if tree.lemmas[be] != "be" or be in tree.gone:
            continue
        noun = tree.child(be, "nsubj")
        if tree.child(be, "expl") is not None and noun is not None and not tree.labels[be].startswith("aux"):
            tree.put_in_place_of(noun, be)
            tree.labels[be] = "cop"
            tree.move_children(be, noun)
            for place in tree.all_children(noun, "obl"):
                tree.labels[place] = "nmod"


def join_sides(tree: Tree, book: Phrasebook) -> None:
    """Tell "against the back of a bench" as "against a bench"."""
    for token in range(len(tree)):
        if tree.lowers[token] not in book.lists["sides"] or token in tree.gone or token in tree.cases:
            continue
        of = tree.child(token, "nmod")
        if of is not None and _after_of(tree, of) and tree.is_noun(of) and tree.case_of(token):
            case = tree.case_of(token)
            for word in tree.case_of(of):
                tree.remove(word)
            tree.put_in_place_of(of, token)
            tree.cases[of] = case
            tree.remove(token)


def join_measures(tree: Tree, book: Phrasebook) -> dict[int, Measured]:
    """Let "people" stand where "a group of people" stood.

    Returns:
        For each noun that was measured, by what.
    """
    found: dict[int, Measured] = {}
    for token in range(len(tree)):
        measure = _measure(tree, book, token)
        if measure is None or token in tree.gone:
            continue
        noun = next((n for n in tree.all_children(token, "nmod") if _after_of(tree, n)), None)
        if noun is not None and tree.is_noun(noun):
            if measure.quality == tree.lemmas[token]:
                measure = replace(measure, quality=tree.lowers[token])
            found[noun] = Measured(_replace_by(tree, token, noun), measure)
    return found


def _measure(tree: Tree, book: Phrasebook, token: int) -> Measure | None:
    """How a noun before "of" measures what follows; "two of the dogs" are two dogs."""
    number = tree.numbers.get(token)
    if number is not None:
        return Measure(amount=number.value, exact=number.exact and number.value > 1)
    if tree.lemmas[token] in book.lists["shoals"]:
        of = tree.child(token, "nmod")
        return Measure(amount=3) if of is not None and tree.lemmas[of] in book.lists["shoaling"] else None
    return book.measures.get(tree.lemmas[token]) or book.measures.get(tree.lowers[token])


def _after_of(tree: Tree, noun: int) -> bool:
    return [tree.lowers[c] for c in tree.case_of(noun)] == ["of"]


def _replace_by(tree: Tree, token: int, noun: int) -> tuple[int, ...]:
    of = tree.case_of(noun)
    for word in of:
        tree.remove(word)
    tree.put_in_place_of(noun, token)
    if token in tree.cases:
        tree.cases[noun] = tree.cases.pop(token)
    number = tree.all_children(token, "nummod")
    tree.move_children(token, noun, "det", "amod", "nummod", "compound")
    before = tree.all_children(token, "det", "amod")
    for word in (*before, *number, token):
        tree.remove(word)
    return tuple(sorted((*number, token, *of)))


def skip_helper_verbs(tree: Tree, book: Phrasebook) -> None:
    """Let "catch" stand where "trying to catch" stood."""
    helpers = book.lists["helper_verbs"]
    for token in range(len(tree)):
        if tree.lemmas[token] not in helpers or token in tree.gone or tree.child(token, "obj") is not None:
            continue
        verb = tree.child(token, "xcomp", "advcl", "ccomp")
        if verb is not None and tree.is_verb(verb) and verb > token and tree.child(verb, "nsubj") is None:
            tree.put_in_place_of(verb, token)
            tree.move_children(token, verb)
            tree.remove(token)
