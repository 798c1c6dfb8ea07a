"""The two errors that everything here goes back to; it is installed with the others and imports nothing of them.

Sg2imError              a failure: the command exits with 1
  InputError            what the user gave cannot be used: exits with 2
    GraphError          see `sg2im_parsers.errors`
    UnknownWordsError   likewise
  WeightsError          see `sg2im_weights.errors`
    WeightsInputError   likewise; an InputError, too
"""

import re

__all__ = ["InputError", "Sg2imError"]

SHOWN = 80
"""Letters of what is quoted in a message: a file may give a name of fifty thousand."""

_QUOTED = re.compile(rf"""(?<!\w)(['"])((?:(?!\1).){{{SHOWN}}})(?:(?!\1).)+\1""", re.DOTALL)
_WORD = re.compile(r"(\S{1000})\S+")


class Sg2imError(Exception):
    """A failure that one sentence explains to a person; of what is quoted in it, as much as one reads."""

    def __str__(self) -> str:
        return _WORD.sub(r"\1...", _QUOTED.sub(r"\1\2...\1", super().__str__()))


class InputError(Sg2imError):
    """Something the user gave cannot be used; the message says what, and what to do."""
