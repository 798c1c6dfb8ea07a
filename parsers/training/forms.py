"""Counts how people put otherwise what the rules find: names, attributes, relations, and what they leave out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import SequenceMatcher

from graphs import Triples, found, objects, qualities
from majorities import LEFT_OUT, MARGIN_ABSENT, MARGIN_EXACT, MARGIN_GENERAL, Line, counts, decide
from spacy.tokens import Doc

from sg2im_parsers.english.conventions import ALIKE, ANY, FACTUAL, TURNED
from sg2im_parsers.english.extraction.assembly import Assembly
from sg2im_parsers.english.extraction.relation_rules import packaged_rules
from sg2im_parsers.english.extraction.relations import Found, between, find_relations
from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.english.parser import read_tree
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import packaged_phrasebook


def is_another_name(name: str, other: str, caption: str) -> bool:
    """Whether people gave the thing another name, and did not mean another word of the caption."""
    alike = SequenceMatcher(None, name.replace(" ", ""), other.replace(" ", "")).ratio() > ALIKE
    return alike or set(other.split()) <= set(name.split()) or other not in caption.replace(" ", "")


def other_forms(read: Iterable[tuple[ParsedText, Triples]]) -> Iterator[Line]:
    """Lines of the kinds called and attribute: names and attributes that people spell or put otherwise."""
    called, attribute = counts(), counts()
    for parsed, graph in read:
        ours = found(parsed)
        missing, extra = graph - ours, ours - graph
        ours_alone, theirs_alone = objects(ours) - objects(graph), objects(graph) - objects(ours)
        for name in objects(ours) & objects(graph):
            called[name][name] += 1
        if len(ours_alone) == len(theirs_alone) == 1:
            name, other = *ours_alone, *theirs_alone
            renamed = {tuple(other if field == name else field for field in t) for t in extra}
            sure = renamed & missing and is_another_name(name, other, parsed.text.lower())
            called[name][other if sure else "?"] += 1
        for name in objects(ours) & objects(graph):
            ours_said, theirs_said = qualities(ours, name), qualities(graph, name)
            for both in ours_said & theirs_said:
                attribute[both][both] += 1
            if len(ours_said - theirs_said) == len(theirs_said - ours_said) == 1:
                attribute[min(ours_said - theirs_said)][min(theirs_said - ours_said)] += 1
            else:
                attribute.update({said: attribute[said] + Counter("?") for said in ours_said - theirs_said})
    for kind, table in (("called", called), ("attribute", attribute)):
        for known, seen in sorted(table.items()):
            decided = decide(seen, known, MARGIN_EXACT)
            if decided is not None and decided[0] != "?" and not known.isdecimal():
                yield kind, known, *decided


def relations_found(doc: Doc) -> Iterator[tuple[Tree, Found, str, str]]:
    """Relations between two nouns as the rules tell them, before conventions, with the names of both in text order."""
    tree, things = read_tree(doc, conventions=FACTUAL)
    book = packaged_phrasebook(FACTUAL)
    plain = replace(book, conventions=replace(book.conventions, tables={**book.conventions.tables, "relation": {}}))
    assembly = Assembly(tree, plain, things)
    relations = list(find_relations(tree, plain, packaged_rules()))
    assembly.settle(relations)
    for relation in relations:
        if "PRP" in (tree.tags[relation.subject], tree.tags[relation.object]):
            continue
        ends = [assembly.thing_meant(token) for token in sorted((relation.subject, relation.object))]
        if None not in ends:
            one, other = (assembly.name(end.head) for end in ends if end is not None)
            yield tree, relation, one, other


def told(relation: Found) -> str:
    """A relation as the rules tell it, from the first noun of the text to the second."""
    return relation.predicate if relation.subject < relation.object else TURNED + relation.predicate


def ways_of_telling(read: Iterable[tuple[Doc, Triples]]) -> Iterator[Line]:
    """Lines of the kind relation."""
    table, ours = counts(), counts()
    for doc, graph in read:
        names = objects(graph)
        for tree, relation, one, other in relations_found(doc):
            if one == other or not {one, other} <= names:
                continue
            theirs = [t[1] for t in graph if (t[0], t[2]) == (one, other) and t[1] != "is"]
            theirs += [TURNED + t[1] for t in graph if (t[2], t[0]) == (one, other) and t[1] != "is"]
            if len(theirs) != 1:
                continue
            first, said, second = between(tree, relation)
            for key in (
                f"{ANY}|{said}|{ANY}",
                f"{first}|{said}|{ANY}",
                f"{ANY}|{said}|{second}",
                f"{first}|{said}|{second}",
            ):
                table[key][theirs[0]] += 1
                ours[key][told(relation)] += 1
    decided_for: dict[str, str] = {}
    for key in sorted(table, key=lambda key: (-key.count(ANY), key)):
        first, said, second = key.split("|")
        above = (f"{ANY}|{said}|{second}", f"{first}|{said}|{ANY}", f"{ANY}|{said}|{ANY}")
        default = next((decided_for[k] for k in above if k != key and k in decided_for), None)
        usual = ours[key].most_common(1)[0][0]
        decided = decide(table[key], default or usual, MARGIN_GENERAL if ANY in (first, second) else MARGIN_EXACT)
        if decided is not None:
            decided_for[key] = decided[0]
            yield "relation", key, *decided


def absent(read: Iterable[tuple[ParsedText, Triples]]) -> Iterator[Line]:
    """Lines of the kind absent: nouns that people hardly ever draw."""
    table = counts()
    for parsed, graph in read:
        words = {word for name in objects(graph) for word in name.split()}
        words |= {word for t in graph if t[1] == "is" for word in t[2].split()}
        for thing, mention in zip(parsed.graph.objects, parsed.mentions, strict=True):
            name = thing.text or ""
            if len(mention.name_words) == 1 and len(parsed.graph.objects) > 1:
                drawn = words.issuperset(name.split())
                table[parsed.words[mention.head].lemma]["drawn" if drawn else "left out"] += 1
    for known, seen in sorted(table.items()):
        decided = decide(seen, "drawn", MARGIN_ABSENT)
        if decided is not None and decided[1] >= LEFT_OUT * decided[2]:
            yield "absent", known, *decided
