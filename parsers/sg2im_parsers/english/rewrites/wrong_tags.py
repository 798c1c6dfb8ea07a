"""Readings that a description of a picture cannot have, put right before the rules look.

Treebanks hold commands, questions and the perfect tense; descriptions of pictures hold none of them. So a verb
in the place of a noun ("green leaves on a tree") is a noun, and "has" before a noun is the verb.
"""

from __future__ import annotations

from sg2im_parsers.english.rewrites.modal_nouns import is_tin, make_tin
from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Phrasebook

NOUN_MARKS = frozenset({"det", "amod", "nummod", "compound", "nmod:poss"})
BARE_VERBS = frozenset({"VB", "VBP", "VBZ", "MD"})
NEVER_VERBS = {"leaves": "leaf"}
"""Plurals that taggers take for verbs, with their base form: a picture shows leaves, and nobody leaving."""

BEFORE_NOUNS = frozenset({"DT", "JJ", "CD", "PRP$", "POS"})


def mend_tags(tree: Tree, book: Phrasebook) -> None:
    """Mend tags in place, with the edges that follow from them."""
    for token in range(len(tree)):
        tag = tree.tags[token]
        if tag == "VBZ" and tree.child(token, "compound") == token - 1 and tree.lemmas[token] in book.lists["deeds"]:
            tree.labels[token - 1] = "nsubj"
            _take_marks(tree, token)
        elif tag == "NN" and _is_counted(tree, token):
            tree.tags[token], tree.lemmas[token] = "NNS", _singular(tree.lowers[token])
        elif tag in ("NN", "NNS") and _is_verb_after_all(tree, token):
            tree.tags[token] = "VBZ"
        elif tag == "VB" and _is_reached_by_to(tree, book, token):
            _make_goal(tree, token)
        elif tag in ("VB", "VBG") and _is_start_of_name(tree, book, token):
            _make_name(tree, token)
        elif _is_noun_after_all(tree, token) if tag in BARE_VERBS else _is_name_in_ing(tree, book, token):
            _make_noun(tree, token)
        elif tree.lowers[token].endswith("ing") and (tag == "NN" or tree.labels[token] == "compound"):
            _make_participle(tree, book, token)
        elif tree.lowers[token] == "left" and tree.child(token, "aux:pass") is not None:
            _make_side(tree, token)
        elif tag == "MD" and is_tin(tree, token):
            make_tin(tree, token)
            _make_noun(tree, token)


def _is_counted(tree: Tree, token: int) -> bool:
    """Whether a number from two on counts it, and it ends as plurals do: "seven zebras" are no one thing."""
    word, number = tree.lowers[token], tree.child(token, "nummod")
    ends = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and tree.lemmas[token] == word
    return ends and number is not None and number < token and tree.lowers[number] not in ("one", "1")


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ses", "xes", "ches", "shes")) else word[:-1]


def _make_side(tree: Tree, left: int) -> None:
    """Read "is left of the tree" as "is right of the tree": nobody left anything."""
    target = tree.child(left, "obl")
    if target is None or left + 1 not in tree.all_children(target, "case") or tree.lowers[left + 1] != "of":
        return
    tree.tags[left], tree.labels[target] = "JJ", "nmod"
    for child in tree.children[left]:
        tree.labels[child] = {"nsubj:pass": "nsubj", "aux:pass": "cop"}.get(tree.labels[child], tree.labels[child])


def _take_marks(tree: Tree, verb: int) -> None:
    """Give the articles and adjectives of "a bird flies" to the bird."""
    for mark in [c for c in tree.children[verb] if c < verb - 1 and tree.labels[c] in NOUN_MARKS]:
        tree.attach(mark, verb - 1, tree.labels[mark])
    for place in tree.all_children(verb, "nmod"):
        tree.labels[place] = "obl"


def _is_noun_after_all(tree: Tree, token: int) -> bool:
    """Whether a bare verb is a command at the start, or has an article or adjective of its own."""
    if any(tree.labels[c] in NOUN_MARKS and c < token for c in tree.children[token]):
        return True
    subject = tree.child(token, "nsubj")
    if tree.lowers[token] in NEVER_VERBS and tree.child(token, "obj") is None:
        if subject is not None and subject == token - 1:
            tree.labels[subject] = "amod"
        return True
    if subject is not None and tree.tags[subject] == "JJ" and subject == token - 1:
        tree.labels[subject] = "amod"
        return True
    if tree.tags[token] == "VB" and tree.labels[token] == "conj" and tree.is_noun(tree.heads[token]):
        return True
    if tree.tags[token] not in ("VB", "VBP") or not tree.is_root(token):
        return False
    return all(tree.tags[t] in BEFORE_NOUNS for t in range(max(0, token - 6), token))


def _is_verb_after_all(tree: Tree, token: int) -> bool:
    """A bare noun with a subject, as in "a boy watches", or where only a clause can stand, as in "zebras graze"."""
    if tree.labels[token] != "acl" and tree.tags[token] != "NNS":
        return False
    if any(tree.labels[c] in NOUN_MARKS or tree.labels[c] in ("cop", "case") for c in tree.children[token]):
        return False
    if tree.labels[token] == "acl":
        return tree.heads[token] == token - 1 and tree.child(token, "obl", "obj") is not None
    subject = tree.child(token, "nsubj")
    return subject is not None and subject == token - 1 and tree.tags[subject] in ("NN", "PRP")


def _is_reached_by_to(tree: Tree, book: Phrasebook, token: int) -> bool:
    """Whether a "verb" is where something is "next to" or "attached to": "a toilet next to sink"."""
    leads = token > 1 and tree.lowers[token - 1] == "to" and tree.lowers[token - 2] in book.lists["leading_to"]
    return leads and tree.child(token, "obj", "nsubj", "xcomp") is None


def _is_start_of_name(tree: Tree, book: Phrasebook, token: int) -> bool:
    """Whether a "verb" is part of a name after a preposition: "next to train platform", "on cutting board"."""
    noun = tree.child(token, "obj")
    if noun is None or noun != token + 1 or not token or tree.child(token, "nsubj") is not None:
        return False
    if tree.tags[token] == "VB":
        return tree.lowers[token - 1] == "to" and token > 1 and tree.lowers[token - 2] in book.lists["leading_to"]
    return tree.tags[token - 1] in ("IN", "DT") and f"{tree.lowers[token]} {tree.lemmas[noun]}" in book.lists["names"]


def _make_name(tree: Tree, token: int) -> None:
    noun, head = token + 1, tree.heads[token]
    tree.put_in_place_of(noun, token)
    tree.attach(token - 1, noun, "case" if tree.tags[token - 1] in ("IN", "TO") else "det")
    tree.attach(token, noun, "compound")
    tree.tags[token] = "NN"
    if not tree.is_root(noun):
        tree.labels[noun] = "obl" if tree.is_verb(head) else "nmod"


def _make_goal(tree: Tree, token: int) -> None:
    _make_noun(tree, token)
    tree.attach(token - 1, token, "case")
    if tree.labels[token] not in ("obl", "nmod"):
        tree.labels[token] = "obl" if tree.is_verb(tree.heads[token]) else "nmod"


def _make_noun(tree: Tree, token: int) -> None:
    word = tree.lowers[token]
    plural = word.endswith("s") and not word.endswith("ss")
    tree.tags[token] = "NNS" if plural else "NN"
    tree.lemmas[token] = NEVER_VERBS.get(word, tree.lemmas[token] if plural else word)
    for child in tree.children[token]:
        if tree.labels[child] in ("obl", "obl:agent"):
            tree.labels[child] = "nmod"


def _is_name_in_ing(tree: Tree, book: Phrasebook, token: int) -> bool:
    """Whether "building" is the thing: it stands where a description starts, and nobody builds."""
    if tree.tags[token] != "VBG" or tree.lowers[token] not in book.lists["nouns_in_ing"] or not tree.is_root(token):
        return False
    return tree.child(token, "nsubj", "obj", "aux") is None


def _make_participle(tree: Tree, book: Phrasebook, token: int) -> None:
    """Read "surfing" as a verb in "man surfing waves" and "man surfing": people do not name waves."""
    if tree.labels[token] == "acl" and tree.lowers[token] not in book.lists["nouns_in_ing"]:
        tree.tags[token] = "VBG"
        return
    person = tree.child(token, "compound")
    if person is None or person != token - 1 or tree.lemmas[person] not in book.lists["people"]:
        return
    noun = tree.heads[token] if tree.labels[token] == "compound" else token
    tree.put_in_place_of(person, noun)
    tree.attach(token, person, "acl")
    if noun != token:
        tree.attach(noun, token, "obj")
        for mark in [c for c in tree.children[noun] if c < person and tree.labels[c] in NOUN_MARKS]:
            tree.attach(mark, person, tree.labels[mark])
    else:
        tree.move_children(token, person)
    tree.tags[token] = "VBG"


TAGS = Rewrite(
    name="wrong tags",
    says="Corrects tags that make no sense in a description, where nobody leaves, and the edges that follow from them.",
    apply=mend_tags,
    after=("universal labels",),
    examples=(
        Example("green leaves on a tree", gives=("leaves | on | tree",), instead=("green | leave on | tree",)),
        Example("a trash can near a wall", gives=("trash can | near | wall",), instead=("trash | near | wall",)),
        Example("a toilet next to sink", gives=("toilet | next to | sink",)),
        Example(
            "green towel sitting on cutting board",
            gives=("towel | sit on | cutting board",),
            instead=("towel | cut | board",),
            tree="green/JJ/amod/1 towel/NN/ROOT/1 sitting/VBG/acl/1/sit on/IN/mark/4 cutting/VBG/advcl/2/cut "
            "board/NN/obj/4",
        ),
    ),
)
