"""Rewrite treebank sentences in the style of image captions.

Captions are noun phrases ("man in hat riding a bike") more often than sentences, in
lower case, without a final full stop, often without articles. Treebanks have few of
these, but sentences can be rewritten into them together with their trees:

* a noun phrase taken out of its sentence ("the leg of the man");
* "a man is riding a bike" -> "a man riding a bike" (the verb becomes acl of the noun);
* "the field is surrounded by trees" -> "the field surrounded by trees";
* "the car is in the street" -> "the car in the street" (the place becomes nmod);
* "the man rode a bike" -> "the man riding a bike";
* "the dogs slept on the couch" -> "the dogs on the couch".
"""

import random
from collections.abc import Iterator
from typing import NamedTuple

from lemmas import verb_forms

NOUNS = {"NN", "NNS", "NNP", "NNPS"}
COMMON = {"NNP": "NN", "NNPS": "NNS"}
ARTICLES = {"a", "an", "the"}
FINAL = {".", "!", "?", "...", ";", ":"}

# What may stand before a noun without belonging to its phrase, and what unmakes a phrase.
LEADING = {"case", "mark", "cc", "punct", "cop", "nsubj", "aux", "advmod", "discourse", "csubj", "expl"}
LOOSE = {"parataxis", "list", "nsubj", "cop", "reparandum", "vocative", "dep", "orphan"}
# What a clause loses when its verb comes to stand behind the noun.
LEFT_OUT = {"punct", "parataxis", "ccomp", "discourse", "mark", "cc", "vocative"}
LEFT_OUT_BEFORE_VERB = {"conj", "advcl"}
SKIPPABLE_TAGS = {"RB", ",", ".", "``", "''"}

FINITE = {"VBD", "VBZ", "VBP"}
AUXILIARIES = {"aux", "aux:pass", "cop"}
PLACES = {"in", "on", "at", "with", "near", "by", "under", "behind", "over", "above", "against", "along", "around"}

PHRASE_SHARE = 0.4
PARTICIPLE_SHARE = 1.0
PLACE_SHARE = 0.8
ARTICLE_DROP_SHARE = 0.4
LOWERCASE_SHARE = 0.85
MOST_VARIANTS = 3
LONGEST, SHORTEST = 16, 3


class Token(NamedTuple):
    """One word of a tree; ``head`` is an index into its sentence, a root is its own head."""

    word: str
    lemma: str
    pos: str
    tag: str
    head: int
    dep: str
    space: bool


Tokens = list[Token]


def lowercase(tokens: Tokens) -> Tokens:
    """Lower the words; a name in lower case is tagged as a common noun, as captions have them."""
    return [
        token._replace(word=token.word.lower(), lemma=token.lemma.lower(), tag=COMMON.get(token.tag, token.tag))
        for token in tokens
    ]


def strip_final_punctuation(tokens: Tokens) -> Tokens:
    """Drop the last token if it ends the sentence, has no dependents and is not all there is."""
    last = len(tokens) - 1
    if last < 1 or tokens[last].word not in FINAL or any(token.head == last for token in tokens):
        return tokens
    return tokens[:last]


def caption_variants(tokens: Tokens, rng: random.Random) -> Iterator[Tokens]:
    """Yield at most three caption-like fragments of one sentence, some of them without articles too."""
    everywhere = range(len(tokens))
    variants = [variant for i in everywhere if (variant := reduced_clause(tokens, i))]
    for rewrite, share in (
        (participle_clause, PARTICIPLE_SHARE),
        (place_phrase, PLACE_SHARE),
        (noun_phrase, PHRASE_SHARE),
    ):
        found = [variant for i in everywhere if (variant := rewrite(tokens, i))]
        if found and rng.random() < share:
            variants += rng.choices(found, [len(variant) - 1 for variant in found])
    for variant in variants[:MOST_VARIANTS]:
        yield lowercase(variant) if rng.random() < LOWERCASE_SHARE else variant
        bare = drop_articles(variant)
        if len(bare) < len(variant) and rng.random() < ARTICLE_DROP_SHARE:
            yield lowercase(bare)


def noun_phrase(tokens: Tokens, noun: int) -> Tokens:
    """Take a noun phrase without the preposition that led to it; nothing if there is no clean one."""
    if tokens[noun].tag not in NOUNS or tokens[noun].dep in {"compound", "flat", "conj"}:
        return []
    keep = set(_subtree(tokens, noun))
    for i in _children(tokens, noun):
        led = i < noun and _plain(tokens[i].dep) in LEADING
        if led or tokens[i].dep == "case":
            keep -= set(_subtree(tokens, i))
    phrase = sorted(keep)
    while phrase[-1] != noun and tokens[phrase[-1]].tag in {".", ",", ":"}:
        phrase.pop()
    loose = any(i in keep and tokens[i].dep in LOOSE for i in _children(tokens, noun))
    return [] if loose or not _contiguous(phrase) else _cut(tokens, phrase, noun)


def reduced_clause(tokens: Tokens, verb: int) -> Tokens:
    """Take "be" out of "a man is riding a bike", for progressives, passives and places."""
    subject = _noun_subject(tokens, verb)
    helpers = [i for i in _children(tokens, verb) if tokens[i].dep in AUXILIARIES]
    if subject is None or len(helpers) != 1 or tokens[helpers[0]].lemma != "be":
        return []
    label = _reduced_label(tokens, verb, tokens[helpers[0]].dep)
    if not label or not subject < helpers[0] < verb:
        return []
    turned = _replaced(tokens, verb, head=subject, dep=label)
    return _cut(turned, _clause_tokens(tokens, verb, subject, helpers[0]), subject)


def participle_clause(tokens: Tokens, verb: int) -> Tokens:
    """Turn "the man rode a bike" into "the man riding a bike"."""
    subject = _noun_subject(tokens, verb)
    unfit = any(tokens[i].dep in {*AUXILIARIES, "conj"} for i in _children(tokens, verb))
    if subject is None or unfit or tokens[verb].tag not in FINITE or tokens[verb].lemma in {"be", "have"}:
        return []
    form = participle(tokens[verb].lemma)
    turned = _replaced(tokens, verb, word=form, tag="VBG", head=subject, dep="acl")
    return _cut(turned, _clause_tokens(tokens, verb, subject), subject)


def place_phrase(tokens: Tokens, verb: int) -> Tokens:
    """Turn "the dogs slept on the couch" into "the dogs on the couch"."""
    subject = _noun_subject(tokens, verb)
    places = [i for i in _children(tokens, verb) if tokens[i].dep == "obl" and _is_place(tokens, i)]
    if subject is None or not places or places[0] < verb:
        return []
    turned = _replaced(tokens, places[0], head=subject, dep="nmod")
    return _cut(turned, _subtree(tokens, subject) + _subtree(tokens, places[0]), subject)


def participle(lemma: str) -> str:
    """Spell the -ing form of a verb."""
    if lemma.endswith("ie"):
        return lemma[:-2] + "ying"
    if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")):
        return lemma[:-1] + "ing"
    return next(form for form in verb_forms(lemma) if form.endswith("ing"))


def drop_articles(tokens: Tokens) -> Tokens:
    """Leave out articles; the tokens as they are if too few would remain."""
    keep = [i for i, t in enumerate(tokens) if t.word.lower() not in ARTICLES or t.dep != "det"]
    roots = [i for i, t in enumerate(tokens) if t.dep == "ROOT"]
    return (_cut(tokens, keep, roots[0]) if roots else []) or tokens


def _reduced_label(tokens: Tokens, verb: int, helper_dep: str) -> str:
    if (helper_dep, tokens[verb].tag) in {("aux", "VBG"), ("aux:pass", "VBN")}:
        return "acl"
    placed = any(tokens[i].dep == "case" for i in _children(tokens, verb))
    return "nmod" if helper_dep == "cop" and placed and tokens[verb].tag in NOUNS else ""


def _noun_subject(tokens: Tokens, verb: int) -> int | None:
    """The subject before a verb, if it has just one and this is a noun."""
    subjects = [i for i in _children(tokens, verb) if tokens[i].dep in {"nsubj", "nsubj:pass"}]
    if len(subjects) != 1 or tokens[subjects[0]].tag not in NOUNS or subjects[0] > verb:
        return None
    return subjects[0]


def _is_place(tokens: Tokens, noun: int) -> bool:
    led = any(tokens[i].dep == "case" and tokens[i].word in PLACES for i in _children(tokens, noun))
    return led and tokens[noun].tag in NOUNS


def _replaced(tokens: Tokens, index: int, **changes: str | int) -> Tokens:
    return [*tokens[:index], tokens[index]._replace(**changes), *tokens[index + 1 :]]


def _clause_tokens(tokens: Tokens, verb: int, subject: int, helper: int | None = None) -> list[int]:
    """From the subject to the clause's end, what stays in a caption; none if more than small words would go."""
    start = min(_subtree(tokens, subject))
    keep = set(_subtree(tokens, verb)) - {helper}
    for i in _children(tokens, verb):
        before = tokens[i].dep in LEFT_OUT_BEFORE_VERB or tokens[i].tag in {"RB", "MD"}
        if i < start or tokens[i].dep in LEFT_OUT or (i < verb and before):
            keep -= set(_subtree(tokens, i))
    gaps = set(range(min(keep), max(keep) + 1)) - keep - {helper}
    return sorted(keep) if all(tokens[i].tag in SKIPPABLE_TAGS for i in gaps) else []


def _cut(tokens: Tokens, keep: list[int], root: int) -> Tokens:
    """Keep some tokens under a new root; nothing if one of them loses its head."""
    place = {old: new for new, old in enumerate(keep)}
    if not SHORTEST <= len(keep) <= LONGEST:
        return []
    if any(tokens[old].head not in place for old in keep if old != root):
        return []
    cut = [tokens[old]._replace(head=place.get(tokens[old].head, -1)) for old in keep]
    cut[place[root]] = cut[place[root]]._replace(head=place[root], dep="ROOT")
    return cut


def _children(tokens: Tokens, head: int) -> list[int]:
    return [i for i, token in enumerate(tokens) if token.head == head and i != head]


def _subtree(tokens: Tokens, root: int) -> list[int]:
    found, waiting = [], [root]
    while waiting:
        token = waiting.pop()
        found.append(token)
        waiting += _children(tokens, token)
    return sorted(found)


def _contiguous(indices: list[int]) -> bool:
    return indices == list(range(indices[0], indices[-1] + 1))


def _plain(dep: str) -> str:
    return dep.split(":")[0]
