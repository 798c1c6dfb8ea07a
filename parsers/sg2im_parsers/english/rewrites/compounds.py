"""Words put together: "t-shirt", "snow covered hill", "brown haired man"."""

from __future__ import annotations

from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Phrasebook

MODIFIERS = frozenset({"compound", "amod", "nummod", "nmod", "dep", "advmod", "obl:npmod"})


def join_hyphens(tree: Tree, book: Phrasebook) -> None:
    """Make one token of "t-shirt" and of "two-story": its last part stands for all."""
    if "-" not in tree.words:
        return
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
    suffixes = book.lists["suffixes"]
    for token, word in enumerate(tree.lowers):
        known = word in book.fillers or word in book.derived or word in suffixes
        if not known or not token or token in tree.gone:
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


HYPHENS = Rewrite(
    name="hyphens",
    says="Makes one word of what hyphens join.",
    apply=join_hyphens,
    after=("wrong edges",),
    examples=(
        Example(
            "a two-story building",
            gives=("building | is | two-story",),
            instead=("building | is | 2", "building | is | story"),
        ),
    ),
)


PARTICIPLES = Rewrite(
    name="participles",
    says='Tells "snow covered hill" as "hill covered with snow" and "brown haired man" as "man with brown hair".',
    apply=open_participles,
    after=("wrong edges",),
    examples=(
        Example("a man on a snow covered hill", gives=("snow | cover | hill",), instead=("hill | is | snow",)),
        Example(
            "a brown haired man on a horse",
            gives=("man | have | hair", "hair | is | brown"),
            instead=("man | is | brown",),
        ),
    ),
)
