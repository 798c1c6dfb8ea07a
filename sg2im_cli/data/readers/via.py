"""Files of the VGG Image Annotator: exports and projects of VIA 2 (and 1), and projects of VIA 3.

VIA 2   {"1.jpg2048": {"filename": "1.jpg", "size": 2048, "regions": [
          {"shape_attributes": {"name": "rect", "x": 1, ...}, "region_attributes": {"kind": "dog"}}]}}
        in a project below ``_via_img_metadata``; VIA 1 has regions as an object
VIA 3   {"file": {"1": {"fname": "1.jpg"}}, "view": {"1": {"fid_list": ["1"]}}, "attribute": {"1": {"aname": "kind"}},
        "metadata": {"1_x": {"vid": "1", "xy": [2, 1, 2, 30, 40], "av": {"1": "dog"}}}}

Which attribute of a region holds its name is the user's choice in VIA, so it is asked for where there are several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sg2im_cli.data.images import AnnotatedImage, Annotation
from sg2im_cli.data.pixels import Size, image_size
from sg2im_cli.data.readers.coco_entries import of_type
from sg2im_cli.data.readers.exports import (
    MISSING,
    UNKNOWN_SHAPE,
    Export,
    ExportOptions,
    add_object,
    export_source,
    read_json,
)
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_cli.data.readers.picture_files import picture_file
from sg2im_cli.data.readers.shapes import Part, box_part, ellipse_part, numbers, polygon_part
from sg2im_cli.data.readers.source import Source
from sg2im_cli.data.readers.via3 import is_via3, via3_entries
from sg2im_errors import InputError

SEVERAL = "objects with several names: left out"
DAMAGED = "regions that cannot be used: left out"


def via_source(
    path: Path, options: ExportOptions, notes: Notes, images: Path | None = None, label_key: str | None = None
) -> Source:
    """The pictures of a file of VIA.

    Args:
        path: of it.
        options: what is made of it.
        notes: is told of what cannot be used, which is left out.
        images: where the pictures are, if not beside the file.
        label_key: the attribute of regions that holds their names; None to take the only one.

    Raises:
        InputError: it is no such file, or nobody can tell which attribute holds the names.
    """
    if images is not None and not images.is_dir():
        raise InputError(f"There is no directory {images}.")
    entries, prefix = _entries(path)
    key = _label_key(path, entries, label_key)
    export = Export(
        layout="via",
        name=path.resolve().stem,
        splits={"train": entries},
        read=partial(_image, path, _folders(path, images, prefix), key),
        where=lambda entry: f"{path}: {entry.place}",
        files=(path,),
    )
    return export_source(export, options, notes)


@dataclass(frozen=True)
class Entry:
    """A picture of a file: where it stands, and what stands there."""

    place: str
    content: Any

    def regions(self) -> list[tuple[str, Any]]:
        """Each with its place; VIA 1 has them as an object."""
        found = self.content.get("regions", []) if isinstance(self.content, Mapping) else []
        pairs = found.items() if isinstance(found, Mapping) else enumerate(found if isinstance(found, list) else ())
        return [(f"regions[{place}]", region) for place, region in pairs]


def _entries(path: Path) -> tuple[list[Entry], str]:
    """The pictures of a file, and the folder that it names for them."""
    content = read_json(path)
    if is_via3(content):
        return [Entry(place, entry) for place, entry in via3_entries(path, content)], ""
    settings, prefix = content, ""
    if isinstance(content, Mapping) and "_via_img_metadata" in content:
        for key in ("_via_settings", "core", "default_filepath"):
            settings = settings.get(key) if isinstance(settings, Mapping) else None
        prefix = settings if isinstance(settings, str) else ""
        content = content["_via_img_metadata"]
    if isinstance(content, list):
        content = {str(place): entry for place, entry in enumerate(content)}
    if not isinstance(content, Mapping) or not any(isinstance(e, Mapping) and "regions" in e for e in content.values()):
        raise InputError(f"{path} is no file of VIA: its pictures have no regions.")
    return [Entry(repr(key), entry) for key, entry in content.items()], prefix


def _label_key(path: Path, entries: list[Entry], wanted: str | None) -> str:
    """The attribute that holds names: what is wanted, or the only one that says anything."""
    counts = Counter(
        str(key)
        for entry in entries
        for _, region in entry.regions()
        for key, value in _attributes(region).items()
        if _ticked(value)
    )
    said = ", ".join(f"{key!r} ({count:,})" for key, count in counts.most_common(10))
    if wanted is not None:
        if wanted not in counts:
            raise InputError(f"{path} has no region with an attribute {wanted!r}; they have {said or 'none'}.")
        return wanted
    if not counts:
        raise InputError(f"{path} names nothing: no region has an attribute.")
    if len(counts) > 1:
        raise InputError(f"Regions of {path} have several attributes: {said}; say with --label-key which is the name.")
    return next(iter(counts))


def _attributes(region: object) -> Mapping[str, Any]:
    found = region.get("region_attributes") if isinstance(region, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _ticked(value: object) -> list[str]:
    """What an attribute says: text, or those of its boxes that are ticked."""
    if isinstance(value, Mapping):
        return [str(key) for key, tick in value.items() if tick in (True, 1, "true", "1")]
    text = "" if value is None else str(value)
    return [text] if text.strip() else []


def _folders(path: Path, images: Path | None, prefix: str) -> tuple[Path, ...]:
    if images is not None:
        return (images,)
    named = (path.parent / prefix.replace("\\", "/"),) if prefix else ()
    return (*named, path.parent)


def _image(path: Path, folders: tuple[Path, ...], key: str, entry: Entry, notes: Notes) -> AnnotatedImage | None:
    """The picture of an entry; None where it is missing."""
    name = of_type(str, of_type(dict, entry.content)["filename"])
    files = (picture_file(folder, name) for folder in folders)
    file = next((file for file in files if file.is_file()), folders[0] / name)
    size = image_size(file)
    if size is None:
        notes.add(MISSING, f"{path}: {file} cannot be read.", Severity.DAMAGE)
        return None
    items: list[Annotation] = []
    for place, region in entry.regions():
        where = f"{path}: {name}: {place}"
        try:
            _add(items, where, region, key, size, notes)
        except (KeyError, TypeError, ValueError) as error:
            problem = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
            notes.add(DAMAGED, f"{where} cannot be used: {problem}.", Severity.DAMAGE)
    return AnnotatedImage(file, *size, items)


def _add(items: list[Annotation], where: str, region: object, key: str, size: Size, notes: Notes) -> None:
    shape = of_type(dict, of_type(dict, region)["shape_attributes"])
    names = _ticked(_attributes(region).get(key))
    if len(names) > 1:
        notes.add(SEVERAL, f"{where} is called {' and '.join(names)}.", Severity.FAULT)
    elif shape.get("name") not in SHAPES:
        notes.add(UNKNOWN_SHAPE, f"{where} is a {str(shape.get('name'))[:40]!r}.", Severity.REMARK)
    else:
        add_object(items, where, names[0] if names else "", SHAPES[shape["name"]](shape, size), size, notes)


def _rect(shape: Mapping[str, Any], size: Size) -> Part:  # noqa: ARG001
    x, y, width, height = numbers([shape[key] for key in ("x", "y", "width", "height")])
    return box_part(x, y, x + width, y + height)


def _polygon(shape: Mapping[str, Any], size: Size) -> Part | None:
    xs, ys = (numbers(shape[f"all_points_{axis}"]) for axis in "xy")
    if len(xs) != len(ys):
        raise ValueError(f"it has {len(xs)} x and {len(ys)} y")
    return polygon_part([value for corner in zip(xs, ys, strict=True) for value in corner], size)


def _circle(shape: Mapping[str, Any], size: Size) -> Part | None:
    x, y, radius = numbers([shape[key] for key in ("cx", "cy", "r")])
    return ellipse_part((x, y), (radius, radius), 0.0, size)


def _ellipse(shape: Mapping[str, Any], size: Size) -> Part | None:
    x, y, first, second, angle = numbers([*(shape[key] for key in ("cx", "cy", "rx", "ry")), shape.get("theta", 0)])
    return ellipse_part((x, y), (first, second), angle, size)


def _no_area(shape: Mapping[str, Any], size: Size) -> None:  # noqa: ARG001
    return None


SHAPES = {
    "rect": _rect,
    "polygon": _polygon,
    "circle": _circle,
    "ellipse": _ellipse,
    "polyline": _no_area,
    "line": _no_area,
    "point": _no_area,
}
