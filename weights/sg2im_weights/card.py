"""The model card of a bundle, with the front matter that the Hub reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def build_card(title: str, body: str, license_name: str = "other", extra: Mapping[str, Any] | None = None) -> str:
    """A model card as text.

    Args:
        title: its heading.
        body: Markdown under it.
        license_name: as the Hub knows it; ``"other"`` for research use.
        extra: further front matter, such as ``license_name``.
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
