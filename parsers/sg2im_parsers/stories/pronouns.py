"""Pronouns of one line for things of the line before: "it" in "a tree behind it"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sg2im_parsers.grounding.account import Account, WordAccount
from sg2im_parsers.scene_graph import SceneObject

PRONOUN = re.compile(r"\b(?:it|they|them|he|she|him)\b", re.IGNORECASE)
PERSON = "person"
OTHER = "the other "
"""So that the parser does not take it for another thing of the same line: "a sheep beside the other sheep"."""


@dataclass(frozen=True)
class Named:
    """A line with nouns in place of its pronouns.

    Attributes:
        text: to parse.
        places: start and end of each noun in it, the pronoun, and where that was.
    """

    text: str
    places: tuple[tuple[int, int, str, int], ...] = ()

    def account(self, account: Account) -> Account:
        """What became of the words of the line as it was written."""
        entries: dict[int, WordAccount] = {}
        for entry in account.words:
            mine = self._as_written(entry)
            if mine is not None:
                entries.setdefault(mine.start, mine)
        return replace(account, words=tuple(entries.values()))

    def _as_written(self, entry: WordAccount) -> WordAccount | None:
        longer = 0
        for start, end, pronoun, at in self.places:
            if start <= entry.start < end:
                if entry.start < start + len(OTHER):
                    return None
                how = entry.rule if entry.rule and entry.rule != "exact" else "said before"
                return replace(entry, word=pronoun, start=at, status="mapped", rule=how)
            if end <= entry.start:
                longer = end - at - len(pronoun)
        return replace(entry, start=entry.start - longer)


def name_pronouns(text: str, known: Sequence[SceneObject]) -> Named:
    """Put nouns in place of pronouns, as far as there is something that they can mean.

    Args:
        text: of one line.
        known: things of the scene, what was spoken of last first.
    """
    out, places, end = "", [], 0
    for match in PRONOUN.finditer(text):
        noun = _noun(match[0].lower(), known)
        if noun is None:
            continue
        out += text[end : match.start()]
        places.append((len(out), len(out) + len(OTHER) + len(noun), match[0], match.start()))
        out, end = out + OTHER + noun, match.end()
    return Named(out + text[end:], tuple(places))


def _noun(pronoun: str, known: Sequence[SceneObject]) -> str | None:
    for item in known:
        alike = sum((other.name, other.text) == (item.name, item.text) for other in known)
        person = item.name == PERSON
        fits = not person if pronoun == "it" else alike > 1 or person if pronoun in ("they", "them") else person
        if fits:
            return item.text or item.label
    return None
