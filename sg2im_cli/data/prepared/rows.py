"""The images of a split of prepared data, looked up in the memory map."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig
from sg2im_cli.data.choosing import choose_by_area, why_left_out
from sg2im_cli.data.images import PreparedImage, Relationships, relationships_among
from sg2im_cli.data.prepared.flat import ARRAYS, Flat
from sg2im_cli.data.prepared.format import COLUMNS, import_pyarrow
from sg2im_errors import InputError

if TYPE_CHECKING:
    import pyarrow


@dataclass
class Rows:
    """The images of a split; in another process the files are mapped anew.

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
        kinds = {name: kind for name, kind in ARRAYS.items() if name in self.columns}
        self._flat = [{name: Flat(b.column(name), kind) for name, kind in kinds.items()} for b in self.batches]
        self._names = [_Names(own["names"]) for own in self._columns]
        self._wordless = [not len(own["attributes"].values.values) for own in self._columns]

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("shards", "image_size", "mask_size", "columns")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    def __len__(self) -> int:
        return self.starts[-1]

    def cell(self, index: int, column: str) -> Any:  # noqa: ANN401
        """One value that is no array."""
        batch, row = self._place(index)
        return self._columns[batch][column][row].as_py()

    def array(self, index: int, column: str) -> NDArray[Any]:
        """One array as a flat read-only view of the map."""
        batch, row = self._place(index)
        return self._flat[batch][column][row]

    def names(self, index: int) -> list[str]:
        """Of the categories of an image's objects."""
        batch, row = self._place(index)
        return self._names[batch][row]

    def attributes(self, index: int) -> list[list[str]]:
        """The words that the data has for each object of an image."""
        batch, _ = self._place(index)
        words: list[list[str]] = [[] for _ in self.names(index)]
        return words if self._wordless[batch] else self.cell(index, "attributes")

    def _place(self, index: int) -> tuple[int, int]:
        """The batch that has a row, and where in it."""
        batch = bisect_right(self.starts, index) - 1
        return batch, index - self.starts[batch]

    def kept(self, index: int, config: DataConfig, stated: bool = False) -> list[int] | None:
        """Which objects of an image a configuration uses; None if it leaves the image out (see `choose_by_area`)."""
        return choose_by_area(*self._areas(index), config, stated, self._usable(index, config))

    def why_left_out(self, index: int, config: DataConfig) -> str:
        """Why a configuration leaves an image out (see `choosing.why_left_out`)."""
        return why_left_out(*self._areas(index), config, self._usable(index, config))

    def _areas(self, index: int) -> tuple[NDArray[Any], int]:
        """(O,) of the boxes, and of the picture, in pixels."""
        return self.array(index, "areas"), self.cell(index, "width") * self.cell(index, "height")

    def _usable(self, index: int, config: DataConfig) -> NDArray[np.bool_] | None:
        """(O,) False for objects that are left out beforehand; None if there are none."""
        machine = self.machine(index) if config.machine_labels else None
        left_out = machine is not None and config.machine_weight(self.source(index)) == 0
        return ~machine[:, 0] if left_out and machine is not None else None

    def source(self, index: int) -> str:
        """Where a picture comes from, if the data says so."""
        return (self.cell(index, "source") or "") if "source" in self.columns else ""

    def machine(self, index: int) -> NDArray[np.bool_] | None:
        """(O, 2) whether a machine made the box and the mask of each object; None where people made all."""
        if "machine" not in self.columns:
            return None
        flags = self.array(index, "machine").reshape(-1, 2).astype(bool)
        return flags if flags.any() else None

    def pixels(self, index: int) -> NDArray[np.uint8]:
        """(3, H, W) a picture as a view of the map, with a pixel's colours side by side as `load_image` has them."""
        flat: NDArray[np.uint8] = self.array(index, "image")
        return flat.reshape(*self.image_size, 3).transpose(2, 0, 1)

    def image(self, index: int, kept: list[int], with_pixels: bool = True, stated: bool = True) -> PreparedImage:
        """An image with some of its objects; pixels stay in the map until they are looked at.

        Args:
            index: which image.
            kept: which objects of it, in this order.
            with_pixels: whether pixels are wanted.
            stated: whether relationships are wanted that the data states.

        Raises:
            InputError: the row is damaged.
        """
        names, attributes = self.names(index), self.attributes(index)
        count, side, rows = len(names), self.mask_size, np.array(kept, dtype=np.int64)
        try:
            bits = np.unpackbits(self.array(index, "masks"), count=count * side * side)
            pixels = self.pixels(index) if with_pixels else None
            machine = self.machine(index)
            return PreparedImage(
                Path(self.cell(index, "file")),
                tuple(names[i] for i in kept),
                self.array(index, "boxes").reshape(count, 4)[rows],
                bits.reshape(count, side, side)[rows],
                self.array(index, "has_mask").astype(bool)[rows],
                tuple(tuple(attributes[i]) for i in kept),
                self._relationships(index, kept) if stated else None,
                pixels,
                None if machine is None else machine[rows],
                self.source(index),
            )
        except (ValueError, IndexError, TypeError) as error:
            raise InputError(
                f"Picture {index + 1} of {self.shards[0].parent} is damaged ({error}); prepare the data again."
            ) from None

    def _relationships(self, index: int, kept: list[int]) -> Relationships | None:
        predicates = self.cell(index, "predicates")
        if predicates is None:
            return None
        subjects, objects = self.cell(index, "subjects"), self.cell(index, "objects")
        return relationships_among(tuple(zip(subjects, predicates, objects, strict=True)), kept)

    def hash(self) -> str:
        """SHA-256 of all that the images are, in their order, however they are divided into shards."""
        whole = hashlib.sha256()
        for index in range(len(self)):
            for column in self.columns:
                value = self.array(index, column) if column in ARRAYS else None
                data = json.dumps(self.cell(index, column)).encode() if value is None else value.tobytes()
                whole.update(len(data).to_bytes(8, "little"))
                whole.update(data)
        return whole.hexdigest()


class _Names:
    """The values of a column of lists of words, of which each word is held once.

    Args:
        column: without nulls.
    """

    def __init__(self, column: pyarrow.ListArray) -> None:
        told = column.values.dictionary_encode()
        self.ends = column.offsets.to_numpy()
        self.codes, self.words = told.indices.to_numpy(), told.dictionary.to_pylist()

    def __getitem__(self, row: int) -> list[str]:
        return [self.words[code] for code in self.codes[self.ends[row] : self.ends[row + 1]].tolist()]


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
