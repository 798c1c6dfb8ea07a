"""The two errors that everything here goes back to; it is installed with the others and imports nothing.

Sg2imError              a failure: the command exits with 1
  InputError            what the user gave cannot be used: exits with 2
    GraphError          see `sg2im_parsers.errors`
    UnknownWordsError   likewise
  WeightsError          see `sg2im_weights.errors`
    WeightsInputError   likewise; an InputError, too
"""

__all__ = ["InputError", "Sg2imError"]


class Sg2imError(Exception):
    """A failure that one sentence explains to a person."""


class InputError(Sg2imError):
    """Something the user gave cannot be used; the message says what, and what to do."""
