"""Docs and results in a form that tests can write down."""

from functools import cache

from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.english.pipeline import import_spacy


@cache
def vocab():
    return import_spacy().blank("en").vocab


def doc(tokens):
    """A parsed Doc from "word/tag/label/head/lemma ...": the head by its position, the lemma if it is another word."""
    from spacy.tokens import Doc

    rows = [token.split("/") for token in tokens.split()]
    return Doc(
        vocab(),
        words=[row[0] for row in rows],
        tags=[row[1] for row in rows],
        deps=[row[2] for row in rows],
        heads=[int(row[3]) for row in rows],
        lemmas=[row[4] if len(row) > 4 else row[0] for row in rows],
    )


def triples(parsed: ParsedText) -> set[str]:
    names = [thing.text for thing in parsed.graph.objects]
    return {f"{names[r.subject]} | {r.predicate} | {names[r.object]}" for r in parsed.graph.relationships}


def attributes(parsed: ParsedText) -> dict[str, tuple[str, ...]]:
    return {thing.text: thing.attributes for thing in parsed.graph.objects if thing.attributes}


def names(parsed: ParsedText) -> list[str]:
    return [thing.text for thing in parsed.graph.objects]


def statements(parsed: ParsedText) -> set[str]:
    """All that a graph says: "dog", "dog | on | bed", "dog | is | brown", "dogs | is | 2", "dog | is | on the left"."""
    said = {*names(parsed), *triples(parsed)}
    for thing in parsed.graph.objects:
        numbers = [str(thing.quantity)] if thing.quantity else []
        places = [thing.place] if thing.place else []
        said |= {f"{thing.text} | is | {quality}" for quality in (*thing.attributes, *numbers, *places)}
    return said
