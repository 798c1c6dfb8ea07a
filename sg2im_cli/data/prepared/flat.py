"""Arrays of prepared data as views of the memory map, whatever kind of column holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.data.prepared.format import HEADER, import_pyarrow

if TYPE_CHECKING:
    import pyarrow

ARRAYS: dict[str, type[np.generic]] = {
    "image": np.uint8,
    "boxes": np.float32,
    "areas": np.float64,
    "masks": np.uint8,
    "has_mask": np.uint8,
    "machine": np.uint8,
}
"""Columns that hold arrays, and of which kind."""


class Flat:
    """The arrays of a column, each as a view of the bytes that hold all of them.

    Args:
        column: of pictures, lists, or lists of rows of numbers; or of binary values, as before version 3.
        kind: of the numbers.
    """

    def __init__(self, column: pyarrow.Array, kind: type[np.generic]) -> None:
        self.column, self.kind, self.header = column, kind, 0
        self.starts: list[int] = []

    def __getitem__(self, row: int) -> NDArray[Any]:
        """A flat read-only array; empty where there is no value."""
        if not self.starts:
            self._open()
        start, end = self.starts[row] + self.header, self.starts[row + 1]
        whole = max(0, end - start) // np.dtype(self.kind).itemsize * np.dtype(self.kind).itemsize
        return self.data[start : start + whole].view(self.kind)

    def _open(self) -> None:
        """Find the bytes, and where in them each value begins; not before a value is asked for."""
        types, column = import_pyarrow().types, self.column
        if types.is_struct(column.type):
            column, self.header = column.field("bytes"), HEADER
        if types.is_binary(column.type):
            _, starts, data = column.buffers()
            offsets = np.frombuffer(starts, np.int32)[column.offset : column.offset + len(column) + 1]
            self.data, unit = np.frombuffer(data or b"", np.uint8), 1
        else:
            offsets, values = column.offsets.to_numpy(), column.values
            unit = np.dtype(self.kind).itemsize
            if types.is_fixed_size_list(values.type):
                unit, values = unit * values.type.list_size, values.values
            self.data = values.to_numpy(zero_copy_only=True).view(np.uint8)
        self.data.flags.writeable = False
        self.starts = (offsets.astype(np.int64) * unit).tolist()
