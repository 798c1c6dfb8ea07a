"""The paper's discriminators, and those on frozen features."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from sg2im_cli.config.bounds import activation_problems, at_least, require


@dataclass(frozen=True, kw_only=True)
class DiscriminatorConfig:
    """One discriminator; the defaults are the paper's.

    Attributes:
        layers: convolutions as ``C{kernel}-{channels}-{stride}``, joined by commas.
        normalization: before each convolution but the first.
        activation: as in `GeneratorConfig`.
        padding: ``"valid"`` (none) or ``"same"``.
        spectral_norm: divide weights by their largest singular value (Miyato et al. 2018).
        head: image discriminator only: score by all channels of the last convolution (as the 2018 code) or by a
            1x1 classifier on top.
        layout_dim: image discriminator only: channels of a category layout that it sees beside the picture.
        crop_size: object discriminator only: side of a crop in pixels.
        hidden_dim: object discriminator only: size of the vector before its two heads.
    """

    layers: str = "C4-64-2,C4-128-2,C4-256-2"
    normalization: Literal["none", "batch", "instance"] = "batch"
    activation: str = "leakyrelu-0.2"
    padding: Literal["valid", "same"] = "valid"
    spectral_norm: bool = False
    head: Literal["features", "classifier"] = "features"
    layout_dim: int = 0
    crop_size: int = 32
    hidden_dim: int = 1024

    def __post_init__(self) -> None:
        problems = at_least(self, 0, "layout_dim") + at_least(self, 1, "crop_size", "hidden_dim")
        try:
            parse_layers(self.layers)
        except ValueError:
            problems.append(f"layers is {self.layers!r} and must look like 'C4-64-2,C4-128-2'")
        require([*problems, *activation_problems(self.activation)])


def parse_layers(text: str) -> list[tuple[int, int, int]]:
    """``"C4-64-2,C4-128-2"`` as kernel, channels and stride of each convolution.

    Raises:
        ValueError: the text is not of that form.
    """
    layers = []
    for part in text.split(","):
        match = re.fullmatch(r"C([1-9]\d*)-([1-9]\d*)(?:-([1-9]\d*))?", part)
        if match is None:
            raise ValueError(text)
        layers.append((int(match[1]), int(match[2]), int(match[3] or 1)))
    return layers


@dataclass(frozen=True, kw_only=True)
class ProjectedConfig:
    """Discriminators on frozen features of EfficientNet-Lite0, of pictures and of crops (Sauer et al. 2021).

    Attributes:
        channels: of the mixed features at strides 4, 8, 16 and 32; crops are seen at the last three.
        hidden_dim: channels of each head.
        layout_dim: channels of the category layout that heads see beside the features of a picture.
        crops: crops of objects a picture, on average.
        crop_size: their side in pixels.
        mismatch: weight of the hinge on real pictures under wrong categories, beside 1 for real and for generated ones.
        prototypes: numbers that are known of each category before the first step: principal components of the mean
            features of its real crops.
    """

    channels: tuple[int, int, int, int] = (32, 64, 96, 128)
    hidden_dim: int = 96
    layout_dim: int = 24
    crops: float = 1.25
    crop_size: int = 64
    mismatch: float = 0.5
    prototypes: int = 48

    def __post_init__(self) -> None:
        problems = at_least(self, 1, "hidden_dim", "layout_dim", "prototypes") + at_least(self, 0, "mismatch")
        if min(self.channels) < 1:
            problems.append(f"channels is {list(self.channels)} and each must be at least 1")
        if not 0 < self.crops < math.inf:
            problems.append(f"crops is {self.crops} and must be above 0")
        if self.crop_size < 32 or self.crop_size % 32:
            problems.append(f"crop_size is {self.crop_size} and must be a multiple of 32")
        require(problems)
