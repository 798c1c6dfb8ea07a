"""Intervals, spreads and differences, against hand-computed values and against plain resampling."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch

from sg2im_cli.evaluation.boxes import Spread
from sg2im_cli.evaluation.comparison import Difference
from sg2im_cli.evaluation.figures import Figure, Resamples, Section, interval, mean_figure
from sg2im_cli.evaluation.layout import box_iou


def test_a_resample_is_the_mean_over_the_pictures_drawn():
    """By copying the pictures out, as a textbook does."""
    rng = np.random.default_rng(1)
    owners = np.sort(rng.integers(0, 6, 20))
    values = rng.random(20)
    resamples = Resamples(6, seed=3, count=50)
    found = resamples.ratio(values, owners)
    for weights, mean in zip(resamples.weights, found, strict=True):
        copied = [v for i, times in enumerate(weights) for v in values[owners == i].tolist() * int(times)]
        assert (np.isnan(mean) and not copied) or mean == pytest.approx(np.mean(copied))


def test_every_resample_has_as_many_pictures():
    resamples = Resamples(30, seed=0, count=200)
    assert set(resamples.weights.sum(1)) == {30}
    assert resamples.weights.mean() == pytest.approx(1)
    assert not np.array_equal(resamples.weights, Resamples(30, seed=1, count=200).weights)
    assert np.array_equal(resamples.weights, Resamples(30, seed=0, count=200).weights)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """Pictures with objects that resemble each other; the mean of all is 0.5."""
    rng = np.random.default_rng(0)
    pictures, tries = 60, 200
    owners = np.repeat(np.arange(pictures), 4)
    held = 0
    for seed in range(tries):
        values = rng.random(pictures)[owners] * 0.8 + 0.2 * rng.random(len(owners))
        [figure] = mean_figure("m", "m", "predicted", values, owners, Resamples(pictures, seed, 300), "objects")
        low, high = figure.interval
        held += low <= 0.5 <= high
    assert 0.89 <= held / tries <= 0.99


def test_an_interval_is_moved_to_its_figure():
    resampled = np.linspace(0, 1, 1001)  # around 0.5
    assert interval(2.0, resampled) == pytest.approx((1.525, 2.475))
    assert interval(2.0, np.zeros(0)) is None
    assert interval(float("nan"), resampled) is None


def test_no_values_give_no_figure():
    assert mean_figure("m", "m", "given", np.zeros(0), np.zeros(0, dtype=np.int64), Resamples(3), "objects") == []


def test_spread_by_hand():
    """Two categories: 0 and 2 deviate by 1, three equal ones by 0; one of a kind says nothing."""
    values, objs = np.array([0.0, 2.0, 5.0, 5.0, 5.0, 9.0]), np.array([1, 1, 2, 2, 2, 3])
    spread = Spread(values, objs, np.array([0, 1, 0, 1, 2, 2]), 3)
    assert spread.categories == 2
    assert spread.within(np.ones((1, 3)))[0] == pytest.approx(0.5)
    assert spread.within(np.array([[2.0, 1.0, 0.0]]))[0] == pytest.approx(np.std([0, 0, 2]) / 2)
    assert spread.within(np.array([[0.0, 0.0, 3.0]]))[0] == 0


def figure(value, resampled, better="higher", name="m"):
    return Figure(name, "title", "predicted", value, 10, "objects", np.array(resampled), better)


@pytest.mark.parametrize(("shift", "better", "verdict"), [(1, "higher", "better"), (-1, "higher", "worse")])
@pytest.mark.parametrize("turned", [False, True])
def test_a_difference_beyond_its_interval(shift, better, verdict, turned):
    """What is hard for both models cancels: each varies by far more than they differ."""
    hard = np.linspace(-100, 100, 101)
    a, b = figure(shift, hard + shift), figure(0, hard)
    if turned:
        a, b = figure(-shift, hard - shift, "lower"), figure(0, hard, "lower")
    difference = Difference("s", a, b)
    assert difference.verdict == verdict
    assert difference.interval == pytest.approx((difference.value, difference.value))


def test_a_difference_within_its_interval_is_open():
    rng = np.random.default_rng(0)
    difference = Difference("s", figure(0.1, rng.normal(0.1, 1, 500)), figure(0.0, rng.normal(0, 1, 500)))
    assert difference.verdict == "open"
    assert Difference("s", figure(0.1, [1, 2], None), figure(0.0, [1, 2], None)).verdict is None
    assert Difference("s", figure(0.1, [1, 2]), figure(0.0, [])).interval is None


def test_a_section_finds_its_figures():
    section = Section("s", "S", (figure(1, [1]), figure(2, [1], name="n")), ("note",), {"more": 1})
    assert section.figure("n", "predicted").value == 2
    assert section.figure("n", "given") is None
    assert section.to_json()["figures"][0]["interval"] is None  # one resample makes none
    assert section.to_json()["details"] == {"more": 1}


def test_iou_in_exact_arithmetic():
    rng = np.random.default_rng(5)
    for _ in range(200):
        a, b = (sorted_box(rng) for _ in range(2))
        expected = exact_iou([Fraction(int(v), 16) for v in a], [Fraction(int(v), 16) for v in b])
        found = box_iou(torch.tensor(a[None] / 16).float(), torch.tensor(b[None] / 16).float())
        assert float(found) == pytest.approx(float(expected), abs=1e-6)


def sorted_box(rng):
    x, y = np.sort(rng.integers(0, 17, (2, 2)), axis=1)
    return np.array([x[0], y[0], x[1], y[1]])


def exact_iou(a, b):
    width = max(Fraction(0), min(a[2], b[2]) - max(a[0], b[0]))
    height = max(Fraction(0), min(a[3], b[3]) - max(a[1], b[1]))
    union = sum((c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)) - width * height
    return width * height / union if union else Fraction(0)


def test_what_is_no_number_is_none_in_json():
    assert figure(float("nan"), [1, 2]).to_json()["value"] is None
    assert Difference("s", figure(float("nan"), [1, 2]), figure(1.0, [1, 2])).to_json()["difference"] is None
