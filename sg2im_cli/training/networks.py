"""Which networks a recipe trains: the generator, its adversaries, and what exists in training only."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import torch
from torch import nn

from sg2im_cli.config import Recipe
from sg2im_cli.model.discriminators import ObjectDiscriminator, PatchDiscriminator
from sg2im_cli.model.efficientnet import TAP_CHANNELS
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.projected import PictureEncoder, ProjectedImageDiscriminator, ProjectedObjectDiscriminator
from sg2im_cli.model.shapes import MaskDiscriminator, MaskEncoder
from sg2im_cli.model.surroundings import SurroundingsEncoder
from sg2im_cli.training.processes import Processes
from sg2im_parsers.vocabulary import IMAGE, Vocabulary

M = TypeVar("M", bound=nn.Module)

HEAVY = 2**21
"""Weights of one convolution."""


@dataclass
class Networks:
    """Everything that has weights of its own; None where the recipe has no use for it.

    Attributes:
        generator: what is trained.
        image_discriminator: the paper's.
        object_discriminator: the paper's.
        projected_images: see `sg2im_cli.model.projected`.
        projected_objects: likewise.
        picture_encoder: likewise.
        mask_encoder: see `sg2im_cli.model.shapes`.
        mask_discriminator: likewise.
        surroundings_encoder: see `sg2im_cli.model.surroundings`.
    """

    generator: Generator
    image_discriminator: PatchDiscriminator | None = None
    object_discriminator: ObjectDiscriminator | None = None
    projected_images: ProjectedImageDiscriminator | None = None
    projected_objects: ProjectedObjectDiscriminator | None = None
    picture_encoder: PictureEncoder | None = None
    mask_encoder: MaskEncoder | None = None
    mask_discriminator: MaskDiscriminator | None = None
    surroundings_encoder: SurroundingsEncoder | None = None

    def named(self) -> dict[str, nn.Module]:
        """Those that there are."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: network for name, network in found.items() if network is not None}

    def graph_half(self) -> nn.Module:
        """What a graph's layout comes from."""
        g = self.generator
        words = [g.obj_embeddings, g.pred_embeddings, g.attribute_embeddings]
        parts = [*words, g.gconv, g.gconv_net, g.box_net, g.mask_net, g.size_net, self.mask_encoder]
        parts += [g.surroundings, self.surroundings_encoder]
        return nn.ModuleList([part for part in parts if part is not None])


def things_of(vocabulary: Vocabulary) -> list[int]:
    """Ids of the objects that are neither stuff nor the picture itself."""
    return [i for i, name in enumerate(vocabulary.objects) if name != IMAGE and name not in vocabulary.stuff]


def build_networks(recipe: Recipe, vocabulary: Vocabulary, processes: Processes) -> Networks:
    """The networks of a recipe with random weights, where they are trained.

    Raises:
        Sg2imError: the weights of a feature network are not installed.
    """
    config, losses = recipe.generator, recipe.losses
    n_objects, n_attributes = len(vocabulary.objects), len(vocabulary.attributes)
    sizes = n_objects, len(vocabulary.predicates), n_attributes

    def placed(network: M) -> M:
        return processes.prepare(network.to(processes.device))  # type: ignore[return-value]

    networks = Networks(placed(Generator(config, *sizes, things_of(vocabulary))))
    if recipe.projected is not None:
        sized = ProjectedImageDiscriminator(recipe.projected, n_objects, n_attributes, config.image_size)
        networks.projected_images = placed(sized)
        networks.projected_objects = placed(ProjectedObjectDiscriminator(recipe.projected, n_objects, n_attributes))
        if config.picture_latent_dim:
            networks.picture_encoder = placed(PictureEncoder(TAP_CHANNELS, config.picture_latent_dim))
    else:
        if losses.image:
            networks.image_discriminator = placed(PatchDiscriminator(recipe.image_discriminator, n_objects))
        if losses.objects or losses.categories:
            networks.object_discriminator = placed(ObjectDiscriminator(recipe.object_discriminator, n_objects))
    if config.mask_size is not None and config.object_latent_dim:
        networks.mask_encoder = placed(MaskEncoder(n_objects, config.object_latent_dim, config.mask_size))
        if losses.shapes:
            networks.mask_discriminator = placed(MaskDiscriminator(n_objects, config.mask_size))
    if config.surroundings_latent_dim:
        networks.surroundings_encoder = placed(SurroundingsEncoder(n_objects, config.surroundings_latent_dim))
    _choose_formats(networks, processes.device)
    return networks


def _choose_formats(networks: Networks, device: torch.device) -> None:
    """Keep the channels of a pixel together in memory, which makes convolutions quicker.

    Not where there is more weight than picture: on CPUs, the gradients of such weights would be turned round.
    """
    refinement = networks.generator.refinement_net
    adversaries = (networks.image_discriminator, networks.object_discriminator)
    projected = (networks.projected_images, networks.projected_objects)
    for net in (refinement, *adversaries, *projected):
        if net is not None:
            net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if device.type == "cpu":
        for module in refinement.refinement_modules:
            if max(p.numel() for p in module.parameters()) > HEAVY:
                module.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
