"""Where in the picture things are: each gets the places that were taken out of the tree for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sg2im_parsers.english.extraction.mentions import Thing
from sg2im_parsers.english.tree import Place


def put_things_in_places(things: Mapping[int, Thing], places: Iterable[Place]) -> None:
    """Tell each thing its place; several become one: "on the left in the background"."""
    for place in places:
        thing = things.get(place.thing)
        if thing is None:
            continue
        if thing.place is not None:
            place = Place(f"{thing.place.text} {place.text}", (*thing.place.words, *place.words), place.thing)
        thing.place = place
