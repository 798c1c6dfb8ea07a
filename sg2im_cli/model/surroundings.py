"""What fills a picture where nothing is said: surroundings that go with what is said, from the picture's latent.

"A zebra" says nothing of grass, and annotations have holes. A refinement network that is left alone there fills them
with texture. Here a small network says which stuff each free place shows, of what is said and where, and of a latent,
so that another seed gives another place. The latent's prior is told what is said, or it would propose a kitchen around
a zebra. All of it learns as a conditional variational autoencoder (Sohn et al. 2015), from annotations alone.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from sg2im_cli.model.layout import compose_layout

GRID = 16
"""Side in cells of the layout as this network sees it, and of what it says."""

FINE = 32
"""Side in cells of the surroundings as they enter the layout."""

POOLED = 2
"""Side in cells of the layout as the prior sees it."""

TEMPERATURE = 0.5
"""Of the softmax where surroundings are drawn: each place is to be mostly one thing."""

LEAST_FREE = 0.05
"""A place of which what is said leaves no more free is not filled."""

SLOPE = 0.2


def free_space(coverage: Tensor, said: Tensor, obj_to_img: Tensor, n_images: int) -> Tensor:
    """(N, 1, H, W) in [0, 1]: how much of each place is left free by all that is said of a picture.

    Args:
        coverage: (O, H, W) of each object.
        said: (O,) bool: `__image__`, which covers everything, is not.
        obj_to_img: (O,).
        n_images: N.
    """
    member = (obj_to_img == torch.arange(n_images, device=obj_to_img.device)[:, None]) & said
    left = torch.log1p(-coverage.float().flatten(1).clamp(0.0, 1 - 1e-4))
    return (member.float() @ left).exp().view(n_images, 1, *coverage.shape[1:])


class Surroundings(nn.Module):
    """Stuff for the free places of a layout, and what to expect of it.

    Args:
        n_objects: categories, each of which may be proposed; see ``allowed`` of `forward`.
        layout_dim: D, channels of the layout that is filled.
        latent_dim: S.
        dim: channels inside.
        word_dim: W, channels by which it is told what is where.
    """

    def __init__(self, n_objects: int, layout_dim: int, latent_dim: int, dim: int = 64, word_dim: int = 32) -> None:
        super().__init__()
        self.words = nn.Embedding(n_objects, word_dim)
        self.first = nn.Conv2d(word_dim + 3, dim, 3, padding=1)
        self.latents = nn.Linear(latent_dim, dim)
        self.whole = nn.Linear(dim, dim)
        self.said = nn.Linear(word_dim, dim)
        self.blocks = nn.ModuleList(nn.Conv2d(dim, dim, 3, padding=d, dilation=d) for d in (1, 2, 4))
        self.modulations = nn.ModuleList(nn.Linear(dim, 2 * dim) for _ in self.blocks)
        self.out = nn.Conv2d(dim, n_objects, 1)
        hidden = nn.Linear((word_dim + 1) * POOLED**2 + word_dim, 2 * dim)
        last = nn.Linear(2 * dim, 2 * latent_dim)
        for parameter in last.parameters():
            nn.init.zeros_(parameter)
        self.prior = nn.Sequential(hidden, nn.LeakyReLU(SLOPE), last)
        self.vectors = nn.Embedding(n_objects, layout_dim)
        nn.init.zeros_(self.vectors.weight)

    def tell(self, coverage: Tensor, objs: Tensor, obj_to_img: Tensor, n_images: int) -> Tensor:
        """What is where, as the network is told it: (N, W + 1, H, W), `free_space` last.

        Args:
            coverage: (O, H, W) of each object.
            objs: (O,) category ids; `__image__`, which is everywhere, is not told.
            obj_to_img: (O,).
            n_images: N.
        """
        told = compose_layout(self.words_of(objs).to(coverage), coverage, obj_to_img, n_images)
        return torch.cat([told, free_space(coverage, objs != 0, obj_to_img, n_images).to(told)], dim=1)

    def words_of(self, objs: Tensor) -> Tensor:
        """(O, W): by what it is told of objects with these category ids (O,)."""
        words: Tensor = self.words(objs)
        return words * (objs != 0)[:, None]

    def expect(self, told: Tensor) -> tuple[Tensor, Tensor]:
        """The prior of latents: mean and logarithm of variance (N, S), at first standard normal.

        Args:
            told: (N, W + 1, H, W) from `tell`.
        """
        pooled = functional.adaptive_avg_pool2d(told, POOLED).flatten(1)
        mean, log_variance = self.prior(torch.cat([pooled, _mean_of_said(told)], dim=1)).chunk(2, dim=1)
        return mean, log_variance.clamp(-6, 2)

    def forward(self, told: Tensor, latents: Tensor, allowed: Tensor) -> Tensor:
        """(N, C, GRID, GRID) scores of each category at each place; minus infinity where it is not ``allowed``.

        Args:
            told: (N, W + 1, H, W).
            latents: (N, S).
            allowed: (C,) bool.
        """
        coarse = functional.adaptive_avg_pool2d(told, GRID)
        rows = torch.linspace(-1, 1, GRID, device=coarse.device, dtype=coarse.dtype)
        places = torch.stack([rows[:, None].expand(GRID, GRID), rows.abs()[None].expand(GRID, GRID)])
        x = self.first(torch.cat([coarse, places.expand(len(coarse), -1, -1, -1)], dim=1))
        x = functional.leaky_relu(x, SLOPE)
        whole = self.latents(latents.to(x)) + self.whole(x.mean((2, 3))) + self.said(_mean_of_said(told))
        whole = functional.leaky_relu(whole, SLOPE)
        for block, modulation in zip(self.blocks, self.modulations, strict=True):
            scale, shift = modulation(whole)[:, :, None, None].chunk(2, dim=1)
            x = x + functional.leaky_relu(block(x) * (1 + scale) + shift, SLOPE)
        scores: Tensor = self.out(x).float()
        return scores.masked_fill(~allowed[:, None, None], float("-inf"))

    def fill(self, shares: Tensor, free: Tensor, named: Tensor) -> Tensor:
        """What is added to a layout: (N, D, H, W).

        Args:
            shares: (N, C, FINE, FINE) from `shares_of`; they get no gradients.
            free: (N, 1, H, W).
            named: (C, D) what a layout says of each category by itself.
        """
        vectors = shares.detach().to(named).permute(0, 2, 3, 1) @ (named + self.vectors.weight.to(named))
        vectors = vectors.permute(0, 3, 1, 2)
        filled = functional.interpolate(vectors, free.shape[2:], mode="bilinear", align_corners=False)
        return filled * _noticed(free).to(filled)


class SurroundingsEncoder(nn.Module):
    """From what annotations say of a picture's stuff to where its latent is; it exists in training only.

    Args:
        n_objects: categories.
        latent_dim: S.
        dim: channels inside.
    """

    def __init__(self, n_objects: int, latent_dim: int, dim: int = 48) -> None:
        super().__init__()
        self.words = nn.Embedding(n_objects, 32)
        self.first = nn.Conv2d(33, dim, 4, stride=2, padding=1)
        self.second = nn.Conv2d(dim, dim, 4, stride=2, padding=1)
        self.out = nn.Sequential(
            nn.Linear(dim * (GRID // 4) ** 2, 128), nn.LeakyReLU(SLOPE), nn.Linear(128, 2 * latent_dim)
        )

    def forward(self, ids: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
        """(N, GRID, GRID) ids of stuff, and where they are known, to two (N, S): mean and logarithm of variance."""
        seen = known[:, None].to(self.words.weight)
        x = torch.cat([self.words(ids).permute(0, 3, 1, 2) * seen, seen], dim=1)
        for layer in (self.first, self.second):
            x = functional.leaky_relu(layer(x), SLOPE)
        mean, log_variance = self.out(x.flatten(1)).chunk(2, dim=1)
        return mean, log_variance.clamp(-8, 4)


def _mean_of_said(told: Tensor) -> Tensor:
    """(N, W): the mean of words where something is said, so that a small zebra counts as a large one does."""
    taken = 1 - told[:, -1:]
    return told[:, :-1].sum((2, 3)) / taken.sum((2, 3)).clamp_min(1e-3)


def shares_of(scores: Tensor) -> Tensor:
    """(N, C, FINE, FINE) in [0, 1] of scores (N, C, GRID, GRID): how much each place shows of each category."""
    lowest = scores.clamp_min(-1e4).contiguous(memory_format=torch.channels_last)  # infinity cannot be interpolated
    fine = functional.interpolate(lowest, (FINE, FINE), mode="bilinear", align_corners=False)
    return (fine.permute(0, 2, 3, 1) / TEMPERATURE).softmax(dim=3).permute(0, 3, 1, 2)


def _noticed(free: Tensor) -> Tensor:
    return (free - LEAST_FREE).clamp_min(0) / (1 - LEAST_FREE)


def shown_shares(shares: Tensor, free: Tensor) -> Tensor:
    """(N, C): which share of each picture shows surroundings of each category, of what `shares_of` made."""
    small = functional.adaptive_avg_pool2d(_noticed(free), FINE)
    return (shares * small).mean((2, 3))
