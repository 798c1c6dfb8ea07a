"""Tables of vectors of words that are added to an object's."""

from __future__ import annotations

from torch import Tensor, nn


def word_table(rows: int, dim: int, std: float) -> nn.Embedding | None:
    """Vectors of words that are added to an object's; None without any."""
    if not rows or not dim:
        return None
    table = nn.Embedding(rows, dim)
    nn.init.normal_(table.weight, std=std)
    return table


def add_rows(vectors: Tensor, table: nn.Embedding | None, chosen: Tensor | None) -> Tensor:
    """Add to each of (O, D) vectors the rows of a table that (O, A) chooses for it."""
    if table is None or chosen is None:
        return vectors
    return vectors + (chosen.to(table.weight) @ table.weight).to(vectors)
