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
from typing import Any

from sg2im_errors import Sg2imError

METADATA = "sg2im.json"
UNFINISHED = "preparing.json"
"""What data is made from, while it is not all there."""

FORMAT, VERSION = "sg2im-scenes", 2

COLUMNS = {
    "file": "string",
    "width": "int32",
    "height": "int32",
    "image": "binary",
    "names": ["string"],
    "boxes": "binary",
    "areas": "binary",
    "masks": "binary",
    "has_mask": "binary",
    "attributes": [["string"]],
    "subjects": ["int32"],
    "predicates": ["string"],
    "objects": ["int32"],
    "source": "string",
    "machine": "binary",
}
"""Names and types; a list is a list of its element's type.

`image` (H, W, 3) uint8, `boxes` (O, 4) float32 in [0, 1], `areas` (O,) float64 of the boxes in pixels of the annotated
picture, which is `width` x `height`; `masks` (O, M, M) bits, eight to a byte; `has_mask` (O,) uint8. Objects stand
largest first. Relationships are null where the data states none. `source` says where the picture comes from, if the
data did; `machine` (O, 2) uint8, whether a machine made the box and name, and the mask.
"""

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
        return arrow.list_(arrow_type(kind[0])) if isinstance(kind, list) else getattr(arrow, kind)()

    fields = [arrow.field(name, arrow_type(kind)) for name, kind in COLUMNS.items()]
    return arrow.schema(fields, {"huggingface": json.dumps({"info": {"features": hub_features()}})})


def hub_features() -> dict[str, Any]:
    """The columns as `datasets` writes them."""

    def feature(kind: Any) -> dict[str, Any]:  # noqa: ANN401
        if isinstance(kind, list):
            return {"feature": feature(kind[0]), "_type": "List"}
        return {"dtype": kind, "_type": "Value"}

    return {name: feature(kind) for name, kind in COLUMNS.items()}
