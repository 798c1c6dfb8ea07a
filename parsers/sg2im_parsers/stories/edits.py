"""What one line does to a scene: more in it, less in it, one thing for another, or something else said of two things.

What a line says of two things that were there before takes the place of what was said of the two, and moves the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sg2im_errors import InputError
from sg2im_parsers.english.parsed_text import Mention, ParsedText
from sg2im_parsers.english.word_lists import word_list
from sg2im_parsers.grounding.attribute_data import packaged_attribute_words
from sg2im_parsers.grounding.sentence import Grounded
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

BETWEEN = frozenset({"other", "same"})
"""May stand between an article and its noun."""


@dataclass(frozen=True)
class Change:
    """A scene after a line.

    Attributes:
        graph: all that there is now.
        kept: for each object its position before; None for what is new.
        moved: objects of which something new is said.
        spoken_of: objects that the line names, in its order.
        remarks: what a person should know.
    """

    graph: SceneGraph
    kept: tuple[int | None, ...]
    moved: frozenset[int] = frozenset()
    spoken_of: tuple[int, ...] = ()
    remarks: tuple[str, ...] = ()


def move(graph: SceneGraph, before: SceneGraph, kept: Sequence[int | None]) -> frozenset[int]:
    """Objects that were there before, and now stand to another one that was in a way that nobody had said."""
    said = {(r.subject, r.predicate, r.object) for r in before.relationships}
    return frozenset(
        r.subject
        for r in graph.relationships
        if None not in (kept[r.subject], kept[r.object])
        and (kept[r.subject], r.predicate, kept[r.object]) not in said
        and graph.objects[r.subject].box is None
    )


def add(
    scene: SceneGraph, spoken_of: Sequence[int], parsed: ParsedText, grounded: Grounded, vocabulary: Vocabulary
) -> Change:
    """The scene with what a line says: things of their own, or "the sheep" that is there already."""
    objects = list(scene.objects)
    ends: list[tuple[int, ...]] = [()] * len(grounded.graph.objects)
    moved: set[int] = set()
    remarks: list[str] = []
    for mention, copies in _copies(grounded).items():
        item = grounded.graph.objects[copies[0]]
        same = _like(scene, spoken_of, item)
        meant = _meant(parsed, mention, item, same, vocabulary)
        amount = parsed.mentions[mention].amount
        if meant and amount is not None and len(meant) < amount:
            remarks.append(f"Of {item.text!r} there are {len(meant)} in the scene.")
        for place in meant:
            objects[place] = _described(objects[place], item)
            moved |= {place} if item.place not in (None, scene.objects[place].place) else set()
        if not meant:
            meant = tuple(range(len(objects), len(objects) + len(copies)))
            objects += [grounded.graph.objects[copy] for copy in copies]
        for k, copy in enumerate(copies):
            ends[copy] = (meant[k],) if len(meant) == len(copies) else meant
    said = [
        Relationship(s, r.predicate, o)
        for r in grounded.graph.relationships
        for s in ends[r.subject]
        for o in ends[r.object]
        if s != o
    ]
    kept = (*range(len(scene.objects)), *(None for _ in objects[len(scene.objects) :]))
    graph = SceneGraph(tuple(objects), _told_last(scene.relationships, said))
    named = tuple(dict.fromkeys(place for end in ends for place in end))
    return Change(graph, kept, move(graph, scene, kept) | moved, named, tuple(remarks))


def remove(scene: SceneGraph, spoken_of: Sequence[int], parsed: ParsedText, grounded: Grounded) -> Change:
    """The scene without what a line names.

    Raises:
        InputError: it is not in the scene, or nothing would be left.
    """
    gone = _named(scene, spoken_of, parsed, grounded)
    if len(gone) == len(scene.objects):
        raise InputError("this takes away all that there is; leave something to draw, or describe another scene.")
    kept = tuple(i for i in range(len(scene.objects)) if i not in gone)
    place = {old: new for new, old in enumerate(kept)}
    relationships = tuple(
        Relationship(place[r.subject], r.predicate, place[r.object])
        for r in scene.relationships
        if r.subject in place and r.object in place
    )
    return Change(SceneGraph(tuple(scene.objects[i] for i in kept), relationships), kept)


def substitute(
    scene: SceneGraph, spoken_of: Sequence[int], parsed: ParsedText, grounded: Grounded, new: SceneGraph
) -> Change:
    """The scene with another thing for each that a line names; what was said of the old is true of the new.

    Raises:
        InputError: the thing is not in the scene, or not one thing comes in its place.
    """
    if len({item.name for item in new.objects}) != 1:
        raise InputError("one thing can replace another; say it of one, and add the others with a line of their own.")
    places = _named(scene, spoken_of, parsed, grounded)
    objects = [new.objects[0] if i in places else item for i, item in enumerate(scene.objects)]
    kept = tuple(None if i in places else i for i in range(len(objects)))
    return Change(replace(scene, objects=tuple(objects)), kept, spoken_of=tuple(sorted(places)))


def _copies(grounded: Grounded) -> dict[int, list[int]]:
    """For each mention the objects that were made of it."""
    copies: dict[int, list[int]] = {}
    for copy, mention in enumerate(grounded.mentioned):
        copies.setdefault(mention, []).append(copy)
    return copies


def _meant(
    parsed: ParsedText, mention: int, item: SceneObject, same: list[int], vocabulary: Vocabulary
) -> tuple[int, ...]:
    """Objects of the scene that a mention means: "the sheep", or bare "grass" where there is grass."""
    said = parsed.mentions[mention]
    article = _before(parsed, said)
    if article in word_list("definite"):
        return tuple(sorted(same)[: said.amount]) if _is_plural(said) else tuple(same[:1])
    bare = article is None and not said.plural and said.amount is None
    return tuple(same[:1]) if bare and item.name in vocabulary.stuff else ()


def _is_plural(said: Mention) -> bool:
    return said.plural or (said.amount or 1) > 1


def _before(parsed: ParsedText, said: Mention) -> str | None:
    """The article of a noun; None if it has none."""
    place = min((*said.name_words, *said.number_words, *(w for group in said.attribute_words for w in group))) - 1
    while place >= 0 and parsed.words[place].text.lower() in BETWEEN:
        place -= 1
    word = parsed.words[place] if place >= 0 else None
    return word.text.lower() if word is not None and word.tag in ("DT", "PDT", "PRP$") else None


def _named(scene: SceneGraph, spoken_of: Sequence[int], parsed: ParsedText, grounded: Grounded) -> frozenset[int]:
    """Objects of the scene that a line names, and not only to say where another is.

    Raises:
        InputError: there is no such object.
    """
    placing = {r.object for r in parsed.graph.relationships}
    found: set[int] = set()
    for mention, copies in _copies(grounded).items():
        if mention in placing:
            continue
        item, said = grounded.graph.objects[copies[0]], parsed.mentions[mention]
        same = [i for i in _like(scene, spoken_of, item) if i not in found]
        if not same:
            there = ", ".join(dict.fromkeys(other.label for other in scene.objects))
            raise InputError(f"there is no {item.text!r} in the scene; it has {there}.")
        every = _is_plural(said) or _before(parsed, said) is None
        found |= set(same[: said.amount] if every else same[:1])
    return frozenset(found)


def _like(scene: SceneGraph, spoken_of: Sequence[int], item: SceneObject) -> list[int]:
    """Objects of that name, those of which the most of it is said already first: "the red car" of two cars."""
    same = [i for i in spoken_of if scene.objects[i].name == item.name]
    return sorted(same, key=lambda i: -len({*item.attributes} & {*scene.objects[i].attributes}))


def _described(item: SceneObject, said: SceneObject) -> SceneObject:
    """With what a line says of a thing that is there; a thing that was red and is blue now is not red."""
    words = packaged_attribute_words()
    old = (word for word in item.attributes if not any(words.contradict(word, new) for new in said.attributes))
    return replace(item, attributes=tuple(dict.fromkeys((*old, *said.attributes))), place=said.place or item.place)


def _told_last(old: Iterable[Relationship], new: Sequence[Relationship]) -> tuple[Relationship, ...]:
    """Of two things holds what was said last."""
    pairs = {frozenset((r.subject, r.object)) for r in new}
    before = [r for r in old if frozenset((r.subject, r.object)) not in pairs or r in new]
    return tuple(dict.fromkeys((*before, *new)))
