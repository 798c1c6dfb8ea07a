"""Pictures and graphs as the bytes of files, by the ending of their names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sg2im_cli.output.files import PICTURES, require_new
from sg2im_cli.output.json_text import json_text
from sg2im_errors import InputError
from sg2im_parsers.graph_json import graph_to_json
from sg2im_parsers.scene_graph import SceneGraph

if TYPE_CHECKING:
    from PIL.Image import Image

    from sg2im_cli.painter import Painting
    from sg2im_cli.provenance.record import Record

GRAPH_ENDINGS = (".json", ".png", ".svg")


def encode(image: Image, path: Path, record: Record | None = None) -> bytes:
    """A picture as the bytes of a file with this ending; a PNG carries the record, if there is one.

    The differences that a PNG keeps hardly repeat: looking for nothing but runs is as small, in half the time.
    """
    import io
    import zlib

    kind = PICTURES[path.suffix.lower()]
    extras: dict[str, Any] = {"quality": 95}
    if kind == "PNG":
        extras = {"compress_type": zlib.Z_RLE} | ({} if record is None else {"pnginfo": record.png_info()})
    buffer = io.BytesIO()
    image.save(buffer, kind, **extras)
    return buffer.getvalue()


def enlarge(image: Image, scale: int) -> Image:
    """So many times as wide and as high."""
    from PIL.Image import Resampling

    return image.resize((image.width * scale, image.height * scale), Resampling.BICUBIC) if scale > 1 else image


def graph_file(graph: SceneGraph, path: Path) -> bytes:
    """A graph as the bytes of a .json, .png or .svg file."""
    from sg2im_cli.drawing import graph_picture

    if path.suffix.lower() == ".json":
        return _one_row_a_line(graph_to_json(_without_boxes(graph))).encode()
    return graph_picture(graph, path)


def check_graph_file(path: Path, overwrite: bool) -> None:
    """Refuse a file for a graph before anything is drawn.

    Raises:
        InputError: an ending that is none of .json, .png, .svg, or a file that exists.
    """
    if path.suffix.lower() not in GRAPH_ENDINGS:
        raise InputError(f"{path} must end in {', '.join(GRAPH_ENDINGS)}.")
    require_new(path, overwrite)


def layout_file(painting: Painting, path: Path, masks: bool) -> bytes:
    """Where the objects of a painting are, as the bytes of a .json, .png or .svg file.

    Args:
        painting: with boxes and masks.
        path: its ending says the format.
        masks: whether JSON has the masks, too; pictures have them always.
    """
    from sg2im_cli.drawing import layout_picture

    if path.suffix.lower() != ".json":
        return layout_picture(painting.graph, path)
    known = painting.to_json(masks)
    return _one_row_a_line({"text": known.get("text"), "seed": painting.seeds[0], **known}).encode()


def _one_row_a_line(data: dict[str, Any]) -> str:
    """JSON with an object or a relationship a line: masks have hundreds of numbers."""
    parts = [f' "{key}": {_rows(value)}' for key, value in data.items() if value is not None]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _rows(value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, list) or not value:
        return json_text(value)
    return "[\n  " + ",\n  ".join(json_text(row) for row in value) + "\n ]"


def _without_boxes(graph: SceneGraph) -> SceneGraph:
    return SceneGraph(tuple(replace(o, box=None, mask=None) for o in graph.objects), graph.relationships)
