"""torchmetrics, given features that a network computed once for all its metrics."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from sg2im_errors import Sg2imError


@dataclass(frozen=True)
class Metrics:
    """Of torchmetrics, whose package of pictures offers them by name only beside a package that is not needed here."""

    fid: type[Any]
    kid: type[Any]
    score: type[Any]


def load_metrics() -> Metrics:
    """The classes.

    Raises:
        Sg2imError: torchmetrics is not installed.
    """
    try:
        from torchmetrics.image.fid import FrechetInceptionDistance
        from torchmetrics.image.inception import InceptionScore
        from torchmetrics.image.kid import KernelInceptionDistance
    except ImportError:
        raise Sg2imError(
            "FID, KID and Inception Score need torchmetrics; install it with: pip install 'sg2im-cli[train]'."
        ) from None
    return Metrics(FrechetInceptionDistance, KernelInceptionDistance, InceptionScore)


class AsItIs(nn.Module):
    """Hands on what was computed before."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.num_features = num_features

    def forward(self, features: Tensor) -> Tensor:
        """(N, F), unchanged."""
        return features


def quiet(metric: type[Any], **options: Any) -> Any:  # noqa: ANN401
    """A metric that does not warn that it keeps all features, as it must."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return metric(**options)


def measure_fid(metrics: Metrics, fake: Tensor, real: Tensor) -> float:
    """The Fréchet distance of (K, F) from (L, F) features; K and L are 2 or more."""
    metric = quiet(metrics.fid, feature=AsItIs(fake.shape[1]))
    metric.update(real, real=True)
    metric.update(fake, real=False)
    return float(metric.compute())
