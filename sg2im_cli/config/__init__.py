"""What a model, its discriminators, losses, data and training are made of: frozen dataclasses.

Every value can be written to and read from JSON or TOML (`read`, `plain`); a wrong one raises `ConfigError`, which
names the field, the value and the bound.
"""

from sg2im_cli.config.bounds import leaky_slope
from sg2im_cli.config.data import DataConfig
from sg2im_cli.config.discriminators import DiscriminatorConfig, ProjectedConfig, parse_layers
from sg2im_cli.config.generator import PIXEL_MEAN, PIXEL_STD, GeneratorConfig
from sg2im_cli.config.losses import LossConfig
from sg2im_cli.config.reading import ConfigError, RenamedSettingWarning, plain, read, with_new_names
from sg2im_cli.config.recipe import Recipe
from sg2im_cli.config.training import Precision, TrainingConfig

__all__ = [
    "PIXEL_MEAN",
    "PIXEL_STD",
    "ConfigError",
    "DataConfig",
    "DiscriminatorConfig",
    "GeneratorConfig",
    "LossConfig",
    "Precision",
    "ProjectedConfig",
    "Recipe",
    "RenamedSettingWarning",
    "TrainingConfig",
    "leaky_slope",
    "parse_layers",
    "plain",
    "read",
    "with_new_names",
]
