"""The layout is a sum over objects of vector times coverage, however it is computed."""

from __future__ import annotations

import pytest
import torch

from sg2im_cli.model.layout import compose_layout


def plain_sum(vectors, coverage, obj_to_img, n_images):
    layout = vectors.new_zeros(n_images, vectors.shape[1], *coverage.shape[1:])
    for vector, seen, image in zip(vectors, coverage, obj_to_img, strict=True):
        layout[image] = layout[image] + vector[:, None, None] * seen
    return layout


@pytest.mark.parametrize(
    ("n_images", "obj_to_img"),
    [
        (1, [0, 0, 0]),
        (2, [0, 0, 1]),
        (3, [2, 0, 2, 0, 0]),  # in any order, and one image is empty
        (4, [3] * 9 + [1]),
        (2, []),
        (1, []),
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_layout_and_its_gradients_are_the_plain_sums(n_images, obj_to_img, dtype):
    rng = torch.Generator().manual_seed(0)
    owners = torch.tensor(obj_to_img, dtype=torch.int64)
    vectors = torch.randn(len(owners), 3, generator=rng).to(dtype).requires_grad_()
    coverage = torch.rand(len(owners), 4, 5, generator=rng).to(dtype).requires_grad_()
    got, want = (f(vectors, coverage, owners, n_images) for f in (compose_layout, plain_sum))
    tolerance = {"rtol": 0.03, "atol": 0.03} if dtype is torch.bfloat16 else {"rtol": 1e-5, "atol": 1e-5}
    torch.testing.assert_close(got, want, **tolerance)
    if obj_to_img:
        weights = torch.randn(want.shape, generator=rng).to(dtype)
        for mine, plain in zip(
            torch.autograd.grad((got * weights).sum(), (vectors, coverage)),
            torch.autograd.grad((want * weights).sum(), (vectors, coverage)),
            strict=True,
        ):
            torch.testing.assert_close(mine, plain, **tolerance)
