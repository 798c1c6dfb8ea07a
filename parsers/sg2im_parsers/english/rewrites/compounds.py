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
    while (
        end + 2 < len(tree)
        and tree.words[end + 1] == "-"
        and end + 1 not in tree.gone
        and _touch(tree, end)
        and _touch(tree, end + 1)
    ):
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


def join_sizes(tree: Tree, book: Phrasebook) -> None:
    """Make one adjective of "two year old" and of "ten story" before a noun: they count no boys and no buildings."""
    for token in range(len(tree) - 2):
        if token in tree.gone or tree.tags[token] != "CD":
            continue
        size = tree.lemmas[token + 2] in book.lists["sizes"] and tree.lemmas[token + 1] in book.lists["units"]
        end = token + 2 if size else token + 1
        if end + 1 < len(tree) and _comes_before_a_noun(tree, end) and (size or _is_one_of_a_kind(tree, token)):
            _join_size(tree, range(token, end + 1))


def _comes_before_a_noun(tree: Tree, end: int) -> bool:
    """Whether an adjective that ends here says how the noun after it is: in "a boy two years old", it does not."""
    after = end + 1
    while after < len(tree) - 1 and tree.tags[after] in ("JJ", "VBN") and after not in tree.gone:
        after += 1
    return tree.is_noun(after) and after not in tree.gone


def _is_one_of_a_kind(tree: Tree, token: int) -> bool:
    """Whether "a" before a number above one shows that the noun after it only measures: "a ten story building"."""
    before = token and tree.lowers[token - 1] in ("a", "an")
    noun, after = token + 1, token + 2
    single = tree.tags[noun] == "NN" and tree.tags[after] == "NN" and tree.lowers[noun] not in ("dozen", "pair")
    return bool(before) and tree.lowers[token] not in ("one", "1") and single and tree.heads[noun] == after


def _join_size(tree: Tree, span: range) -> None:
    last, noun = span[-1], span[-1] + 1
    while not tree.is_noun(noun):
        noun += 1
    while tree.is_noun(noun) and tree.labels[noun] == "compound" and tree.heads[noun] > noun:
        noun = tree.heads[noun]
    for token in span:
        tree.move_children(token, noun)
    if any(tree.has_ancestor(noun, token) for token in span):
        tree.put_in_place_of(noun, next(token for token in span if tree.has_ancestor(noun, token)))
    for token in span[:-1]:
        tree.remove(token)
    tree.attach(last, noun, "amod")
    tree.lowers[last] = tree.lemmas[last] = "-".join(tree.lowers[token] for token in span)
    tree.tags[last], tree.units[last] = "JJ", tuple(span)


def open_wearers(tree: Tree, book: Phrasebook) -> None:
    """Tell "helmet wearing man" as "man wearing helmet"."""
    people = book.lists["people"]
    for verb in range(1, len(tree) - 1):
        if tree.tags[verb] not in ("VBG", "NN", "JJ") or tree.lowers[verb] not in book.lists["wearing"]:
            continue
        hyphen = tree.words[verb - 1] == "-"
        worn, wearer = verb - 2 if hyphen else verb - 1, verb + 1
        if worn < 0 or not (tree.is_noun(worn) and tree.is_noun(wearer)) or {worn, wearer} & tree.gone:
            continue
        if tree.lemmas[worn] not in people and (hyphen or tree.lemmas[wearer] in people):
            _open_wearer(tree, worn, verb, wearer)


def _open_wearer(tree: Tree, worn: int, verb: int, wearer: int) -> None:
    top = next((t for t in (worn, verb) if tree.has_ancestor(wearer, t)), None)
    highest = worn if top is not None and tree.has_ancestor(verb, worn) else top
    if highest is not None:
        tree.put_in_place_of(wearer, highest)
    for token in (worn, verb):
        tree.move_children(token, wearer, "compound", "amod")
    if verb - worn == 2:
        tree.remove(verb - 1)
    tree.attach(verb, wearer, "acl")
    tree.attach(worn, verb, "obj")
    tree.tags[verb] = "VBG"


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


SIZES = Rewrite(
    name="sizes",
    says='Makes one adjective of "two year old" and of "ten story".',
    apply=join_sizes,
    after=("wrong edges", "hyphens"),
    examples=(
        Example("a two year old boy on a bed", gives=("boy | is | two-year-old",), instead=("year | is | 2",)),
        Example("a ten story building", gives=("building | is | ten-story",), instead=("building | is | 10",)),
    ),
)


WEARERS = Rewrite(
    name="wearers",
    says='Tells "helmet wearing man" as "man wearing helmet".',
    apply=open_wearers,
    after=("wrong edges",),
    examples=(
        Example("a helmet wearing man on a horse", gives=("man | wear | helmet",), instead=("helmet | wear | man",)),
    ),
)


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
