"""Layouts that are not composed, and convolutions of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from sg2im_cli.model.prepared.convolution import convolve, convolve_onto, pack


@dataclass(frozen=True)
class Canvas:
    """Layouts of N pictures, composed or not.

    Attributes:
        planes: (N, P, H, W): how much of each of its objects is seen at each place of a picture, with zeros behind
            those of a picture with fewer than P; or, where there is no ``basis``, the layout's D channels and behind
            them what surroundings are told, see `Generator.compose`.
        basis: (N, P, D): the vectors of these objects.
    """

    planes: Tensor
    basis: Tensor | None = None

    def __len__(self) -> int:
        return len(self.planes)

    def __getitem__(self, some: slice) -> Canvas:
        """Those of some of the pictures."""
        return Canvas(self.planes[some], None if self.basis is None else self.basis[some])

    def composed(self) -> Canvas:
        """The same as layouts of D channels, channels_last."""
        if self.basis is None:
            return self
        layout = self.planes.flatten(2).transpose(1, 2) @ self.basis.to(self.planes)
        return Canvas(layout.view(len(self), *self.planes.shape[2:], -1).permute(0, 3, 1, 2))


def factored(vectors: Tensor, coverage: Tensor, obj_to_img: Tensor, n_images: int, multiple: int = 1) -> Canvas:
    """What `compose_layout` adds up, side by side.

    Args:
        vectors: (O, D).
        coverage: (O, H, W).
        obj_to_img: (O,), in any order.
        n_images: N.
        multiple: of which P is one.
    """
    counts = obj_to_img.bincount(minlength=n_images)
    most = -(-int(counts.max()) // multiple) * multiple
    order = obj_to_img.argsort(stable=True)
    starts = (counts.cumsum(0) - counts).index_select(0, obj_to_img.index_select(0, order))
    places = obj_to_img.index_select(0, order) * most + torch.arange(len(order)) - starts
    planes = coverage.new_zeros(n_images * most, *coverage.shape[1:])
    basis = vectors.new_zeros(n_images * most, vectors.shape[1])
    planes[places] = coverage.index_select(0, order)
    basis[places] = vectors.index_select(0, order)
    return Canvas(planes.view(n_images, most, *coverage.shape[1:]), basis.view(n_images, most, -1))


class LayoutConvolutions:
    """Several convolutions whose input is a layout with noise behind it.

    Args:
        weights: each (C out, D + Z, k, k), in float32.
        biases: each (C out,).
        sides: heights and widths of the layouts that each gets.
        dim: D, channels without noise.
        dtype: of what is made.
    """

    def __init__(
        self,
        weights: Sequence[Tensor],
        biases: Sequence[Tensor],
        sides: Sequence[tuple[int, int]],
        dim: int,
        dtype: torch.dtype,
    ) -> None:
        self.dtype, self.dim = dtype, dim
        self.shapes = [(w.shape[0], *w.shape[2:]) for w in weights]
        self.biases = [bias.to(dtype) for bias in biases]
        self.sides = sides
        # rows of channels_last weights: one for each channel out and place of the kernel
        rows = [w.permute(0, 2, 3, 1).reshape(-1, w.shape[1]) for w in weights]
        self.lengths = [len(row) for row in rows]
        self.of_vectors = torch.cat([row[:, :dim] for row in rows]).to(dtype)
        self.of_noise = torch.cat([row[:, dim:] for row in rows]).to(dtype)

    def kernels(self, basis: Tensor | None) -> list[list[Tensor]]:
        """Weights for each picture and convolution, [N][...]; of composed layouts all pictures share theirs.

        Args:
            basis: (N, P, D) of a canvas; None of a composed one.
        """
        if basis is None:
            return [self._of_composed]
        n, count, _ = basis.shape
        made = torch.mm(self.of_vectors, basis.flatten(0, 1).to(self.dtype).t())
        found = []
        for index in range(n):
            own = torch.cat([made[:, index * count : (index + 1) * count], self.of_noise], dim=1)
            found.append(self._weights(own))
        return found

    @cached_property
    def _of_composed(self) -> list[Tensor]:
        """The weights as they were given, packed."""
        weights = self._weights(torch.cat([self.of_vectors, self.of_noise], dim=1))
        return [pack(weight, *side) for weight, side in zip(weights, self.sides, strict=True)]

    def _weights(self, rows: Tensor) -> list[Tensor]:
        """Each (C out, C in, k, k), channels_last, of what is in the rows of all."""
        return [
            own.view(d_out, *kernel, -1).permute(0, 3, 1, 2)
            for own, (d_out, *kernel) in zip(torch.split(rows, self.lengths), self.shapes, strict=True)
        ]

    def __call__(self, which: int, planes: Tensor, kernels: list[list[Tensor]]) -> Tensor:
        """(N, C out, H, W) of planes with noise (N, P + Z, H, W), channels_last, by what `kernels` made."""
        if len(kernels) == 1:
            return convolve(planes, kernels[0][which], self.biases[which])
        total = self.biases[which].expand(len(planes), *planes.shape[2:], -1).contiguous().permute(0, 3, 1, 2)
        for index, own in enumerate(kernels):
            convolve_onto(total[index : index + 1], planes[index : index + 1], own[which], None)
        return total

    def onto(self, total: Tensor, which: int, planes: Tensor, kernels: list[list[Tensor]]) -> None:
        """Add the same to ``total``, in place."""
        if len(kernels) == 1:
            convolve_onto(total, planes, kernels[0][which], self.biases[which])
            return
        for index, own in enumerate(kernels):
            convolve_onto(total[index : index + 1], planes[index : index + 1], own[which], self.biases[which])
