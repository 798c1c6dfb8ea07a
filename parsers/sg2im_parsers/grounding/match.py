"""What was found for a word: a model's word, and by which rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Literal

Rule = Literal[
    "exact",
    "spelling",
    "base form",
    "synonym",
    "kind of",
    "usually",
    "head of compound",
    "phrase",
    "preposition",
    "shade",
]
"""How a word reached the model's word."""


@dataclass(frozen=True)
class Match:
    """A model's word for a sentence's word.

    Attributes:
        name: as the vocabulary spells it.
        rule: how it was found.
        inverted: for relations: subject and object change places.
        other: for relations: one that is as good, such as "right of" where nothing says which side.
    """

    name: str
    rule: Rule
    inverted: bool = False
    other: str | None = None

    def decided(self, seed: int, index: int) -> Match:
        """The match with the one of ``name`` and ``other`` as its name that the seed takes.

        Args:
            seed: of the picture.
            index: of the relationship in its sentence, so that each has a side of its own.
        """
        if self.other is None:
            return self
        digest = blake2b(f"{seed} {index}".encode(), digest_size=1).digest()
        return replace(self, name=self.other, other=self.name) if digest[0] % 2 else self
