"""Prepared data: pictures and masks at the size of training, in Arrow files that are mapped into memory.

DIR/sg2im.json                 what it is: sizes, words, splits and their hashes, source; written last
DIR/dataset_dict.json          the names of the splits, for `datasets`
DIR/SPLIT/data-00000.arrow     shards: Arrow streams with the columns of `COLUMNS`
DIR/SPLIT/{state,dataset_info}.json   for `datasets`
DIR/README.md                  a card for the Hub

`datasets.load_from_disk(DIR)` and `datasets.load_dataset(DIR)` read it; here pyarrow alone does.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig
from sg2im_cli.data.images import Annotated, among, chosen
from sg2im_parsers.errors import InputError, Sg2imError

if TYPE_CHECKING:
    import pyarrow

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


@dataclass(frozen=True)
class Prepared:
    """A directory of prepared data.

    Attributes:
        path: of the directory.
        metadata: of ``sg2im.json``.
        image_size: height and width.
        mask_size: M.
        things: category names.
        stuff: likewise.
        predicates: of stated relationships; None where they are derived.
        attributes: words that objects have.
        splits: name to what is known of it.
    """

    path: Path
    metadata: Mapping[str, Any]
    image_size: tuple[int, int]
    mask_size: int
    things: tuple[str, ...]
    stuff: tuple[str, ...]
    predicates: tuple[str, ...] | None
    attributes: tuple[str, ...]
    splits: Mapping[str, Mapping[str, Any]]

    def rows(self, split: str) -> Rows:
        """The pictures of a split.

        Raises:
            InputError: there is no such split, or a shard is missing or damaged.
        """
        if split not in self.splits:
            raise InputError(f"{self.path} has no split {split}; it has {', '.join(self.splits)}.")
        shards = self.splits[split]["shards"]
        columns = tuple(name for name in COLUMNS if self.metadata["version"] > 1 or name not in SINCE_2)
        return Rows([self.path / split / name for name in shards], self.image_size, self.mask_size, columns)


def is_prepared(path: Path) -> bool:
    """Whether a directory holds prepared data.

    Raises:
        InputError: it holds a part of it.
    """
    if (path / METADATA).is_file():
        return True
    if (path / UNFINISHED).is_file():
        raise InputError(f"{path} is not prepared to the end; the same sg2im data prepare goes on with it.")
    return False


def open_prepared(path: Path) -> Prepared:
    """Read what a directory of prepared data says of itself.

    Raises:
        InputError: it is none, damaged, or of a version that is not known yet.
    """
    try:
        found = json.loads((path / METADATA).read_text(encoding="utf8"))
        if found["format"] != FORMAT:
            raise InputError(f"{path / METADATA} does not describe prepared data.")
        if found["version"] > VERSION:
            raise InputError(f"{path} was prepared by a later version of sg2im; update it, or prepare the data again.")
        words = found["vocabulary"]
        objects, predicates = _in_order(words["object_name_to_idx"]), words["pred_name_to_idx"]
        stuff = frozenset(words["stuff"])
        return Prepared(
            path,
            found,
            (int(found["image_size"][0]), int(found["image_size"][1])),
            int(found["mask_size"]),
            tuple(name for name in objects[1:] if name not in stuff),
            tuple(name for name in objects[1:] if name in stuff),
            None if predicates is None else _in_order(predicates)[1:],
            _in_order(words["attribute_name_to_idx"]),
            {name: {**split, "shards": tuple(map(str, split["shards"]))} for name, split in found["splits"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise InputError(f"{path / METADATA} cannot be read ({_short(error)}); prepare the data again.") from None


def _in_order(ids: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(ids, key=lambda name: ids[name]))


def _short(error: Exception) -> str:
    return f"it lacks {error}" if isinstance(error, KeyError) else str(error)


@dataclass
class Rows:
    """The pictures of a split, looked up in the memory map; in another process the files are mapped anew.

    Attributes:
        shards: their files.
        image_size: height and width.
        mask_size: M.
        columns: those that the files have.
    """

    shards: list[Path]
    image_size: tuple[int, int]
    mask_size: int
    columns: tuple[str, ...] = tuple(COLUMNS)
    batches: list[pyarrow.RecordBatch] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.batches = [batch for path in self.shards for batch in _mapped(path, self.columns)]
        self.starts: list[int] = np.cumsum([0, *(batch.num_rows for batch in self.batches)]).tolist()
        self._columns = [{name: batch.column(name) for name in self.columns} for batch in self.batches]

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("shards", "image_size", "mask_size", "columns")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    def __len__(self) -> int:
        return self.starts[-1]

    def cell(self, index: int, column: str) -> Any:  # noqa: ANN401
        """One value, as a view where it is binary."""
        batch = bisect_right(self.starts, index) - 1
        scalar = self._columns[batch][column][index - self.starts[batch]]
        return scalar.as_buffer() if COLUMNS[column] == "binary" else scalar.as_py()

    def array(self, index: int, column: str, kind: type[np.generic]) -> NDArray[Any]:
        """One binary value as a flat read-only array, without copying."""
        flat = np.frombuffer(self.cell(index, column), dtype=kind)
        flat.flags.writeable = False
        return flat

    def kept(self, index: int, config: DataConfig, stated: bool = False) -> list[int] | None:
        """Which objects of a picture a configuration uses; None if it leaves the picture out (see `chosen`)."""
        whole = self.cell(index, "width") * self.cell(index, "height")
        areas = self.array(index, "areas", np.float64)
        machine = self.machine(index) if config.machine_labels else None
        left_out = machine is not None and config.machine_weight(self.source(index)) == 0
        return chosen(areas, whole, config, stated, ~machine[:, 0] if left_out and machine is not None else None)

    def source(self, index: int) -> str:
        """Where a picture comes from, if the data says so."""
        return (self.cell(index, "source") or "") if "source" in self.columns else ""

    def machine(self, index: int) -> NDArray[np.bool_] | None:
        """(O, 2) whether a machine made the box and the mask of each object; None where people made all."""
        if "machine" not in self.columns:
            return None
        flags = self.array(index, "machine", np.uint8).reshape(-1, 2).astype(bool)
        return flags if flags.any() else None

    def pixels(self, index: int) -> NDArray[np.uint8]:
        """(3, H, W) a picture as a view of the map, with a pixel's colours side by side as `load_image` has them."""
        flat: NDArray[np.uint8] = self.array(index, "image", np.uint8)
        return flat.reshape(*self.image_size, 3).transpose(2, 0, 1)

    def annotated(self, index: int, kept: list[int], with_pixels: bool = True, stated: bool = True) -> Annotated:
        """A picture with some of its objects; pixels stay in the map until they are looked at.

        Args:
            index: which picture.
            kept: which objects of it, in this order.
            with_pixels: whether pixels are wanted.
            stated: whether relationships are wanted that the data states.

        Raises:
            InputError: the row is damaged.
        """
        names, attributes = self.cell(index, "names"), self.cell(index, "attributes")
        count, side = len(names), self.mask_size
        try:
            bits = np.unpackbits(self.array(index, "masks", np.uint8), count=count * side * side)
            pixels = self.pixels(index) if with_pixels else None
            machine = self.machine(index)
            return Annotated(
                Path(self.cell(index, "file")),
                tuple(names[i] for i in kept),
                self.array(index, "boxes", np.float32).reshape(count, 4)[kept],
                bits.reshape(count, side, side)[kept],
                self.array(index, "has_mask", np.uint8).astype(bool)[kept],
                tuple(tuple(attributes[i]) for i in kept),
                self._relationships(index, kept) if stated else None,
                pixels,
                None if machine is None else machine[kept],
                self.source(index),
            )
        except (ValueError, IndexError, TypeError) as error:
            raise InputError(
                f"Picture {index + 1} of {self.shards[0].parent} is damaged ({error}); prepare the data again."
            ) from None

    def _relationships(self, index: int, kept: list[int]) -> tuple[tuple[int, str, int], ...] | None:
        predicates = self.cell(index, "predicates")
        if predicates is None:
            return None
        subjects, objects = self.cell(index, "subjects"), self.cell(index, "objects")
        return among(tuple(zip(subjects, predicates, objects, strict=True)), kept)

    def hash(self) -> str:
        """SHA-256 of all that the pictures are, in their order, however they are divided into shards."""
        whole = hashlib.sha256()
        for batch in self.batches:
            for row in range(batch.num_rows):
                for column in self.columns:
                    value = batch.column(column)[row]
                    data = value.as_buffer() if COLUMNS[column] == "binary" else json.dumps(value.as_py()).encode()
                    whole.update(len(data).to_bytes(8, "little"))
                    whole.update(data)
        return whole.hexdigest()


def _mapped(path: Path, columns: tuple[str, ...]) -> Iterator[pyarrow.RecordBatch]:
    """The batches of a shard, as they lie in the file."""
    arrow = import_pyarrow()
    try:
        with arrow.memory_map(str(path)) as source, arrow.ipc.open_stream(source) as reader:
            for name in columns:
                reader.schema.field(name)
            yield from list(reader)
    except (OSError, KeyError, arrow.ArrowInvalid) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path} cannot be read as prepared data ({reason}); prepare the data again.") from None
