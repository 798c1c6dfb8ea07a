"""What a text says is not there or not so: "a street without cars", "a man not wearing a hat", "the car is not red"."""

from __future__ import annotations

from collections.abc import Iterator

from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Phrasebook, word_list, word_lists

OWN = frozenset({"amod", "compound", "nummod", "det", "case", "advmod", "cc:preconj"})
"""Labels of words that go with a noun that is not there."""


def find_denied(tree: Tree, book: Phrasebook) -> None:
    """Fill `Tree.denied` with nouns that are said not to be there, `Tree.negated` with what is said not to be so."""
    if not _denies(tree, book):
        return
    for token in range(len(tree)):
        if token in tree.gone:
            continue
        if tree.is_noun(token):
            if tree.lowers[token] in word_list("nobody"):
                tree.denied.add(token)
                tree.denied.update(_done_by_none(tree, token))
            elif _is_none(tree, token) or _shares_denial(tree, token) or _is_replaced(tree, token):
                tree.denied.add(token)
        elif _is_negated(tree, token):
            quality = _negated_quality(tree, token)
            tree.negated.add(token if quality is None else quality)
            if quality is not None:
                continue
            tree.denied.update(_indefinite(tree, token, "obj", "obl"))
        elif tree.lemmas[token] in word_list("lacking"):
            tree.negated.add(token)
            tree.denied.update(tree.all_children(token, "obj"))
        elif tree.lowers[token] in word_list("free_of"):
            lacking = [n for n in tree.all_children(token, "obl", "nmod") if _case(tree, n) == ["of"]]
            tree.denied.update(lacking)
            tree.negated.update([token] if lacking else [])
    for noun in list(tree.denied):
        tree.denied.update(_carried(tree, book, noun))


def _denies(tree: Tree, book: Phrasebook) -> bool:
    """Whether there is a word without which nothing is denied."""
    denying = word_lists("not", "no", "nobody", "free_of") | {"instead", "rather", "except", "place"}
    return not (denying.isdisjoint(tree.lowers) and book.lists["lacking"].isdisjoint(tree.lemmas))


def denied_words(tree: Tree) -> tuple[int, ...]:
    """Positions of all words that only say what is not there or not so."""
    found: set[int] = set()
    for noun in tree.denied:
        found.update(tree.unit(noun), *(tree.unit(c) for c in tree.children[noun] if tree.labels[c] in OWN))
    for told in tree.negated:
        found.update(t for t in (told, *tree.children[told]) if not tree.is_noun(t) and tree.labels[t] != "nsubj")
        found.update(w for noun in tree.all_children(told, "obl", "obj") for w in tree.case_of(noun))
    return tuple(sorted(found))


def _is_none(tree: Tree, noun: int) -> bool:
    before = [c for c in tree.children[noun] if c < noun]
    if any(tree.lowers[c] in word_list("no") and not _is_name(tree, noun, c) for c in before):
        return True
    if not _is_negated(tree, noun):
        return False
    if tree.child(noun, "cop", "nsubj") is None or tree.child(noun, "expl") is not None:
        return True
    tree.negated.add(noun)
    return not _case(tree, noun) or not _is_definite(tree, noun)


def _is_replaced(tree: Tree, noun: int) -> bool:
    """Whether something else is there: "a bucket instead of a hat"."""
    return " ".join(_case(tree, noun)) in word_list("in_place_of")


def _done_by_none(tree: Tree, none: int) -> Iterator[int]:
    """What is not there because "none of them" has it; the verb is said not to be so."""
    of = tree.child(none, "nmod")
    if of is not None and tree.tags[of] == "PRP":
        for word in (*tree.case_of(of), of):
            tree.remove(word)
    verbs = (t for t in range(none + 1, len(tree)) if tree.is_verb(t) and not tree.labels[t].startswith("aux"))
    verb = next(verbs, None)
    if verb is not None and tree.has_ancestor(none, verb):
        tree.negated.add(verb)
        yield from _indefinite(tree, verb, "obj", "obl")


def _negated_quality(tree: Tree, verb: int) -> int | None:
    """The adjective that "not" stands before, if the verb is only near: "a cat that is not black sitting on a bed"."""
    word = next(c for c in tree.children[verb] if tree.lowers[c] in word_list("not") and tree.labels[c] == "advmod")
    after = word + 1
    described = after < verb and tree.tags[after] == "JJ" and tree.heads[after] == verb
    return after if described else None


def _is_name(tree: Tree, noun: int, no: int) -> bool:
    """Whether "no" is part of a name, as in "a no parking sign"."""
    articles = any(c < no and tree.lowers[c] in ("a", "the") for c in tree.children[noun])
    return tree.lowers[no] == "no" and (articles or (tree.lemmas[noun] == "sign" and no < noun - 1))


def _is_negated(tree: Tree, token: int) -> bool:
    return any(tree.lowers[c] in word_list("not") and tree.labels[c] == "advmod" for c in tree.children[token])


def _shares_denial(tree: Tree, noun: int) -> bool:
    """Whether it follows "no dogs or" without an article, number or preposition of its own; not after "but"."""
    if tree.labels[noun] != "conj" or tree.heads[noun] not in tree.denied or tree.heads[noun] > noun:
        return False
    cc = tree.child(noun, "cc")
    return tree.child(noun, "case", "det", "nummod") is None and (cc is None or tree.lowers[cc] != "but")


def _indefinite(tree: Tree, token: int, *labels: str) -> list[int]:
    return [n for n in tree.all_children(token, *labels) if tree.is_noun(n) and not _is_definite(tree, n)]


def _is_definite(tree: Tree, noun: int) -> bool:
    return any(tree.lowers[c] in word_list("definite") or tree.labels[c] == "nmod:poss" for c in tree.children[noun])


def _case(tree: Tree, noun: int) -> list[str]:
    return [tree.lowers[c] for c in tree.case_of(noun)]


def _carried(tree: Tree, book: Phrasebook, noun: int) -> Iterator[int]:
    """What those who are not there would have with them: "no people with dogs", "nobody wearing a hat"."""
    for item in _indefinite(tree, noun, "nmod"):
        if _case(tree, item) == ["with"] or (
            _case(tree, item) == ["in"] and tree.lemmas[item] in book.lists["clothes"]
        ):
            yield item
    for clause in tree.all_children(noun, "acl", "acl:relcl"):
        yield from _indefinite(tree, clause, "obj")


NEGATION = Rewrite(
    name="negation",
    says="Marks what is said not to be there or not to be so.",
    apply=find_denied,
    after=("attachment", "there is"),
    examples=(
        Example("a street without cars", instead=("cars",)),
        Example("a man not wearing a hat", instead=("hat", "man | wear | hat")),
        Example("the car is not red", instead=("car | is | red",)),
        Example("a park with benches instead of chairs", instead=("chairs",)),
    ),
)
