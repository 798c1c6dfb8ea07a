"""The words a model knows, and their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from sg2im_errors import InputError

IMAGE = "__image__"
"""The extra object of every graph that stands for the whole picture; id 0."""

IN_IMAGE = "__in_image__"
"""The predicate that joins every object to `IMAGE`; id 0."""

UNUSED = "NONE"
"""How the original files mark an id without a word."""

COCO_STUFF = frozenset(
    [
        *("ceiling-tile", "floor-marble", "floor-stone", "floor-tile", "floor-wood", "window-blind"),
        *("wall-brick", "wall-concrete", "wall-panel", "wall-stone", "wall-tile", "wall-wood"),
    ]
)
"""Names of COCO-Stuff that say a kind and which; others end in one of `COCO_STUFF_ENDINGS`."""

COCO_STUFF_ENDINGS = ("-other", "-stuff")

SEPARATORS = str.maketrans({"_": " ", "-": " "})

LARGEST_ID = 100_000
"""The largest id that is read; what is above it is a broken file."""

MOST_REMEMBERED = 10_000
"""Words whose nearest names are kept."""
SAME_BEGINNING = 4
"""Letters that a word and a name have in common at their start, if one may be a form of the other."""


def as_words(name: str) -> str:
    """A name in small letters, its words with single spaces between them, however they were joined."""
    return " ".join(name.lower().translate(SEPARATORS).split())


def as_letters(name: str) -> str:
    """What is the same for "Traffic_Light", "traffic-light" and "traffic light": the letters alone."""
    return as_words(name).replace(" ", "")


@dataclass(frozen=True)
class Vocabulary:
    """Names to ids and back.

    Attributes:
        objects: names by id; ``objects[0]`` is `IMAGE`, and an unused id is `UNUSED`.
        predicates: names by id; ``predicates[0]`` is `IN_IMAGE`.
        stuff: those objects that have no count ("sky", "building"); everything else is a thing.
        attributes: what can be said of an object, by id; no id is special, and a paper model has none.
    """

    objects: tuple[str, ...]
    predicates: tuple[str, ...]
    stuff: frozenset[str] = frozenset()
    attributes: tuple[str, ...] = ()
    _object_ids: dict[str, int] = field(init=False, repr=False, compare=False)
    _predicate_ids: dict[str, int] = field(init=False, repr=False, compare=False)
    _attribute_ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _require_first("objects", self.objects, IMAGE)
        _require_first("predicates", self.predicates, IN_IMAGE)
        object.__setattr__(self, "_object_ids", _ids("objects", self.objects))
        object.__setattr__(self, "_predicate_ids", _ids("predicates", self.predicates))
        object.__setattr__(self, "_attribute_ids", _ids("attributes", self.attributes))
        if unknown := sorted(self.stuff - self._object_ids.keys()):
            raise InputError(f"The vocabulary calls {unknown[0]!r} stuff but has no such object.")

    @classmethod
    def from_names(
        cls,
        objects: Iterable[str],
        predicates: Iterable[str],
        stuff: Iterable[str] = (),
        attributes: Iterable[str] = (),
    ) -> Vocabulary:
        """Number the names from 1, after `IMAGE` and `IN_IMAGE`; attributes from 0."""
        return cls((IMAGE, *objects), (IN_IMAGE, *predicates), frozenset(stuff), tuple(attributes))

    @property
    def object_names(self) -> tuple[str, ...]:
        """The objects a person can ask for."""
        return tuple(self._object_ids)[1:]

    @property
    def predicate_names(self) -> tuple[str, ...]:
        """The relations a person can ask for."""
        return tuple(self._predicate_ids)[1:]

    @property
    def attribute_names(self) -> tuple[str, ...]:
        """What a person can say of an object; empty for a model that knows no attributes."""
        return tuple(self._attribute_ids)

    def object_id(self, name: str) -> int:
        """The id of an object; raises KeyError for a word that is not in the vocabulary."""
        return self._object_ids[name]

    def predicate_id(self, name: str) -> int:
        """The id of a predicate; raises KeyError for a word that is not in the vocabulary."""
        return self._predicate_ids[name]

    def attribute_id(self, name: str) -> int:
        """The id of an attribute; raises KeyError for a word that is not in the vocabulary."""
        return self._attribute_ids[name]

    def has_object(self, name: str) -> bool:
        """Whether a graph may use this object name."""
        return name in self._object_ids and name != IMAGE

    def has_predicate(self, name: str) -> bool:
        """Whether a graph may use this predicate."""
        return name in self._predicate_ids and name != IN_IMAGE

    def has_attribute(self, name: str) -> bool:
        """Whether a graph may say this of an object."""
        return name in self._attribute_ids

    def nearest_objects(self, word: str, n: int = 3) -> tuple[str, ...]:
        """At most n known object names that are spelled alike, best first."""
        return _nearest(word, self.object_names, n)

    def nearest_predicates(self, word: str, n: int = 3) -> tuple[str, ...]:
        """At most n known predicates that are spelled alike, best first."""
        return _nearest(word, self.predicate_names, n)

    def nearest_attributes(self, word: str, n: int = 3) -> tuple[str, ...]:
        """At most n known attributes that are spelled alike, best first."""
        return _nearest(word, self.attribute_names, n)

    def to_json(self) -> dict[str, Any]:
        """As in a bundle's ``config.json``; ``attributes`` only where there are any."""
        words: dict[str, Any] = {
            "objects": list(self.objects),
            "predicates": list(self.predicates),
            "stuff": sorted(self.stuff),
        }
        return {**words, "attributes": list(self.attributes)} if self.attributes else words

    @classmethod
    def from_json(cls, data: object) -> Vocabulary:
        """Read our format, or the original's (``object_name_to_idx``, ``pred_name_to_idx``, ``attribute_name_to_idx``).

        Raises:
            InputError: what is neither, or has the same word twice.
        """
        if not isinstance(data, Mapping):
            raise InputError("A vocabulary is a JSON object with 'objects' and 'predicates'.")
        if "object_name_to_idx" in data:
            return cls(
                _from_ids("object_name_to_idx", data.get("object_name_to_idx")),
                _from_ids("pred_name_to_idx", data.get("pred_name_to_idx")),
                attributes=_from_ids("attribute_name_to_idx", data.get("attribute_name_to_idx", {})),
            )
        return cls(
            _names("objects", data.get("objects")),
            _names("predicates", data.get("predicates")),
            frozenset(_names("stuff", data.get("stuff", []))),
            _names("attributes", data.get("attributes", [])),
        )


@lru_cache(MOST_REMEMBERED)
def _nearest(word: str, names: tuple[str, ...], n: int) -> tuple[str, ...]:
    """Names that are spelled alike; each name is compared, which takes a millisecond, so what was found is kept."""
    alike = get_close_matches(word, names, n=max(1, len(names)), cutoff=0.6)
    return tuple(name for name in alike if _is_near(word, name))[:n]


def _is_near(word: str, name: str) -> bool:
    """Whether one may be meant by the other: a slip (a letter in four), or the same beginning; no mere likeness."""
    longest = max(len(word), len(name))
    return word[:SAME_BEGINNING] == name[:SAME_BEGINNING] or _slips(word, name) <= max(1, longest // 4)


def _slips(word: str, name: str) -> int:
    """How many letters are too many, missing, other ones or swapped with the next (optimal string alignment)."""
    before, last = [0] * (len(name) + 1), list(range(len(name) + 1))
    for i, letter in enumerate(word, 1):
        row = [i]
        for j, other in enumerate(name, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other)))
            if i > 1 and j > 1 and (letter, word[i - 2]) == (name[j - 2], other):
                row[j] = min(row[j], before[j - 2] + 1)
        before, last = last, row
    return last[-1]


def _require_first(key: str, names: tuple[str, ...], first: str) -> None:
    if not names or names[0] != first:
        raise InputError(f"The first of a vocabulary's {key} must be {first!r}.")


def _ids(key: str, names: tuple[str, ...]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for index, name in enumerate(names):
        if name == UNUSED:
            continue
        if name in ids:
            raise InputError(f"The vocabulary has {name!r} twice in its {key}.")
        ids[name] = index
    return ids


def _names(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise InputError(f"A vocabulary's {key!r} must be a list of names.")
    return tuple(value)


def _from_ids(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, Mapping) or not all(type(i) is int and 0 <= i <= LARGEST_ID for i in value.values()):
        raise InputError(f"A vocabulary's {key!r} must map names to ids from 0 to {LARGEST_ID}.")
    if len(set(value.values())) < len(value):
        raise InputError(f"A vocabulary's {key!r} has two names for one id.")
    names = [UNUSED] * (max(value.values(), default=-1) + 1)
    for name, index in value.items():
        names[index] = name
    return tuple(names)
