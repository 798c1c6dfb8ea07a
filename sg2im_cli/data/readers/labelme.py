"""labelme's files: a JSON file a picture, beside it or anywhere, with the picture in it or not.

{"imagePath": "../photos/1.jpg", "imageData": null, "imageWidth": 640, "imageHeight": 480,
 "shapes": [{"label": "dog", "shape_type": "polygon", "points": [[12, 40], ...], "group_id": null, "flags": {}}]}

Shapes of one label and one ``group_id`` are parts of one object. DIR has all files, at any depth; folders ``train`` and
``val`` in it are splits.
"""

from __future__ import annotations

import base64
import math
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PureWindowsPath
from typing import Any

from sg2im_cli.data.images import AnnotatedImage, Annotation
from sg2im_cli.data.pixels import Size, image_size
from sg2im_cli.data.readers.coco_entries import of_type, stated_size
from sg2im_cli.data.readers.coco_reader import SIZE_UNSAID
from sg2im_cli.data.readers.exports import (
    MISSING,
    NO_AREA,
    PICTURES,
    SPLITS,
    UNKNOWN_SHAPE,
    Export,
    ExportOptions,
    add_object,
    checksum,
    export_source,
    read_json,
)
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_cli.data.readers.picture_files import picture_file
from sg2im_cli.data.readers.shapes import (
    Part,
    box_part,
    ellipse_part,
    joined,
    numbers,
    painted_part,
    polygon_part,
)
from sg2im_cli.data.readers.source import Source
from sg2im_errors import InputError

FOREIGN = "JSON files that are not labelme's: left out"
SAME_NAME = "pictures that are not where their JSON file says: taken from beside it, by its name"
LINES = ("line", "linestrip", "point", "points")


def labelme_source(folder: Path, options: ExportOptions, notes: Notes, images: Path | None = None) -> Source:
    """The splits of a directory of labelme's files.

    Args:
        folder: with the JSON files.
        options: what is made of them.
        notes: is told of what cannot be used, which is left out.
        images: where the pictures are, if not where the files say.

    Raises:
        InputError: there are no such files, or something is worse than `notes` bears.
    """
    if not folder.is_dir():
        raise InputError(f"There is no directory {folder}; labelme writes a JSON file for each picture into one.")
    if images is not None and not images.is_dir():
        raise InputError(f"There is no directory {images}.")
    splits = _splits(folder)
    reader = LabelmeReader(folder, images)
    files = [path for paths in splits.values() for path in paths]
    source = export_source(
        Export(
            layout="labelme",
            name=folder.resolve().name,
            splits=splits,
            read=reader.read,
            where=str,
            contents=checksum(folder, files),
        ),
        options,
        notes,
    )
    if FOREIGN in notes.kinds and notes.kinds[FOREIGN].count == len(files):
        raise InputError(f"None of the JSON files in {folder} is labelme's; theirs have a list of shapes.")
    return source


def _splits(folder: Path) -> dict[str, list[Path]]:
    """By folders, where there is one for train; else all files."""
    found = {split: _files(folder / name) for split, names in SPLITS.items() for name in names if _files(folder / name)}
    if "train" not in found:
        found = {"train": _files(folder)}
    if not found["train"]:
        raise InputError(f"{folder} has no JSON files; labelme writes one for each picture.")
    return found


def _files(folder: Path) -> list[Path]:
    """Those that a person sees."""
    paths = sorted(folder.rglob("*.json"))
    return [path for path in paths if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


@dataclass(frozen=True)
class LabelmeReader:
    """Reads one picture.

    Attributes:
        folder: with the JSON files.
        images: where the pictures are, if not where the files say.
    """

    folder: Path
    images: Path | None = None

    @cached_property
    def scratch(self) -> Path:
        """Where a picture lies that stands in its JSON file, until the next one does."""
        path = Path(tempfile.mkdtemp(prefix="sg2im-labelme-"))
        weakref.finalize(self, shutil.rmtree, path, ignore_errors=True)
        return path

    def read(self, path: Path, notes: Notes) -> AnnotatedImage | None:
        """The picture of a JSON file; None where it is missing or the file is another program's.

        Raises:
            ValueError, KeyError, TypeError: the file is damaged.
            InputError: something is worse than `notes` bears.
        """
        try:
            content = read_json(path)
        except InputError as error:
            raise ValueError(f"it is damaged ({error})") from None
        if not isinstance(content, dict) or not isinstance(content.get("shapes"), list):
            notes.add(FOREIGN, f"{path} has no list of shapes.", Severity.REMARK)
            return None
        picture = self._picture(path, content, notes)
        size = None if picture is None else image_size(picture, _stated(content))
        if picture is None or size is None:
            notes.add(MISSING, f"{path} is of {content.get('imagePath')!r}, which cannot be found.", Severity.DAMAGE)
            return None
        if _stated(content) is None:
            notes.add(SIZE_UNSAID, f"{path} states no width and height.", Severity.REMARK)
        width, height = _stated(content) or size
        return AnnotatedImage(picture, width, height, _objects(path, content["shapes"], (width, height), notes))

    def _picture(self, path: Path, content: Mapping[str, Any], notes: Notes) -> Path | None:
        written = content.get("imagePath")
        if isinstance(written, str) and written:
            for folder in (path.parent, self.folder) if self.images is None else (self.images,):
                for name in (written, written.replace("\\", "/")):
                    if (found := picture_file(folder, name)).is_file():
                        return found
        if isinstance(content.get("imageData"), str) and content["imageData"]:
            return self._unpacked(path, content)
        beside = (path.with_suffix(s) for suffix in PICTURES for s in (suffix, suffix.upper()))
        found_beside = next((file for file in beside if file.is_file()), None)
        if found_beside is not None:
            notes.add(SAME_NAME, f"{path} is of {written!r}, and {found_beside.name} is taken.", Severity.REMARK)
        return found_beside

    def _unpacked(self, path: Path, content: Mapping[str, Any]) -> Path:
        """The picture that stands in its JSON file, as a file."""
        suffix = PureWindowsPath(str(content.get("imagePath", ""))).suffix.lower()
        pixels = base64.b64decode(content["imageData"])
        place = self.scratch / path.resolve().parent.name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        file = place / f"{path.stem}{suffix if suffix in PICTURES else '.png'}"
        file.write_bytes(pixels)
        return file


def _stated(content: Mapping[str, Any]) -> Size | None:
    return stated_size({"width": content.get("imageWidth"), "height": content.get("imageHeight")})


def _objects(path: Path, shapes: list[Any], size: Size, notes: Notes) -> list[Annotation]:
    """The objects of a picture: shapes, joined where they have one label and one group."""
    items: list[Annotation] = []
    groups: dict[object, list[tuple[str, str, Part | None]]] = {}
    for place, shape in enumerate(shapes):
        where = f"{path}: shapes[{place}]"
        try:
            label = of_type(str, of_type(dict, shape)["label"])
            group = shape.get("group_id")
            part = _part(shape, size, notes, where)
        except (KeyError, TypeError, ValueError) as error:
            problem = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
            notes.add("shapes that cannot be used: left out", f"{where} cannot be used: {problem}.", Severity.DAMAGE)
            continue
        if part is not UNKNOWN:
            groups.setdefault(place if group is None else (label, str(group)), []).append((where, label, part))
    for found in groups.values():
        parts = [part for _, _, part in found if part is not None]
        where, label, _ = found[0]
        for place_of, _, part in found if parts else ():
            if part is None:
                notes.add(NO_AREA, f"{place_of} is a shape without area.", Severity.REMARK)
        add_object(items, where, label, joined(parts, size) if parts else None, size, notes)
    return items


UNKNOWN = Part((math.nan, math.nan, math.nan, math.nan))
"""Stands for a shape of another kind."""


def _part(shape: Mapping[str, Any], size: Size, notes: Notes, where: str) -> Part | None:
    """A shape; None where it has no area."""
    kind = shape.get("shape_type") or "polygon"
    points = [numbers(point) for point in of_type(list, shape["points"])]
    if any(len(point) != 2 for point in points):
        raise ValueError("its points are not x and y each")
    if kind in LINES:
        return None
    if kind in ("polygon", "rotation"):
        return polygon_part([value for point in points for value in point], size)
    if kind not in ("rectangle", "circle", "mask"):
        notes.add(UNKNOWN_SHAPE, f"{where} is a {str(kind)[:40]!r}.", Severity.REMARK)
        return UNKNOWN
    if len(points) < 2:
        raise ValueError(f"a {kind} needs two points")
    if kind == "circle":
        (x, y), edge = points[:2]
        radius = math.hypot(edge[0] - x, edge[1] - y)
        return ellipse_part((x, y), (radius, radius), 0.0, size)
    xs, ys = zip(*points, strict=True)
    if kind == "mask":
        return painted_part(of_type(str, shape["mask"]), min(xs), min(ys), size)
    return box_part(min(xs), min(ys), max(xs), max(ys))
