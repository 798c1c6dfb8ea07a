"""Visual Genome 1.4 as the paper and the 2018 code use it.

DIR/image_data.json, objects.json, relationships.json, object_alias.txt, relationship_alias.txt
DIR/attributes.json                      may be absent
DIR/images/VG_100K/1.jpg, DIR/VG_100K_2/1.jpg ...     as the archives unpack

Names go through the alias files. Object names with at least 2,000 objects in train are kept, predicates with at least
500 relationships there between kept objects, attributes with at least 2,000 objects. Pictures under 200 pixels on a
side and objects under 32 are left out, and pictures with fewer than 3 or more than 30 objects, or without or with more
than 30 relationships.

The files are read an entry at a time into a temporary database, which the disk holds.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sg2im_cli.data.images import AnnotatedImage, Annotation, relationships_among
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_cli.data.readers.source import Source
from sg2im_cli.data.readers.streaming import read_list
from sg2im_cli.data.readers.visual_genome_splits import Splits, paper_splits, read_splits
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
LICENSE = "Visual Genome 1.4, CC BY 4.0; its pictures come from YFCC100M and COCO under their Flickr licences"
LONGEST_SIDE = 1_000_000
"""Of a picture, in pixels; what is longer is a mistake."""
OUTSIDE = "boxes outside of their picture"
Kept = list[tuple[int, str, Corners]]
"""Id, name and corners of each object of a picture that is kept."""


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


def visual_genome_source(data: Path, options: VisualGenomeOptions) -> Source:
    """The splits of a directory of Visual Genome.

    Raises:
        InputError: files that are missing or cannot be used, or of which too little is left.
    """
    if not data.is_dir():
        raise InputError(f"There is no directory {data}; name one with image_data.json, objects.json and so on.")
    splits = paper_splits() if options.splits is None else read_splits(options.splits)
    reader = _Reader(data, options, splits)
    reader.read()
    if not reader.object_names or not reader.predicates:
        what = "relationship" if reader.object_names else "object"
        raise InputError(f"{data} has no {what} that is named often enough in the train split to be kept.")
    return Source(
        layout="vg",
        name=data.resolve().name,
        splits={split: partial(reader.images, split) for split in splits},
        counts={split: len(idents) for split, idents in reader.splits.items()},
        things=tuple(reader.object_names),
        predicates=tuple(reader.predicates),
        attributes=tuple(reader.attributes),
        files=tuple(path for path in reader.files if path.exists()),
        paper=options == VisualGenomeOptions(license=options.license),
        license=options.license,
        notes=reader.notes,
    )


def read_aliases(path: Path) -> dict[str, str]:
    """A word's first spelling by each of its spellings: a line of the file has them all, with commas.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf8").splitlines()
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from None
    aliases: dict[str, str] = {}
    for line in lines:
        words = [word.strip() for word in line.split(",")]
        aliases |= dict.fromkeys(words, words[0])
    return aliases


@dataclass
class _Reader:
    data: Path
    options: VisualGenomeOptions
    all_splits: Splits
    sizes: dict[int, tuple[int, int, str]] = field(default_factory=dict)
    object_names: dict[str, None] = field(default_factory=dict)
    predicates: dict[str, None] = field(default_factory=dict)
    attributes: dict[str, None] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)

    def __post_init__(self) -> None:
        self.files = tuple(self.data / name for name in FILES)
        self.base = sqlite3.connect("")
        for table in ("objects", "relationships", "attributes"):
            self.base.execute(f"CREATE TABLE {table} (place INTEGER PRIMARY KEY, picture INTEGER UNIQUE, found TEXT)")

    def read(self) -> None:
        sizes, objects, relationships, attributes, object_alias, relationship_alias = self.files
        self.object_aliases, self.predicate_aliases = read_aliases(object_alias), read_aliases(relationship_alias)
        _each(sizes, self._add_size)
        self.splits = {
            split: tuple(ident for ident in idents if ident in self.sizes) for split, idents in self.all_splits.items()
        }
        self.used = {ident for idents in self.splits.values() for ident in idents}
        if TRAIN not in self.splits:
            raise InputError("The splits need one called train: words are kept by how often it has them.")
        self.train = set(self.splits[TRAIN])
        names: Counter[str] = Counter()
        _each(objects, lambda entry: self._add_objects(entry, names))
        self.object_names = _frequent(names, self.options.object_count)
        if attributes.exists():
            words: Counter[str] = Counter()
            _each(attributes, lambda entry: self._add_attributes(entry, words))
            self.attributes = _frequent(words, self.options.attribute_count)
        _each(relationships, self._add_relationships)
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
            found = []
            for item in entry["objects"]:
                called = [self.object_aliases.get(name, name) for name in item["names"]]
                place = [float(item[key]) for key in ("x", "y", "w", "h")]
                found.append((int(item["object_id"]), *place, called))
                if ident in self.train:
                    names.update(set(called))
            self._store("objects", ident, found)

    def _add_attributes(self, entry: Any, words: Counter[str]) -> None:  # noqa: ANN401
        ident = int(entry["image_id"])
        if ident in self.used:
            found = []
            for item in entry["attributes"]:
                said = dict.fromkeys(str(word).strip().lower() for word in item.get("attributes", ()))
                found.append((int(item["object_id"]), tuple(said)))
                if ident in self.train:
                    words.update(said.keys())
            self._store("attributes", ident, found)

    def _add_relationships(self, entry: Any) -> None:  # noqa: ANN401
        ident = int(entry["image_id"])
        if ident in self.used:
            found = [
                (int(item["subject"]["object_id"]), str(item["predicate"]), int(item["object"]["object_id"]))
                for item in entry["relationships"]
            ]
            self._store("relationships", ident, found)

    def _store(self, table: str, ident: int, found: list[Any]) -> None:
        self.base.execute(f"INSERT OR REPLACE INTO {table} VALUES (NULL, ?, ?)", (ident, json.dumps(found)))  # noqa: S608

    def _found(self, table: str, ident: int) -> list[Any]:
        row = self.base.execute(f"SELECT found FROM {table} WHERE picture = ?", (ident,)).fetchone()  # noqa: S608
        return [] if row is None else list(json.loads(row[0]))


def _each(path: Path, add: Callable[[Any], None]) -> None:
    for number, entry in enumerate(read_list(path)):
        try:
            add(entry)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            problem = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
            which = f"of image {entry['image_id']}" if isinstance(entry, Mapping) and "image_id" in entry else ""
            raise InputError(
                f"{path}: entry {number + 1} {which} cannot be used: {problem}.".replace("  ", " ")
            ) from None


def _frequent(counts: Counter[str], least: int) -> dict[str, None]:
    return {name: None for name, count in counts.most_common() if count >= least}


def _within(count: int, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= count <= bounds[1]
