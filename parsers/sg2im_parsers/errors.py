"""What can go wrong, as one tree.

Sg2imError            a failure: the command exits with 1
  InputError          what the user gave cannot be used: exits with 2
    GraphError        a scene graph file or value that breaks the format
    UnknownWordsError words that a vocabulary lacks, all of them
"""

from __future__ import annotations

from collections.abc import Sequence


class Sg2imError(Exception):
    """A failure that one sentence explains to a person."""


class InputError(Sg2imError):
    """Something the user gave cannot be used; the message says what, and what to do."""


class GraphError(InputError):
    """A scene graph that breaks the format; the message names the place in it."""


class UnknownWordsError(InputError):
    """A graph uses words that a vocabulary lacks.

    Attributes:
        words: every such word, in the graph's order, once each.
    """

    def __init__(self, message: str, words: Sequence[str]) -> None:
        super().__init__(message)
        self.words = tuple(words)
