"""Projects of VIA 3 as the entries that VIA 2 would write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

from sg2im_errors import InputError

LISTS = ("file", "view", "metadata", "attribute")

KEYS = {
    1: ("point", ("cx", "cy")),
    2: ("rect", ("x", "y", "width", "height")),
    3: ("circle", ("cx", "cy", "r")),
    4: ("ellipse", ("cx", "cy", "rx", "ry")),
    5: ("line", ()),
    6: ("polyline", ()),
    7: ("polygon", ()),
}
"""What the numbers of a shape mean, by the first of them."""


def is_via3(content: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a JSON file is a project of VIA 3."""
    return isinstance(content, Mapping) and all(isinstance(content.get(key), Mapping) for key in LISTS)


def via3_entries(path: Path, content: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The pictures of a project, each with its place in the file, as VIA 2 would write them.

    Raises:
        InputError: the file contradicts itself.
    """
    names = _names(path, content)
    regions: dict[str, list[Any]] = {key: [] for key in names}
    for key, entry in content["metadata"].items():
        try:
            view, placed = str(entry["vid"]), bool(entry["xy"])
        except (KeyError, TypeError):
            raise InputError(f"{path}: the entry {key!r} of metadata says no view (vid) or place (xy).") from None
        if view in regions and placed:  # without a place it says something of the whole picture
            regions[view].append(_region(entry, content["attribute"]))
    for view, name in names.items():
        yield f"view {view}", {"filename": name, "regions": regions[view]}


def _names(path: Path, content: Mapping[str, Any]) -> dict[str, str]:
    """Of the picture that each view shows, without views of several."""
    found = {}
    for key, view in content["view"].items():
        try:
            files = [content["file"][str(ident)] for ident in view["fid_list"]]
            if len(files) == 1:
                found[str(key)] = _file_name(files[0])
        except (AttributeError, KeyError, TypeError) as error:
            raise InputError(f"{path}: the entry {key!r} of view cannot be used: {error!r}.") from None
    return found


def _file_name(file: Mapping[str, Any]) -> str:
    """Where a picture was; its name alone where it was chosen in a browser or stands in the file."""
    src = file.get("src")
    return src if isinstance(src, str) and src and not src.startswith("data:") else str(file["fname"])


def _region(entry: Mapping[str, Any], attributes: Mapping[str, Any]) -> dict[str, Any]:
    try:
        kind, *values = entry["xy"]
        said = dict(_said(attributes[key], value) for key, value in entry["av"].items() if key in attributes)
        name, keys = KEYS.get(kind, (str(kind), ()))
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}  # which says nothing, and is counted
    shape: dict[str, Any] = {"name": name, **dict(zip(keys, values, strict=False))}
    if not keys:
        shape |= {"all_points_x": values[::2], "all_points_y": values[1::2]}
    return {"shape_attributes": shape, "region_attributes": said}


def _said(attribute: Mapping[str, Any], value: object) -> tuple[str, object]:
    """An attribute's name, and what it says: of a choice the file has a key, of several with commas between."""
    options = attribute.get("options")
    if not isinstance(options, Mapping) or not options:
        return str(attribute["aname"]), value
    chosen = [str(options.get(key, key)) for key in str(value).split(",") if key]
    return str(attribute["aname"]), dict.fromkeys(chosen, True)
