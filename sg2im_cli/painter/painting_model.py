"""A generator with its words and what reads sentences for it: all that painting, one or many, is done with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Self

import torch
from PIL import Image
from torch import Tensor

from sg2im_cli.checkpoint import load_generator
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.latents import draw_noise, draw_picture_latents
from sg2im_cli.model.prepared import Canvas, dtype_to_load, prepare
from sg2im_cli.painter.devices import choose_device, choose_dtype
from sg2im_cli.painter.painting import Surrounding
from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.grounding.account import require_every_word
from sg2im_parsers.grounding.sentence import Grounded, ground, require_objects
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import Bundle, resolve

Parser = Callable[[str], ParsedText]

LEAST_SHARE = 0.02
"""Of a picture: surroundings that cover less are not named."""


class PaintingModel:
    """One model and its parser: from a sentence to the model's words, and from the model's layout to pixels.

    Args:
        generator: in eval mode; its device is used.
        vocabulary: the words it knows.
        weights: what to call them.
        parser: reads sentences; the embedded pipeline's if not given, loaded when first needed.
        dtype: of the picture half; the generator's if not given. See `sg2im_cli.model.prepared.prepare`.
        scenes: whether a sentence's scene ("a kitchen") brings what such scenes have.
    """

    def __init__(
        self,
        generator: Generator,
        vocabulary: Vocabulary,
        weights: str,
        parser: Parser | None = None,
        dtype: torch.dtype | None = None,
        scenes: bool = True,
    ) -> None:
        self.generator = prepare(generator, dtype)
        self.vocabulary = vocabulary
        self.weights = weights
        self.scenes = scenes
        self._parser = parser

    @classmethod
    def from_pretrained(
        cls,
        ref: str | Bundle = "default",
        device: str = "auto",
        dtype: torch.dtype | str = torch.float32,
        parser: Parser | None = None,
        scenes: bool = True,
    ) -> Self:
        """Load weights.

        Args:
            ref: ``default``, a directory, ``owner/name[@revision]``, or a bundle.
            device: ``auto``, ``cpu``, ``cuda``, ``cuda:1``, ``mps``.
            dtype: ``torch.float32``, ``bfloat16`` or ``float16``, or its name.
            parser: see `PaintingModel`.
            scenes: see `PaintingModel`.

        Raises:
            InputError: no such device or precision.
            WeightsError: weights that cannot be found or used.
        """
        where, precision = choose_device(device), choose_dtype(dtype)
        bundle = ref if isinstance(ref, Bundle) else resolve(ref)
        loaded = load_generator(bundle, where, dtype_to_load(where, precision))
        name = bundle.ref if bundle.revision is None else f"{bundle.ref.partition('@')[0]}@{bundle.revision}"
        return cls(loaded.generator, loaded.vocabulary, name, parser, precision, scenes)

    @cached_property
    def parser(self) -> Parser:
        """What reads sentences."""
        if self._parser is not None:
            return self._parser
        from sg2im_parsers.english.parser import SceneGraphParser
        from sg2im_parsers.english.pipeline import load_pipeline

        return SceneGraphParser(load_pipeline())

    def ground(self, text: str | ParsedText, seed: int = 0, strict: bool = False) -> Grounded:
        """A sentence's graph in the model's words.

        Args:
            text: a sentence, or one that was parsed before.
            seed: says which side "beside" is on, where a model has only sides.
            strict: refuse a sentence of which a word is dropped.

        Raises:
            InputError: nothing in it can be drawn, or a word is dropped and ``strict`` is set.
        """
        parsed = self.parser(text) if isinstance(text, str) else text
        grounded = ground(parsed, self.vocabulary, seed=seed, scenes=self.scenes)
        require_objects(grounded, parsed)
        if strict:
            require_every_word(grounded.account)
        return grounded

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return self.generator.device

    @property
    def samples_masks(self) -> bool:
        """Whether an object's mask is drawn from its seed, to fill the box that it is given."""
        return self.generator.config.mask_head == "sampled"

    def refine(self, canvas: Canvas, seeds: Sequence[int]) -> tuple[Tensor, list[tuple[Surrounding, ...]]]:
        """Pictures (N, 3, H, W) in model units of N layouts, each by its seed, and what fills their free places."""
        config, seeds = self.generator.config, [int(seed) for seed in seeds]
        made = self.generator.refine(canvas, draw_noise(config, seeds), draw_picture_latents(config, seeds))
        if made.surroundings is None:
            return made.images, [()] * len(seeds)
        return made.images, [self._named(row) for row in made.surroundings.tolist()]

    def _named(self, shares: Sequence[float]) -> tuple[Surrounding, ...]:
        """What is seen of surroundings, the most first."""
        found = (Surrounding(n, s) for n, s in zip(self.vocabulary.objects, shares, strict=True) if s >= LEAST_SHARE)
        return tuple(sorted(found, key=lambda one: -one.share))

    def picture(self, images: Tensor) -> Image.Image:
        """(1, 3, H, W) in model units to a picture; values are clamped, never stretched."""
        config = self.generator.config
        pixels = images[0].float().cpu().permute(1, 2, 0)
        pixels = pixels * torch.tensor(config.pixel_std) + torch.tensor(config.pixel_mean)
        return Image.fromarray((pixels.clamp(0, 1) * 255).round().to(torch.uint8).numpy())
