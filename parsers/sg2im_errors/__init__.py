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
_WORD = re.compile(r"(\d{40})\d{40,}|(\S{1000})\S+")
LONGEST, END = 360, 90
"""Letters of a message, and of its end, which says what to do; what is too much in between is left out."""
_PATH = re.compile(r"\S{81,}")
"""What is no word; a path is shown as a whole."""


class Sg2imError(Exception):
    """A failure that one sentence explains to a person; of what is quoted in it, as much as one reads."""

    def __str__(self) -> str:
        text = _WORD.sub(r"\1\2...", _QUOTED.sub(r"\1\2...\1", super().__str__()))
        return text if len(_PATH.sub("", text)) <= LONGEST else f"{text[: LONGEST - END - 5]} ... {text[-END:]}"


class InputError(Sg2imError):
    """Something the user gave cannot be used; the message says what, and what to do."""
