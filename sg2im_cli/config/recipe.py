"""A recipe: all that a training run is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from sg2im_cli.config.bounds import require
from sg2im_cli.config.data import DataConfig
from sg2im_cli.config.discriminators import DiscriminatorConfig, ProjectedConfig
from sg2im_cli.config.generator import GeneratorConfig
from sg2im_cli.config.losses import LossConfig
from sg2im_cli.config.reading import ConfigError
from sg2im_cli.config.training import TrainingConfig


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that a training run is made of, apart from data, seed and limits.

    With ``projected``, its discriminators stand in the place of the other two.
    """

    description: str = ""
    generator: GeneratorConfig = field(default_factory=GeneratorConfig)
    image_discriminator: DiscriminatorConfig = field(default_factory=DiscriminatorConfig)
    object_discriminator: DiscriminatorConfig = field(default_factory=DiscriminatorConfig)
    projected: ProjectedConfig | None = None
    losses: LossConfig = field(default_factory=LossConfig)
    data: DataConfig = field(default_factory=DataConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)

    @property
    def layout_updates(self) -> int:
        """Updates of the graph half alone, before the pictures and between them."""
        training = self.training
        between = training.steps // training.layout_every if training.layout_every else 0
        return training.layout_steps + between

    def __post_init__(self) -> None:
        if self.losses.masks and self.generator.mask_size is None:
            raise ConfigError("losses.masks is above 0, but generator.mask_size is none; set one of them.")
        problems = []
        if self.projected is not None:
            if not self.training.layout_every:
                problems.append("projected discriminators need a training.layout_every above 0")
            if any(side % 32 for side in self.generator.image_size):
                problems.append(f"projected discriminators need sides of 32 pixels, not {self.generator.image_size}")
        elif self.training.layout_every:
            problems.append("training.layout_every needs projected discriminators")
        for name in ("object_latent_dim", "surroundings_latent_dim"):
            if self.projected is None and getattr(self.generator, name):
                problems.append(f"generator.{name} above 0 needs projected discriminators")
        require(problems)
        if self.training.coarse_pixels > min(self.generator.image_size):
            side = min(self.generator.image_size)
            raise ConfigError(f"training.coarse_pixels is {self.training.coarse_pixels} and must be at most {side}.")
