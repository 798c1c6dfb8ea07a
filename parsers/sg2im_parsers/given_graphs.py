"""Scene graphs that are given, not read from a sentence: their words checked against a model's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sg2im_parsers.errors import InputError, UnknownWordsError
from sg2im_parsers.lexicon import Lexicon, Match, VocabularyLexicon, packaged_lexicon
from sg2im_parsers.scene_graph import Relationship, SceneGraph
from sg2im_parsers.vocabulary import Vocabulary


def ground_graph(graph: SceneGraph, vocabulary: Vocabulary, lexicon: Lexicon | None = None) -> SceneGraph:
    """Check the words of a given graph against a vocabulary; aliases of objects and predicates are replaced.

    Raises:
        UnknownWordsError: names every word that the vocabulary has nothing for.
        InputError: a graph without objects.
    """
    if not graph.objects:
        raise InputError("The scene graph has no objects, so there is nothing to draw; give it at least one.")
    words = (lexicon or packaged_lexicon()).for_vocabulary(vocabulary)
    objects = {o.label: _object_match(words, o.label) for o in graph.objects}
    predicates = {r.predicate: words.predicate(r.predicate) for r in graph.relationships}
    lost = [word for word, match in objects.items() if match is None]
    lost_predicates = [word for word, match in predicates.items() if match is None]
    if lost or lost_predicates:
        parts = [_hint(word, vocabulary.nearest_objects(word)) for word in lost]
        parts += [_hint(word, vocabulary.nearest_predicates(word)) for word in lost_predicates]
        message = f"These weights do not know {', '.join(parts)}; use other words or other weights."
        raise UnknownWordsError(message, tuple(dict.fromkeys((*lost, *lost_predicates))))
    return SceneGraph(
        tuple(replace(o, name=_name(objects[o.label])) for o in graph.objects),
        tuple(_turn(r, predicates) for r in graph.relationships),
    )


def _object_match(words: VocabularyLexicon, label: str) -> Match | None:
    """Try a label as it is, then as a plural; a file has no lemmas."""
    text = " ".join(label.lower().split())
    if not text:
        return None
    *before, head = text.split()
    irregular = " ".join([*before, words.lexicon.lemmas.get(head, head)])
    for lemma in (text, irregular, *_singulars(text)):
        found = words.object(text, lemma, lemma.split()[-1])
        if found is not None:
            return found
    return None


def _singulars(text: str) -> tuple[str, ...]:
    """What a regular plural may be the plural of, likeliest first."""
    for ending, singulars in (("ies", ("y", "ie")), ("ves", ("f", "fe", "ve")), ("es", ("e", "")), ("s", ("",))):
        if text.endswith(ending) and not text.endswith("ss"):
            return tuple(text.removesuffix(ending) + singular for singular in singulars)
    return ()


def _name(match: Match | None) -> str | None:
    return None if match is None else match.name


def _turn(relationship: Relationship, predicates: Mapping[str, Match | None]) -> Relationship:
    match = predicates[relationship.predicate]
    assert match is not None
    if match.inverted:
        return Relationship(relationship.object, match.name, relationship.subject)
    return Relationship(relationship.subject, match.name, relationship.object)


def _hint(word: str, near: tuple[str, ...]) -> str:
    return repr(word) + (f" (nearest: {', '.join(near)})" if near else "")
