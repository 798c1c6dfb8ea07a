"""What grammar leaves open and meaning decides: hair does not sit, and a cap goes with a jacket, not with a man."""

from __future__ import annotations

from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Phrasebook


def attach_by_meaning(tree: Tree, book: Phrasebook) -> None:
    """Move clauses and coordinated nouns that hang from the wrong noun, in place."""
    for token in range(len(tree)):
        if tree.labels[token] == "acl":
            _give_clause_to_neighbour(tree, token)
        if tree.labels[token] == "acl" and _is_deed(tree, book, token):
            _give_deed_to_person(tree, book, token)
        elif tree.lowers[token] == "who" and tree.labels[token].startswith("nsubj"):
            _give_clause_to_person(tree, book, token)
        elif tree.lowers[token] in ("that", "which") and tree.labels[token].startswith("nsubj"):
            _give_clause_to_nearest(tree, token)
        elif tree.labels[token] == "conj" and _listed(tree, book, "clothes", token):
            _put_clothes_together(tree, book, token)
        elif tree.lowers[token] == "full" and tree.labels[token] in ("xcomp", "advcl"):
            _fill_noun(tree, token)
        elif tree.tags[token] == "PRP" and tree.labels[token] in ("nmod", "obl"):
            _hang_pronoun_on_nearest(tree, token)
        elif tree.labels[token] == "obl":
            _attach_to_nearest(tree, book, token)
        elif tree.labels[token] == "nmod":
            _attach_place(tree, book, token)


def _give_clause_to_neighbour(tree: Tree, verb: int) -> None:
    """Of "sky, grass, a sheep standing on the grass", the sheep stands: it is next to what is said."""
    before = verb - 1
    if before > 0 and tree.labels[before] == "conj" and tree.is_noun(before) and tree.heads[before] == tree.heads[verb]:
        tree.attach(verb, before, "acl")


def _is_deed(tree: Tree, book: Phrasebook, verb: int) -> bool:
    return _listed(tree, book, "deeds", verb) or _listed(tree, book, "mindful", verb)


def _listed(tree: Tree, book: Phrasebook, name: str, token: int) -> bool:
    return tree.lemmas[token] in book.lists[name]


def _give_deed_to_person(tree: Tree, book: Phrasebook, verb: int) -> None:
    """Of "a man with a hat sitting on a bench", the man sits."""
    noun = tree.heads[verb]
    owner = tree.heads[noun]
    idle = _listed(tree, book, "clothes", noun) or _listed(tree, book, "parts", noun)
    if tree.labels[noun] == "nmod" and idle and _listed(tree, book, "people", owner):
        tree.attach(verb, owner, "acl")
    elif _listed(tree, book, "mindful", verb) and not _minds(tree, book, noun):
        _give_to_nearest(tree, book, verb)


def _minds(tree: Tree, book: Phrasebook, noun: int) -> bool:
    return _listed(tree, book, "people", noun) or _listed(tree, book, "animals", noun)


def _give_clause_to_person(tree: Tree, book: Phrasebook, who: int) -> None:
    """Of "a boy in a jacket who is laughing", the boy laughs."""
    clause = tree.heads[who]
    if tree.labels[clause] == "acl:relcl" and not _minds(tree, book, tree.heads[clause]):
        _give_to_nearest(tree, book, clause)


def _give_clause_to_nearest(tree: Tree, that: int) -> None:
    """Of "a car next to a truck that is longer than a bus", the truck is longer."""
    clause, noun = tree.heads[that], that - 1
    if tree.labels[clause] != "acl:relcl" or noun < 0 or not tree.is_noun(noun) or noun == tree.heads[clause]:
        return
    if tree.has_ancestor(noun, tree.heads[clause]) and not tree.has_ancestor(noun, clause):
        tree.attach(clause, noun, "acl:relcl")


def _give_to_nearest(tree: Tree, book: Phrasebook, verb: int) -> None:
    """Of "an owl perched on a branch looking at the moon", the owl looks: the nearest above that can."""
    label = tree.labels[verb]
    above = tree.heads[verb]
    while not tree.is_root(above):
        above = tree.heads[above]
        if tree.is_noun(above) and _minds(tree, book, above):
            tree.attach(verb, above, label)
            return


def _attach_to_nearest(tree: Tree, book: Phrasebook, noun: int) -> None:
    """Of "serving soup to a man in a suit", the man wears it; of "eating spaghetti with cheese", cheese is on it."""
    case = [tree.lowers[c] for c in tree.case_of(noun)]
    before = tree.case_of(noun)[0] - 1 if case else 0
    verb, plain = tree.heads[noun], before > 0 and tree.is_noun(before) and tree.heads[before] == tree.heads[noun]
    if case == ["in"] and _listed(tree, book, "clothes", noun) and plain and tree.labels[before] in ("obl", "obj"):
        if _minds(tree, book, before):
            tree.attach(noun, before, "nmod")
        return
    eaten = plain and tree.labels[before] == "obj" and tree.lemmas[verb] in book.lists["meals"]
    if case == ["with"] and eaten and not _listed(tree, book, "tools", noun) and not _minds(tree, book, noun):
        tree.attach(noun, before, "nmod")


def _put_clothes_together(tree: Tree, book: Phrasebook, garment: int) -> None:
    """Of "a man in a jacket and a cap", he is in both."""
    person = tree.heads[garment]
    worn = [c for c in tree.all_children(person, "nmod") if c < garment and _listed(tree, book, "clothes", c)]
    if worn and _listed(tree, book, "people", person):
        tree.attach(garment, worn[-1], "conj")


def _fill_noun(tree: Tree, full: int) -> None:
    """Of "a bear walking across a river full of rocks", the river is full."""
    if full and tree.is_noun(full - 1) and tree.lowers[full + 1 : full + 2] == ["of"]:
        tree.attach(full, full - 1, "amod")


def _attach_place(tree: Tree, book: Phrasebook, noun: int) -> None:
    head = tree.heads[noun]
    if tree.labels[head] == "nmod" and is_absent(tree, head):
        tree.attach(noun, tree.heads[head], "nmod")
    elif tree.labels[head] == "obj" and tree.lemmas[tree.heads[head]] in book.lists["deeds"]:
        _give_place_to_deed(tree, book, noun)


def _give_place_to_deed(tree: Tree, book: Phrasebook, place: int) -> None:
    """Of "a man flying a kite on the beach", the beach is where he does it."""
    verb = tree.heads[tree.heads[place]]
    if _listed(tree, book, "places", place) and [tree.lowers[c] for c in tree.case_of(place)] in (
        ["on"],
        ["in"],
        ["at"],
    ):
        tree.attach(place, verb, "obl")


def is_absent(tree: Tree, noun: int) -> bool:
    """Whether a thing is said not to be there: "no clouds", "without clouds"."""
    return any(tree.lowers[c] in ("no", "without") for c in tree.children[noun] if c < noun)


def _hang_pronoun_on_nearest(tree: Tree, pronoun: int) -> None:
    """Of "a table with plates on it" and "there is a table with plates on it", the plates are on it, not the table."""
    head, case = tree.heads[pronoun], tree.case_of(pronoun)
    carried = case[0] - 1 if case and case[0] else head
    if tree.is_noun(carried) and [tree.lowers[c] for c in tree.case_of(carried)] == ["with"]:
        tree.attach(pronoun, carried, "nmod")
        return
    nearest = [n for n in tree.all_children(head, "nmod") if head < n < pronoun and tree.is_noun(n)]
    if nearest:
        tree.attach(pronoun, nearest[-1], "nmod")


ATTACHMENT = Rewrite(
    name="attachment",
    says="Moves clauses, nouns and pronouns that hang from the wrong noun to what they go with by their meaning.",
    apply=attach_by_meaning,
    after=("wrong tags", "lists"),
    examples=(
        Example(
            "an owl perched on a branch looking at the moon",
            gives=("owl | look at | moon",),
            tree="an/DT/det/1 owl/NN/ROOT/1 perched/VBN/acl/1/perch on/IN/case/5 a/DT/det/5 branch/NN/obl/2 "
            "looking/VBG/acl/5/look at/IN/case/9 the/DT/det/9 moon/NN/obl/6",
        ),
        Example(
            "a kid eating spaghetti with meatballs",
            gives=("spaghetti | with | meatballs",),
            instead=("kid | eat with | meatballs",),
        ),
        Example(
            "a man flying a kite on the beach",
            gives=("man | on | beach",),
            instead=("kite | on | beach",),
            tree="a/DT/det/1 man/NN/ROOT/1 flying/VBG/acl/1/fly a/DT/det/4 kite/NN/obj/2 on/IN/case/7 "
            "the/DT/det/7 beach/NN/nmod/4",
        ),
        Example(
            "plastic bottle with an orange on it", gives=("orange | on | bottle",), instead=("bottle | on | orange",)
        ),
        Example(
            "woman swinging tennis racket on tennis court",
            gives=("woman | on | tennis court",),
            instead=("tennis racket | on | tennis court",),
        ),
    ),
)
