"""Weights and kinds of losses."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from sg2im_cli.config.bounds import at_least, require


@dataclass(frozen=True, kw_only=True)
class LossConfig:
    """Weights of the six losses (paper section 3, "training"), and which kind of each.

    Attributes:
        adversarial: kind of both adversarial losses.
        box: kind of the box loss.
        pixels: weight of L1 on pixels.
        boxes: weight of the box loss.
        masks: weight of cross-entropy on masks.
        image: weight of the adversarial loss on pictures; 0 trains without an image discriminator.
        objects: weight of the adversarial loss on objects; 0, with ``categories`` 0, trains without the discriminator.
        categories: weight of the auxiliary classifier's loss on generated objects.
        features: weight of feature matching (Wang et al. 2018, pix2pixHD): L1 between what the layers of both
            discriminators make of a real picture and of the one drawn from its layout. Not in the paper.
        object_latents: weight of the divergence of objects' latents from standard normal ones (a variational
            autoencoder's), for a generator with ``object_latent_dim``.
        relations: weight of what boxes lack for the relationships that are said to hold, likewise.
        shapes: weight of the adversarial loss on masks, for a generator with ``mask_head`` "sampled".
        perceptual: weight of L1 between features of a real picture and of the one drawn from its layout, of both
            wholes and crops, with projected discriminators.
        colors: weight of L1 between the mean colours of each object in both.
        picture_latents: weight of the divergence of pictures' latents, likewise.
        surroundings: weight of cross-entropy on the stuff of free places and of the divergence of its latents, for a
            generator with ``surroundings_latent_dim``.
    """

    adversarial: Literal["gan", "wgan", "lsgan", "hinge"] = "gan"
    box: Literal["l1", "mse", "l1_giou"] = "l1"
    pixels: float = 1.0
    boxes: float = 10.0
    masks: float = 0.1
    image: float = 0.01
    objects: float = 0.01
    categories: float = 0.1
    features: float = 0.0
    object_latents: float = 0.0
    relations: float = 0.0
    shapes: float = 0.0
    perceptual: float = 0.0
    colors: float = 0.0
    picture_latents: float = 0.0
    surroundings: float = 0.0

    def __post_init__(self) -> None:
        require(at_least(self, 0, *(f.name for f in fields(self) if f.type == "float")))
