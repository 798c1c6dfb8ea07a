"""The generator: sizes and options."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from sg2im_cli.config.bounds import activation_problems, at_least, between, require

PIXEL_MEAN = (0.485, 0.456, 0.406)
PIXEL_STD = (0.229, 0.224, 0.225)


MOST_CHANNELS, MOST_LAYERS, MOST_MODULES, MOST_PIXELS = 65536, 256, 12, 8192
"""Bounds of what a configuration may ask for: no model is as large, and a damaged file is told at once."""

SMALLEST_SAMPLED = 4
"""Side of the smallest masks that can be sampled."""


@dataclass(frozen=True, kw_only=True)
class GeneratorConfig:
    """The generator (paper section 3 and appendix); the defaults are the paper's for 64 x 64 pixels.

    Attributes:
        image_size: height and width in pixels.
        embedding_dim: size of the vectors of categories and predicates, D in.
        gconv_dim: size of object vectors after graph convolution, D.
        gconv_hidden_dim: H, hidden units of each graph convolution and of the box head.
        gconv_num_layers: graph convolution layers; 0 means one linear layer on objects instead.
        gconv_pooling: how an object joins its candidates from all triples.
        mlp_normalization: normalisation in the MLPs.
        mask_size: M; None leaves the mask head out.
        mask_head: upsampling and convolution (as released), transpose convolutions (as the paper writes), or sampled
            from category, box and a latent of the object (not in the paper; see `sg2im_cli.model.shapes`).
        mask_dim: channels inside the mask head; None keeps D, as in the original.
        mask_sharpness: factor on mask logits before the sigmoid, in drawing only: above 1, regions get the clear edges
            of annotated masks, from which the refinement network learns. The paper's is 1. Of sampled masks, those of
            things are left as they are.
        object_latent_dim: size of a latent that each thing has, from which come its size and shape; 0, as in the paper,
            makes one layout of a graph, the average of all that it may mean.
        latent_scale: share of a latent's deviation with which it is drawn for pictures: below 1, shapes are more usual.
        box_head: corners through a ReLU (as released: they can leave the picture or change places), or a sigmoid's
            centre and size, cut at the picture's edge (not in the paper).
        refinement_dims: channels of each refinement module, coarse to fine.
        upsampling: between refinement modules: nearest as released, or bilinear as in the first such network (Chen and
            Koltun 2017), which leaves no grid of squares.
        normalization: normalisation in the refinement network.
        activation: in the refinement network; ``leakyrelu-S`` names a slope S.
        layout_noise_dim: channels of noise appended to the layout.
        layout_noise_kept: whether noise is scaled up where the layout is made smaller, so that its variance is 1 at
            every size. In the paper it fades: a quarter of the variance is left each time the layout is halved.
        layout_vector_dim: channels to which object vectors are reduced where they enter the layout; none leaves D, as
            in the paper.
        layout_category_dim: channels of the layout that name each object's category alone, by an embedding of their
            own. Not in the paper: vectors after graph convolution tell relations and categories mixed, and in short
            runs the refinement network learns late which is which.
        layout_modulation: whether the layout also scales and shifts the features of each refinement module, place by
            place, as in spatially adaptive normalisation. Not in the paper.
        layout_carving: whether things are cut out of the stuff around them where a layout is composed. In the paper
            all is added up, and surroundings are painted over things. Needs to be told which words are things.
        picture_latent_dim: size of a latent that each picture has; it scales and shifts the features of each refinement
            module, so that seeds differ in light and style. Not in the paper.
        surroundings_latent_dim: size of a latent from which comes the stuff that fills what is left free by all that
            is said of a picture (`sg2im_cli.model.surroundings`); 0, as in the paper, leaves it to the refinement
            network.
        pixel_mean: subtracted from pixels in [0, 1] before training; model units are (pixel - mean) / std.
        pixel_std: see ``pixel_mean``.
    """

    image_size: tuple[int, int] = (64, 64)
    embedding_dim: int = 128
    gconv_dim: int = 128
    gconv_hidden_dim: int = 512
    gconv_num_layers: int = 5
    gconv_pooling: Literal["avg", "sum"] = "avg"
    mlp_normalization: Literal["none", "batch"] = "none"
    mask_size: int | None = 16
    mask_head: Literal["upsample", "transpose", "sampled"] = "upsample"
    mask_dim: int | None = None
    mask_sharpness: float = 1.0
    object_latent_dim: int = 0
    latent_scale: float = 1.0
    box_head: Literal["corners", "center"] = "corners"
    refinement_dims: tuple[int, ...] = (1024, 512, 256, 128, 64)
    upsampling: Literal["nearest", "bilinear"] = "nearest"
    normalization: Literal["none", "batch", "instance"] = "batch"
    activation: str = "leakyrelu-0.2"
    layout_noise_dim: int = 32
    layout_noise_kept: bool = False
    layout_vector_dim: int | None = None
    layout_category_dim: int = 0
    layout_modulation: bool = False
    layout_carving: bool = False
    picture_latent_dim: int = 0
    surroundings_latent_dim: int = 0
    pixel_mean: tuple[float, float, float] = PIXEL_MEAN
    pixel_std: tuple[float, float, float] = PIXEL_STD

    def __post_init__(self) -> None:
        problems = between(self, 1, MOST_CHANNELS, "embedding_dim", "gconv_dim", "gconv_hidden_dim")
        problems += between(self, 1, MOST_CHANNELS, "layout_vector_dim", "mask_dim", "refinement_dims")
        problems += between(self, 0, MOST_CHANNELS, "layout_noise_dim", "layout_category_dim", "object_latent_dim")
        problems += between(self, 0, MOST_CHANNELS, "picture_latent_dim", "surroundings_latent_dim")
        problems += between(self, 0, MOST_LAYERS, "gconv_num_layers")
        problems += between(self, 1, MOST_PIXELS, "image_size", "mask_size")
        problems += at_least(self, 0, "latent_scale")
        problems += [f"{name} must be finite numbers" for name in ("pixel_mean", "pixel_std") if not self._finite(name)]
        if self.surroundings_latent_dim and not (self.layout_carving and self.layout_category_dim):
            problems.append("surroundings_latent_dim above 0 needs layout_carving, and a layout_category_dim above 0")
        if self.mask_head == "sampled" and (not self.object_latent_dim or (self.mask_size or 0) < SMALLEST_SAMPLED):
            problems.append(
                f"mask_head is 'sampled' and needs an object_latent_dim above 0 (it is {self.object_latent_dim}) and "
                f"a mask_size of at least {SMALLEST_SAMPLED} (it is {self.mask_size})"
            )
        if self.mask_size is not None and (self.mask_size < 1 or self.mask_size & (self.mask_size - 1)):
            problems.append(f"mask_size is {self.mask_size} and must be a power of two, or none")
        if not 0 < self.mask_sharpness < math.inf:
            problems.append(f"mask_sharpness is {self.mask_sharpness} and must be above 0")
        if not 1 <= len(self.refinement_dims) <= MOST_MODULES:
            problems.append(f"refinement_dims must name from 1 to {MOST_MODULES} numbers of channels")
        require(problems)  # what follows would take long with numbers out of bounds
        step = 2 ** len(self.refinement_dims)
        if any(side < step or side % step for side in self.image_size):
            problems.append(
                f"image_size is {self.image_size} and must be a multiple of {step}, "
                f"for {len(self.refinement_dims)} refinement modules"
            )
        if min(self.pixel_std) <= 0:
            problems.append(f"pixel_std is {self.pixel_std} and must be above 0")
        require([*problems, *activation_problems(self.activation)])

    def _finite(self, name: str) -> bool:
        return all(math.isfinite(value) for value in getattr(self, name))

    def parameters(self, n_objects: int, n_predicates: int, n_attributes: int = 0) -> int:
        """About how many parameters a generator has, before it is built."""
        dim, hidden, named = self.gconv_dim, self.gconv_hidden_dim, self.layout_category_dim
        words = (n_objects + n_predicates + n_attributes) * self.embedding_dim + (n_objects + n_attributes) * named
        sizes = [self.embedding_dim, *[dim] * self.gconv_num_layers]
        graph = sum((3 * d_in + 3 * hidden + 2 * dim) * hidden for d_in in sizes[:-1]) + dim * hidden
        filling = n_objects * (2 * 64 + self.layout_dim) + 200_000 if self.surroundings_latent_dim else 0
        return words + graph + self._mask_parameters(n_objects) + self._refinement_parameters() + filling

    def _mask_parameters(self, n_objects: int) -> int:
        if self.mask_size is None:
            return 0
        if self.mask_head == "sampled":
            return n_objects * 64 + 320 * (11 * self.mask_size**2 + 1000)
        dim, kernel = self.mask_dim or self.gconv_dim, 9 if self.mask_head == "upsample" else 16
        return self.gconv_dim * dim + (self.mask_size.bit_length() - 1) * dim**2 * kernel

    def _refinement_parameters(self) -> int:
        layout, total, d_in = self.layout_dim + self.layout_noise_dim, 0, 1
        for d_out in self.refinement_dims:
            told = layout * self.layout_modulation + self.picture_latent_dim
            total += 9 * d_out * (layout + d_in + d_out) + 4 * d_out * told
            d_in = d_out
        return total + 9 * d_in**2

    @property
    def drawn_latent_dim(self) -> int:
        """Size of what is drawn for each picture: its latent, and behind it that of its surroundings."""
        return self.picture_latent_dim + self.surroundings_latent_dim

    @property
    def layout_dim(self) -> int:
        """Channels of the layout, without noise."""
        return (self.layout_vector_dim or self.gconv_dim) + self.layout_category_dim
