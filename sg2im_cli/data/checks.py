"""What a training run would choke on, found before it starts."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sg2im_cli.data.arrays import prepare_image
from sg2im_cli.data.choosing import EVERYTHING
from sg2im_cli.data.findings import Findings
from sg2im_cli.data.images import AnnotatedImage, Annotation
from sg2im_cli.data.pixels import image_size, load_image, shape_problem
from sg2im_cli.data.prepared.reading import PreparedData, is_prepared, open_prepared
from sg2im_cli.data.prepared.rows import Rows
from sg2im_cli.data.readers.coco_source import CocoOptions, coco_source
from sg2im_cli.data.readers.jsonl import JsonlOptions, jsonl_source
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_cli.data.readers.recognition import advise
from sg2im_cli.data.readers.source import Progress, Source
from sg2im_cli.data.readers.visual_genome import VisualGenomeOptions, visual_genome_source
from sg2im_cli.data.row_checks import row_problems
from sg2im_cli.data.sources import find_data
from sg2im_errors import InputError

LEAST = 50
"""Objects of a name in train below which little can be learnt of it."""

NOTHING = "masks with nothing in them"
SIZE, MASK = (64, 64), 16
"""In which pictures and masks of data that is not prepared are looked at."""

BEYOND = 1.0
"""Pixels by which a box may leave its picture: what rounding does."""

PUBLISHED: dict[str, dict[str, int]] = {
    "coco": {"train": 24_972, "val": 1_024, "test": 2_048},
    "vg": {"train": 62_565, "val": 5_506, "test": 5_088},
}
"""Pictures of each split in the paper's table 1."""

PUBLISHED_WORDS = {"object": 178, "predicate": 45}
"""Names that the paper keeps of Visual Genome, without `__image__` and `__in_image__`."""


def check_data(path: Path, progress: Progress, least: int = LEAST) -> Findings:
    """Look through all pictures of prepared data, a raw layout, or a JSON-lines file.

    Args:
        path: of it; or ``owner/name`` on the Hub.
        progress: is told the split, how many of its pictures are done, and how many there are.
        least: objects of a name in train that are enough.

    Raises:
        InputError: there is nothing that could be looked through.
    """
    path = find_data(path)
    findings = Findings()
    look = _Look(findings, least)
    if path.is_dir() and is_prepared(path):
        prepared = open_prepared(path)
        look.prepared(prepared, progress)
    else:
        source = _raw(path, findings)
        look.source(source, progress)
    look.finish()
    return findings


def _raw(path: Path, findings: Findings) -> Source:
    notes = Notes(bears=Severity.CONTRADICTION)
    if not path.exists():
        raise InputError(f"There is no directory and no file {path}.")
    if path.is_file():
        advise(path)
        source = jsonl_source(path, JsonlOptions(), notes)
    elif (path / "image_data.json").is_file():
        source = visual_genome_source(path, VisualGenomeOptions(), notes)
    else:
        source = coco_source(path, CocoOptions(keep=EVERYTHING), notes)
    findings.add_notes(notes)
    return source


@dataclass
class _Look:
    findings: Findings
    least: int
    names: Counter[str] = field(default_factory=Counter)
    known: tuple[str, ...] = ()
    seen: dict[bytes, tuple[str, str]] = field(default_factory=dict)

    def source(self, source: Source, progress: Progress) -> None:
        """Data that is not prepared."""
        self.known = (*source.things, *source.stuff)
        for split, images in source.splits.items():
            objects = 0
            number = 0
            for number, image in enumerate(images(), 1):
                objects += len(image.annotations)
                self._image(image, split)
                progress(split, number, source.counts[split])
            self._count(split, number, objects)
        if source.paper:
            self._published(source.layout, source.things, source.predicates or ())

    def prepared(self, prepared: PreparedData, progress: Progress) -> None:
        """Prepared data."""
        self.known = (*prepared.things, *prepared.stuff)
        for split, said in prepared.splits.items():
            try:
                rows = prepared.rows(split)
            except InputError as error:
                self.findings.add("shards that are missing or damaged", str(error))
                continue
            objects = 0
            for index in range(len(rows)):
                objects += self._row(rows, index, split, prepared.predicates or ())
                progress(split, index + 1, len(rows))
            self._count(split, len(rows), objects)
            if rows.hash() != said["hash"]:
                self.findings.add("splits that were changed since they were prepared", split)
        if prepared.metadata.get("paper"):
            self._published(str(prepared.metadata["layout"]), prepared.things, prepared.predicates or ())

    def finish(self) -> None:
        """What only the whole tells."""
        if not any(split["pictures"] for split in self.findings.splits.values()):
            self.findings.add("no picture that can be used", "none")
        if "train" not in self.findings.splits:
            self.findings.add("no train split, so nothing to train on", "none")
            return
        for name in self.known:
            count = self.names[name]
            if count < self.least:
                what = f"names with fewer than {self.least} objects in train, too few to learn"
                self.findings.add(what, f"{name} ({count})", wrong=False)
        if not self.findings.splits.get("val", {}).get("pictures"):
            self.findings.add("no val split, so nothing to measure with", "none", wrong=False)

    def _count(self, split: str, pictures: int, objects: int) -> None:
        self.findings.splits[split] = {"pictures": pictures, "objects": objects}

    def _published(self, layout: str, names: tuple[str, ...], predicates: tuple[str, ...]) -> None:
        for split, count in PUBLISHED[layout].items():
            found = self.findings.splits.get(split, {"pictures": 0})["pictures"]
            self._compare(f"{split}: {found:,} pictures, and {count:,} in the paper", found == count)
        if layout == "vg":
            for kind, words in (("object", names), ("predicate", predicates)):
                count = PUBLISHED_WORDS[kind]
                self._compare(f"{len(words)} {kind} names, and {count} in the paper", len(words) == count)

    def _compare(self, sentence: str, same: bool) -> None:
        what = "counts that are the published ones" if same else "counts that are not the published ones"
        self.findings.add(what, sentence, wrong=not same)

    def _same_pixels(self, pixels: bytes, split: str, where: str) -> None:
        digest = hashlib.sha256(pixels).digest()
        first_split, first = self.seen.setdefault(digest, (split, where))
        if first_split != split:
            self.findings.add("pictures that are in two splits", f"{first} ({first_split}) is {where} ({split})")
        elif first != where:
            self.findings.add("pictures that are in a split twice", f"{first} is {where} ({split})", wrong=False)

    def _image(self, image: AnnotatedImage, split: str) -> None:
        where = "/".join(image.path.parts[-2:])
        try:
            self._same_pixels(load_image(image.path, SIZE, (image.width, image.height)).tobytes(), split, where)
        except InputError as error:
            self.findings.add("pictures that are missing or cannot be read", str(error))
            return
        self._size(image, where)
        for index, item in enumerate(image.annotations):
            self._box(item, image)
            if split == "train":
                self.names[item.name] += 1
            try:
                found = prepare_image(image, [index], MASK)
            except InputError as error:
                self.findings.add("masks that cannot be used", str(error))
            else:
                self.findings.count_labels(split, found)
                if found.has_mask[0] and not found.masks[0].any():
                    self.findings.add(NOTHING, item.where, wrong=False)

    def _size(self, image: AnnotatedImage, where: str) -> None:
        stated = (image.width, image.height)
        if problem := shape_problem(image.path, stated):
            self.findings.add("pictures of another shape than their annotations state", problem)
        elif (real := image_size(image.path, stated)) != stated and real is not None:
            sizes = f"{real[0]}x{real[1]}, stated {stated[0]}x{stated[1]}"
            what = "pictures of another size than their annotations state, in the same shape"
            self.findings.add(what, f"{where}: {sizes}", wrong=False)

    def _box(self, item: Annotation, image: AnnotatedImage) -> None:
        x0, y0, x1, y1 = item.corners
        if item.area <= 0:
            self.findings.add("boxes without size", item.where)
        elif min(x0, y0) < -BEYOND or x1 > image.width + BEYOND or y1 > image.height + BEYOND:
            self.findings.add("boxes that leave their picture", f"{item.where}: {item.corners}")

    def _row(self, rows: Rows, index: int, split: str, predicates: tuple[str, ...]) -> int:
        names = rows.cell(index, "names")
        where = f"{split}, picture {index + 1} ({rows.cell(index, 'file')})"
        problems = list(row_problems(rows, index, predicates))
        for problem in problems:
            self.findings.add(problem, where)
        if not problems:
            found = rows.image(index, list(range(len(names))))
            self.findings.count_labels(split, found)
            for place in np.flatnonzero(found.has_mask & ~found.masks.any((1, 2))):
                self.findings.add(NOTHING, f"{names[place]}: {where}", wrong=False)
        self._same_pixels(rows.array(index, "image").tobytes(), split, rows.cell(index, "file"))
        for name in set(names) - set(self.known):
            self.findings.add("names that the vocabulary lacks", f"{name}: {where}")
        if split == "train":
            self.names.update(names)
        return len(names)
