"""Scene graphs as frozen values: objects and the relationships between them.

A relationship reads subject first: ``Relationship(0, "above", 1)`` says that object 0 is above object 1.
Reading and writing the JSON format is the work of `sg2im_parsers.graph_json`.
"""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 as shares of the picture in [0, 1], origin at the top left."""

Mask = tuple[tuple[float, ...], ...]
"""M rows of M values in [0, 1]: where in its box an object is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneObject:
    """One object of a scene.

    Attributes:
        name: the word a model knows it by; None as long as nobody has asked a vocabulary.
        text: the sentence's own words for it ("cutting boards"), lower case; None for a graph without a sentence.
        attributes: what is said of it ("wooden"), in the sentence's order.
        quantity: an exact number that the sentence gives, or None ("several" is None).
        place: where in the picture the sentence puts it ("on the left"), if it does.
        box: where it is, if known.
        mask: its shape within the box, if known.
        pin: whether a given box must stay where it is.
        seed: what its size and shape are drawn from, by a model that draws them at random; None leaves it to the
            picture's seed.
    """

    name: str | None = None
    text: str | None = None
    attributes: tuple[str, ...] = ()
    quantity: int | None = None
    place: str | None = None
    box: Box | None = None
    mask: Mask | None = None
    pin: bool = False
    seed: int | None = None

    @property
    def label(self) -> str:
        """What to call it in front of a person: the model's word, else the sentence's."""
        return self.name or self.text or ""


@dataclass(frozen=True, slots=True)
class Relationship:
    """``subject`` and ``object`` are positions in `SceneGraph.objects`."""

    subject: int
    predicate: str
    object: int


@dataclass(frozen=True, slots=True)
class SceneGraph:
    """Objects, and relationships between them."""

    objects: tuple[SceneObject, ...] = ()
    relationships: tuple[Relationship, ...] = ()
