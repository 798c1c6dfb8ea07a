"""The cascaded refinement network: layout in, picture out (paper section 3 and appendix; Chen and Koltun 2017)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from sg2im_cli.model.layers import init_kaiming, norm_2d


class RefinementModule(nn.Module):
    """Two convolutions over the layout and the features so far, at one size.

    With ``modulated``, the layout also scales and shifts what each convolution made, place by place (Park et al. 2019,
    arXiv 1903.07291, with one 1x1 convolution in place of two layers): normalisation then cannot wash out what lies
    where. It starts as no change. A latent of the picture (``latent_dim`` above 0) adds to this modulation, the same at
    every place.
    """

    def __init__(
        self,
        layout_dim: int,
        input_dim: int,
        output_dim: int,
        normalization: str,
        slope: float,
        modulated: bool = False,
        latent_dim: int = 0,
    ) -> None:
        super().__init__()
        self.layout_dim = layout_dim
        layers: list[nn.Module] = []
        for d_in in (layout_dim + input_dim, output_dim):
            layers.append(nn.Conv2d(d_in, output_dim, 3, padding=1))
            if normalization != "none":
                layers.append(norm_2d(normalization, output_dim))
            layers.append(nn.LeakyReLU(slope, inplace=True))
        self.net = nn.Sequential(*layers).apply(init_kaiming)
        self.modulations: nn.ModuleList | None = None
        self.latent_modulations: nn.ModuleList | None = None
        if modulated:
            self.modulations = nn.ModuleList(nn.Conv2d(layout_dim, 2 * output_dim, 1) for _ in range(2))
            for modulation in self.modulations:
                nn.init.zeros_(modulation.weight)  # type: ignore[arg-type]
                nn.init.zeros_(modulation.bias)  # type: ignore[arg-type]
        if latent_dim:
            self.latent_modulations = nn.ModuleList(nn.Linear(latent_dim, 2 * output_dim) for _ in range(2))
            for modulation in self.latent_modulations:
                nn.init.normal_(modulation.weight, std=0.1 / latent_dim**0.5)  # type: ignore[arg-type]
                nn.init.zeros_(modulation.bias)  # type: ignore[arg-type]

    def forward(self, joined: Tensor, latents: Tensor | None = None) -> Tensor:
        """Layout and features, joined (N, D + D in, h, w), and latents (N, L), to (N, D out, h, w)."""
        first = self.net[0]
        assert isinstance(first, nn.Conv2d)
        if first.weight.is_contiguous():  # else its weights are in the format channels_last, and so is what comes in
            joined = joined.contiguous()
        if self.modulations is None and self.latent_modulations is None:
            return self.net(joined)  # type: ignore[no-any-return]
        layout, features, place = joined[:, : self.layout_dim], joined, 0
        for layer in self.net:
            if isinstance(layer, nn.LeakyReLU):
                features = self._modulate(features, layout, latents, place)
                place += 1
            features = layer(features)
        return features

    def _modulate(self, features: Tensor, layout: Tensor, latents: Tensor | None, place: int) -> Tensor:
        """Scale and shift what one convolution made."""
        found: list[Tensor] = []
        if self.modulations is not None:
            found.append(self.modulations[place](layout))
        if self.latent_modulations is not None:
            found.append(self.latent_modulations[place](latents)[:, :, None, None])
        scale, shift = (found[0] if len(found) == 1 else found[0] + found[1]).chunk(2, dim=1)
        return torch.addcmul(features + shift, features, scale)


class RefinementNetwork(nn.Module):
    """Refinement modules from coarse to fine, each at twice the size of the one before.

    Args:
        layout_dim: channels of the layout, noise included.
        dims: channels of each module, coarse to fine.
        normalization: ``"batch"``, ``"instance"`` or ``"none"``.
        slope: of the leaky ReLUs.
        upsampling: ``"nearest"`` or ``"bilinear"``.
        kept_dim: the last channels of the layout, white noise, whose variance is kept where it is made smaller.
        modulated: see `RefinementModule`.
        latent_dim: see `RefinementModule`.
    """

    kept: Tensor

    def __init__(
        self,
        layout_dim: int,
        dims: Sequence[int],
        normalization: str,
        slope: float,
        upsampling: str = "nearest",
        kept_dim: int = 0,
        modulated: bool = False,
        latent_dim: int = 0,
    ) -> None:
        super().__init__()
        self.upsampling = upsampling
        self.kept_dim = kept_dim
        scale = torch.ones(1, layout_dim, 1, 1)
        scale[:, layout_dim - kept_dim :] = 2  # the mean of 2 x 2 independent values has half their deviation
        self.register_buffer("kept", scale, persistent=False)
        self.refinement_modules = nn.ModuleList(
            RefinementModule(layout_dim, d_in, d_out, normalization, slope, modulated, latent_dim)
            for d_in, d_out in zip([1, *dims[:-1]], dims, strict=True)
        )
        self.output_conv = nn.Sequential(
            nn.Conv2d(dims[-1], dims[-1], 3, padding=1),
            nn.LeakyReLU(slope, inplace=True),
            nn.Conv2d(dims[-1], 3, 1),
        ).apply(init_kaiming)

    def forward(self, layout: Tensor, latents: Tensor | None = None) -> Tensor:
        """(N, D, H, W) and latents (N, L) to (N, 3, H, W) in model units; H and W are multiples of 2 ** modules."""
        pyramid = [layout]
        for _ in self.refinement_modules:
            smaller = functional.avg_pool2d(pyramid[-1], 2)
            pyramid.append(smaller * self.kept.to(smaller) if self.kept_dim else smaller)
        smallest = pyramid.pop()
        features = layout.new_zeros(len(layout), 1, *smallest.shape[2:])
        for module in self.refinement_modules:
            # in one expression, so that the enlarged features are gone before the convolutions need their memory
            features = torch.cat(
                [pyramid.pop(), functional.interpolate(features, scale_factor=2, mode=self.upsampling)], dim=1
            )
            features = module(features, latents)
        return self.output_conv(features)  # type: ignore[no-any-return]
