"""Trees in the ClearNLP scheme (``en_core_web_*``) rewritten into Universal Dependencies.

The two differ in three ways: ClearNLP puts prepositions above their nouns and forms of "be" above what they
link, and it has other names. Rules then exist once.
"""

from __future__ import annotations

from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import ROOT, Tree
from sg2im_parsers.english.word_lists import Phrasebook

ONLY_HERE = frozenset(
    {"prep", "pobj", "dobj", "nsubjpass", "csubjpass", "auxpass", "attr", "acomp", "relcl", "agent", "prt"}
    | {"poss", "pcomp", "quantmod", "dative", "npadvmod", "neg", "predet", "preconj", "oprd"}
)
"""Labels that only ClearNLP has: one of them tells the scheme."""

NAMES = {
    "dobj": "obj",
    "dative": "iobj",
    "nsubjpass": "nsubj:pass",
    "csubjpass": "csubj:pass",
    "auxpass": "aux:pass",
    "relcl": "acl:relcl",
    "prt": "compound:prt",
    "poss": "nmod:poss",
    "neg": "advmod",
    "npadvmod": "obl:npmod",
    "predet": "det:predet",
    "preconj": "cc:preconj",
    "oprd": "xcomp",
    "acomp": "xcomp",
    "attr": "xcomp",
    "quantmod": "advmod",
    "intj": "discourse",
}

LINKED = ("attr", "acomp")
SUBJECTS = ("nsubj", "expl")


def is_clearnlp(tree: Tree) -> bool:
    """Whether a label in the tree is one that only ClearNLP has."""
    return not ONLY_HERE.isdisjoint(tree.labels)


def to_universal(tree: Tree, book: Phrasebook) -> None:
    """Rewrite the tree in place, if its labels are ClearNLP's."""
    if not is_clearnlp(tree):
        return
    for token in range(len(tree)):
        if tree.labels[token] in ("prep", "agent", "dative") or _is_second_preposition(tree, token):
            _lower_preposition(tree, token)
    for token in range(len(tree)):
        if tree.labels[token] == "nmod" or tree.lowers[token] in book.lists["leading_to"]:
            _raise_from_what_lacks(tree, token)
    for token in range(len(tree)):
        if tree.lemmas[token] == "be" and not tree.labels[token].startswith("aux"):
            _lower_copula(tree, token)
    for token, label in enumerate(tree.labels):
        tree.labels[token] = NAMES.get(label, label)


def _is_second_preposition(tree: Tree, token: int) -> bool:
    """Whether it is "below" of "above the sea and below the moon"."""
    return tree.labels[token] == "conj" and tree.tags[token] in ("IN", "TO") and tree.child(token, "pobj") is not None


def _raise_from_what_lacks(tree: Tree, noun: int) -> None:
    """Hang "next to a woman" from the man in "a man with no hat": nothing is next to what is not there."""
    lacked = tree.heads[noun]
    case, own = ([tree.lowers[c] for c in tree.case_of(each)] for each in (lacked, noun))
    det = tree.child(lacked, "det")
    none = case == ["without"] or (case == ["with"] and det is not None and tree.lowers[det] == "no")
    if none and noun > lacked and not {"of", "with", "without", "for"}.intersection(own):
        tree.attach(noun, tree.heads[lacked], tree.labels[noun])


def _lower_preposition(tree: Tree, preposition: int) -> None:
    """Turn "on -> street" to "street -> on"; of "out -> of -> box" both end up under "box"."""
    chain = [preposition]
    while (inner := tree.child(chain[-1], "prep")) is not None and tree.child(chain[-1], "pobj") is None:
        chain.append(inner)
    noun = tree.child(chain[-1], "pobj")
    head, label = tree.heads[preposition], tree.labels[preposition]
    if noun is not None and noun < preposition:
        tree.attach(noun, head, "mark")
        tree.labels[preposition] = _stranded(label)
        return
    if noun is None:
        tree.labels[preposition] = "mark" if tree.child(preposition, "pcomp") is not None else _stranded(label)
        return
    tree.put_in_place_of(noun, preposition)
    tree.labels[noun] = _noun_label(tree, head, label) if noun != tree.heads[noun] else ROOT
    for token in chain:
        tree.attach(token, noun, "case")
    for token in chain:
        tree.move_children(token, noun)


def _stranded(label: str) -> str:
    return "obl" if label == "prep" else label


def _noun_label(tree: Tree, head: int, label: str) -> str:
    if label == "agent":
        return "obl:agent"
    if label == "conj":
        return label
    return "nmod" if tree.is_noun(head) else "obl"


def _lower_copula(tree: Tree, be: int) -> None:
    """Turn "is -> red" to "red -> is", and so "is -> under the table", once the noun has its preposition."""
    linked = tree.child(be, *LINKED)
    if linked is None and tree.child(be, *SUBJECTS) is not None:
        linked = next((t for t in tree.all_children(be, "obl") if tree.case_of(t)), None)
    if linked is None or (tree.child(be, "expl") is not None and not tree.is_noun(linked)):
        return
    tree.put_in_place_of(linked, be)
    tree.labels[be] = "cop"
    tree.move_children(be, linked)
    for place in tree.all_children(linked, "obl"):
        tree.labels[place] = "nmod" if tree.is_noun(linked) else "obl"


UNIVERSAL_LABELS = Rewrite(
    name="universal labels",
    says="Turns ClearNLP's labels, which other pipelines make, into those of Universal Dependencies.",
    apply=to_universal,
    examples=(
        Example(
            "a car on the street",
            gives=("car | on | street",),
            tree="a/DT/det/1 car/NN/ROOT/1 on/IN/prep/1 the/DT/det/4 street/NN/pobj/2",
        ),
    ),
)
