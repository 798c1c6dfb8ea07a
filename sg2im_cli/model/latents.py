"""What is drawn at random for a picture: noise, a latent of the picture, and one of each object, each from a seed.

Everything is drawn on the CPU from a seed of its own, so that it is the same on every device and in every batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import torch
from torch import Tensor

from sg2im_cli.config import GeneratorConfig

LAST_SEED = 2**63 - 1


def draw_noise(config: GeneratorConfig, seeds: Sequence[int]) -> Tensor | None:
    """(N, layout_noise_dim, H, W) of pictures with these seeds; None for a model without noise."""
    if not config.layout_noise_dim:
        return None
    return torch.stack([_normal(seed, config.layout_noise_dim, *config.image_size) for seed in seeds])


def draw_picture_latents(config: GeneratorConfig, seeds: Sequence[int]) -> Tensor | None:
    """(N, drawn_latent_dim) of pictures with these seeds; None for a model without."""
    if not config.drawn_latent_dim:
        return None
    return torch.stack([_normal(derived_seed(seed, "picture"), config.drawn_latent_dim) for seed in seeds])


def draw_object_latents(config: GeneratorConfig, seeds: Sequence[int]) -> Tensor | None:
    """(O, object_latent_dim) of objects with these seeds, at ``latent_scale``; None for a model without."""
    if not config.object_latent_dim:
        return None
    drawn = [_normal(seed, config.object_latent_dim) for seed in seeds]
    return config.latent_scale * torch.stack(drawn) if drawn else torch.zeros(0, config.object_latent_dim)


def draw_latents_of_pictures(config: GeneratorConfig, seeds: Sequence[int], obj_to_img: Tensor) -> Tensor | None:
    """(O, object_latent_dim) of the objects of N pictures with these seeds, each by its place in its picture.

    Args:
        config: None comes of one without latents.
        seeds: (N,) of the pictures.
        obj_to_img: (O,), picture by picture.
    """
    counts = obj_to_img.bincount(minlength=len(seeds)).tolist()
    each = [one for seed, count in zip(seeds, counts, strict=True) for one in object_seeds(seed, count)]
    return draw_object_latents(config, each)


def object_seeds(seed: int, count: int) -> list[int]:
    """The seeds of a picture's objects in their order, where they have none of their own.

    They stand in files that people edit, so they are short: below 2**32, which every reader of JSON keeps exactly.
    """
    return [derived_seed(seed, str(index)) % 2**32 for index in range(count)]


def derived_seed(seed: int, part: str) -> int:
    """A seed of a part of a picture, from 0 to 2**63 - 1: far from those of other parts and other pictures."""
    digest = hashlib.blake2b(f"{seed}:{part}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") & LAST_SEED


def _normal(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))
