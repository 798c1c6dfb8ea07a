"""What can be wrong with graphs and words: errors of a person, as `sg2im_errors` has them.

InputError
  GraphError          a scene graph file or value that breaks the format
  UnknownWordsError   words that a vocabulary lacks, all of them
"""

from __future__ import annotations

from collections.abc import Sequence

from sg2im_errors import InputError


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
