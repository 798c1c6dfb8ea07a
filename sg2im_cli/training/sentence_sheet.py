"""A sheet of pictures of sentences, the same at every interval of a run: what a person will see of the weights."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

import torch
from PIL import Image
from torch import Tensor

from sg2im_cli.data.batch import GraphBatch, batch_graphs
from sg2im_cli.model.generator import Generator
from sg2im_cli.training.samples import draw_graphs, tile, to_pixels
from sg2im_errors import InputError
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.sentence import ground, require_objects
from sg2im_parsers.scene_graph import SceneGraph
from sg2im_parsers.vocabulary import Vocabulary

COLUMNS = 16
"""Pictures in a row."""


def sheet_sentences() -> tuple[str, ...]:
    """The sentences of every sheet, in their order."""
    text = (resources.files("sg2im_cli") / "training" / "sentences.txt").read_text(encoding="utf8")
    return tuple(text.splitlines())


def sentence_batch(vocabulary: Vocabulary) -> GraphBatch | None:
    """The graphs of the sentences that can be drawn with these words; None if there are none."""
    parser = SceneGraphParser(load_pipeline())
    graphs = [graph for text in sheet_sentences() if (graph := _graph(parser, text, vocabulary)) is not None]
    return batch_graphs(graphs, vocabulary) if graphs else None


def _graph(parser: SceneGraphParser, text: str, vocabulary: Vocabulary) -> SceneGraph | None:
    parsed = parser(text)
    grounded = ground(parsed, vocabulary, seed=0)
    try:
        require_objects(grounded, parsed)
    except InputError:
        return None
    return grounded.graph


@torch.no_grad()
def draw_sentences(generator: Generator, batch: GraphBatch, seed: int = 0) -> Image.Image:
    """The pictures of the sentences, in rows.

    Args:
        generator: put into eval mode for the time.
        batch: of `sentence_batch`.
        seed: of noise and latents.
    """
    was_training = generator.training
    generator.eval()
    config = generator.config
    pixels = to_pixels(draw_graphs(generator, batch, seed), config.pixel_mean, config.pixel_std)
    generator.train(was_training)
    return tile(_in_rows(pixels))


def _in_rows(pixels: Tensor) -> Sequence[Tensor]:
    """Rows of one length, the last filled up with white."""
    columns = min(COLUMNS, len(pixels))
    missing = -len(pixels) % columns
    filled = torch.cat([pixels, pixels.new_full((missing, *pixels.shape[1:]), 255)])
    return list(torch.split(filled, columns))
