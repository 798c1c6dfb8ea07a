"""Discriminators on frozen features of a network that has seen the world (Sauer et al. 2021, arXiv 2111.01007).

Features of several sizes are mixed by random convolutions that stay as they are, across channels and from coarse to
fine; a small head on each says whether it comes from a real picture. What should be seen is told twice: beside the
features, and as a vector on which the score is projected (Miyato and Koyama 2018).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from sg2im_cli.config import ProjectedConfig
from sg2im_cli.model.efficientnet import TAP_CHANNELS
from sg2im_cli.model.layout import compose_layout

SLOPE = 0.2
FINAL = 4
"""Side to which a head brings its features, if they are larger."""

STRIDES = (4, 8, 16, 32)
FIRST_CROP_TAP = 1
"""Crops are looked at from this stride on."""


class FeatureMixing(nn.Module):
    """Features of several sizes, normalised and mixed at random; nothing here is trained.

    Args:
        inputs: channels of each, fine to coarse.
        outputs: likewise.
    """

    def __init__(self, inputs: Sequence[int], outputs: Sequence[int]) -> None:
        super().__init__()
        self.across = nn.ModuleList(nn.Conv2d(i, o, 1, bias=False) for i, o in zip(inputs, outputs, strict=True))
        self.smooth = nn.ModuleList(nn.Conv2d(o, o, 3, padding=1, bias=False) for o in outputs)
        self.down = nn.ModuleList(
            nn.Conv2d(coarse, fine, 1, bias=False) for fine, coarse in itertools.pairwise(outputs)
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.normal_(module.weight, std=1 / math.sqrt(module.weight[0].numel()))
        for i, channels in enumerate(inputs):
            self.register_buffer(f"mean_{i}", torch.zeros(1, channels, 1, 1))
            self.register_buffer(f"std_{i}", torch.ones(1, channels, 1, 1))
        self.requires_grad_(False)

    def calibrate(self, taps: Sequence[Tensor]) -> None:
        """Take means and deviations of channels from the features of real pictures, each (N, C, h, w)."""
        for i, tap in enumerate(taps):
            self.get_buffer(f"mean_{i}").copy_(tap.mean((0, 2, 3), keepdim=True))
            self.get_buffer(f"std_{i}").copy_(tap.std((0, 2, 3), keepdim=True) + 1e-3)

    def normalize(self, taps: Sequence[Tensor]) -> list[Tensor]:
        """Features with mean 0 and deviation 1 over real pictures, each (N, C, h, w)."""
        return [(tap - self.get_buffer(f"mean_{i}")) / self.get_buffer(f"std_{i}") for i, tap in enumerate(taps)]

    def forward(self, normalized: Sequence[Tensor]) -> list[Tensor]:
        """Of what `normalize` gave, each (N, C, h, w), to (N, C', h, w)."""
        features = [conv(tap) for conv, tap in zip(self.across, normalized, strict=True)]
        mixed = [self.smooth[-1](features[-1])]
        for i in range(len(features) - 2, -1, -1):
            above = functional.interpolate(
                self.down[i](mixed[0]), size=features[i].shape[2:], mode="bilinear", align_corners=False
            )
            mixed.insert(0, self.smooth[i]((features[i] + above) * math.sqrt(0.5)))
        return mixed


class ProjectedHead(nn.Module):
    """Scores of places from mixed features of one size.

    Args:
        input_dim: channels, with what is told beside the features.
        side: of the features, in cells.
        hidden_dim: channels inside.
    """

    def __init__(self, input_dim: int, side: int, hidden_dim: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        while side > FINAL:
            layers += _convolution(input_dim, hidden_dim, 4, 2)
            input_dim, side = hidden_dim, side // 2
        layers += _convolution(input_dim, hidden_dim, 3, 1)
        self.side = side
        self.net = nn.Sequential(*layers)
        self.out = spectral_norm(nn.Conv2d(hidden_dim, 1, 1))

    def forward(self, features: Tensor, told: Tensor) -> Tensor:
        """Features (N, C, h, w), and what is told (N, H, s, s) or (N, H, 1, 1), to scores (N, 1, s, s)."""
        hidden = self.net(features)
        projected = (hidden * told).sum(1, keepdim=True) / math.sqrt(hidden.shape[1])
        return self.out(hidden) + projected  # type: ignore[no-any-return]


def _convolution(d_in: int, d_out: int, kernel: int, stride: int) -> list[nn.Module]:
    conv = spectral_norm(nn.Conv2d(d_in, d_out, kernel, stride, 1, bias=False))
    return [conv, nn.BatchNorm2d(d_out), nn.LeakyReLU(SLOPE)]


class WordVectors(nn.Module):
    """A vector of each category and attribute: what is free, and a linear map of what features say of the category.

    Args:
        n_objects: categories.
        n_attributes: may be 0.
        prototypes: numbers known of each category; see `calibrate`.
        dim: of the vectors.
    """

    prototypes: Tensor

    def __init__(self, n_objects: int, n_attributes: int, prototypes: int, dim: int) -> None:
        super().__init__()
        self.register_buffer("prototypes", torch.zeros(n_objects, prototypes))
        self.known = nn.Linear(prototypes, dim)
        nn.init.normal_(self.known.weight, std=1 / math.sqrt(prototypes))
        nn.init.zeros_(self.known.bias)
        self.free = nn.Embedding(n_objects, dim)
        nn.init.normal_(self.free.weight, std=0.05)
        self.attributes = nn.Parameter(0.1 * torch.randn(n_attributes, dim)) if n_attributes else None

    def forward(self, objs: Tensor, attributes: Tensor | None) -> Tensor:
        """(O,) ids and (O, A) marks to (O, dim)."""
        vectors: Tensor = self.known(self.prototypes.index_select(0, objs)) + self.free(objs)
        if self.attributes is None or attributes is None:
            return vectors
        return vectors + attributes.to(vectors) @ self.attributes.to(vectors)


class ProjectedImageDiscriminator(nn.Module):
    """Four heads on whole pictures, which see what is said to lie where.

    Args:
        config: sizes.
        n_objects: categories.
        n_attributes: may be 0.
        image_size: height and width; the shorter side counts.
    """

    def __init__(self, config: ProjectedConfig, n_objects: int, n_attributes: int, image_size: tuple[int, int]) -> None:
        super().__init__()
        self.mixing = FeatureMixing(TAP_CHANNELS, config.channels)
        self.words = WordVectors(n_objects, n_attributes, config.prototypes, config.layout_dim)
        sides = [min(image_size) // stride for stride in STRIDES]
        self.heads = nn.ModuleList(
            ProjectedHead(channels + config.layout_dim, side, config.hidden_dim)
            for channels, side in zip(config.channels, sides, strict=True)
        )
        self.told = nn.ModuleList(nn.Conv2d(config.layout_dim, config.hidden_dim, 1) for _ in sides)

    def layout(
        self, objs: Tensor, attributes: Tensor | None, coverage: Tensor, obj_to_img: Tensor, n_images: int
    ) -> Tensor:
        """(N, layout_dim, h, w): what heads are told of pictures; ``coverage`` is (O, h, w)."""
        return compose_layout(self.words(objs, attributes), coverage, obj_to_img, n_images)

    def forward(self, mixed: Sequence[Tensor], layout: Tensor) -> list[Tensor]:
        """Features of `FeatureMixing` and a layout to scores, a tensor (N, 1, s, s) for each head."""
        scores = []
        for head, told, features in zip(self.heads, self.told, mixed, strict=True):
            assert isinstance(head, ProjectedHead)
            beside = functional.adaptive_avg_pool2d(layout, (features.shape[2], features.shape[3]))
            small = functional.adaptive_avg_pool2d(layout, head.side)
            scores.append(head(torch.cat([features, beside.to(features)], dim=1), told(small)))
        return scores


class ProjectedObjectDiscriminator(nn.Module):
    """Three heads on crops of objects, each of which is told the category.

    Args:
        config: sizes.
        n_objects: categories.
        n_attributes: may be 0.
    """

    def __init__(self, config: ProjectedConfig, n_objects: int, n_attributes: int) -> None:
        super().__init__()
        channels = config.channels[FIRST_CROP_TAP:]
        self.mixing = FeatureMixing(TAP_CHANNELS[FIRST_CROP_TAP:], channels)
        sides = [config.crop_size // stride for stride in STRIDES[FIRST_CROP_TAP:]]
        self.words = nn.ModuleList(
            WordVectors(n_objects, n_attributes, config.prototypes, config.hidden_dim) for _ in sides
        )
        self.heads = nn.ModuleList(
            ProjectedHead(c, side, config.hidden_dim) for c, side in zip(channels, sides, strict=True)
        )

    def forward(self, mixed: Sequence[Tensor], objs: Tensor, attributes: Tensor | None) -> list[Tensor]:
        """Features of `FeatureMixing` of (K,) crops to scores, a tensor (K, 1, s, s) for each head."""
        return [
            head(features, words(objs, attributes)[:, :, None, None])
            for head, words, features in zip(self.heads, self.words, mixed, strict=True)
        ]


class PictureEncoder(nn.Module):
    """From features of a real picture to where its latent is: mean and logarithm of variance.

    Args:
        channels: of the features.
        latent_dim: L.
    """

    def __init__(self, channels: Sequence[int], latent_dim: int, hidden_dim: int = 128) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2 * sum(channels), hidden_dim), nn.LeakyReLU(SLOPE), nn.Linear(hidden_dim, 2 * latent_dim)
        )

    def forward(self, normalized: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Normalised features, each (N, C, h, w), to two (N, L): their means and deviations over places count."""
        pooled = [part for tap in normalized for part in (tap.mean((2, 3)), tap.std((2, 3), unbiased=False))]
        mean, log_variance = self.net(torch.cat(pooled, dim=1)).chunk(2, dim=1)
        return mean, log_variance.clamp(-8, 4)


def hinge_real(scores: Sequence[Tensor]) -> Tensor:
    """What a discriminator pays for scores of real pictures, averaged over heads."""
    return torch.stack([functional.relu(1 - s.float()).mean() for s in scores]).mean()


def hinge_fake(scores: Sequence[Tensor]) -> Tensor:
    """What it pays for scores of pictures that should be refused."""
    return torch.stack([functional.relu(1 + s.float()).mean() for s in scores]).mean()


def hinge_generator(scores: Sequence[Tensor]) -> Tensor:
    """What the generator pays for scores of its pictures."""
    return torch.stack([-s.float().mean() for s in scores]).mean()
