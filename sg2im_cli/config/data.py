"""Which pictures and objects a model learns from, and how graphs are drawn from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from sg2im_cli.config.bounds import at_least, require

SHARES = ("fragment_weight", "min_area", "object_dropout", "unmasked_share", "attribute_dropout", "recolor")
"""Fields of `DataConfig` from 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """Which pictures and objects a model is trained on, and how graphs are drawn from them.

    Attributes:
        relations: the paper's six relations, the richer set of `sg2im_cli.data.relations`, or none: then graphs say
            only that their objects are in the picture, and the model knows no relation.
        min_area: objects whose box covers a smaller share of the picture are left out.
        min_objects: pictures with fewer objects are left out.
        max_objects: the most objects a graph may have.
        crowded: what becomes of pictures with more: left out (as in the paper), or their largest objects are used.
        object_dropout: share of graphs from which objects are left out at random, while the picture stays whole.
        flip: whether half of the pictures are mirrored, with their boxes, masks and relations.
        unmasked_share: share of the pictures of which most objects lack a mask that an epoch shows.
        attributes: none; or colour and size words derived from pixels and boxes by the rules of
            `sg2im_cli.data.attributes`, where the data has no such words itself; or those that the data states.
        attribute_dropout: share of objects of which nothing is said, drawn at random, and share of the words about
            each other object that are left out one by one: so what a sentence does not say stays free.
        recolor: share of pictures in which one object with a mask is painted in a colour drawn at random, which is then
            said of it; photographs have few red dogs, and a model would not learn that the word matters.
        machine_labels: what the losses of boxes and masks that a machine made count, by the pictures' source, as
            ``"SOURCE=WEIGHT"`` from 0 to 1; ``"*"`` stands for all other sources, and what is not named counts 1. 0
            leaves them out: objects whose box is a machine's go, and masks that are a machine's are unknown.
        rare: how much more often pictures with rare things are shown: an epoch draws as many pictures as without, each
            with a chance proportional to n ** -rare, where n is in how many pictures the rarest of its things is. 0
            shows every picture once.
        fragment_weight: what the mask loss of a thing counts that the picture's edge cuts or other things mostly hide
            (`sg2im_cli.data.scenes.weighing`): its outline is not that of its kind.
    """

    RENAMED: ClassVar[Mapping[str, str]] = {"thinning": "object_dropout"}

    relations: Literal["paper", "spoken", "none"] = "paper"
    min_area: float = 0.02
    min_objects: int = 3
    max_objects: int = 8
    crowded: Literal["drop", "largest"] = "drop"
    object_dropout: float = 0.0
    flip: bool = False
    unmasked_share: float = 1.0
    attributes: Literal["none", "derived", "stated"] = "none"
    attribute_dropout: float = 0.3
    recolor: float = 0.0
    machine_labels: tuple[str, ...] = ()
    rare: float = 0.0
    fragment_weight: float = 1.0

    def __post_init__(self) -> None:
        problems = at_least(self, 0, *SHARES, "rare") + at_least(self, 1, "min_objects")
        problems += [f"{name} is {value} and must be at most 1" for name, value in self._shares() if value > 1]
        if self.max_objects < self.min_objects:
            problems.append(f"max_objects is {self.max_objects} and must be at least min_objects")
        require(problems + _machine_problems(self.machine_labels))

    def machine_weight(self, source: str) -> float:
        """What labels that a machine made count in pictures of a source."""
        weights = dict(map(_machine_label, self.machine_labels))
        return weights.get(source, weights.get("*", 1.0))

    def by_people(self) -> DataConfig:
        """The same without labels that a machine made: nothing is measured against those."""
        return replace(self, machine_labels=("*=0",))

    def _shares(self) -> list[tuple[str, float]]:
        return [(name, getattr(self, name)) for name in SHARES]


def _machine_label(entry: str) -> tuple[str, float]:
    """``"SOURCE=WEIGHT"`` as both.

    Raises:
        ValueError: it is not of that form.
    """
    source, equals, weight = entry.rpartition("=")
    if not equals:
        raise ValueError(entry)
    return source, float(weight)


def _machine_problems(entries: tuple[str, ...]) -> list[str]:
    problems, named = [], set()
    for place, entry in enumerate(entries):
        try:
            source, weight = _machine_label(entry)
        except ValueError:
            problems.append(f"machine_labels[{place}] is {entry!r} and must look like 'SOURCE=0.5'")
            continue
        if not 0 <= weight <= 1:
            problems.append(f"machine_labels[{place}] is {entry!r} and its weight must be from 0 to 1")
        if source in named:
            problems.append(f"machine_labels[{place}] is {entry!r}, and {source!r} is named before")
        named.add(source)
    return problems
