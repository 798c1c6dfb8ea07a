"""From a trained generator to a bundle with a model card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sg2im_cli.checkpoint import save_generator
from sg2im_cli.model.generator import Generator
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights.card import build_card


def export(directory: Path, generator: Generator, vocabulary: Vocabulary, trained: dict[str, Any]) -> None:
    """Write the bundle of a run, in place of the one before."""
    card = build_card("sg2im weights", _body(generator, vocabulary, trained), extra={"license_name": "research-use"})
    save_generator(directory, generator, vocabulary, trained, card, overwrite=True)


def _body(generator: Generator, vocabulary: Vocabulary, trained: dict[str, Any]) -> str:
    height, width = generator.config.image_size
    parameters = sum(p.numel() for p in generator.parameters())
    return f"""
A generator of pictures from scene graphs (arXiv 1804.01622): {parameters / 1e6:.1f} million parameters,
{height} x {width} pixels, {len(vocabulary.object_names)} objects and {len(vocabulary.predicate_names)} relations.

| | |
| --- | --- |
| recipe | `{trained["recipe"]}`, seed {trained["seed"]} |
| data | `{trained["data"]}`: {trained["pictures"]} pictures |
| updates | {trained["layout_steps"]} of the graph half alone, {trained["steps"]} with pictures |
| time | {trained["hours"]} hours on {trained["device"]} |

The licence of the pictures it was trained on decides what it may be used for.

Relations: {", ".join(vocabulary.predicate_names)}.

Objects: {", ".join(vocabulary.object_names)}.
"""
