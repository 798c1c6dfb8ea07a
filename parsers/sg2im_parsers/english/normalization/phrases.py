"""Phrases of packaged lists, found where they stand in a row of words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Phrases = dict[str, list[list[str]]]
"""The words of phrases by the first of them, longest first."""


def phrases(texts: Iterable[str]) -> Phrases:
    """Phrases, such as "digital art", ready to be found."""
    table: Phrases = {}
    for phrase in sorted(map(str.split, texts), key=len, reverse=True):
        table.setdefault(phrase[0], []).append(phrase)
    return table


def length_at(known: Phrases, words: Sequence[str], start: int) -> int:
    """How many words the longest phrase at a position has; 0 if there is none."""
    if start >= len(words):
        return 0
    found = known.get(words[start], ())
    return next((len(phrase) for phrase in found if words[start : start + len(phrase)] == phrase), 0)


def length_before(known: Phrases, words: Sequence[str], end: int, longest: int) -> int:
    """How many words the longest phrase that ends right before a position has; 0 if there is none."""
    for start in range(max(0, end - longest), end):
        if length_at(known, words[:end], start) == end - start:
            return end - start
    return 0
