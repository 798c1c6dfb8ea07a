"""What can go wrong with weights.

WeightsError            a failure: the command exits with 1
  WeightsInputError     what the user named cannot be used: exits with 2
"""


class WeightsError(Exception):
    """A failure that one sentence explains to a person."""


class WeightsInputError(WeightsError):
    """A reference, directory or file that cannot be used; the message says what, and what to do."""
