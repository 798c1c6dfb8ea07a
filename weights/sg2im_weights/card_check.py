"""What a model card must say before others see it."""

from __future__ import annotations

from sg2im_weights.card import licence_of
from sg2im_weights.card_figures import has_figures


def card_problems(text: str) -> list[str]:
    """What a card lacks before others should see it: a licence, or figures.

    Raises:
        WeightsInputError: it cannot be read.
    """
    licence = licence_of(text)
    problems = []
    if not licence.get("license"):
        problems.append("licence (license in its front matter)")
    elif licence["license"] == "other" and "license_name" not in licence:
        problems.append("name for its licence 'other' (license_name in its front matter)")
    if not has_figures(text):
        problems.append("figures (sg2im weights card RUN --figures eval.json)")
    return problems
