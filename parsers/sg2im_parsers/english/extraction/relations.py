"""Rules applied to a tree: every edge is shown to the rules of its label, and the first that fits speaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sg2im_parsers.english.arguments import RELATIVE, actor, is_passive, own_subject, stranded
from sg2im_parsers.english.conventions import TURNED
from sg2im_parsers.english.extraction.mentions import is_whole
from sg2im_parsers.english.extraction.relation_rules import Rule, RuleBook
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import Phrasebook

OWNING = frozenset({"with", "have"})
"""What these say adds nothing to where the second noun is told to be."""

PLACING = frozenset({"on", "in", "under", "behind", "above", "at", "over", "below", "near", "beside"})
"""What has a place of its own does not share one that follows."""

MOST_CONJUNCTS = 12
"""How many nouns of "a and b and c" are followed on one side of a relationship."""


@dataclass(frozen=True, slots=True)
class Found:
    """A relationship between two tokens, before they are objects.

    Attributes:
        subject: position of the noun.
        predicate: as the graph will say it.
        object: position of the noun.
        words: what the predicate was made of.
        rule: name of the rule that found it.
        verb: position of the verb that it tells, if any.
        said: the preposition, or the verb with its preposition, as the text has it.
    """

    subject: int
    predicate: str
    object: int
    words: tuple[int, ...]
    rule: str
    verb: int | None
    said: str = ""

    def between(self, subject: int, item: int) -> Found:
        """The same between two nouns."""
        return self if (subject, item) == (self.subject, self.object) else replace(self, subject=subject, object=item)


def find_relations(tree: Tree, book: Phrasebook, rules: RuleBook) -> Iterator[Found]:
    """Every relationship that a rule finds, shared among coordinated nouns."""
    for token, label in enumerate(tree.labels):
        if label not in rules.by_label:
            continue
        case = case_text(tree, book, tree.case_of(token))
        rule = next((rule for rule in rules.rules_for(label, case) if _fits(tree, book, rules, rule, token)), None)
        found = None if rule is None else _apply(tree, book, rule, token)
        if found is not None and not _is_denied(tree, found):
            yield from (as_people_say(tree, book, each) for each in _share(tree, book, found))


def _is_denied(tree: Tree, found: Found) -> bool:
    """Whether it is said not to be so: by its verb, or by the noun that says where its subject is."""
    return found.verb in tree.negated or (found.object in tree.negated and tree.heads[found.subject] == found.object)


def _fits(tree: Tree, book: Phrasebook, rules: RuleBook, rule: Rule, token: int) -> bool:
    """Whether an edge is what a rule asks for, apart from its label and preposition."""
    head = tree.heads[token]
    return (
        _is(tree, book, rule.head, head)
        and _is(tree, book, rule.dependent, token)
        and (rule.head_case is None or rules.allows(rule.head_case, case_text(tree, book, tree.case_of(head))))
        and (rule.head_in is None or _listed(tree, book, rule.head_in, head))
        and (rule.dependent_in is None or _listed(tree, book, rule.dependent_in, token))
        and (rule.has_object is None or rule.has_object == (_object(tree, _verb(tree, token)) is not None))
        and (rule.has_subject is None or rule.has_subject == (own_subject(tree, _verb(tree, token)) is not None))
        and (rule.has_stranded is None or rule.has_stranded == (stranded(tree, _verb(tree, token)) is not None))
    )


def _is(tree: Tree, book: Phrasebook, kind: str, token: int) -> bool:
    if kind == "any":
        return True
    if kind == "noun":
        return tree.is_noun(token)
    if kind == "verb":
        return tree.is_verb(token)
    if kind == "passive":
        return tree.is_verb(token) and is_passive(tree, token)
    if kind == "whole":
        return tree.is_noun(token) and is_whole(tree, book, token)
    if kind == "preposition":
        return tree.tags[token] == "IN"
    return not tree.is_noun(token) and not tree.is_verb(token)


def _listed(tree: Tree, book: Phrasebook, name: str, token: int) -> bool:
    words = book.lists[name]
    return tree.lemmas[token] in words or tree.lowers[token] in words


def _verb(tree: Tree, token: int) -> int:
    """The verb of an edge: its dependent in a clause that describes a noun, else its head."""
    return token if tree.labels[token].startswith("acl") else tree.heads[token]


def _object(tree: Tree, verb: int) -> int | None:
    own = tree.child(verb, "obj")
    return None if own is None or tree.lowers[own] in RELATIVE else own


def _apply(tree: Tree, book: Phrasebook, rule: Rule, token: int) -> Found | None:
    verb = _verb(tree, token)
    subject, obj = _slot(tree, rule.subject, token, verb), _slot(tree, rule.object, token, verb)
    if subject is None or obj is None or subject == obj:
        return None
    marked = token if rule.case is not None or rule.head_case is None else tree.heads[token]
    case = tree.case_of(marked)
    text = rule.predicate
    words: tuple[int, ...] = ()
    if "{verb}" in text:
        spoken, verb_words = verb_text(tree, book, verb, bool(case) or "{stranded}" in text)
        text, words = text.replace("{verb}", spoken), verb_words
    if "{case}" in text:
        text = text.replace("{case}", case_text(tree, book, case))
    left = stranded(tree, verb) if "{stranded}" in text else None
    if left is not None:
        text, words = text.replace("{stranded}", case_text(tree, book, (left,))), (*words, left)
    told = verb if tree.is_verb(verb) else None
    said = f"{'' if told is None else tree.lemmas[told]} {case_text(tree, book, case)}".strip() or rule.name
    return Found(subject, text, obj, tuple(sorted({*words, *case})), rule.name, told, said)


def as_people_say(tree: Tree, book: Phrasebook, found: Found) -> Found:
    """Tell it as conventions do between two such nouns: a man "with" a beard has it."""
    if found.rule == "filled" and not book.shares_numbers:
        return found
    agreed = book.conventions.relation(*between(tree, found))
    if agreed is None or "PRP" in (tree.tags[found.subject], tree.tags[found.object]):
        return found
    one, other = sorted((found.subject, found.object))
    if agreed.startswith(TURNED):
        one, other = other, one
    return replace(found, subject=one, object=other, predicate=agreed.removeprefix(TURNED))


def between(tree: Tree, found: Found) -> tuple[str, str, str]:
    """What conventions know of a relation: the nouns' lemmas in the order of the text, and the words."""
    one, other = sorted((found.subject, found.object))
    return tree.lemmas[one], found.said, tree.lemmas[other]


def _slot(tree: Tree, slot: str, token: int, verb: int) -> int | None:
    if slot == "dependent":
        return token
    if slot == "head":
        return tree.heads[token]
    return actor(tree, verb) if slot == "actor" else _object(tree, verb)


def case_text(tree: Tree, book: Phrasebook, case: tuple[int, ...]) -> str:
    """A preposition in the form that a graph uses: "beneath" is "under", "up in" is "in"."""
    if len(case) == 1:
        return book.forms.get(tree.lowers[case[0]], tree.lowers[case[0]])
    words = [tree.lowers[c] for c in case]
    if len(words) > 1:
        joined = " ".join(words)
        for phrase, form in book.phrases.get(words[0], ()):
            if " ".join(phrase) == joined:
                return form
        words = [w for w in words[:-1] if w not in book.lists["directions"]] + words[-1:]
    return " ".join(book.forms.get(word, word) for word in words)


def verb_text(tree: Tree, book: Phrasebook, verb: int, has_case: bool) -> tuple[str, tuple[int, ...]]:
    """A verb's lemma, with its particle where that changes the meaning: "pick up", but "hold"."""
    lemma = book.forms_of_verbs.get(tree.lemmas[verb], tree.lemmas[verb])
    particle = tree.child(verb, "compound:prt")
    if particle is None:
        return lemma, tree.unit(verb)
    words = (*tree.unit(verb), particle)
    if has_case or lemma in book.lists["plain_verbs"]:
        return lemma, words
    return f"{lemma} {tree.lowers[particle]}", words


def _share(tree: Tree, book: Phrasebook, found: Found) -> Iterator[Found]:
    """The same for every noun that is coordinated with either side."""
    for subject in _subjects(tree, book, found):
        for obj in conjuncts(tree, found.object):
            if subject != obj:
                yield _told_of(tree, book, found, obj).between(subject, obj)


def _told_of(tree: Tree, book: Phrasebook, found: Found, obj: int) -> Found:
    """What is said of a coordinated noun, in its own preposition: "behind the house and in front of the trees"."""
    own = () if obj == found.object else tree.case_of(obj)
    if not own:
        return found
    case = tree.case_of(found.object)
    old, new = case_text(tree, book, case), case_text(tree, book, own)
    if old == new:
        predicate, said, words = found.predicate, found.said, {*found.words}.difference(case).union(own)
    elif f" {found.predicate}".endswith(f" {old}"):
        predicate, said = (text.removesuffix(old) + new for text in (found.predicate, found.said))
        words = {*found.words}.difference(case).union(own)
    else:  # "wearing a hat and with a bag": the bag is not worn
        predicate, said, words = new, new, {*own}
    return replace(found, predicate=predicate, said=said, words=tuple(sorted(words)))


def _subjects(tree: Tree, book: Phrasebook, found: Found) -> list[int]:
    """Coordinated subjects share what is said after the last of them."""
    subject = found.subject
    first = subject
    while tree.labels[first] == "conj" and tree.is_noun(tree.heads[first]):
        first = tree.heads[first]
    if first != subject and tree.labels[first] in ("nmod", "obl", "obj"):
        return [subject]
    joined = conjuncts(tree, first)
    if first != subject and not any(tree.child(c, "cc") is not None for c in joined):
        return [subject]  # "sky, grass, a sheep standing on the grass"
    every = [s for s in joined if s == subject or not found.words or _said_after(tree, book, found, s)]
    return every if len(every) > 1 else [subject]


def _said_after(tree: Tree, book: Phrasebook, found: Found, subject: int) -> bool:
    """Whether it may be said of an earlier one too: not of a cat "on a mat and a dog on a bed", nor "under a bed"."""
    case = [tree.lowers[c] for c in tree.case_of(found.object)]
    own = (n for n in tree.all_children(subject, "nmod") if subject < n < found.subject)
    for noun in own:
        its = [tree.lowers[c] for c in tree.case_of(noun)]
        if case and (its == case or ({*its} <= PLACING >= {*case} and tree.lemmas[noun] not in book.lists["clothes"])):
            return False
    return min(found.words) > subject or found.object < found.subject


def _is_clause(tree: Tree, noun: int) -> bool:
    return tree.child(noun, "cop", "nsubj") is not None


def conjuncts(tree: Tree, noun: int) -> list[int]:
    """A noun and the nouns coordinated with it, at most `MOST_CONJUNCTS`."""
    if not tree.all_children(noun, "conj"):
        return [noun]
    found, waiting = [noun], [noun]
    while waiting and len(found) < MOST_CONJUNCTS:
        more = [c for c in tree.all_children(waiting.pop(), "conj") if tree.is_noun(c) and not _is_clause(tree, c)]
        found += more
        waiting += more
    return sorted(found[:MOST_CONJUNCTS])
