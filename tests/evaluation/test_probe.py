"""The linear probe: it reads off what is there, and does not depend on what it was told of features' scale."""

from __future__ import annotations

import numpy as np
import torch

from sg2im_cli.evaluation.probe import train_probe


def clusters(count, seed, scale=1.0):
    """Three kinds around three places in 64 dimensions."""
    places = dict(zip(("cat", "dog", "horse"), np.random.default_rng(9).normal(0, 1, (3, 64)), strict=True))
    rng = np.random.default_rng(seed)
    kinds = np.array(list(places))[rng.integers(0, 3, count)]
    features = np.array([places[kind] for kind in kinds]) + rng.normal(0, 1, (count, 64))
    return torch.from_numpy(features * scale + 5).float(), kinds


def test_it_names_what_it_has_not_seen():
    probe = train_probe(*clusters(300, 0))
    features, kinds = clusters(200, 1)
    assert (probe.name(features) == kinds).mean() > 0.97


def test_features_without_a_meaning_give_no_more_than_chance():
    features, kinds = clusters(300, 0)
    probe = train_probe(features, np.random.default_rng(0).permutation(kinds))
    unseen, true = clusters(600, 1)
    assert (probe.name(unseen) == true).mean() < 0.6


def test_units_do_not_matter():
    names = [train_probe(*clusters(200, 0, scale)).name(clusters(50, 1, scale)[0]).tolist() for scale in (1.0, 100.0)]
    assert names[0] == names[1]


def test_one_object():
    features, kinds = clusters(1, 0)
    assert train_probe(features, kinds).name(features).tolist() == kinds.tolist()
