"""A packaged table of words that is searched where it lies, so that nothing is read but what is asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SortedTable:
    """Words, and what stands behind each.

    Attributes:
        lines: sorted lines of a word, and a tab and its value where it has one; UTF-8.
    """

    lines: bytes

    def find(self, word: str) -> str | None:
        """What stands behind a word, empty if nothing does, by halving the table; None for a word that it lacks."""
        wanted = word.encode(errors="replace")
        low, high = 0, len(self.lines)
        while low < high:
            start = self.lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self.lines.find(b"\n", start)
            found, _, value = self.lines[start : len(self.lines) if end < 0 else end].partition(b"\t")
            if found == wanted:
                return value.decode()
            if found < wanted:
                low = len(self.lines) if end < 0 else end + 1
            else:
                high = start
        return None
