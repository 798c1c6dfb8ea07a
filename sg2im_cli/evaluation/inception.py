"""FID, KID and Inception Score of whole pictures, by a feature network that the user names.

The figures are comparable with published ones only if the network is the standard one: the TorchScript file
``inception-2015-12-05.pt`` that StyleGAN and its followers use. Pictures are handed over as they would be saved, as 8
bits; that file resizes them itself. Any other TorchScript file that takes (N, 3, H, W) uint8 will do for a comparison
of one's own; the report names it.
"""

from __future__ import annotations

import hashlib
import math
import warnings
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sg2im_cli.evaluation.drawing import Drawn, Told
from sg2im_cli.evaluation.figures import Figure, Floats, Layout, Resamples, Section
from sg2im_cli.evaluation.frechet import frechet_distance
from sg2im_cli.evaluation.metrics import AsItIs, Metrics, load_metrics, measure_fid, quiet
from sg2im_cli.evaluation.subject import Subject
from sg2im_errors import InputError

BATCH_SIZE = 32
GROUPS = 10
"""Of pictures, over which Inception Score is averaged, as in the paper."""
SUBSETS, SUBSET_SIZE = 100, 1000
"""Of KID, as published figures have them; fewer pictures make one subset."""
HOW = (
    "FID, KID and Inception Score are not measured: give the standard network with --inception FILE, which is the "
    "TorchScript file inception-2015-12-05.pt of StyleGAN, or owner/name of a repository on the Hub that holds it."
)


class FeatureNetwork:
    """A TorchScript file that turns pictures into features, and perhaps into probabilities of classes.

    Args:
        path: the file.
        device: where it runs.

    Raises:
        InputError: the file is missing or is no TorchScript.
    """

    def __init__(self, path: Path, device: torch.device) -> None:
        try:
            with warnings.catch_warnings():  # newer torch would rather have another format
                warnings.simplefilter("ignore")
                self._net = torch.jit.load(str(path), map_location=device).eval()  # type: ignore[no-untyped-call]
        except (RuntimeError, ValueError, OSError):  # torch's own words are a page about zip archives
            raise InputError(f"{path} is no TorchScript file, so it cannot be asked for features; name one.") from None
        self.path = path
        self._device = device
        self._options = {argument.name for argument in self._net.forward.schema.arguments}

    @property
    def scores(self) -> bool:
        """Whether it gives probabilities of classes, which Inception Score needs."""
        return "no_output_bias" in self._options

    @property
    def checksum(self) -> str:
        """SHA-256 of the file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def features(self, images: Tensor, told: Told) -> Tensor:
        """(N, F) of (N, 3, H, W) uint8."""
        return self._run(images, {"return_features": True} if "return_features" in self._options else {}, told)

    def probabilities(self, images: Tensor, told: Told) -> Tensor:
        """(N, C) of (N, 3, H, W) uint8."""
        return self._run(images, {"no_output_bias": True}, told)

    @torch.no_grad()
    def _run(self, images: Tensor, options: dict[str, bool], told: Told) -> Tensor:
        parts = []
        for start in range(0, len(images), BATCH_SIZE):
            try:
                found = self._net(images[start : start + BATCH_SIZE].to(self._device), **options)
            except RuntimeError as error:
                reason = str(error).strip().splitlines()[-1].rstrip(".")
                raise InputError(f"{self.path} does not take 8-bit pictures (N, 3, H, W): {reason}.") from None
            if not isinstance(found, Tensor) or found.dim() != 2:
                raise InputError(f"{self.path} does not turn (N, 3, H, W) into (N, features); give another network.")
            parts.append(found.cpu())
            told(min(start + BATCH_SIZE, len(images)), len(images))
        return torch.cat(parts)


def measure_inception(subject: Subject) -> Section:
    """FID and KID of drawn pictures from the real ones, and the Inception Score of both; nothing without a network."""
    if subject.inception is None:
        return Section("pictures", "Whole pictures", (), (HOW,))
    metrics = load_metrics()
    net = FeatureNetwork(subject.inception, subject.generator.obj_embeddings.weight.device)
    real = net.features(subject.drawn("real").images, subject.told("features of real pictures"))
    figures: list[Figure] = []
    layouts: tuple[Layout, ...] = ("predicted", "given")
    for layout in layouts:
        drawn = subject.drawn(layout)
        features = net.features(drawn.images, subject.told(f"features of pictures of {layout} layouts"))
        figures += [
            _fid(metrics, layout, features, real, subject.resamples),
            _kid(metrics, layout, features, real, subject.resamples, subject.seed),
        ]
    if net.scores:
        figures += [_score(metrics, layout, net, subject.drawn(layout), subject) for layout in (*layouts, "real")]
    notes = [
        f"By {net.path.name}, SHA-256 {net.checksum[:16]}, on 8-bit pictures; compare only what the same network saw."
    ]
    if not net.scores:
        notes.append(f"{net.path.name} gives no probabilities of classes, so there is no Inception Score.")
    return Section("pictures", "Whole pictures", tuple(figures), tuple(notes), {"network": net.checksum})


def _fid(metrics: Metrics, layout: Layout, fake: Tensor, real: Tensor, resamples: Resamples) -> Figure:
    def resampled(weights: NDArray[np.float64]) -> float:
        rows = torch.from_numpy(weights)
        return frechet_distance(fake, real, rows, rows)

    value = measure_fid(metrics, fake, real)
    return Figure("fid", "FID", layout, value, len(fake), "pictures", resamples.few(resampled), "lower")


def _kid(metrics: Metrics, layout: Layout, fake: Tensor, real: Tensor, resamples: Resamples, seed: int) -> Figure:
    size = min(SUBSET_SIZE, len(fake))
    metric = quiet(
        metrics.kid,
        feature=AsItIs(fake.shape[1]),
        subsets=SUBSETS if size < len(fake) else 1,
        subset_size=size,
    )
    metric.update(real, real=True)
    metric.update(fake, real=False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        value = float(metric.compute()[0])
    aa, bb, ab = (_kernel(a, b) for a, b in ((fake, fake), (real, real), (fake, real)))
    found = resamples.few(lambda weights: weighted_mmd(aa, bb, ab, weights))
    return Figure("kid", "KID", layout, value, len(fake), "pictures", found, "lower")


def _kernel(a: Tensor, b: Tensor) -> Floats:
    kernel: Floats = ((a.double() @ b.double().T / a.shape[1] + 1) ** 3).numpy()
    return kernel


def weighted_mmd(aa: Floats, bb: Floats, ab: Floats, weights: Floats) -> float:
    """The unbiased squared MMD of pictures that count so often.

    Two copies of one picture in a resample are not compared with each other: they would look alike by construction.

    Args:
        aa: (N, N) kernel of one set.
        bb: (N, N) kernel of the other.
        ab: (N, N) between them; picture i of both is of one graph.
        weights: (N,).
    """
    total = weights.sum()
    pairs = total**2 - (weights**2).sum()
    if not pairs:  # one picture only, so often
        return math.nan
    within = sum(weights @ k @ weights - (weights**2 * k.diagonal()).sum() for k in (aa, bb))
    return float(within / pairs - 2 * (weights @ ab @ weights) / total**2)


def _score(metrics: Metrics, layout: Layout, net: FeatureNetwork, drawn: Drawn, subject: Subject) -> Figure:
    probabilities = net.probabilities(drawn.images, subject.told(f"classes of {layout} pictures")).double()
    size = -(-len(probabilities) // GROUPS)
    groups = -(-len(probabilities) // size)
    metric = quiet(metrics.score, feature=AsItIs(probabilities.shape[1]), splits=groups)
    metric.update(probabilities.clamp_min(1e-16).log())  # it takes logits: their softmax is what was given
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(subject.seed)
        value = float(metric.compute()[0])
    order = np.random.default_rng(subject.seed)

    def resampled(weights: NDArray[np.float64]) -> float:
        rows = np.repeat(np.arange(len(weights)), weights.astype(np.int64))
        return inception_score(probabilities.numpy()[order.permutation(rows)], groups)

    title = f"Inception Score, {groups} groups"
    figures = (layout, value, len(probabilities), "pictures", subject.resamples.few(resampled), "higher")
    return Figure("inception_score", title, *figures)  # type: ignore[arg-type]


def inception_score(probabilities: Floats, groups: int) -> float:
    """Exp of the mean divergence of (N, C) probabilities from their mean, averaged over groups in their order."""
    size = -(-len(probabilities) // groups)  # torchmetrics' groups: all alike but the last
    scores = []
    for start in range(0, len(probabilities), size):
        part = probabilities[start : start + size].clip(1e-16)
        divergence = (part * np.log(part / part.mean(0))).sum(1)
        scores.append(np.exp(divergence.mean()))
    return float(np.mean(scores))
