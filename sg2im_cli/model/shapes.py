"""Shapes that are sampled: a mask from what an object is, the box that it fills, and a latent of its own.

A head that learns by cross-entropy alone draws the average of all poses, which is a blob. Here each thing has a
latent: sampled, it gives one pose of many. The head learns as a conditional variational autoencoder (Kingma and Welling
2014; Sohn et al. 2015) with an adversary that sees what the prior gives; `MaskEncoder` and `MaskDiscriminator` exist in
training only.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

SHAPE_FEATURES, PLACE_FEATURES = 3, 8
"""Numbers of `box_shapes` and of `box_places`."""

AT_EDGE = 0.015
"""A box that comes so near to the picture's edge is taken to be cut by it."""

MOST_LOGIT = 4.5
"""Logits are bounded, so that an adversary with a gradient penalty need not be infinitely sure."""

MOST_GROWTH = 1.5
"""Logarithm of by how much a side may grow or shrink."""

SLOPE = 0.2


def box_shapes(boxes: Tensor) -> Tensor:
    """(O, 3) of (O, 4) boxes: logarithms of width, height and their ratio."""
    width = (boxes[:, 2] - boxes[:, 0]).clamp_min(0.02)
    height = (boxes[:, 3] - boxes[:, 1]).clamp_min(0.02)
    return torch.stack([width.log() + 1, height.log() + 1, (width / height).log()], dim=1)


def box_places(boxes: Tensor) -> Tensor:
    """(O, 8) of (O, 4) boxes: their corners about the middle, and which of the picture's edges cut them."""
    edges = torch.cat([boxes[:, :2], 1 - boxes[:, 2:]], dim=1)
    return torch.cat([boxes - 0.5, (edges < AT_EDGE).to(boxes)], dim=1)


class SampledSizes(nn.Module):
    """From the box that is most usual to one of many: wider or narrower, higher or lower.

    A point of the box, of the object's own, stays where it is: what stands on something may stand with its lower edge.
    A latent of zeros changes nothing.

    Args:
        dim: D of the vectors.
        latent_dim: Z.
        hidden_dim: H.
    """

    def __init__(self, dim: int, latent_dim: int, hidden_dim: int = 128) -> None:
        super().__init__()
        self.vectors = nn.Sequential(nn.LayerNorm(dim), nn.Linear(dim, hidden_dim))
        self.latents = nn.Linear(latent_dim, hidden_dim, bias=False)  # zeros are to change nothing
        self.sizes = nn.Sequential(
            nn.LeakyReLU(SLOPE), nn.Linear(hidden_dim, hidden_dim), nn.LeakyReLU(SLOPE), nn.Linear(hidden_dim, 2)
        )
        self.anchor = nn.Linear(hidden_dim, 2)

    def forward(self, boxes: Tensor, vectors: Tensor, latents: Tensor) -> Tensor:
        """(O, 4) of boxes (O, 4), vectors (O, D) and latents (O, Z)."""
        told = self.vectors(vectors)
        usual, drawn = self.sizes(told), self.sizes(told + self.latents(latents.to(vectors)))
        growth = (MOST_GROWTH * torch.tanh((drawn - usual).float() / MOST_GROWTH)).exp()
        sides = (boxes[:, 2:] - boxes[:, :2]).float()
        center = (boxes[:, :2] + boxes[:, 2:]).float() / 2
        anchor = torch.tanh(self.anchor(functional.leaky_relu(told, SLOPE)).float()) / 2
        center = center + anchor * sides * (1 - growth)
        half = sides * growth / 2
        return torch.cat([center - half, center + half], dim=1).clamp(0, 1).to(boxes)


class SampledMaskHead(nn.Module):
    """From vector, category, box and latent to a mask.

    Args:
        n_objects: categories.
        dim: D of the vectors.
        latent_dim: Z.
        mask_size: M, a power of two of at least 4.
        hidden_dim: H of the layers before the mask has rows and columns.
    """

    def __init__(self, n_objects: int, dim: int, latent_dim: int, mask_size: int, hidden_dim: int = 320) -> None:
        super().__init__()
        self.mask_size = mask_size
        coarse, fine, named, told = 40, 24, 64, 32
        self.categories = nn.Embedding(n_objects, named)
        self.vectors = nn.Sequential(nn.LayerNorm(dim), nn.Linear(dim, told))
        layers: list[nn.Module] = []
        width = named + told + SHAPE_FEATURES + PLACE_FEATURES + latent_dim
        for d_in in (width, hidden_dim, hidden_dim):
            layers += [nn.Linear(d_in, hidden_dim), nn.LeakyReLU(SLOPE)]
        self.hidden = nn.Sequential(*layers)
        self.coarse = nn.Linear(hidden_dim, coarse * (mask_size // 2) ** 2)
        self.up = nn.ConvTranspose2d(coarse, fine, 4, stride=2, padding=1)
        self.modulation = nn.Linear(hidden_dim, 2 * fine)
        self.out = nn.Conv2d(fine, 1, 3, padding=1)
        self.direct = nn.Linear(hidden_dim, mask_size**2)
        nn.init.zeros_(self.direct.weight)
        nn.init.zeros_(self.direct.bias)

    def forward(self, vectors: Tensor, objs: Tensor, boxes: Tensor, latents: Tensor) -> Tensor:
        """(O, M, M) logits.

        Args:
            vectors: (O, D) after graph convolution.
            objs: (O,) category ids.
            boxes: (O, 4) that the masks are to fill.
            latents: (O, Z).
        """
        size = self.mask_size
        told = [self.categories(objs), self.vectors(vectors), box_shapes(boxes), box_places(boxes), latents]
        hidden = self.hidden(torch.cat([t.to(vectors) for t in told], dim=1))
        x = functional.leaky_relu(self.coarse(hidden).unflatten(1, (-1, size // 2, size // 2)), SLOPE)
        x = self.up(x)
        x = functional.layer_norm(x, x.shape[1:])
        scale, shift = self.modulation(hidden)[:, :, None, None].chunk(2, dim=1)
        x = functional.leaky_relu(x * (1 + scale) + shift, SLOPE)
        logits = self.out(x)[:, 0] + self.direct(hidden).view(-1, size, size)
        return MOST_LOGIT * torch.tanh(logits / MOST_LOGIT)


class MaskEncoder(nn.Module):
    """From a mask and the shape of its box to where its latent is: mean and logarithm of variance.

    It is not told where in the picture the box lies, so that latents say what things look like and graphs where they
    are.
    """

    def __init__(self, n_objects: int, latent_dim: int, mask_size: int, dim: int = 48) -> None:
        super().__init__()
        self.first = nn.Conv2d(6, dim, 3, padding=1)
        self.second = nn.Conv2d(dim, 2 * dim, 4, stride=2, padding=1)
        self.shape = nn.Linear(2 * dim * (mask_size // 4) ** 2, 256)
        self.categories = nn.Embedding(n_objects, 64)
        hidden = 256 + 64 + SHAPE_FEATURES
        self.out = nn.Sequential(
            nn.LeakyReLU(SLOPE), nn.Linear(hidden, 256), nn.LeakyReLU(SLOPE), nn.Linear(256, 2 * latent_dim)
        )

    def forward(self, masks: Tensor, objs: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """(O, M, M) masks of (O,) categories in (O, 4) boxes to two (O, Z)."""
        x = functional.leaky_relu(self.first(torch.cat([_planes(masks), _positions(masks)], dim=1)), SLOPE)
        x = functional.leaky_relu(self.second(x), SLOPE).flatten(1)
        mean, log_variance = self.out(
            torch.cat([self.shape(x), self.categories(objs), box_shapes(boxes)], dim=1)
        ).chunk(2, dim=1)
        return mean, log_variance.clamp(-8, 4)


class MaskDiscriminator(nn.Module):
    """Says of a mask whether a thing of its category has that shape in such a box.

    Each category has planes of its own beside the mask, which may become its usual shapes, and a vector that scores
    are projected on (Miyato and Koyama 2018).
    """

    def __init__(self, n_objects: int, mask_size: int, dim: int = 48) -> None:
        super().__init__()
        self.side = mask_size // 2
        self.planes = nn.Embedding(n_objects, 4 * self.side**2)
        nn.init.normal_(self.planes.weight, std=0.3)
        self.first = nn.Conv2d(10, dim, 3, padding=1)
        self.second = nn.Conv2d(dim, 2 * dim, 4, stride=2, padding=1)
        self.shape = nn.Linear(2 * dim * (mask_size // 4) ** 2, 256)
        self.box = nn.Linear(SHAPE_FEATURES + PLACE_FEATURES, 256)
        self.hidden = nn.Linear(256, 256)
        self.score = nn.Linear(256, 1)
        self.categories = nn.Embedding(n_objects, 256)
        nn.init.normal_(self.categories.weight, std=0.5)
        self.patches = nn.Conv2d(2 * dim, 1, 1)

    def forward(self, masks: Tensor, objs: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """(O, M, M) masks of (O,) categories in (O, 4) boxes to scores (O,) and scores of patches (O, M / 4, M / 4)."""
        planes = self.planes(objs).view(-1, 4, self.side, self.side)
        x = functional.leaky_relu(self.first(torch.cat([_planes(masks), _positions(masks), planes], dim=1)), SLOPE)
        x = functional.leaky_relu(self.second(x), SLOPE)
        told = self.box(torch.cat([box_shapes(boxes), box_places(boxes)], dim=1))
        hidden = functional.leaky_relu(self.shape(x.flatten(1)) + told, SLOPE)
        hidden = functional.leaky_relu(self.hidden(hidden), SLOPE)
        projected = (self.categories(objs) * hidden).sum(1) / 4
        return self.score(hidden)[:, 0] + projected, self.patches(x)[:, 0]


def _planes(masks: Tensor) -> Tensor:
    """(O, M, M) in [0, 1] as (O, 4, M / 2, M / 2) in [-1, 1].

    As `torch.nn.functional.pixel_unshuffle` does, which leaves what has no object (torch 2.13) as it is.
    """
    side = masks.shape[1] // 2
    cells = (masks * 2 - 1).reshape(len(masks), side, 2, side, 2)
    return cells.permute(0, 2, 4, 1, 3).reshape(len(masks), 4, side, side)


def _positions(masks: Tensor) -> Tensor:
    """(O, 2, M / 2, M / 2): where a cell lies in its box, from -1 to 1."""
    side = masks.shape[1] // 2
    place = torch.linspace(-1, 1, side, device=masks.device)
    both = torch.stack([place.view(1, side).expand(side, side), place.view(side, 1).expand(side, side)])
    return both.expand(len(masks), -1, -1, -1)
