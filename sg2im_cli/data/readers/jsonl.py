"""A user's own pictures: a file with a JSON object on each line, as ``annotations.schema.json`` has it.

{"image": "photos/1.jpg", "objects": [{"name": "dog", "box": [12, 40, 180, 220]},
                                      {"name": "grass", "box": [0, 120, 320, 240], "polygon": [0, 120, 320, 120, ...]}],
 "relationships": [[0, "on", 1]]}

All lengths are pixels of the picture. What is wrong with a line is said with its number and the place in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sg2im_cli.data.images import AnnotatedImage, Annotation, Relationships
from sg2im_cli.data.names import spoken_name
from sg2im_cli.data.pixels import image_size
from sg2im_cli.data.readers.jsonl_lines import LineError, check_line
from sg2im_cli.data.readers.notes import UNUSABLE, Notes, Severity
from sg2im_cli.data.readers.picture_files import picture_file
from sg2im_cli.data.readers.recognition import advise
from sg2im_cli.data.readers.source import Source
from sg2im_cli.data.readers.val_share import draw_val
from sg2im_errors import InputError
from sg2im_parsers.text_files import MOST_BYTES, too_long

UNREADABLE = (1, 1)
"""The size of a picture that cannot be read, which is said when it is needed."""


@dataclass(frozen=True, kw_only=True)
class JsonlOptions:
    """What is made of the files.

    Attributes:
        val: a file with the pictures of the val split.
        val_share: the share of the lines that are val, drawn at random, where there is no such file.
        seed: of that draw.
        stuff: names of objects that have no count, such as sky.
        license: of the data.
    """

    val: Path | None = None
    val_share: float = 0.0
    seed: int = 0
    stuff: tuple[str, ...] = ()
    license: str | None = None


def jsonl_source(path: Path, options: JsonlOptions, notes: Notes | None = None) -> Source:
    """The splits of JSON-lines files; every line is looked at once before anything is made.

    Args:
        path: of the train split.
        options: what is made of it.
        notes: is told of each line that cannot be used, and it is left out; without it the first one is an error.

    Raises:
        InputError: a file is missing or a line cannot be used; the message names the line and the place in it.
    """
    if not path.is_dir():
        advise(path)
    files = {"train": path, **({} if options.val is None else {"val": options.val})}
    notes = Notes() if notes is None else notes
    words = _Words(notes)
    stuff = tuple(dict.fromkeys(map(spoken_name, options.stuff)))
    counts = {split: sum(1 for _ in _lines(file, notes, words.look)) for split, file in files.items()}
    if notes.kinds and not any(counts.values()):
        raise InputError(notes.kinds[UNUSABLE].examples[0])
    if unknown := [name for name in options.stuff if spoken_name(name) not in words.names]:
        raise InputError(f"No object is called {unknown[0]!r}, which --stuff names.")
    splits: dict[str, Callable[[], Iterator[AnnotatedImage]]] = {
        split: partial(_images, file, words.stated, notes.bears) for split, file in files.items()
    }
    if options.val_share:
        chosen = draw_val(counts["train"], options.val_share, options.seed)
        splits = {
            "train": partial(_images, path, words.stated, notes.bears, chosen, False),
            "val": partial(_images, path, words.stated, notes.bears, chosen, True),
        }
        counts = {"train": counts["train"] - len(chosen), "val": len(chosen)}
    return Source(
        layout="jsonl",
        name=path.resolve().stem,
        splits=splits,
        counts=counts,
        things=tuple(name for name in words.names if name not in stuff),
        stuff=stuff,
        predicates=tuple(words.predicates) if words.stated else None,
        attributes=tuple(words.attributes),
        files=tuple(files.values()),
        license=options.license,
        notes=notes,
    )


@dataclass
class _Words:
    """What lines name, as people say it, in the order in which they first do."""

    notes: Notes

    def __post_init__(self) -> None:
        self.stated = False
        self.names: dict[str, None] = {}
        self.predicates: dict[str, None] = {}
        self.attributes: dict[str, None] = {}

    def look(self, line: Mapping[str, Any]) -> None:
        for item in line["objects"]:
            self._add(self.names, item["name"])
            for word in item.get("attributes", ()):
                self._add(self.attributes, word)
        self.stated = self.stated or "relationships" in line
        for _, predicate, _ in line.get("relationships", ()):
            self._add(self.predicates, predicate)

    def _add(self, known: dict[str, None], written: str) -> None:
        word = spoken_name(written)
        self.notes.rename({written: word})
        known[word] = None


def _lines(
    path: Path, notes: Notes, use: Callable[[dict[str, Any]], None] | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines that are not empty, looked through, with their numbers from 1."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, text in enumerate(iter(lambda: file.readline(MOST_BYTES + 1), ""), 1):
                if len(text) > MOST_BYTES:
                    raise too_long(f"{path}, line {number}")
                if not text.strip():
                    continue
                try:
                    line = _line(text, f"{path}, line {number}")
                except InputError as error:
                    notes.add(UNUSABLE, str(error), Severity.DAMAGE)
                    continue
                if use is not None:
                    use(line)
                yield number, line
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except (OSError, UnicodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from None


def _line(text: str, where: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
        check_line(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{where} is not JSON: {error.msg} at letter {error.pos + 1}.") from None
    except RecursionError:
        raise InputError(f"{where} is not JSON that can be read: it is nested too deeply.") from None
    except LineError as error:
        raise InputError(f"{where}: {error}.") from None
    except ValueError:  # Python's limit
        raise InputError(f"{where} is not JSON that can be read: it has a number of thousands of digits.") from None
    found: dict[str, Any] = line
    return found


def _images(
    path: Path, stated: bool, bears: Severity, chosen: frozenset[int] = frozenset(), wanted: bool = False
) -> Iterator[AnnotatedImage]:
    """The pictures of the lines that are among those chosen, or of those that are not."""
    for place, (number, line) in enumerate(_lines(path, Notes(bears))):  # noted before
        if (place in chosen) == wanted:
            yield _image(path, f"{path}, line {number}", line, stated)


def _image(path: Path, where: str, line: Mapping[str, Any], stated: bool) -> AnnotatedImage:
    file = picture_file(path.parent, line["image"])
    width, height = image_size(file) or UNREADABLE
    items = [
        Annotation(
            f"{where}: objects[{index}]",
            spoken_name(item["name"]),
            tuple(map(float, item["box"])),  # type: ignore[arg-type]
            _segmentation(item),
            tuple(dict.fromkeys(map(spoken_name, item.get("attributes", ())))),
            (item.get("machine") is True, bool(item.get("machine"))),
        )
        for index, item in enumerate(line["objects"])
    ]
    said: Relationships = tuple((s, spoken_name(p), o) for s, p, o in line.get("relationships", ()))
    return AnnotatedImage(file, width, height, items, said if stated else None, line.get("source", ""))


def _segmentation(item: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """As COCO has it: a list of polygons, or run lengths."""
    polygon = item.get("polygon")
    if polygon:
        return polygon if isinstance(polygon[0], list) else [polygon]
    return item.get("rle")
