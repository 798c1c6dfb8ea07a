"""Lists: "a toddler, a policeman and a bride", "sky, mountains, lake, two boats", "dog on bed, lamp, window"."""

from __future__ import annotations

from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Phrasebook

PLACING = (["on"], ["in"], ["under"], ["behind"], ["above"], ["at"], ["over"], ["below"], ["near"], ["beside"])
"""After "with", "of" or "between", a list goes on."""


def mend_lists(tree: Tree, _: Phrasebook) -> None:
    """Coordinate what commas list, in place."""
    for token in range(len(tree)):
        if tree.labels[token] == "appos" and tree.is_noun(token) and _goes_on(tree, token):
            tree.labels[token] = "conj"
            _mend_conjunct(tree, token)
        elif tree.labels[token] == "nsubj" and _is_joined(tree, token):
            _join_subjects(tree, token)
        elif tree.labels[token] == "conj" and tree.is_verb(token):
            _join_before_verb(tree, token)
        elif tree.labels[token] == "conj" and tree.is_noun(token):
            _mend_conjunct(tree, token)


def _mend_conjunct(tree: Tree, token: int) -> None:
    listed = _list_after_with(tree, token)
    if listed is not None:
        tree.attach(token, listed, "conj")
    elif _starts_anew(tree, token) or _is_parallel(tree, token):
        tree.attach(token, tree.heads[tree.heads[token]], "conj")


def _is_joined(tree: Tree, subject: int) -> bool:
    """Whether an "and" leads to it, from wherever it hangs: two subjects of one verb are one."""
    first = tree.child(tree.heads[subject], "nsubj")
    between = range(subject if first is None else first + 1, subject)
    return tree.child(subject, "cc") is not None or any(tree.labels[t] == "cc" for t in between)


def _join_subjects(tree: Tree, token: int) -> None:
    """Make one subject of the two in "a cat and a dog are on a bed"."""
    first = tree.child(tree.heads[token], "nsubj")
    if first is not None and first < token and tree.is_noun(first) and tree.is_noun(token):
        tree.attach(token, first, "conj")


def _join_before_verb(tree: Tree, verb: int) -> None:
    """Make one subject of "a teacher and two students look at a map", where the parser saw a teacher and a clause."""
    first, second, cc = tree.heads[verb], tree.child(verb, "nsubj"), tree.child(verb, "cc")
    if second is None or cc is None or not (tree.is_noun(first) and tree.is_noun(second)):
        return
    bare = tree.child(first, "acl", "acl:relcl", "nmod", "nsubj", "cop") is None and not tree.case_of(first)
    if bare and first < cc < second < verb and tree.is_root(first) and cc == first + 1:
        tree.put_in_place_of(verb, first)
        tree.attach(first, verb, "nsubj")
        tree.attach(second, first, "conj")
        tree.attach(cc, second, "cc")


def _goes_on(tree: Tree, token: int) -> bool:
    """Whether a comma stands before it, and the list that it would belong to has other members."""
    head = tree.heads[token]
    if not tree.is_noun(head) or not any(tree.lowers[c] == "," for c in tree.children[token]):
        return False
    return any(tree.labels[c] == "conj" and tree.is_noun(c) for c in tree.children[head])


def _starts_anew(tree: Tree, token: int) -> bool:
    """Whether a comma without an "and" leads from the place of a first thing to a next thing: "dog on bed, lamp"."""
    place = tree.heads[token]
    members = [place, *(c for c in tree.children[place] if tree.labels[c] == "conj")]
    if tree.labels[place] != "nmod" or any(tree.child(member, "cc") is not None for member in members):
        return False
    listed = all(any(tree.lowers[c] == "," for c in tree.children[member]) for member in members[1:])
    return listed and tree.is_noun(tree.heads[place]) and [tree.lowers[c] for c in tree.case_of(place)] in PLACING


def _list_after_with(tree: Tree, token: int) -> int | None:
    """What the list of "a bathroom with a toilet, a sink and a mirror" starts with, where the parser saw two baths."""
    place = tree.heads[token]
    if not any(tree.lowers[c] == "," for c in tree.children[token]) or tree.child(token, "conj") is None:
        return None
    before = [c for c in tree.all_children(place, "nmod") if place < c < token]
    if not before or [tree.lowers[c] for c in tree.case_of(before[-1])] != ["with"]:
        return None
    return None if tree.child(before[-1], "conj") is not None else before[-1]


def _is_parallel(tree: Tree, token: int) -> bool:
    """Whether two things are each in a place: "a cat on a mat and a dog on a bed" has no dog under the cat.

    So have "a chair near a window and a rug under it" and "a plane in the air and a car on the road".
    """
    place = tree.heads[token]
    case = [tree.lowers[c] for c in tree.case_of(place)]
    if (
        tree.labels[place] != "nmod"
        or case in ([], ["of"])
        or not tree.is_noun(tree.heads[place])
        or tree.case_of(token)
    ):
        return False
    for own in (c for c in tree.all_children(token, "nmod") if c > token):
        same = [tree.lowers[c] for c in tree.case_of(own)] == case
        if same if tree.is_noun(own) else tree.tags[own] == "PRP" and case != ["with"]:
            return True
        elsewhere = case in PLACING and [tree.lowers[c] for c in tree.case_of(own)] in PLACING
        if elsewhere and tree.child(token, "det", "nummod") is not None and tree.child(place, "det") is not None:
            return True
    return False


LISTS = Rewrite(
    name="lists",
    says='Coordinates what commas and "and" list, where the parser saw an apposition or more things in one place.',
    apply=mend_lists,
    examples=(
        Example(
            "a bathroom with a toilet, a sink and a mirror",
            gives=("bathroom | with | sink", "bathroom | with | mirror"),
            tree="a/DT/det/1 bathroom/NN/ROOT/1 with/IN/case/4 a/DT/det/4 toilet/NN/nmod/1 ,/,/punct/7 "
            "a/DT/det/7 sink/NN/conj/1 and/CC/cc/10 a/DT/det/10 mirror/NN/conj/7",
        ),
        Example(
            "a cat on a mat and a dog on a bed",
            instead=("cat | on | dog",),
            tree="a/DT/det/1 cat/NN/ROOT/1 on/IN/case/4 a/DT/det/4 mat/NN/nmod/1 and/CC/cc/7 a/DT/det/7 "
            "dog/NN/conj/4 on/IN/case/10 a/DT/det/10 bed/NN/nmod/7",
        ),
        Example("dog on bed, lamp, window", instead=("dog | on | lamp", "dog | on | window")),
    ),
)
