"""Reading Visual Genome's files into a temporary database, and out of it one picture at a time."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sg2im_cli.data.images import LONGEST_SIDE, AnnotatedImage, Annotation, relationships_among
from sg2im_cli.data.readers.notes import UNUSABLE, Notes, Severity
from sg2im_cli.data.readers.streaming import read_list
from sg2im_cli.data.readers.visual_genome_aliases import read_aliases
from sg2im_cli.data.readers.visual_genome_options import VisualGenomeOptions
from sg2im_cli.data.readers.visual_genome_splits import Splits
from sg2im_cli.data.segmentation import Corners
from sg2im_errors import InputError

TRAIN = "train"
FILES = (
    "image_data.json",
    "objects.json",
    "relationships.json",
    "attributes.json",
    "object_alias.txt",
    "relationship_alias.txt",
)
OUTSIDE = "boxes outside of their picture"
Kept = list[tuple[int, str, Corners]]
"""Id, name and corners of each object of a picture that is kept."""

T = TypeVar("T")


@dataclass
class Reader:
    """What the files say, objects in a database that the disk holds as soon as it grows.

    Attributes:
        data: the directory.
        options: what is kept.
        all_splits: image ids by split.
        notes: is told of what cannot be used.
        sizes: width, height and place of each picture.
        object_names: those that are frequent enough, as are the next two.
        predicates: of relationships.
        attributes: words of objects.
    """

    data: Path
    options: VisualGenomeOptions
    all_splits: Splits
    notes: Notes
    sizes: dict[int, tuple[int, int, str]] = field(default_factory=dict)
    object_names: dict[str, None] = field(default_factory=dict)
    predicates: dict[str, None] = field(default_factory=dict)
    attributes: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.files = tuple(self.data / name for name in FILES)
        self.base = sqlite3.connect("")
        for table in ("objects", "relationships", "attributes"):
            self.base.execute(f"CREATE TABLE {table} (place INTEGER PRIMARY KEY, picture INTEGER UNIQUE, found TEXT)")

    def read(self) -> None:
        """Take up all files."""
        sizes, objects, relationships, attributes, object_alias, relationship_alias = self.files
        self.object_aliases, self.predicate_aliases = read_aliases(object_alias), read_aliases(relationship_alias)
        self._each(sizes, self._add_size)
        self.splits = {
            split: tuple(ident for ident in idents if ident in self.sizes) for split, idents in self.all_splits.items()
        }
        self.used = {ident for idents in self.splits.values() for ident in idents}
        if TRAIN not in self.splits:
            raise InputError("The splits need one called train: words are kept by how often it has them.")
        self.train = set(self.splits[TRAIN])
        names: Counter[str] = Counter()
        self._each(objects, lambda entry: self._add_objects(entry, names))
        self.object_names = _frequent(names, self.options.object_count)
        if attributes.exists():
            words: Counter[str] = Counter()
            self._each(attributes, lambda entry: self._add_attributes(entry, words))
            self.attributes = _frequent(words, self.options.attribute_count)
        self._each(relationships, self._add_relationships)
        self._count_predicates()
        self._note_unseen()

    def _note_unseen(self) -> None:
        """Count what lies outside of its picture; which pictures are used is told with it, as in the paper."""
        for ident in self.used:
            for object_id, _, corners in self._kept(ident):
                if not self._is_seen(ident, corners):
                    sentence = f"{self.files[1]}: object {object_id} of image {ident} lies outside of its picture."
                    self.notes.add(OUTSIDE, sentence, Severity.FAULT)

    def images(self, split: str) -> Iterator[AnnotatedImage]:
        """Those of a split that are kept, with what is kept of them, in the split's order."""
        for ident in self.splits[split]:
            kept = self._kept(ident)
            if not _within(len(kept), self.options.objects):
                continue
            places = {object_id: place for place, (object_id, _, _) in enumerate(kept)}
            stated = tuple(
                (places[s], self._predicate(p, split), places[o])
                for s, p, o in self._found("relationships", ident)
                if s in places and o in places and self._predicate(p, split) in self.predicates
            )
            if _within(len(stated), self.options.relationships):
                seen = [place for place, (_, _, corners) in enumerate(kept) if self._is_seen(ident, corners)]
                yield self._image(ident, [kept[place] for place in seen], relationships_among(stated, seen))

    def _is_seen(self, ident: int, corners: Corners) -> bool:
        """Whether something of an object lies in its picture."""
        width, height, _ = self.sizes[ident]
        x0, y0, x1, y1 = corners
        return x0 < width and y0 < height and x1 > 0 and y1 > 0

    def _image(self, ident: int, kept: Kept, stated: tuple[tuple[int, str, int], ...]) -> AnnotatedImage:
        width, height, place = self.sizes[ident]
        said = dict(self._found("attributes", ident))
        items = [
            Annotation(
                f"{self.files[1]}: object {object_id}",
                name,
                corners,
                None,
                tuple(word for word in said.get(object_id, ()) if word in self.attributes),
            )
            for object_id, name, corners in kept
        ]
        return AnnotatedImage(self._file(place), width, height, items, stated)

    def _file(self, place: str) -> Path:
        """A picture, whose url ends in its folder and name; or where it would be, if it is not there."""
        tries = [self.data / "images" / place, self.data / place, self.data / "images" / Path(place).name]
        return next((path for path in tries if path.exists()), tries[0])

    def _predicate(self, word: str, split: str) -> str:
        """In train as the alias file has it. Elsewhere as written: so the 2018 code does, and so its counts arise."""
        if split != TRAIN:
            return word
        word = word.lower().strip()
        return self.predicate_aliases.get(word, word)

    def _kept(self, ident: int) -> Kept:
        kept = []
        for object_id, x, y, w, h, names in self._found("objects", ident):
            known = [name for name in names if name in self.object_names]
            if known and min(w, h) >= self.options.object_side:
                kept.append((object_id, known[0], (x, y, x + w, y + h)))
        return kept

    def _count_predicates(self) -> None:
        """The frequent ones, in the order in which the file first has them, as the released models number them."""
        counts: Counter[str] = Counter()
        for ident, found in self.base.execute("SELECT picture, found FROM relationships ORDER BY place"):
            if ident in self.train:
                kept = {object_id for object_id, _, _ in self._kept(ident)}
                counts.update(self._predicate(p, TRAIN) for s, p, o in json.loads(found) if s in kept and o in kept)
        self.predicates = {name: None for name, count in counts.items() if count >= self.options.predicate_count}

    def _add_size(self, entry: Any) -> None:  # noqa: ANN401
        width, height = int(entry["width"]), int(entry["height"])
        if max(width, height) > LONGEST_SIDE:
            raise ValueError(f"its picture would be more than {LONGEST_SIDE:,} pixels wide or high")
        if min(width, height) >= max(1, self.options.picture_side):
            self.sizes[int(entry["image_id"])] = width, height, "/".join(str(entry["url"]).split("/")[-2:])

    def _add_objects(self, entry: Any, names: Counter[str]) -> None:  # noqa: ANN401
        ident = int(entry["image_id"])
        if ident in self.used:
            found = self._usable(entry["objects"], self._object)
            if ident in self.train:
                for *_, called in found:
                    names.update(set(called))
            self._store("objects", ident, found)

    def _object(self, item: Any) -> tuple[Any, ...]:  # noqa: ANN401
        written = [item["name"]] if "name" in item and "names" not in item else item["names"]
        if not isinstance(written, list) or not all(isinstance(name, str) for name in written):
            raise ValueError(f"its names are {str(written)[:40]!r}, and words are expected")
        called = [self.object_aliases.get(name, name) for name in written]
        return (int(item["object_id"]), *(float(item[key]) for key in ("x", "y", "w", "h")), called)

    def _add_attributes(self, entry: Any, words: Counter[str]) -> None:  # noqa: ANN401
        ident = int(entry["image_id"])
        if ident in self.used:
            found = self._usable(entry["attributes"], _attributes)
            if ident in self.train:
                words.update(word for _, said in found for word in said)
            self._store("attributes", ident, found)

    def _add_relationships(self, entry: Any) -> None:  # noqa: ANN401
        ident = int(entry["image_id"])
        if ident in self.used:
            self._store("relationships", ident, self._usable(entry["relationships"], _relationship))

    def _each(self, path: Path, add: Callable[[Any], None]) -> None:
        for number, entry in enumerate(read_list(path)):
            named = isinstance(entry, Mapping) and "image_id" in entry
            self.place = f"{path}: entry {number + 1}" + (f" of image {entry['image_id']}" if named else "")
            self._usable([entry], add)

    def _usable(self, items: Iterable[Any], read: Callable[[Any], T]) -> list[T]:
        """What is read of those that can be used; the others are noted."""
        found = []
        for item in items:
            try:
                found.append(read(item))
            except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
                problem = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
                self.notes.add(UNUSABLE, f"{self.place} cannot be used: {problem}.", Severity.DAMAGE)
        return found

    def _store(self, table: str, ident: int, found: list[Any]) -> None:
        self.base.execute(f"INSERT OR REPLACE INTO {table} VALUES (NULL, ?, ?)", (ident, json.dumps(found)))  # noqa: S608

    def _found(self, table: str, ident: int) -> list[Any]:
        row = self.base.execute(f"SELECT found FROM {table} WHERE picture = ?", (ident,)).fetchone()  # noqa: S608
        return [] if row is None else list(json.loads(row[0]))


def _attributes(item: Any) -> tuple[int, tuple[str, ...]]:  # noqa: ANN401
    said = dict.fromkeys(str(word).strip().lower() for word in item.get("attributes", ()))
    return int(item["object_id"]), tuple(said)


def _relationship(item: Any) -> tuple[int, str, int]:  # noqa: ANN401
    return int(item["subject"]["object_id"]), str(item["predicate"]), int(item["object"]["object_id"])


def _frequent(counts: Counter[str], least: int) -> dict[str, None]:
    return {name: None for name, count in counts.most_common() if count >= least}


def _within(count: int, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= count <= bounds[1]
