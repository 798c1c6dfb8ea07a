"""The two discriminators: patches of the picture, and crops of objects (paper section 3, "discriminators")."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from sg2im_cli.config import DiscriminatorConfig, leaky_slope, parse_layers
from sg2im_cli.model.crops import crop_objects
from sg2im_cli.model.layers import norm_2d
from sg2im_cli.model.layout import compose_layout


def build_cnn(config: DiscriminatorConfig, input_dim: int) -> tuple[nn.Sequential, int]:
    """The convolutions of a discriminator; normalisation and leaky ReLU stand before each but the first.

    Returns:
        the network and its number of output channels.
    """
    slope = leaky_slope(config.activation)
    layers: list[nn.Module] = []
    channels = input_dim
    for i, (kernel, dim, stride) in enumerate(parse_layers(config.layers)):
        if i > 0:
            if config.normalization != "none":
                layers.append(norm_2d(config.normalization, channels))
            layers.append(nn.LeakyReLU(slope, inplace=True))
        padding = 0 if config.padding == "valid" else (kernel - 1) // 2
        layers.append(constrain(nn.Conv2d(channels, dim, kernel, stride=stride, padding=padding), config))
        channels = dim
    return nn.Sequential(*layers), channels


def constrain(layer: nn.Module, config: DiscriminatorConfig) -> nn.Module:
    """Spectral normalisation (Miyato et al. 2018) if the configuration asks for it."""
    return spectral_norm(layer) if config.spectral_norm else layer


def _run_with_features(cnn: nn.Sequential, x: Tensor) -> tuple[Tensor, list[Tensor]]:
    """The output of a discriminator's convolutions, and what each activation before it gave."""
    features = []
    for layer in cnn:
        x = layer(x)
        if isinstance(layer, nn.LeakyReLU):
            features.append(x)
    return x, features


class PatchDiscriminator(nn.Module):
    """Says of each patch of a picture whether it is real.

    As in the original, the scores are all channels of the last convolution, and the 1x1 `classifier` is not used;
    ``config.head == "classifier"`` uses it. ``config.layout_dim`` above 0 shows the discriminator, beside the picture,
    a layout made of its own category vectors, so that it can tell whether a thing looks like what it should be.
    """

    def __init__(self, config: DiscriminatorConfig, n_objects: int) -> None:
        super().__init__()
        self.config = config
        self.cnn, dim = build_cnn(config, 3 + config.layout_dim)
        self.classifier = constrain(nn.Conv2d(dim, 1, 1), config)
        self.category_vectors = nn.Embedding(n_objects, config.layout_dim) if config.layout_dim else None

    def forward(self, images: Tensor, layout: Tensor | None = None) -> Tensor:
        """(N, 3, H, W), and a layout (N, layout_dim, H, W) if it has one, to scores (N, C, h, w)."""
        return self.score(images, layout)[0]

    def score(self, images: Tensor, layout: Tensor | None = None) -> tuple[Tensor, list[Tensor]]:
        """As `forward`, with the activations on the way, each (N, C, h, w), for feature matching."""
        x, features = _run_with_features(self.cnn, images if layout is None else torch.cat([images, layout], dim=1))
        if self.config.head == "features":
            return x, features
        x = functional.leaky_relu(x, leaky_slope(self.config.activation))
        return self.classifier(x), [*features, x]

    def layout(self, objs: Tensor, coverage: Tensor, obj_to_img: Tensor, n_images: int) -> Tensor | None:
        """What it is shown beside the picture: (N, layout_dim, H, W), or None if it sees the picture alone."""
        if self.category_vectors is None:
            return None
        return compose_layout(self.category_vectors(objs), coverage, obj_to_img, n_images)


@dataclass(frozen=True)
class ObjectScores:
    """What the object discriminator says of each crop.

    Attributes:
        real: (O, 1), higher for real.
        categories: (O, C) logits.
        features: the activations on the way, each (O, C, h, w), for feature matching.
    """

    real: Tensor
    categories: Tensor
    features: list[Tensor]


class CropClassifier(nn.Module):
    """Crops to real or not, and to a category (auxiliary classifier, Odena et al. 2017)."""

    def __init__(self, config: DiscriminatorConfig, n_objects: int) -> None:
        super().__init__()
        cnn, dim = build_cnn(config, 3)
        hidden = config.hidden_dim
        pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.cnn = nn.Sequential(cnn, pool, constrain(nn.Linear(dim, hidden), config))
        self.real_classifier = constrain(nn.Linear(hidden, 1), config)
        self.obj_classifier = nn.Linear(hidden, n_objects)

    def forward(self, crops: Tensor) -> ObjectScores:
        """(O, 3, S, S) crops to their scores."""
        cnn, pool, linear = self.cnn
        assert isinstance(cnn, nn.Sequential)
        x, features = _run_with_features(cnn, crops)
        hidden = linear(pool(x))
        return ObjectScores(self.real_classifier(hidden), self.obj_classifier(hidden), [*features, x])


class ObjectDiscriminator(nn.Module):
    """Cuts each object out of its picture and says whether it is real, and what it is."""

    def __init__(self, config: DiscriminatorConfig, n_objects: int) -> None:
        super().__init__()
        self.config = config
        self.discriminator = CropClassifier(config, n_objects)

    def forward(self, images: Tensor, boxes: Tensor, obj_to_img: Tensor) -> ObjectScores:
        """Images (N, 3, H, W), boxes (O, 4) and obj_to_img (O,) to the scores of each object."""
        crops = crop_objects(images, boxes, obj_to_img, self.config.crop_size)
        return self.discriminator(crops)  # type: ignore[no-any-return]
