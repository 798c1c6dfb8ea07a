"""Edges that parsers with ClearNLP's labels (``en_core_web_*``), which learned from news, get wrong in captions."""

from __future__ import annotations

from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Phrasebook


def correct_edges(tree: Tree, book: Phrasebook) -> None:
    """Put right what they get wrong in captions; a tree that needs none of it, as ours, stays as it is."""
    for token in range(len(tree)):
        _correct(tree, book, token)


def _correct(tree: Tree, book: Phrasebook, token: int) -> None:
    label, head = tree.labels[token], tree.heads[token]
    if label == "nummod" and tree.lowers[token] in book.numbers:  # "a dozen eggs"
        tree.tags[token] = "CD"
    elif label == "npadvmod" and _is_subject(tree, token):  # "woman holding kite"
        tree.labels[token] = "nsubj"
    elif label == "pcomp" and tree.lowers[head] in book.lists["gerund_is_noun"]:  # "pizza on cutting board"
        _make_compound(tree, token)
    elif label in ("dobj", "advmod", "oprd") and tree.tags[token] == "JJ" and tree.tags[head] == "VBN" and head < token:
        tree.labels[token] = "xcomp"  # "a bench painted green"
        if (subject := tree.child(head, "nsubj")) is not None and tree.child(head, "aux") is None:
            tree.labels[subject] = "nsubj:pass"
    elif label == "amod" and tree.tags[token] == "VBG" and tree.lemmas[token] in book.lists["deeds"]:
        _make_clause(tree, token)  # "boy flying kite"


def _is_subject(tree: Tree, noun: int) -> bool:
    """Whether it stands before a gerund that lacks a subject, as its nearest noun."""
    verb = tree.heads[noun]
    alone = tree.child(verb, "nsubj", "expl") is None
    return alone and tree.is_noun(noun) and noun == verb - 1 and tree.tags[verb] == "VBG"


def _make_compound(tree: Tree, gerund: int) -> None:
    """Turn "on -> cutting -> board" to "on -> board -> cutting", if nothing stands between the two words."""
    noun, preposition = tree.child(gerund, "dobj"), tree.heads[gerund]
    if noun == gerund + 1 and gerund == preposition + 1 and tree.child(noun, "det") is None:
        tree.attach(noun, preposition, "pobj")
        tree.attach(gerund, noun, "compound")
        tree.move_children(gerund, noun)
        tree.tags[gerund] = "NN"


def _make_clause(tree: Tree, gerund: int) -> None:
    """Turn "kite -> boy, flying" to "boy -> flying -> kite", if the three stand in this order side by side."""
    noun, actor = tree.heads[gerund], gerund - 1
    if noun == gerund + 1 and actor in tree.children[noun] and tree.labels[actor] in ("nmod", "compound"):
        tree.put_in_place_of(actor, noun)
        tree.attach(gerund, actor, "acl")
        tree.attach(noun, gerund, "obj")


NEWS_EDGES = Rewrite(
    name="news edges",
    says="Corrects edges that pipelines with ClearNLP's labels, which learned from news, get wrong in captions.",
    apply=correct_edges,
    examples=(
        Example(
            "woman holding kite",
            gives=("woman | hold | kite",),
            tree="woman/NN/npadvmod/1 holding/VBG/ROOT/1/hold kite/NN/dobj/1",
        ),
        Example(
            "pizza on cutting board",
            gives=("pizza | on | cutting board",),
            tree="pizza/NN/ROOT/0 on/IN/prep/0 cutting/VBG/pcomp/1/cut board/NN/dobj/2",
        ),
        Example(
            "boy flying kite",
            gives=("boy | fly | kite",),
            instead=("boy kite",),
            tree="boy/NN/nmod/2 flying/VBG/amod/2/fly kite/NN/ROOT/2",
        ),
    ),
)
