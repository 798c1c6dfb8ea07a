"""What of Visual Genome is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LICENSE = "Visual Genome 1.4, CC BY 4.0; its pictures come from YFCC100M and COCO under their Flickr licences"


@dataclass(frozen=True, kw_only=True)
class VisualGenomeOptions:
    """What is kept; the defaults are the paper's.

    Attributes:
        splits: a JSON file with image ids by split, in place of the paper's division.
        object_count: the least number of objects of a name in train.
        predicate_count: likewise of relationships.
        attribute_count: likewise of objects with an attribute.
        picture_side: the least side of a picture in pixels.
        object_side: the least side of an object's box in pixels.
        objects: fewest and most objects of a picture.
        relationships: fewest and most relationships of a picture.
        license: of the data.
    """

    splits: Path | None = None
    object_count: int = 2000
    predicate_count: int = 500
    attribute_count: int = 2000
    picture_side: int = 200
    object_side: int = 32
    objects: tuple[int, int] = (3, 30)
    relationships: tuple[int, int] = (1, 30)
    license: str = LICENSE
