"""Rewritings that let the rules see plain trees: "there is", "the back of", "a group of", "trying to"."""

from __future__ import annotations

from dataclasses import replace

from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import Measured, Tree
from sg2im_parsers.english.word_lists import Measure, Phrasebook


def promote_existentials(tree: Tree, _: Phrasebook) -> None:
    """Tell "there is a dog on the bed" as "a dog on the bed"."""
    if "be" not in tree.lemmas:
        return
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
    sides = book.lists["sides"]
    if sides.isdisjoint(tree.lowers):
        return
    for token in range(len(tree)):
        if tree.lowers[token] not in sides or token in tree.gone or token in tree.cases:
            continue
        of = tree.child(token, "nmod")
        if of is not None and _after_of(tree, of) and tree.is_noun(of) and tree.case_of(token):
            case = tree.case_of(token)
            for word in tree.case_of(of):
                tree.remove(word)
            tree.put_in_place_of(of, token)
            tree.cases[of] = case
            tree.remove(token)


def join_measures(tree: Tree, book: Phrasebook) -> None:
    """Let "people" stand where "a group of people" stood, and fill `Tree.measured`."""
    for token in range(len(tree)):
        if not tree.children[token] or (measure := _measure(tree, book, token)) is None:
            continue
        noun = next((n for n in tree.all_children(token, "nmod") if _after_of(tree, n)), None)
        if noun is not None and tree.is_noun(noun):
            one = tree.lemmas[token] == "pair" and tree.lowers[noun] in book.lists["one_pair"]
            if one and tree.child(token, "nummod") is None:
                measure = Measure(amount=1)
            if measure.quality == tree.lemmas[token]:
                measure = replace(measure, quality=tree.lowers[token])
            tree.measured[noun] = Measured(_replace_by(tree, book, token, noun), measure)


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


def _replace_by(tree: Tree, book: Phrasebook, token: int, noun: int) -> tuple[int, ...]:
    of = tree.case_of(noun)
    for word in of:
        tree.remove(word)
    tree.put_in_place_of(noun, token)
    if token in tree.cases:
        tree.cases[noun] = tree.cases.pop(token)
    for said in tree.all_children(token, "amod"):
        if tree.lowers[said] in book.lists["colours"]:  # of "a green bunch of bananas" the bananas are green
            tree.attach(said, noun, "amod")
    number = tree.all_children(token, "nummod")
    tree.move_children(token, noun, "det", "amod", "nummod", "compound")
    before = tree.all_children(token, "det", "amod")
    for word in (*before, *number, token):
        tree.remove(word)
    return tuple(sorted((*number, token, *of)))


def skip_helper_verbs(tree: Tree, book: Phrasebook) -> None:
    """Let "catch" stand where "trying to catch" stood."""
    helpers = book.lists["helper_verbs"]
    if helpers.isdisjoint(tree.lemmas):
        return
    for token in range(len(tree)):
        if tree.lemmas[token] not in helpers or token in tree.gone or tree.child(token, "obj") is not None:
            continue
        verb = tree.child(token, "xcomp", "advcl", "ccomp")
        if verb is not None and tree.is_verb(verb) and verb > token and tree.child(verb, "nsubj") is None:
            tree.put_in_place_of(verb, token)
            tree.move_children(token, verb)
            tree.remove(token)


THERE_IS = Rewrite(
    name="there is",
    says='Tells "there is a dog on the bed" as "a dog on the bed", if the parser has not.',
    apply=promote_existentials,
    examples=(
        Example(
            "there is a yellow notepad sitting on the table",
            gives=("notepad | is | sitting",),
            instead=("sitting | is | yellow",),
            tree="there/EX/expl/1 is/VBZ/ROOT/1/be a/DT/det/5 yellow/JJ/amod/5 notepad/NN/compound/5 "
            "sitting/VBG/nsubj/1/sit on/IN/case/8 the/DT/det/8 table/NN/nmod/5",
        ),
    ),
)


SIDES = Rewrite(
    name="sides",
    says='Tells "against the back of a bench" as "against a bench".',
    apply=join_sides,
    after=("places", "prepositions"),
    examples=(
        Example("a man against the back of a bench", gives=("man | against | bench",)),
        Example("smoke from top of train", gives=("smoke | from | train",)),
    ),
)


MEASURES = Rewrite(
    name="measures",
    says="Lets what is counted or measured stand where its measure stood.",
    apply=join_measures,
    after=("wrong tags", "wrong edges", "places", "numbers", "prepositions"),
    examples=(
        Example("a group of people on a street", instead=("people | have | group",)),
        Example("two of the dogs on a bed", gives=("dogs | is | 2",)),
    ),
)


HELPER_VERBS = Rewrite(
    name="helper verbs",
    says='Lets "catch" stand where "trying to catch" stood.',
    apply=skip_helper_verbs,
    examples=(Example("a dog trying to catch a frisbee", instead=("dog | is | trying",)),),
)
