"""Losses against cases worked out by hand."""

from __future__ import annotations

import pytest
import torch

from sg2im_cli.model.losses import pixel_loss

STRIPES = torch.tensor([1.0, -1.0]).repeat(8).expand(1, 3, 16, 16)
"""Off by 1 everywhere, and by nothing in the mean of any square."""


def test_pixels_count_where_the_layout_is_the_real_one_and_colours_of_squares_elsewhere():
    real = torch.zeros(2, 3, 16, 16)
    drawn = torch.cat([STRIPES, STRIPES + 0.5])
    fine, coarse = torch.tensor([True, True]), torch.tensor([False, False])
    assert pixel_loss(drawn, real, fine, 8).item() == pytest.approx((1 + 1) / 2)
    assert pixel_loss(drawn, real, coarse, 8).item() == pytest.approx((0 + 0.5) / 2)
    assert pixel_loss(drawn, real, torch.tensor([True, False]), 8).item() == pytest.approx((1 + 0.5) / 2)


def test_without_squares_only_real_layouts_count():
    real = torch.zeros(2, 3, 16, 16)
    drawn = torch.cat([STRIPES * 2, STRIPES * 7])
    assert pixel_loss(drawn, real, torch.tensor([True, False])).item() == pytest.approx(2)
    assert pixel_loss(drawn, real, torch.tensor([False, False])).item() == 0
