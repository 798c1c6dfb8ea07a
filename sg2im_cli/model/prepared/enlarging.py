"""Convolutions of enlarged features as products of the small ones.

Where each feature is repeated 2 x 2 times, a 3x3 convolution multiplies it with the same nine weights 36 times. Here
each product is made once, at the small size, and added where it belongs. Along one axis, with the products a, b and c
of the three weights, the sums at the even and odd places are

    even[i] = a[i - 1] + b[i] + c[i]        odd[i] = a[i] + b[i] + c[i + 1]

and those of a transpose convolution of four weights with stride 2 (a, b, c, d)

    even[i] = d[i - 1] + b[i]               odd[i] = c[i] + a[i + 1]
"""

from __future__ import annotations

import torch
from torch import Tensor

from sg2im_cli.model.prepared.convolution import convolve, pack


class EnlargingConvolution:
    """From features (N, C in, h, w) to (N, C out, 2h, 2w), channels_last, without a bias.

    Args:
        weight: (C out, C in, 3, 3) of a convolution of features each repeated 2 x 2 times; or (C out, C in, 4, 4), of a
            transpose convolution with stride 2 and padding 1.
        height: h.
        width: w.
        dtype: of weights and features.
    """

    def __init__(self, weight: Tensor, height: int, width: int, dtype: torch.dtype) -> None:
        self.taps = weight.shape[2]
        products = weight.permute(2, 3, 0, 1).reshape(-1, weight.shape[1], 1, 1)
        self.products = pack(products.to(dtype), height, width)

    def __call__(self, features: Tensor) -> Tensor:
        """(N, C in, h, w), channels_last, to (N, C out, 2h, 2w)."""
        made = convolve(features, self.products, None).permute(0, 2, 3, 1)
        n, h, w, channels = made.shape
        taps, d_out = self.taps, channels // self.taps**2
        rows = made.new_empty(n, h, 2, w, taps * d_out)
        _add_up(made.view(n, h, w, taps, taps * d_out).unbind(3), rows, shifted=1)
        rows = rows.view(n, 2 * h, w, taps, d_out)
        result = made.new_empty(n, 2 * h, w, 2, d_out)
        _add_up(rows.unbind(3), result.permute(0, 1, 3, 2, 4), shifted=2)
        return result.view(n, 2 * h, 2 * w, d_out).permute(0, 3, 1, 2)


def _add_up(taps: tuple[Tensor, ...], result: Tensor, shifted: int) -> None:
    """The even and odd places of one axis.

    Args:
        taps: the products of each weight; ``shifted`` is the axis along which they are moved.
        result: to be filled; axis 2 has the even places and the odd ones.
        shifted: 1 or 2.
    """
    even, odd = result.unbind(2)
    before, after = (_moved(even, shifted, 1), _moved(odd, shifted, -1))
    if len(taps) == 3:
        a, b, c = taps
        torch.add(b, c, out=even)
        torch.add(a, b, out=odd)
        before += _moved(a, shifted, -1)
        after += _moved(c, shifted, 1)
    else:
        a, b, c, d = taps
        even.copy_(b)
        odd.copy_(c)
        before += _moved(d, shifted, -1)
        after += _moved(a, shifted, 1)


def _moved(values: Tensor, axis: int, by: int) -> Tensor:
    """All but the first along an axis (1), or all but the last (-1)."""
    length = values.shape[axis] - 1
    return values.narrow(axis, 1, length) if by == 1 else values.narrow(axis, 0, length)
