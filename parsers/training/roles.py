"""Counts what a word before a noun becomes in graphs: part of the name, a quality, what has it, nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from graphs import Triples, objects, qualities
from majorities import LEFT_OUT, MARGIN_EXACT, MARGIN_GENERAL, Line, counts, decide
from spacy.tokens import Doc

from sg2im_parsers.english.conventions import FACTUAL, NAME, NOTHING, QUALITY, WHOLE
from sg2im_parsers.english.tree import NOUN_TAGS
from sg2im_parsers.english.word_lists import packaged_phrasebook


def role_in_graph(graph: Triples, word: str, noun: str, forms: dict[str, str]) -> str | None:
    """What a word before a noun became in the graph; None where one cannot tell."""
    names = objects(graph)
    if f"{word} {noun}" in names:
        return NAME
    if noun not in names:
        return None
    said = qualities(graph, noun)
    if word in said or forms.get(word) in said:
        return QUALITY
    if any(word in quality.replace("-", " ").split() for quality in said):
        return None
    if word in names:
        return WHOLE if (word, "have", noun) in graph else NOTHING
    return NOTHING


def word_roles(read: Iterable[tuple[Doc, Triples]]) -> Iterator[Line]:
    """Lines of the kinds compound, modifier, head and phrase."""
    book = packaged_phrasebook(FACTUAL)
    forms = dict(book.attribute_forms)
    pairs, words, heads, phrases = counts(), counts(), counts(), counts()
    as_noun: dict[str, Counter[bool]] = defaultdict(Counter)
    for doc, graph in read:
        for word, noun in pairwise(doc):
            if noun.tag_ not in NOUN_TAGS or not (word.tag_ in NOUN_TAGS or word.tag_.startswith("JJ")):
                continue
            role = role_in_graph(graph, word.lower_, noun.lower_, forms)
            if role is None or (role == NOTHING and word.lower_ in book.lists["not_qualities"]):
                continue
            pairs[f"{word.lower_} {noun.lemma_.lower()}"][role] += 1
            words[word.lower_][role] += 1
            as_noun[word.lower_][word.tag_ in NOUN_TAGS] += 1
            if word.tag_ in NOUN_TAGS:
                heads[noun.lemma_.lower()][role] += 1
        for first, second, noun in zip(doc, doc[1:], doc[2:], strict=False):
            if noun.lower_ in objects(graph) and first.is_alpha and second.is_alpha:
                said = qualities(graph, noun.lower_)
                both = f"{first.lower_} {second.lower_}"
                if second.lower_ in said or forms.get(second.lower_) in said:
                    phrases[both]["no"] += 1
                elif both in said or both.replace(" ", "-") in said:
                    phrases[both]["yes"] += 1
    general: dict[str, str] = {}
    for kind, table in (("modifier", words), ("head", heads)):
        for found, seen in sorted(table.items()):
            adjective = kind == "modifier" and as_noun[found][False] > as_noun[found][True]
            decided = decide(seen, QUALITY if adjective else None, MARGIN_GENERAL)
            if decided is not None and not (decided[0] == NOTHING and decided[1] < LEFT_OUT * decided[2]):
                general[f"{kind} {found}"] = decided[0]
                yield kind, found, *decided
    for found, seen in sorted(pairs.items()):
        word, _, noun = found.rpartition(" ")
        adjective = as_noun[word][False] > as_noun[word][True]
        default = general.get(f"modifier {word}") or (QUALITY if adjective else general.get(f"head {noun}"))
        decided = decide(seen, default, MARGIN_EXACT)
        if decided is not None:
            yield "compound", found, *decided
    for found, seen in sorted(phrases.items()):
        decided = decide(seen, "no", MARGIN_EXACT)
        if decided is not None:
            yield "phrase", found, *decided
