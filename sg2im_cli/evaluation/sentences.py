"""From sentences to pictures, end to end: what of a graph survives being said, read again and drawn.

A graph of the data is written as sentences, one for each relationship:

    A car is on a road. A tree is to the left of the car. Another tree is behind a building.

An object whose name is alone in its graph is "the car" when it comes again. Where two have one name, neither can be
named again without doubt, so a relationship that would need it is not said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from sg2im_cli.data.dataset import SceneDataset
from sg2im_cli.evaluation.figures import Figure, Resamples, Section, mean_figure
from sg2im_cli.evaluation.judge import Judge
from sg2im_cli.evaluation.subject import Painted, Subject
from sg2im_errors import InputError
from sg2im_parsers.scene_graph import Relationship

PHRASES = {
    "left of": "is to the left of",
    "right of": "is to the right of",
    "surrounding": "is around",
    "inside": "is in",
}
"""How a relation is said, where it is not "is" and its name."""
UNCOUNTED = frozenset({"grass", "sand", "water"})
"""Names that take no "a"."""
SPOKEN_NAMES = {
    "clothes": "garment",
    "flowers": "flower",
    "remote": "remote control",
    "scissors": "pair of scissors",
    "skis": "ski",
}
"""What a person says for one of them, where it is not the name: a plural would be two."""

Key = tuple[str, str, str]

T = TypeVar("T", str, Key)


@dataclass(frozen=True)
class Wording:
    """A graph as a person would type it.

    Attributes:
        text: the sentences.
        objects: names of the objects that they mention.
        relationships: subject's name, predicate, object's name, as they say it.
        unsaid: relationships that could not be said without doubt.
    """

    text: str
    objects: tuple[str, ...]
    relationships: tuple[Key, ...]
    unsaid: int


def write_sentences(names: tuple[str, ...], triples: list[tuple[int, str, int]]) -> Wording:
    """Say a graph in English.

    Args:
        names: of its objects.
        triples: subject, predicate, object.
    """
    count, seen = Counter(names), Counter[str]()
    mentioned: dict[int, str] = {}

    def mention(i: int) -> str:
        name, word = names[i], SPOKEN_NAMES.get(names[i], names[i])
        if i in mentioned:
            return f"the {word}"
        mentioned[i] = name
        seen[name] += 1
        if name in UNCOUNTED:
            return f"some {word}"
        return f"another {word}" if seen[name] > 1 else f"{'an' if word[0] in 'aeiou' else 'a'} {word}"

    sentences, said = [], []
    for s, predicate, o in dict.fromkeys(triples):
        if any(i in mentioned and count[names[i]] > 1 for i in (s, o)):
            continue
        sentences.append(f"{mention(s)} {PHRASES.get(predicate, f'is {predicate}')} {mention(o)}.")
        said.append((names[s], predicate, names[o]))
    for i in range(len(names)):
        if i not in mentioned:
            sentences.append(f"there is {mention(i)}.")
    text = " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences)
    return Wording(text, tuple(mentioned.values()), tuple(said), len(set(triples)) - len(said))


def graph_of(data: SceneDataset, index: int, seed: int) -> tuple[tuple[str, ...], list[tuple[int, str, int]]]:
    """The fixed graph of a picture by name, without `__image__`."""
    drawn = data.example(index, seed=seed, exact=True)
    assert drawn.triples is not None
    names = tuple(data.vocabulary.objects[i] for i in drawn.objs)
    predicates = data.vocabulary.predicates
    return names, [(int(s), predicates[p], int(o)) for s, p, o in drawn.triples]


@dataclass(frozen=True)
class _Survived:
    """Flags of one picture's sentence: of each object and each relationship that was said."""

    said: tuple[Key, ...]
    objects: list[bool]
    relationships: list[bool]
    satisfied: list[bool]
    recognised: list[bool]


def measure_sentences(subject: Subject) -> Section:
    """Say every graph, read and draw it, and look for what was said: in the graph, in its boxes, in the picture."""
    painter, data = subject.painter, subject.data
    assert painter is not None
    found: list[_Survived] = []
    examples: list[dict[str, object]] = []
    unsaid = 0
    judge = None if subject.judge is None else subject.judge.judge
    for i in range(len(data)):
        wording = write_sentences(*graph_of(data, i, subject.seed))
        unsaid += wording.unsaid
        try:
            painted: Painted | None = painter.paint(wording.text, seed=subject.seed + i)
        except InputError:  # nothing of the sentence can be drawn
            painted = None
        found.append(_compare(wording, painted, judge))
        if not all((*found[-1].objects, *found[-1].relationships)) and len(examples) < 20:
            examples.append(_example(wording, painted))
        subject.progress("sentences", i + 1, len(data))
    by_relation = _by_relation(found)
    notes = [f"Compared by name. {unsaid} more relationships could not be said without doubt and are not counted."]
    if lost := [f"{name} ({row['said']:g})" for name, row in by_relation.items() if row["read"] < 0.5]:
        notes.append(f"Mostly read as something else: {', '.join(lost)}.")
    return Section(
        "sentences",
        "From sentences, end to end",
        tuple(_figures(found, subject.resamples)),
        tuple(notes),
        {"unsaid": unsaid, "by_relation": by_relation, "not_understood": examples},
    )


def _by_relation(found: list[_Survived]) -> dict[str, dict[str, float]]:
    """How often each relation is said, read again, and satisfied."""
    rows: dict[str, list[tuple[bool, bool]]] = {}
    for each in found:
        for (_, predicate, _), kept, held in zip(each.said, each.relationships, each.satisfied, strict=True):
            rows.setdefault(predicate, []).append((kept, held))
    shares = {predicate: np.array(flags).mean(0).tolist() for predicate, flags in sorted(rows.items())}
    return {
        predicate: {"said": len(rows[predicate]), "read": read, "satisfied": held}
        for predicate, (read, held) in shares.items()
    }


def _figures(found: list[_Survived], resamples: Resamples) -> list[Figure]:
    rows = (
        ("objects_survive", "objects that are read again", [f.objects for f in found], "objects said"),
        ("relationships_survive", "relationships that are read again", [f.relationships for f in found], "said"),
        ("said_satisfied", "relationships said that the boxes satisfy", [f.satisfied for f in found], "said"),
        ("said_recognised", "objects said that the judge recognises", [f.recognised for f in found], "objects said"),
    )
    figures: list[Figure] = []
    for name, title, flags, of in rows:
        values: NDArray[np.bool_] = np.array([flag for each in flags for flag in each], dtype=bool)
        owners = np.repeat(np.arange(len(flags)), [len(each) for each in flags])
        of = "relationships said" if of == "said" else of
        figures += mean_figure(name, title, "predicted", values, owners, resamples, of)
    return figures


def _compare(wording: Wording, painted: Painted | None, judge: Judge | None) -> _Survived:
    """What of a wording is found again; of things with one name as many as there are."""
    read, kept, held, right = Counter[str](), Counter[Key](), Counter[Key](), Counter[str]()
    if painted is not None:
        read = Counter(item.name or "" for item in painted.graph.objects)
        kept = Counter(_key(painted, r) for r in painted.graph.relationships)
        held = Counter(_key(painted, c.relationship) for c in painted.checks if c.satisfied)
        right = _recognised(painted, judge)
    asked = wording.objects if judge is None else tuple(name for name in wording.objects if name in judge.ids)
    return _Survived(
        wording.relationships,
        _matched(wording.objects, read),
        _matched(wording.relationships, kept),
        _matched(wording.relationships, held),
        [] if judge is None else _matched(asked, right),
    )


def _key(painted: Painted, r: Relationship) -> Key:
    objects = painted.graph.objects
    return objects[r.subject].name or "", r.predicate, objects[r.object].name or ""


def _matched(said: Sequence[T], found: Counter[T]) -> list[bool]:
    """Of each thing said whether it is among those found, each of which is used once."""
    left = Counter(found)
    flags = []
    for thing in said:
        flags.append(left[thing] > 0)
        left[thing] -= 1
    return flags


def _recognised(painted: Painted, judge: Judge | None) -> Counter[str]:
    placed = [item for item in painted.graph.objects if item.box is not None and item.name]
    if judge is None or not placed:
        return Counter()
    pixels = torch.from_numpy(np.array(painted.images[0].convert("RGB"))).permute(2, 0, 1)[None].float() / 255
    boxes = torch.tensor([item.box for item in placed])
    device = judge.embed.weight.device
    _, logits = judge.look(
        pixels.to(device), boxes.to(device), torch.zeros(len(placed), dtype=torch.int64, device=device)
    )
    named = [judge.config.classes[i] for i in logits.argmax(1).tolist()]
    return Counter(item.name or "" for item, name in zip(placed, named, strict=True) if item.name == name)


def _example(wording: Wording, painted: Painted | None) -> dict[str, object]:
    graph = None if painted is None else painted.graph
    objects = () if graph is None else graph.objects
    triples = () if graph is None else graph.relationships
    return {
        "text": wording.text,
        "read": [item.name for item in objects],
        "relationships": [[objects[r.subject].name, r.predicate, objects[r.object].name] for r in triples],
    }
