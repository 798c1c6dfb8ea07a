"""The Fréchet distance of two sets of features, each taken as a normal distribution (Dowson and Landau 1982)."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def frechet_distance(a: Tensor, b: Tensor, weights_a: Tensor | None = None, weights_b: Tensor | None = None) -> float:
    """|m - n|^2 + tr(S + T - 2 (S T)^(1/2)) for means m, n and covariances S, T, in double precision.

    Args:
        a: (K, F) features.
        b: (L, F).
        weights_a: (K,) how often each row counts; once if not given.
        weights_b: (L,) likewise.

    Returns:
        the distance, 0 or more. Covariances are over K - 1, as FID has them; of less than two rows it is not a number.
    """
    if min(_total(a, weights_a), _total(b, weights_b)) < 2:
        return math.nan
    (mean_a, rows_a), (mean_b, rows_b) = _centred(a, weights_a), _centred(b, weights_b)
    crossed = _cross(rows_a, rows_b) if min(len(a), len(b)) > a.shape[1] else _cross_by_rows(rows_a, rows_b)
    distance = (mean_a - mean_b).square().sum() + rows_a.square().sum() + rows_b.square().sum() - 2 * crossed
    return max(0.0, float(distance))


def principal(a: Tensor, b: Tensor, most: int) -> tuple[Tensor, Tensor]:
    """Features (K, F) and (L, F) in their common principal directions, the ``most`` strongest of them: much quicker.

    What is left out makes a distance smaller, and hardly changes by how much it varies between resamples: of 1,280
    features of 564 pictures, 256 directions keep 94 to 98 % of the spread.
    """
    if min(len(a) + len(b), a.shape[1]) <= most:
        return a, b
    rows = torch.cat([a, b]).double()
    rows = rows - rows.mean(0)
    directions = torch.linalg.eigh(rows.T @ rows).eigenvectors[:, -most:]
    turned = rows @ directions
    return turned[: len(a)], turned[len(a) :]


def _total(features: Tensor, weights: Tensor | None) -> float:
    return len(features) if weights is None else float(weights.sum())


def _centred(features: Tensor, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    """The mean, and rows R with R' R the covariance."""
    x = features.double()
    w = torch.ones(len(x), dtype=torch.float64) if weights is None else weights.double()
    total = w.sum()
    mean = w @ x / total
    return mean, (x - mean) * (w / (total - 1)).sqrt()[:, None]


def _cross(a: Tensor, b: Tensor) -> Tensor:
    """Tr (S T)^(1/2), which is that of (S^(1/2) T S^(1/2))^(1/2), a symmetric matrix."""
    values, vectors = torch.linalg.eigh(a.T @ a)
    root = (vectors * values.clamp_min(0).sqrt()) @ vectors.T
    crossed: Tensor = torch.linalg.eigvalsh(root @ (b.T @ b) @ root)
    return crossed.clamp_min(0).sqrt().sum()


def _cross_by_rows(a: Tensor, b: Tensor) -> Tensor:
    """The same for fewer rows than features: S T = A'A B'B has the eigenvalues of (A B')(A B')'."""
    crossed: Tensor = torch.linalg.svdvals(a @ b.T)
    return crossed.sum()


def by_picture(weights: NDArray[np.float64], owners: NDArray[np.int64]) -> Tensor:
    """(K,) weights of what hangs on pictures ``owners`` (K,), from the pictures' own (N,)."""
    return torch.from_numpy(weights[owners])
