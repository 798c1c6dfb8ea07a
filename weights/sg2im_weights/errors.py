"""What can go wrong with weights; `sg2im_errors` has the rest of the tree.

Sg2imError
  WeightsError            a failure: the command exits with 1
    WeightsInputError     what the user named cannot be used: exits with 2; an InputError, too
"""

from sg2im_errors import InputError, Sg2imError


class WeightsError(Sg2imError):
    """A failure that one sentence explains to a person."""


class WeightsInputError(WeightsError, InputError):
    """A reference, directory or file that cannot be used; the message says what, and what to do."""
