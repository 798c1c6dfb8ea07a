"""The generator made ready for drawing."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sg2im_cli.config import GeneratorConfig
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.object_layout import ObjectLayout
from sg2im_cli.model.prepared.canvas import Canvas, factored
from sg2im_cli.model.prepared.convolution import packs
from sg2im_cli.model.prepared.layers import with_prepared_layers
from sg2im_cli.model.prepared.masks import PreparedMaskHead
from sg2im_cli.model.prepared.refinement import PreparedRefinement
from sg2im_cli.model.surroundings import free_space, shown_shares

PIXELS_AT_ONCE = 8 * 64 * 64
"""Of one pass of the refinement network. More is not quicker on a CPU, and what is larger than some megabytes is given
back to the system and asked for again in each pass."""


@dataclass(frozen=True)
class Pictures:
    """What comes of N layouts.

    Attributes:
        images: (N, 3, H, W) in model units.
        surroundings: (N, C) which share of each picture shows unsaid stuff of each category; None of a model without.
    """

    images: Tensor
    surroundings: Tensor | None = None


def prepare(generator: Generator, dtype: torch.dtype | None = None) -> PreparedGenerator:
    """Make a generator ready for drawing.

    It shares the generator's embeddings and has copies of the other weights in another form, so that what is done to
    these afterwards does not change it.

    Args:
        generator: in eval mode.
        dtype: of the picture half; that of the generator if not given. On a CPU the generator is best left in float32:
            weights are then rounded once, after batch norm was folded into them, and the graph half costs little.
    """
    return PreparedGenerator(generator, generator.obj_embeddings.weight.dtype if dtype is None else dtype)


def dtype_to_load(device: torch.device, dtype: torch.dtype) -> torch.dtype:
    """In which precision a generator is best loaded to be prepared for drawing in ``dtype``."""
    return torch.float32 if device.type == "cpu" and packs(dtype) else dtype


class PreparedGenerator:
    """Draws what `Generator` draws, to 1e-4 of the largest value in float32; it cannot be trained.

    On a CPU, in float32 and, where the processor has it, bfloat16, with fewer operations (see
    `sg2im_cli.model.prepared`); elsewhere, and for generators of classes of their own, by the generator's.

    Args:
        generator: see `prepare`.
        dtype: see `prepare`.
    """

    def __init__(self, generator: Generator, dtype: torch.dtype) -> None:
        self.config: GeneratorConfig = generator.config
        self.device: torch.device = generator.obj_embeddings.weight.device
        self.dtype = dtype
        self.refinement: PreparedRefinement | None = None
        if self.device.type == "cpu" and packs(dtype) and type(generator) is Generator:
            network, side = generator.refinement_net, self.config.image_size
            self.refinement = PreparedRefinement(network, self.config.layout_dim, side, dtype)
            generator = _graph_half(generator, dtype)
        self.generator = generator

    @torch.no_grad()
    def predict_layout(
        self, objs: Tensor, triples: Tensor, attributes: Tensor | None = None, latents: Tensor | None = None
    ) -> ObjectLayout:
        """As `Generator.predict_layout`."""
        return self.generator.predict_layout(objs, triples, attributes, latents)

    @torch.no_grad()
    def fill_boxes(self, predicted: ObjectLayout, boxes: Tensor, objs: Tensor) -> ObjectLayout:
        """As `Generator.fill_boxes`."""
        return self.generator.fill_boxes(predicted, boxes, objs)

    @torch.no_grad()
    def compose(
        self, vectors: Tensor, boxes: Tensor, masks: Tensor | None, obj_to_img: Tensor, n_images: int, objs: Tensor
    ) -> Canvas:
        """The layouts of objects with these vectors, boxes, masks and category ids; see `Generator.compose`.

        They are not composed where a picture has fewer objects than a layout channels, if surroundings need not be
        filled into them.
        """
        generator, filling = self.generator, self.generator.surroundings
        if self.refinement is None or not len(objs):
            return Canvas(generator.compose(vectors, boxes, masks, obj_to_img, n_images, objs))
        coverage, dim = generator.cover(boxes, masks, obj_to_img, n_images, objs), vectors.shape[1]
        if filling is not None:
            vectors = torch.cat([vectors, filling.words_of(objs).to(vectors)], dim=1)
        pairs = 2 if self.dtype == torch.bfloat16 else 1  # by which processors multiply halves
        canvas = factored(vectors, coverage, obj_to_img, n_images, pairs)
        if filling is None:
            return canvas if canvas.planes.shape[1] < dim else canvas.composed()
        free = free_space(coverage, objs != 0, obj_to_img, n_images)
        rows = [planes.permute(0, 2, 3, 1) for planes in (canvas.composed().planes, free)]
        return Canvas(torch.cat(rows, dim=3).permute(0, 3, 1, 2))  # of one channel, cat sees no format

    @torch.no_grad()
    def refine(self, canvas: Canvas, noise: Tensor | None = None, picture_latents: Tensor | None = None) -> Pictures:
        """Pictures of what `compose` made; noise and latents are drawn if not given, see `Generator.refine`."""
        latents = self.generator.picture_latents(len(canvas), picture_latents)
        if self.refinement is None:
            shown = self.generator.surroundings_of(canvas.planes, latents)
            return Pictures(self.generator.refine(canvas.planes, noise, latents), shown)
        height, width = self.config.image_size
        if noise is None and self.config.layout_noise_dim:
            noise = torch.randn(len(canvas), self.config.layout_noise_dim, height, width)
        step = max(1, PIXELS_AT_ONCE // (height * width))
        parts = []
        for start in range(0, len(canvas), step):
            some = slice(start, start + step)
            own = (None if values is None else values[some] for values in (noise, latents))
            parts.append(self._draw(self.refinement, canvas[some], *own))
        return _joined(parts)

    def _draw(
        self, refinement: PreparedRefinement, canvas: Canvas, noise: Tensor | None, latents: Tensor | None
    ) -> Pictures:
        generator, shown = self.generator, None
        if generator.surroundings is not None and latents is not None:
            shares = generator.propose(canvas.planes, latents)
            shown = shown_shares(shares, canvas.planes[:, -1:])
            canvas = Canvas(generator.fill(canvas.planes, shares))
        count = self.config.picture_latent_dim
        return Pictures(refinement(canvas, noise, latents[:, :count] if latents is not None and count else None), shown)


def _joined(parts: Sequence[Pictures]) -> Pictures:
    """The pictures of several as one."""
    shown = [part.surroundings for part in parts if part.surroundings is not None]
    return Pictures(torch.cat([part.images for part in parts]), torch.cat(shown) if shown else None)


def _graph_half(generator: Generator, dtype: torch.dtype) -> Generator:
    """All but the refinement network, with prepared heads."""
    half = copy.copy(generator)
    half._modules = dict(generator._modules)
    del half.refinement_net
    if isinstance(half.mask_net, nn.Sequential):
        half.mask_net = PreparedMaskHead(half.mask_net, dtype)
    if half.obj_embeddings.weight.dtype == torch.float32:
        half = with_prepared_layers(half)  # type: ignore[assignment]
    return half
