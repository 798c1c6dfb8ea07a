"""The refinement network made ready for drawing."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from sg2im_cli.model.prepared.canvas import Canvas, LayoutConvolutions
from sg2im_cli.model.prepared.convolution import convolve, folded, pack
from sg2im_cli.model.prepared.enlarging import EnlargingConvolution
from sg2im_cli.model.refinement import RefinementModule, RefinementNetwork

Side = tuple[int, int]


class PreparedModule:
    """One refinement module.

    Args:
        module: in eval mode.
        layout_dim: D, channels of its layout without noise.
        side: height and width of what it makes.
        upsampling: ``"nearest"`` or ``"bilinear"``.
        first: whether nothing comes in but the layout.
        dtype: of weights and features.
    """

    def __init__(
        self, module: RefinementModule, layout_dim: int, side: Side, upsampling: str, first: bool, dtype: torch.dtype
    ) -> None:
        convs = [layer for layer in module.net if isinstance(layer, nn.Conv2d)]
        norms: list[nn.Module | None] = [layer for layer in module.net if isinstance(layer, nn.BatchNorm2d)]
        norms = norms or [None, None]
        self.instance = next((layer for layer in module.net if isinstance(layer, nn.InstanceNorm2d)), None)
        self.slope = next(layer.negative_slope for layer in module.net if isinstance(layer, nn.LeakyReLU))
        joined, bias = folded(convs[0], norms[0])
        last, last_bias = folded(convs[1], norms[1])
        self.last, self.last_bias = pack(last.to(dtype), *side), last_bias.to(dtype)
        of_layout, of_features = joined[:, : module.layout_dim], joined[:, module.layout_dim :]
        self.enlarge = None if first else _enlarging(of_features, side, upsampling, dtype)
        weights, biases = [of_layout], [bias]
        self.modulated = module.modulations is not None
        if module.modulations is not None:
            both = _changing(module.modulations, 1.0)
            weights.append(both[0])
            biases.append(both[1])
        self.layout = LayoutConvolutions(weights, biases, [side] * len(weights), layout_dim, dtype)
        self.of_latents: tuple[Tensor, Tensor] | None = None
        if module.latent_modulations is not None:
            self.of_latents = _changing(module.latent_modulations, 0.0 if self.modulated else 1.0)

    def __call__(self, features: Tensor | None, planes: Tensor, basis: Tensor | None, latents: Tensor | None) -> Tensor:
        """Planes with noise (N, P + Z, H, W) and smaller features, both channels_last, to (N, C out, H, W)."""
        kernels = self.layout.kernels(basis)
        if features is None or self.enlarge is None:
            made = self.layout(0, planes, kernels)
        else:
            made = self.enlarge(features)
            self.layout.onto(made, 0, planes, kernels)
        changes = self._changes(planes, kernels, latents)
        made = self._end(made, changes[0])
        if self.instance is None and changes[1] is None:
            return convolve(made, self.last, self.last_bias, self.slope)
        return self._end(convolve(made, self.last, self.last_bias), changes[1])

    def _end(self, made: Tensor, change: tuple[Tensor, Tensor] | None) -> Tensor:
        """Normalise, scale and shift, and the leaky ReLU; in place where it can be."""
        if self.instance is not None:
            made = self.instance(made)
        if change is not None:
            scale, shift = change
            made = torch.addcmul(shift, made, scale)
        return functional.leaky_relu_(made, self.slope)

    def _changes(
        self, planes: Tensor, kernels: list[list[Tensor]], latents: Tensor | None
    ) -> list[tuple[Tensor, Tensor] | None]:
        """Scale and shift, for each of the two convolutions, of what it made."""
        made = self.layout(1, planes, kernels) if self.modulated else None
        if self.of_latents is not None and latents is not None:
            weight, bias = self.of_latents
            told = functional.linear(latents.float(), weight, bias).to(planes.dtype)[:, :, None, None]
            made = told if made is None else made.add_(told)
        if made is None:
            return [None, None]
        return [tuple(both.chunk(2, dim=1)) for both in made.chunk(2, dim=1)]  # type: ignore[misc]


def _changing(layers: nn.ModuleList, added: float) -> tuple[Tensor, Tensor]:
    """Weights and biases of both layers that scale and shift, as of one; something is added to the scales."""
    own = [layer for layer in layers if isinstance(layer, nn.Conv2d | nn.Linear)]
    weights = torch.cat([layer.weight.detach().float() for layer in own])
    biases = [layer.bias.detach().float().clone() for layer in own if layer.bias is not None]
    for bias in biases:
        bias[: len(bias) // 2] += added
    return weights, torch.cat(biases)


def _enlarging(weight: Tensor, side: Side, upsampling: str, dtype: torch.dtype) -> Callable[[Tensor], Tensor]:
    """A convolution (C out, C in, 3, 3) of features that are enlarged to this side."""
    if upsampling == "nearest":
        return EnlargingConvolution(weight, side[0] // 2, side[1] // 2, dtype)
    packed = pack(weight.to(dtype), *side)
    return lambda features: convolve(functional.interpolate(features, scale_factor=2.0, mode="bilinear"), packed, None)


class PreparedRefinement:
    """The refinement network.

    Args:
        network: in eval mode.
        layout_dim: D, channels of its layout without noise.
        side: height and width of a picture.
        dtype: of weights and features.
    """

    def __init__(self, network: RefinementNetwork, layout_dim: int, side: Side, dtype: torch.dtype) -> None:
        self.dtype = dtype
        self.kept_dim = network.kept_dim
        modules = network.refinement_modules
        count = len(modules)
        self.modules = [
            PreparedModule(
                module,  # type: ignore[arg-type]
                layout_dim,
                (side[0] >> (count - 1 - i), side[1] >> (count - 1 - i)),
                network.upsampling,
                i == 0,
                dtype,
            )
            for i, module in enumerate(modules)
        ]
        conv, activation, color = network.output_conv
        assert isinstance(activation, nn.LeakyReLU)
        weight, bias = folded(conv, None)
        self.weight, self.bias, self.slope = pack(weight.to(dtype), *side), bias.to(dtype), activation.negative_slope
        colors, self.color_bias = folded(color, None)
        self.colors = colors[:, :, 0, 0]

    def __call__(self, canvas: Canvas, noise: Tensor | None, latents: Tensor | None) -> Tensor:
        """Pictures (N, 3, H, W) in model units.

        Args:
            canvas: N layouts; surroundings are in them.
            noise: (N, Z, H, W); None of a model without.
            latents: (N, L); None of a model without.
        """
        pyramid = self._pyramid(canvas, noise)
        features: Tensor | None = None
        for module in self.modules:
            features = module(features, pyramid.pop(), canvas.basis, latents)
        assert features is not None
        features = convolve(features, self.weight, self.bias, self.slope)
        images = functional.linear(features.permute(0, 2, 3, 1).float(), self.colors, self.color_bias)
        return images.permute(0, 3, 1, 2).contiguous()

    def _pyramid(self, canvas: Canvas, noise: Tensor | None) -> list[Tensor]:
        """Planes with noise behind them at each size, the largest first."""
        joined = [canvas.planes] if noise is None else [canvas.planes, noise]
        found = [torch.cat([one.float().contiguous(memory_format=torch.channels_last) for one in joined], dim=1)]
        for _ in self.modules[1:]:
            smaller = functional.avg_pool2d(found[-1], 2)
            if self.kept_dim:
                smaller[:, -self.kept_dim :] *= 2  # the mean of 2 x 2 independent values has half their deviation
            found.append(smaller)
        return [one.to(self.dtype) for one in found]
