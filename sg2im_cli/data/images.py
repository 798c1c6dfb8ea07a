"""An image with its objects: as annotation files have it, and as arrays in words, as prepared data keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.data.segmentation import Corners

LONGEST_SIDE = 1_000_000
"""Of a picture, in pixels; what states to be longer is a mistake, and no column of prepared data holds any number."""

Relationships = tuple[tuple[int, str, int], ...]
"""As data states them: subject, predicate, object."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One object as a file has it.

    Attributes:
        where: the file and the annotation's id, for messages.
        name: of its category.
        corners: of its box, in pixels.
        segmentation: as in COCO's files, or the text of that JSON; empty if it is unknown.
        attributes: words that the file has for it.
        machine: whether a machine made its box and name, and its segmentation.
    """

    where: str
    name: str
    corners: Corners
    segmentation: Any
    attributes: tuple[str, ...] = ()
    machine: tuple[bool, bool] = (False, False)

    @property
    def area(self) -> float:
        """Of the box, in pixels."""
        x0, y0, x1, y1 = self.corners
        return (x1 - x0) * (y1 - y0)


@dataclass(frozen=True, slots=True)
class AnnotatedImage:
    """One image as a file has it, with its objects in the file's order.

    Segmentations are as the file has them: masks are made only of what a configuration uses.

    Attributes:
        path: of the picture.
        width: in pixels, of the picture that was annotated.
        height: likewise.
        annotations: its objects, without those of category `other`.
        relationships: between the objects at these places; None where the data states none.
        source: where the picture comes from, if the file says so.
    """

    path: Path
    width: int
    height: int
    annotations: list[Annotation] = field(default_factory=list)
    relationships: Relationships | None = None
    source: str = ""


@dataclass(frozen=True)
class PreparedImage:
    """One image with the objects that are used as arrays, largest box first; a row of prepared data.

    Categories and attributes are words still: data is prepared once, for vocabularies that nobody knows yet.

    Attributes:
        path: the picture.
        names: (O,) category names.
        boxes: (O, 4) in [0, 1].
        masks: (O, M, M) uint8, cut to the box.
        has_mask: (O,) False where the file gives a box only.
        attributes: (O,) words that the data has for each object, such as ``("red", "small")``.
        relationships: subject, predicate, object; None where the data states none and they are derived from boxes.
        pixels: (3, H, W) uint8 where they are read already, or lie ready in prepared data; None where they are not.
        machine: (O, 2) whether a machine made an object's box and name, and its mask; None where people made all.
        source: where the picture comes from, if the data says so.
        stated: width and height of the picture that was annotated; None where pixels lie ready.
    """

    path: Path
    names: tuple[str, ...]
    boxes: NDArray[np.float32]
    masks: NDArray[np.uint8]
    has_mask: NDArray[np.bool_]
    attributes: tuple[tuple[str, ...], ...]
    relationships: Relationships | None = None
    pixels: NDArray[np.uint8] | None = None
    machine: NDArray[np.bool_] | None = None
    source: str = ""
    stated: tuple[int, int] | None = None


def relationships_among(relationships: Relationships, kept: list[int]) -> Relationships:
    """The relationships between the objects that are kept, by their new places."""
    places = {old: new for new, old in enumerate(kept)}
    return tuple((places[s], p, places[o]) for s, p, o in relationships if s in places and o in places)
