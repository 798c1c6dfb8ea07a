"""What prepared data is made of: names of files, columns, and pyarrow, which reads and writes them.

DIR/sg2im.json                 what it is: sizes, words, splits and their hashes, source; written last
DIR/dataset_dict.json          the names of the splits, for `datasets`
DIR/SPLIT/data-00000.arrow     shards: Arrow streams with the columns of `COLUMNS`
DIR/SPLIT/{state,dataset_info}.json   for `datasets`
DIR/README.md                  a card for the Hub

`datasets.load_from_disk(DIR)` and `datasets.load_dataset(DIR)` read it; here pyarrow alone does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sg2im_errors import Sg2imError

METADATA = "sg2im.json"
UNFINISHED = "preparing.json"
"""What data is made from, while it is not all there."""

FORMAT, VERSION = "sg2im-scenes", 3

PICTURE = "picture"

COLUMNS: Mapping[str, Any] = {
    "file": "string",
    "width": "int32",
    "height": "int32",
    "image": PICTURE,
    "names": ["string"],
    "boxes": [("float32", 4)],
    "areas": ["float64"],
    "masks": ["uint8"],
    "has_mask": ["uint8"],
    "attributes": [["string"]],
    "subjects": ["int32"],
    "predicates": ["string"],
    "objects": ["int32"],
    "source": "string",
    "machine": [("uint8", 2)],
}
"""Names and types; a list is a list of its element's type, and a pair a row of so many.

`image` is a picture of `datasets`, whose bytes are those of a PPM file (`picture_header`); `boxes` (O, 4) in [0, 1],
`areas` (O,) of the boxes in pixels of the annotated picture, which is `width` x `height`; `masks` (O, M, M) bits, eight
to a byte; `has_mask` (O,). Objects stand largest first. Relationships are null where the data states none; `source` is
where the picture comes from, if the data says so; `machine` (O, 2) whether a machine made box and name, and the mask.

No column is binary: `datasets` makes NumPy's bytes of those, which lose the zeros at their end. In versions 1 and 2 all
arrays were, in little-endian order and the picture's without a header.
"""

HEADER = 32

SINCE_2 = ("source", "machine")
"""Columns that data of version 1 lacks: people made all of it, as far as it knows."""


def import_pyarrow() -> Any:  # noqa: ANN401
    """The library.

    Raises:
        Sg2imError: it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.ipc
    except ImportError:
        raise Sg2imError("Prepared data needs pyarrow; install it with: pip install 'sg2im-cli[train]'.") from None
    return pyarrow


def arrow_schema() -> Any:  # noqa: ANN401
    """The columns for pyarrow, with what `datasets` wants to know of them."""
    arrow = import_pyarrow()

    def arrow_type(kind: Any) -> Any:  # noqa: ANN401
        if kind == PICTURE:
            return arrow.struct({"bytes": arrow.binary(), "path": arrow.string()})
        if isinstance(kind, tuple):
            return arrow.list_(arrow_type(kind[0]), kind[1])
        return arrow.list_(arrow_type(kind[0])) if isinstance(kind, list) else getattr(arrow, kind)()

    fields = [arrow.field(name, arrow_type(kind)) for name, kind in COLUMNS.items()]
    return arrow.schema(fields, {"huggingface": json.dumps({"info": {"features": hub_features()}})})


def hub_features() -> dict[str, Any]:
    """The columns as `datasets` writes them."""

    def feature(kind: Any) -> dict[str, Any]:  # noqa: ANN401
        if kind == PICTURE:
            return {"_type": "Image"}
        if isinstance(kind, tuple):
            return {"feature": feature(kind[0]), "length": kind[1], "_type": "List"}
        if isinstance(kind, list):
            return {"feature": feature(kind[0]), "_type": "List"}
        return {"dtype": kind, "_type": "Value"}

    return {name: feature(kind) for name, kind in COLUMNS.items()}


def picture_header(height: int, width: int) -> bytes:
    """What makes a PPM file of the pixels (H, W, 3) that follow, which any reader of pictures knows.

    Always `HEADER` bytes, and nothing is packed, so that pixels can be looked at where they lie.
    """
    return f"P6 {width} {height}".encode().ljust(HEADER - 5) + b" 255\n"


def file_name(name: object) -> str:
    """A name of something in the directory itself: what others wrote must not lead out of it.

    Raises:
        ValueError: it is a path, no name, or holds what no file system writes.
    """
    odd = not isinstance(name, str) or name in ("", ".", "..") or not set(name).isdisjoint("/\\\0")
    if odd or any("\ud800" <= letter <= "\udfff" for letter in str(name)):
        raise ValueError(f"{name!r} is no name of a file in its folder")
    return str(name)
