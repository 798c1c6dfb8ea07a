"""FID, KID and Inception Score with a feature network of our own, against independent computations."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from torch import Tensor, nn

from sg2im_cli.evaluation.figures import Resamples
from sg2im_cli.evaluation.inception import FeatureNetwork, inception_score, measure_inception, weighted_mmd
from sg2im_cli.evaluation.subject import Subject
from sg2im_errors import InputError


class Net(nn.Module):
    """Speaks as StyleGAN's Inception file does: 8-bit pictures in, features or probabilities out."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.features = nn.Linear(3 * 8 * 8, 6)
        self.output = nn.Linear(6, 5)

    def forward(self, images: Tensor, return_features: bool = False, no_output_bias: bool = False) -> Tensor:
        assert images.dtype == torch.uint8
        small = nn.functional.interpolate(images.float(), (8, 8), mode="bilinear", align_corners=False)
        features = self.features(small.flatten(1) / 64)
        if return_features:
            return features
        logits = torch.matmul(features, self.output.weight.t()) if no_output_bias else self.output(features)
        return logits.softmax(1)


class FeaturesOnly(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return images.float().mean((2, 3))


class Flat(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return images.float()


@pytest.fixture(scope="module")
def inception(tmp_path_factory):
    path = tmp_path_factory.mktemp("net") / "net.pt"
    save(Net(), path)
    return path


def save(net, path):
    with warnings.catch_warnings():  # newer torch would rather have another format
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(net).save(str(path))


@pytest.fixture
def subject(small_generator, small_scenes):
    return lambda path: Subject(small_generator, small_scenes, Resamples(len(small_scenes), 0), inception=path)


def rows(net, drawn):
    with torch.no_grad():
        return net(drawn.images, return_features=True).double().numpy()


def test_fid_is_scipys(inception, subject):
    measured = subject(inception)
    section = measure_inception(measured)
    real = rows(Net(), measured.drawn("real"))
    for layout in ("predicted", "given"):
        fake = rows(Net(), measured.drawn(layout))
        s, t = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
        expected = ((real.mean(0) - fake.mean(0)) ** 2).sum() + np.trace(s + t - 2 * sqrtm(s @ t).real)
        assert section.figure("fid", layout).value == pytest.approx(expected, rel=1e-3)


def test_kid_by_hand(inception, subject):
    """The unbiased estimate of all pairs, in a loop; one subset holds all of so few pictures."""
    measured = subject(inception)
    section = measure_inception(measured)
    real = rows(Net(), measured.drawn("real"))
    for layout in ("predicted", "given"):
        fake = rows(Net(), measured.drawn(layout))
        expected = mmd_by_hand(fake, real)
        assert section.figure("kid", layout).value == pytest.approx(expected, rel=1e-4)


def kernel(x, y):
    return (x @ y / len(x) + 1) ** 3


def mmd_by_hand(a, b):
    n = len(a)
    within = sum(kernel(x[i], x[j]) for x in (a, b) for i in range(n) for j in range(n) if i != j)
    between = sum(kernel(x, y) for x in a for y in b)
    return within / (n * (n - 1)) - 2 * between / n**2


def test_a_resampled_mmd_passes_over_copies():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 5, 4))
    k = [np.array([[kernel(x, y) for y in q] for x in p]) for p, q in ((a, a), (b, b), (a, b))]
    assert weighted_mmd(*k, np.ones(5)) == pytest.approx(mmd_by_hand(a, b))
    assert np.isnan(weighted_mmd(*k, np.array([5.0, 0, 0, 0, 0])))
    times = np.array([2, 0, 1, 1, 1])
    copies = np.repeat(np.arange(5), times)
    pairs = [(i, j) for i in copies for j in copies if i != j]
    # the pairs of one picture with its own copy are in neither the sum nor the count
    within = sum(k[0][i, j] + k[1][i, j] for i, j in pairs) / len(pairs)
    between = np.mean([[k[2][i, j] for j in copies] for i in copies])
    assert weighted_mmd(*k, times.astype(float)) == pytest.approx(within - 2 * between)


def test_inception_score_by_hand():
    """One group of two sure and different answers has 2 classes, one of two equal answers has 1."""
    sure = np.eye(2)
    assert inception_score(sure, 1) == pytest.approx(2)
    assert inception_score(np.array([[1.0, 0.0], [1.0, 0.0]]), 1) == pytest.approx(1)
    assert inception_score(np.concatenate([sure, sure[[0, 0]]]), 2) == pytest.approx(1.5)
    assert inception_score(np.full((6, 4), 0.25), 3) == pytest.approx(1)


def test_inception_score_of_pictures(inception, subject):
    measured = subject(inception)
    section = measure_inception(measured)
    with torch.no_grad():
        probabilities = Net()(measured.drawn("real").images, no_output_bias=True).double().numpy()
    order = torch.randperm(12, generator=torch.Generator().manual_seed(0))
    scores = [exp_divergence(probabilities[pair]) for pair in order.numpy().reshape(6, 2)]  # ten groups of two: six
    assert section.figure("inception_score", "real").value == pytest.approx(np.mean(scores))
    assert section.figure("inception_score", "real").title == "Inception Score, 6 groups"
    assert section.figure("inception_score", "real").count == len(probabilities)


def exp_divergence(rows):
    mean = rows.mean(0)
    return np.exp(np.mean([sum(p * np.log(p / m) for p, m in zip(row, mean, strict=True)) for row in rows]))


def test_the_network_is_named_with_its_checksum(inception, subject):
    section = measure_inception(subject(inception))
    checksum = FeatureNetwork(inception, torch.device("cpu")).checksum
    assert "net.pt" in section.notes[0] and checksum[:16] in section.notes[0]
    assert section.details["network"] == checksum


def test_without_a_network_there_is_no_number(subject):
    section = measure_inception(subject(None))
    assert section.figures == ()
    assert "--inception" in section.notes[0]


def test_a_network_without_classes_has_no_inception_score(tmp_path, subject):
    save(FeaturesOnly(), tmp_path / "features.pt")
    section = measure_inception(subject(tmp_path / "features.pt"))
    assert {figure.name for figure in section.figures} == {"fid", "kid"}
    assert "no Inception Score" in section.notes[1]


def test_files_that_are_no_feature_network(tmp_path, subject):
    (tmp_path / "text.pt").write_text("no network")
    with pytest.raises(InputError, match="text.pt is no TorchScript file"):
        measure_inception(subject(tmp_path / "text.pt"))
    torch.save(Net().state_dict(), tmp_path / "state.pt")
    with pytest.raises(InputError, match="state.pt is no TorchScript file"):
        measure_inception(subject(tmp_path / "state.pt"))
    save(Flat(), tmp_path / "flat.pt")
    with pytest.raises(InputError, match="flat.pt does not turn"):
        measure_inception(subject(tmp_path / "flat.pt"))
