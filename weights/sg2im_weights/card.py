"""The model card of a bundle, with the front matter that the Hub reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sg2im_weights.errors import WeightsInputError

if TYPE_CHECKING:
    from huggingface_hub import ModelCardData

RESEARCH_USE = {"license": "other", "license_name": "research-use"}
"""What is assumed where the data says nothing else."""


def build_card(title: str, body: str, license_name: str = "other", extra: Mapping[str, Any] | None = None) -> str:
    """A model card as text.

    Args:
        title: its heading.
        body: Markdown under it.
        license_name: as the Hub knows it; ``"other"`` for research use.
        extra: further front matter, such as ``license_name`` or ``datasets``.
    """
    from huggingface_hub import ModelCardData

    data = ModelCardData(
        library_name="sg2im",
        license=license_name,
        pipeline_tag="text-to-image",
        tags=["scene-graph", "image-generation", "graph-convolution"],
        **dict(extra or {}),
    )
    return f"---\n{data.to_yaml()}\n---\n\n# {title}\n\n{body.strip()}\n"


def parse_card(text: str) -> tuple[ModelCardData, str]:
    """A card's front matter, and what follows it.

    Raises:
        WeightsInputError: the front matter is not what the Hub can read.
    """
    from huggingface_hub import ModelCard, ModelCardData

    if not text.lstrip().startswith("---"):
        return ModelCardData(), text
    try:
        card = ModelCard(text)
    except Exception as error:  # PyYAML's own kinds, too
        reason = " ".join(str(error).split())
        raise WeightsInputError(f"The model card's front matter cannot be read ({reason}); mend it by hand.") from None
    assert isinstance(card.data, ModelCardData)
    return card.data, card.text


def compose_card(data: ModelCardData, text: str) -> str:
    """What `parse_card` took apart."""
    return f"---\n{data.to_yaml()}\n---\n{text}"


def licence_of(text: str) -> dict[str, str]:
    """The front matter's ``license``, with its name and link if it has them; empty if it names none."""
    data, _ = parse_card(text)
    return {key: str(data.get(key)) for key in ("license", "license_name", "license_link") if data.get(key)}
