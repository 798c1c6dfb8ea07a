"""From a trained generator to a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sg2im_cli.checkpoint import save_generator
from sg2im_cli.model.generator import Generator
from sg2im_parsers.vocabulary import Vocabulary


def export(directory: Path, generator: Generator, vocabulary: Vocabulary, trained: dict[str, Any]) -> None:
    """Write the bundle of a run, in place of the one before."""
    save_generator(directory, generator, vocabulary, trained, overwrite=True)
