"""Majorities: what most people do, and whether enough of them do it to call it a convention."""

from collections import Counter, defaultdict

Counts = dict[str, Counter[str]]
Line = tuple[str, str, str, int, int]

MARGIN_EXACT, MARGIN_GENERAL = 2, 3
"""By how many cases a convention must beat what would be said without it: for the exact words, for one of them."""

MARGIN_ABSENT = 5
"""By how many cases a noun must be left out more often than drawn: what is taken for nothing cannot be drawn."""

LEFT_OUT = 0.75
"""The share of the cases in which a word must be left out to count as nothing."""


def counts() -> Counts:
    """Make an empty table of counters."""
    return defaultdict(Counter)


def decide(seen: Counter[str], default: str | None, margin: int) -> tuple[str, int, int] | None:
    """The answer of the majority, its times and all times; None where the default is as good, or nobody agrees."""
    answer, times = max(seen.items(), key=lambda item: (item[1], item[0]))
    total = sum(seen.values())
    clear = times > total / 2 and times - (seen[default] if default else 0) >= margin
    return (answer, times, total) if clear and answer != default else None
