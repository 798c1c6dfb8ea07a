"""The Fréchet distance against scipy's matrix root, and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from sg2im_cli.evaluation.frechet import frechet_distance, principal


def reference(a, b):
    """As FID is written everywhere."""
    s, t = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = sqrtm(s @ t)
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(s + t - 2 * root.real)


def features(rng, rows, columns):
    return rng.normal(size=(rows, columns)) @ rng.normal(size=(columns, columns)) + rng.normal(size=columns)


@pytest.mark.parametrize(("rows", "others"), [(200, 200), (300, 150)])
def test_it_is_scipys(rows, others):
    rng = np.random.default_rng(0)
    a, b = features(rng, rows, 12), features(rng, others, 12)
    assert frechet_distance(*map(torch.from_numpy, (a, b))) == pytest.approx(reference(a, b), rel=1e-8)


def test_fewer_rows_than_features():
    """Without full rank scipy finds the root only nearly; so also against the other way to compute it."""
    rng = np.random.default_rng(1)
    a, b = features(rng, 20, 64), features(rng, 30, 64)
    found = frechet_distance(*map(torch.from_numpy, (a, b)))
    assert found == pytest.approx(reference(a, b), rel=1e-3)
    s, t = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    eigenvalues = np.linalg.eigvals(s @ t).real.clip(0)
    by_eigenvalues = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(s + t) - 2 * np.sqrt(eigenvalues).sum()
    assert found == pytest.approx(by_eigenvalues, rel=1e-6)


def test_in_one_dimension_by_hand():
    """(m - n)^2 + (s - t)^2: means 1 and 4, deviations 1 and 3."""
    a = torch.tensor([[0.0], [1.0], [2.0]])
    b = torch.tensor([[1.0], [4.0], [7.0]])
    assert frechet_distance(a, b) == pytest.approx(9 + 4)


def test_of_itself_it_is_nothing_and_both_ways_it_is_one():
    rng = np.random.default_rng(2)
    a, b = (torch.from_numpy(features(rng, 100, 8)) for _ in range(2))
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a))
    assert frechet_distance(a, a + 2) == pytest.approx(8 * 4)


@pytest.mark.parametrize("rows", [9, 60])
def test_weights_are_copies(rows):
    rng = np.random.default_rng(3)
    a, b = (torch.from_numpy(features(rng, rows, 10)) for _ in range(2))
    times = torch.from_numpy(rng.integers(0, 4, rows))
    copied = frechet_distance(a.repeat_interleave(times, 0), b.repeat_interleave(times, 0))
    assert frechet_distance(a, b, times, times) == pytest.approx(copied, rel=1e-6)


def test_float32_features_are_computed_in_double_precision():
    """A mean far from zero would swallow the covariance in float32."""
    rng = np.random.default_rng(4)
    a, b = (features(rng, 200, 6).astype(np.float32) for _ in range(2))
    near = frechet_distance(*map(torch.from_numpy, (a, b)))
    far = frechet_distance(*(torch.from_numpy(x.astype(np.float64) + 1e4) for x in (a, b)))
    assert far == pytest.approx(near, rel=1e-6)


def test_of_one_row_there_is_no_covariance():
    a = torch.rand(5, 3)
    assert math.isnan(frechet_distance(a, a[:1]))
    assert math.isnan(frechet_distance(a, a, torch.tensor([0, 1, 0, 0, 0]), torch.ones(5)))


def test_all_directions_that_rows_span_change_nothing():
    rng = np.random.default_rng(2)
    a, b = (torch.from_numpy(features(rng, rows, 64)) for rows in (20, 25))
    turned = principal(a, b, 44)  # 45 rows around their mean
    assert turned[0].shape == (20, 44) and turned[1].shape == (25, 44)
    assert frechet_distance(*turned) == pytest.approx(frechet_distance(a, b), rel=1e-9)
    assert principal(a, b, 64)[0] is a


def test_the_strongest_directions_are_kept():
    rng = np.random.default_rng(3)
    a, b = (torch.from_numpy(rng.normal(size=(200, 8)) * [9, 1, 1, 1, 7, 1, 1, 1]) for _ in range(2))
    turned = principal(a, b, 2)
    strongest = torch.cat([a, b])[:, [0, 4]].var(0).sum()
    assert float(torch.cat(turned).var(0).sum()) == pytest.approx(float(strongest), rel=0.01)
