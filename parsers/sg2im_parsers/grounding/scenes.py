"""Scenes as words: "kitchen" is no thing of its own, so what there usually is in kitchens is drawn.

The table is ``data/scenes.toml``, which ``parsers/training/scenes.py`` counts in the training pictures.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.grounding.match import Match
from sg2im_parsers.grounding.vocabulary_lexicon import VocabularyLexicon
from sg2im_parsers.scene_graph import Relationship

MOST_BESIDE_OTHERS = 4
"""Objects that a scene brings where the text names something else to draw: they are what is around it."""

INSIDE = frozenset({"across", "along", "around", "at", "down", "in", "inside", "into", "on", "through", "within"})
"""Last words of predicates whose object is the scene of their subject."""

UNDERFOOT = ("floor", "ground", "grass", "sand", "road", "field")
"""What is stood on, where a scene brings it."""

SAME = ("exact", "spelling", "base form", "synonym")
"""Rules by which a word means just what the table means; a neighbour of it is not brought."""

HAVING = frozenset({"contain", "have", "with"})
"""Last words of predicates whose subject is the scene of their object."""


@dataclass(frozen=True)
class SceneKind:
    """One kind of scenes.

    Attributes:
        objects: what most pictures of it have: the most frequent, then what marks it.
        relationships: which of them is above or below which, where that is so in nearly all pictures.
        alone: whether its word is an object, too ("city": building), so that it brings more only if it is alone.
    """

    objects: tuple[str, ...]
    relationships: tuple[tuple[str, str, str], ...]
    alone: bool


@dataclass(frozen=True)
class Brought:
    """What a scene brings, in a model's words.

    Attributes:
        mention: of the scene.
        names: of objects, one each.
        relationships: subject, predicate and object between them, and with the object that the scene's word became.
        own: that object ("building" of a city); None for a scene that is none.
        standing: mentions of what stands on a thing that is brought, by that and by which predicate.
    """

    mention: int
    names: tuple[str, ...]
    relationships: tuple[tuple[str, str, str], ...]
    own: str | None
    standing: tuple[tuple[int, str, str], ...]

    def placed(self, start: int, things: Sequence[range]) -> list[Relationship]:
        """The relationships between positions of objects.

        Args:
            start: position of the first object that is brought.
            things: for each mention the positions of its objects.
        """
        place = {name: start + i for i, name in enumerate(self.names)}
        known = place if self.own is None else {self.own: things[self.mention].start} | place
        among = [Relationship(known[subject], said, known[other]) for subject, said, other in self.relationships]
        return among + [Relationship(i, said, place[on]) for thing, said, on in self.standing for i in things[thing]]


@cache
def packaged_scenes() -> Mapping[str, SceneKind]:
    """The kinds of scenes by their words."""
    text = (resources.files("sg2im_parsers") / "data" / "scenes.toml").read_text(encoding="utf8")
    found: dict[str, SceneKind] = {}
    for kind in tomllib.loads(text).values():
        said = tuple((subject, predicate, other) for subject, predicate, other in kind["relationships"])
        for word in kind["words"]:
            found[word] = SceneKind(tuple(kind["objects"]), said, kind["alone"])
    return found


def find_scenes(parsed: ParsedText, matches: Sequence[Match | None], words: VocabularyLexicon) -> dict[int, Brought]:
    """What the scenes of a text bring, by their mentions.

    A scene is the only thing that a text names, or what the others are in: a cat in a kitchen, a kitchen with a stove,
    but not a dog next to a kitchen, nor a picture of a kitchen on a wall.

    Args:
        parsed: the text.
        matches: for each mention the model's word, if it has one.
        words: of the model.
    """
    there = {match.name for match in matches if match is not None}
    denied = {parsed.words[i].lemma for i in parsed.denied}
    found: dict[int, Brought] = {}
    for mention, kind in _scenes(parsed, matches):
        match = matches[mention]
        most = MOST_BESIDE_OTHERS if match is None and there else len(kind.objects)
        names, said = _brought(kind, there | denied, words, most, match)
        if names:
            standing = tuple(_standing(parsed, matches, words, mention, names))
            found[mention] = Brought(mention, names, said, None if match is None else match.name, standing)
            there |= set(names)
    return found


def _scenes(parsed: ParsedText, matches: Sequence[Match | None]) -> Iterator[tuple[int, SceneKind]]:
    """Mentions that are scenes; one that a model draws as an object is a scene only where it has nothing else."""
    drawn = sum(match is not None for match in matches)
    for index, item in enumerate(parsed.graph.objects):
        kind = packaged_scenes().get(item.text or "")
        match = matches[index]
        if kind is None or parsed.mentions[index].plural or item.place is not None or not _is_outer(parsed, index):
            continue
        if match is None or (kind.alone and drawn == 1):
            yield index, kind


def _is_outer(parsed: ParsedText, mention: int) -> bool:
    """Whether everything that is said of it is what is in it."""
    for said in parsed.graph.relationships:
        if mention in (said.subject, said.object):
            inside = said.predicate.split()[-1]
            if inside not in (HAVING if said.subject == mention else INSIDE):
                return False
    return True


def _brought(
    kind: SceneKind, known: Collection[str], words: VocabularyLexicon, most: int, own: Match | None
) -> tuple[tuple[str, ...], tuple[tuple[str, str, str], ...]]:
    """What a model has words for, and a text does not name itself, be it to say that it is not there."""
    found = {name: words.object(name, name, name) for name in kind.objects}
    same = {name: match.name for name, match in found.items() if match is not None and match.rule in SAME}
    new = dict([(name, model_s) for name, model_s in same.items() if not {name, model_s} & set(known)][:most])
    drawn = new | {name: model_s for name, model_s in same.items() if own is not None and model_s == own.name}
    said = []
    for subject, predicate, other in kind.relationships:
        match = words.predicate(predicate)
        if match is not None and subject in drawn and other in drawn:
            ends = (drawn[subject], drawn[other])
            said.append((ends[match.inverted], match.name, ends[not match.inverted]))
    return tuple(dict.fromkeys(new.values())), tuple(said)


def _standing(
    parsed: ParsedText, matches: Sequence[Match | None], words: VocabularyLexicon, scene: int, names: Sequence[str]
) -> Iterator[tuple[int, str, str]]:
    """Who and what is in a scene stands on its floor, if the text says nothing else of where it is."""
    ground, on = next((name for name in UNDERFOOT if name in names), None), words.predicate("on")
    if ground is None or on is None:
        return
    upright = words.lexicon.living | words.lexicon.standing
    for said in parsed.graph.relationships:
        thing = said.subject if said.object == scene else said.object
        match = matches[thing]
        elsewhere = any(other.subject == thing and other is not said for other in parsed.graph.relationships)
        if scene in (said.subject, said.object) and match is not None and match.name in upright and not elsewhere:
            yield thing, on.name, ground
