"""What says which of several pictures is the best."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from sg2im_cli.painter import Score
    from sg2im_parsers.vocabulary import Vocabulary


def choose_score(vocabulary: Vocabulary, device: torch.device) -> Score:  # noqa: ARG001
    """The measure that ``--best-of`` goes by where layouts do not differ."""
    from sg2im_cli.painter.best import contrast

    return contrast
