"""Edges that a description of a picture cannot have, put right before the rules look."""

from __future__ import annotations

from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.rewrites.wrong_tags import NOUN_MARKS
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Phrasebook


def mend_edges(tree: Tree, book: Phrasebook) -> None:
    """Mend edges in place."""
    for token in range(len(tree)):
        label, head = tree.labels[token], tree.heads[token]
        if label == "aux" and tree.lemmas[token] == "have":
            _make_have_a_verb(tree, token)
        elif label == "csubj" and token and tree.is_noun(token - 1):
            _make_description(tree, token)
        elif label.startswith("nsubj") and tree.is_root(head):
            _open_relative_clause(tree, token)
        elif label == "obl" and tree.case_of(token) and _is_plain_noun(tree, head):
            tree.labels[token] = "nmod"
        elif label == "compound" and tree.tags[head] == "VBG":
            _make_doer(tree, token)
        elif tree.lowers[token] == "each" and token > head and tree.is_noun(head):
            tree.move_children(token, head)
        elif label == "flat" and tree.is_noun(token):
            _turn_flat_name(tree, book, token)
        elif label in ("compound", "amod"):
            _turn_impossible_compound(tree, token)
        elif label == "compound:prt" and tree.is_noun(head):
            _make_preposition(tree, token)


def _make_doer(tree: Tree, noun: int) -> None:
    """Let a noun do what the next word says, not be part of its name: "a herd of sheep grazing"."""
    verb = tree.heads[noun]
    case = [c for c in tree.all_children(verb, "case", "mark") if c < noun and tree.tags[c] == "IN"]
    if not case:
        tree.labels[noun] = "nsubj"
        return
    tree.put_in_place_of(noun, verb)
    tree.labels[noun], tree.labels[verb] = "nmod", "acl"
    for word in case:
        tree.attach(word, noun, "case")


def _is_plain_noun(tree: Tree, token: int) -> bool:
    """Whether a noun is no predicate: nothing "is" it."""
    return tree.is_noun(token) and tree.child(token, "cop", "nsubj", "aux") is None


def _make_have_a_verb(tree: Tree, token: int) -> None:
    """Read "has" as a verb in "the zebra has stripes", "a building has arched doors"."""
    head = tree.heads[token]
    if tree.is_noun(head):
        noun = head
    elif tree.tags[head] in ("VBN", "VBD") and head == token + 1 and (noun_ := tree.child(head, "obj")) is not None:
        noun = noun_
    else:
        return
    tree.put_in_place_of(token, head)
    tree.move_children(head, token, *NOUN_MARKS, "nmod", "acl", "acl:relcl", "case", "conj", "cc")
    if noun != head:
        tree.attach(noun, token, "obj")
        tree.attach(head, noun, "amod")
        tree.tags[head] = "JJ"
    else:
        tree.labels[noun] = "obj"


def _turn_impossible_compound(tree: Tree, token: int) -> None:
    """Keep apart what a preposition parts: "sign" cannot be part of the name of "edge" in "sign on edge"."""
    head = tree.heads[token]
    between = [c for c in tree.children[head] if tree.labels[c] == "case" and token < c < head]
    if between and tree.is_noun(token):
        tree.put_in_place_of(token, head)
        tree.labels[head] = "nmod"
        for child in [c for c in tree.children[head] if c < token]:
            tree.attach(child, token, tree.labels[child])


def _make_preposition(tree: Tree, particle: int) -> None:
    """Read "down" as a preposition in "a line down the road": nouns have no particles."""
    noun = tree.child(tree.heads[particle], "obj", "nmod", "obl")
    if noun is not None and noun > particle:
        tree.labels[noun] = "nmod"
        tree.attach(particle, noun, "case")


def _make_description(tree: Tree, verb: int) -> None:
    """Of "a man wearing a hat is riding", the man rides, not the wearing."""
    if not tree.has_ancestor(verb - 1, verb):
        tree.attach(verb, verb - 1, "acl")


def _open_relative_clause(tree: Tree, noun: int) -> None:
    """Read "the street the bus is parked on" as a street and what is on it: a verb has one subject."""
    verb = tree.heads[noun]
    second = next((s for s in tree.all_children(verb, "nsubj", "nsubj:pass") if noun < s < verb), None)
    if second is None or not (tree.is_noun(noun) and tree.is_noun(second) and tree.is_verb(verb)):
        return
    joined = any(tree.labels[t] == "cc" for t in range(noun + 1, second))
    if tree.child(second, "cc") is None and not joined:
        tree.put_in_place_of(noun, verb)
        tree.labels[verb] = "acl:relcl"


def _turn_flat_name(tree: Tree, book: Phrasebook, token: int) -> None:
    """Make the last noun of "lego kitchen" its head, since names end in what they name; but zebras graze."""
    first = tree.heads[token]
    if token != first + 1 or not tree.is_noun(first):
        return
    if tree.lowers[first].endswith("s") and tree.lemmas[token] in book.lists["deeds"]:
        tree.tags[token], tree.labels[token] = "VBP", "acl"
        return
    tree.put_in_place_of(token, first)
    tree.move_children(first, token)
    tree.labels[first] = "compound"


EDGES = Rewrite(
    name="wrong edges",
    says="Corrects edges that make no sense in a description: a name has no preposition in it, a verb one subject.",
    apply=mend_edges,
    after=("wrong tags",),
    examples=(
        Example(
            "a man playing frisbee with his dog",
            gives=("man | play | frisbee", "man | play with | dog"),
            tree="a/DT/det/2 man/NN/compound/2 playing/VBG/ROOT/2/play frisbee/NN/obj/2 with/IN/case/6 "
            "his/PRP$/nmod:poss/6 dog/NN/obl/2",
        ),
        Example(
            "the chair the cat lies on",
            gives=("cat | lie on | chair",),
            tree="the/DT/det/1 chair/NN/nsubj/4 the/DT/det/3 cat/NN/nsubj/4 lies/VBZ/ROOT/4/lie on/IN/advmod/4",
        ),
        Example(
            "green banana in box",
            gives=("banana | in | box",),
            instead=("banana box",),
            tree="green/JJ/amod/1 banana/NN/compound/3 in/IN/case/3 box/NN/ROOT/3",
        ),
        Example(
            "fighter jet flying over the desert",
            gives=("jet | fly over | desert",),
            instead=("fighter | fly over | desert",),
            tree="fighter/NN/ROOT/0 jet/NN/flat/0 flying/VBG/acl/0/fly over/IN/case/5 the/DT/det/5 desert/NN/obl/2",
        ),
    ),
)
