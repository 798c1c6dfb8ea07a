"""What can be wrong with a row of prepared data."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sg2im_cli.data.prepared.rows import Rows


def row_problems(rows: Rows, index: int, predicates: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with a row, in the words of findings.

    Args:
        rows: of a split.
        index: of the row.
        predicates: words of relationships that the data's vocabulary has.
    """
    count, side = len(rows.cell(index, "names")), rows.mask_size
    if len(rows.array(index, "image")) != 3 * rows.image_size[0] * rows.image_size[1]:
        yield "pictures of the wrong size"
    if len(rows.array(index, "masks")) != -(-count * side * side // 8) or len(rows.array(index, "has_mask")) != count:
        yield "masks of the wrong size"
    if "machine" in rows.columns and len(rows.array(index, "machine")) != 2 * count:
        yield "marks of a machine's labels of the wrong size"
    if len(rows.array(index, "boxes")) != 4 * count or len(rows.array(index, "areas")) != count:
        yield "boxes of the wrong size"
        return
    boxes = rows.array(index, "boxes").reshape(count, 4)
    if not (np.isfinite(boxes).all() and (boxes >= 0).all() and (boxes <= 1).all()):
        yield "boxes that leave their picture"
    if not (boxes[:, 2:] > boxes[:, :2]).all():
        yield "boxes without size"
    said = rows.cell(index, "predicates")
    if said is not None:
        ends = [*rows.cell(index, "subjects"), *rows.cell(index, "objects")]
        if len(ends) != 2 * len(said) or any(not 0 <= end < count for end in ends):
            yield "relationships between objects that are not there"
        if set(said) - set(predicates):
            yield "relationships in words that the vocabulary lacks"
