"""Scene graphs that are given, not read from a sentence: their words checked against a model's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sg2im_errors import InputError
from sg2im_parsers.errors import UnknownWordsError
from sg2im_parsers.grounding.copies import spread_quantities
from sg2im_parsers.grounding.lexicon import Lexicon
from sg2im_parsers.grounding.match import Match
from sg2im_parsers.grounding.vocabulary_lexicon import VocabularyLexicon, words_of
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary, as_words

PLURALS = {
    "men": ("man",),
    "ies": ("y", "ie"),
    "ves": ("f", "fe", "ve"),
    "sses": ("ss", "s"),
    "es": ("e", ""),
    "s": ("",),
}
"""Endings of plurals, the longer first, and those of their base forms, likeliest first."""


def ground_graph(graph: SceneGraph, vocabulary: Vocabulary, lexicon: Lexicon | None = None) -> SceneGraph:
    """Check the words of a given graph against a vocabulary; aliases are replaced.

    A ``quantity`` makes so many objects: see `spread_quantities`. For a vocabulary without attributes the graph's are
    left out: nothing that is said of an object could be drawn.

    Raises:
        UnknownWordsError: names every word that the vocabulary has nothing for.
        InputError: a graph without objects.
    """
    require_drawable([graph], vocabulary, lexicon)
    words = words_of(vocabulary, lexicon)
    graph = spread_quantities(graph)
    return SceneGraph(
        tuple(
            replace(o, name=_name(object_match(words, o.label)), attributes=_attributes(o, words))
            for o in graph.objects
        ),
        tuple(_turn(r, words.predicate(r.predicate)) for r in graph.relationships),
    )


def require_drawable(graphs: Sequence[SceneGraph], vocabulary: Vocabulary, lexicon: Lexicon | None = None) -> None:
    """Refuse graphs if one of them cannot be drawn.

    Raises:
        UnknownWordsError: names every word of all graphs that the vocabulary has nothing for.
        InputError: a graph without objects.
    """
    for i, graph in enumerate(graphs):
        if not graph.objects:
            which = f"Graph {i}" if len(graphs) > 1 else "The scene graph"
            raise InputError(f"{which} has no objects, so there is nothing to draw; give it at least one.")
    words = words_of(vocabulary, lexicon)
    labels = _firsts(graphs, lambda graph: (("objects", i, o.label) for i, o in enumerate(graph.objects)))
    predicates = _firsts(
        graphs, lambda graph: (("relationships", i, r.predicate) for i, r in enumerate(graph.relationships))
    )
    lost = [word for word in labels if object_match(words, word) is None]
    lost_predicates = [word for word in predicates if words.predicate(word) is None]
    lost_attributes = _unknown_attributes(graphs, words)
    if lost or lost_predicates or lost_attributes:
        parts = [_hint(word, vocabulary.nearest_objects(word)) + labels[word] for word in lost]
        parts += [_hint(word, vocabulary.nearest_predicates(word)) + predicates[word] for word in lost_predicates]
        parts += [f"the attribute {_hint(word, vocabulary.nearest_attributes(word))}" for word in lost_attributes]
        message = f"These weights do not know {', '.join(parts)}; use other words or other weights."
        raise UnknownWordsError(message, tuple(dict.fromkeys((*lost, *lost_predicates, *lost_attributes))))


def _firsts(
    graphs: Sequence[SceneGraph], words_of: Callable[[SceneGraph], Iterable[tuple[str, int, str]]]
) -> dict[str, str]:
    """Words, and where each is first, for a message: " in objects[2]"."""
    found: dict[str, str] = {}
    for number, graph in enumerate(graphs):
        which = f"graph {number}: " if len(graphs) > 1 else ""
        for key, index, word in words_of(graph):
            found.setdefault(word, f" in {which}{key}[{index}]")
    return found


def _unknown_attributes(graphs: Sequence[SceneGraph], words: VocabularyLexicon) -> list[str]:
    """Of a model that knows attributes; one that knows none draws an object without them."""
    if not words.vocabulary.attributes:
        return []
    said = dict.fromkeys(word for graph in graphs for o in graph.objects for word in o.attributes)
    return [word for word in said if words.attribute(word) is None]


def known_part(
    graph: SceneGraph, vocabulary: Vocabulary, lexicon: Lexicon | None = None
) -> tuple[SceneGraph, tuple[str, ...]]:
    """A graph without what a vocabulary has nothing for, and the words that were left out, once each."""
    words = words_of(vocabulary, lexicon)
    kept = [i for i, item in enumerate(graph.objects) if object_match(words, item.label) is not None]
    place = {old: new for new, old in enumerate(kept)}
    lost = [item.label for i, item in enumerate(graph.objects) if i not in place]
    lost += [r.predicate for r in graph.relationships if words.predicate(r.predicate) is None]
    unknown = _unknown_attributes([graph], words)
    objects = tuple(
        replace(item, attributes=tuple(word for word in item.attributes if word not in unknown))
        for item in (graph.objects[i] for i in kept)
    )
    relationships = tuple(
        Relationship(place[r.subject], r.predicate, place[r.object])
        for r in graph.relationships
        if r.subject in place and r.object in place and r.predicate not in lost
    )
    return SceneGraph(objects, relationships), tuple(dict.fromkeys((*lost, *unknown)))


def object_match(words: VocabularyLexicon, label: str) -> Match | None:
    """The model's word for a noun without a sentence, which may be a plural.

    Args:
        words: of the model.
        label: one noun with its compounds, such as "fire hydrants"; capitals do not matter.
    """
    if words.vocabulary.has_object(label):
        return Match(label, "exact")
    text = " ".join(label.lower().replace("_", " ").split())
    if not text:
        return None
    return _match(words, text) or _match(words, _spoken(text)) or _match(words, as_words(text) or text)


def _spoken(text: str) -> str:
    """COCO-Stuff's "wall-brick" as "brick wall", and "sky-other" as "sky"."""
    kind, _, which = text.partition("-")
    return kind if which in ("", "other", "stuff") else f"{which} {kind}"


def _match(words: VocabularyLexicon, text: str) -> Match | None:
    *before, head = text.split()
    lemma = _base_form(words, before, head)
    return words.object(text, " ".join([*before, lemma]), lemma)


def _base_form(words: VocabularyLexicon, before: Sequence[str], noun: str) -> str:
    """What a noun may be the plural of, of several spellings the first that is a word by itself or with those before.

    "traffic signals" are more than one "traffic signal", though "signal" alone is nothing that can be seen.
    """
    if noun in words.lexicon.lemmas:
        return words.lexicon.lemmas[noun]
    for singular in _singulars(noun):
        if any(words.knows(joint.join([*before, singular])) for joint in (" ", "") if before):
            return singular
    singulars = () if noun in words.lexicon.own else _singulars(noun)
    return next((singular for singular in singulars if words.knows(singular)), noun)


def _singulars(text: str) -> tuple[str, ...]:
    """What a plural may be the plural of, likeliest first."""
    for ending, singulars in PLURALS.items():
        if text.endswith(ending) and not text.endswith("ss"):
            return tuple(text.removesuffix(ending) + singular for singular in singulars)
    return ()


def _name(match: Match | None) -> str | None:
    return None if match is None else match.name


def _attributes(item: SceneObject, words: VocabularyLexicon) -> tuple[str, ...]:
    if not words.vocabulary.attributes:
        return ()
    found = (words.attribute(word) for word in item.attributes)
    return tuple(dict.fromkeys(match.name for match in found if match is not None))


def _turn(relationship: Relationship, match: Match | None) -> Relationship:
    assert match is not None
    if match.inverted:
        return Relationship(relationship.object, match.name, relationship.subject)
    return Relationship(relationship.subject, match.name, relationship.object)


def _hint(word: str, near: tuple[str, ...]) -> str:
    return repr(word) + (f" (nearest: {', '.join(near)})" if near else "")
