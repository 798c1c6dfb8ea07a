"""What a model, its discriminators, losses, data and training are made of: frozen dataclasses in one place.

Every value can be written to and read from JSON or TOML (`read`, `plain`); a wrong one raises `ConfigError`, which
names the field, the value and the bound.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields, replace
from typing import Literal

from sg2im_cli.config_reading import ConfigError, plain, read

__all__ = [
    "PIXEL_MEAN",
    "PIXEL_STD",
    "ConfigError",
    "DataConfig",
    "DiscriminatorConfig",
    "GeneratorConfig",
    "LossConfig",
    "ProjectedConfig",
    "Recipe",
    "TrainingConfig",
    "leaky_slope",
    "parse_layers",
    "plain",
    "read",
]

PIXEL_MEAN = (0.485, 0.456, 0.406)
PIXEL_STD = (0.229, 0.224, 0.225)

SMALLEST_SAMPLED = 4
"""Side of the smallest masks that can be sampled."""


def _require(problems: list[str]) -> None:
    if problems:
        raise ConfigError("; ".join(problems) + ".")


def _at_least(config: object, bound: float, *names: str) -> list[str]:
    values = ((name, getattr(config, name)) for name in names)
    return [
        f"{name} is {value} and must be at least {bound}"
        for name, value in values
        if not (math.isfinite(value) and value >= bound)
    ]


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
        problems = _at_least(self, 1, "embedding_dim", "gconv_dim", "gconv_hidden_dim")
        problems += _at_least(self, 0, "gconv_num_layers", "layout_noise_dim", "layout_category_dim")
        problems += _at_least(
            self, 0, "object_latent_dim", "latent_scale", "picture_latent_dim", "surroundings_latent_dim"
        )
        if self.surroundings_latent_dim and not (self.layout_carving and self.layout_category_dim):
            problems.append("surroundings_latent_dim above 0 needs layout_carving, and a layout_category_dim above 0")
        if self.mask_head == "sampled" and (not self.object_latent_dim or (self.mask_size or 0) < SMALLEST_SAMPLED):
            problems.append(
                f"mask_head is 'sampled' and needs an object_latent_dim above 0 (it is {self.object_latent_dim}) and "
                f"a mask_size of at least {SMALLEST_SAMPLED} (it is {self.mask_size})"
            )
        if self.mask_size is not None and (self.mask_size < 1 or self.mask_size & (self.mask_size - 1)):
            problems.append(f"mask_size is {self.mask_size} and must be a power of two, or none")
        if self.mask_dim is not None:
            problems += _at_least(self, 1, "mask_dim")
        if self.layout_vector_dim is not None:
            problems += _at_least(self, 1, "layout_vector_dim")
        if self.mask_sharpness <= 0:
            problems.append(f"mask_sharpness is {self.mask_sharpness} and must be above 0")
        if not self.refinement_dims or min(self.refinement_dims) < 1:
            problems.append("refinement_dims must name at least one number of channels, each at least 1")
        step = 2 ** len(self.refinement_dims)
        if any(side < step or side % step for side in self.image_size):
            problems.append(
                f"image_size is {self.image_size} and must be a multiple of {step}, "
                f"for {len(self.refinement_dims)} refinement modules"
            )
        if min(self.pixel_std) <= 0:
            problems.append(f"pixel_std is {self.pixel_std} and must be above 0")
        _require([*problems, *_activation_problems(self.activation)])

    @property
    def drawn_latent_dim(self) -> int:
        """Size of what is drawn for each picture: its latent, and behind it that of its surroundings."""
        return self.picture_latent_dim + self.surroundings_latent_dim

    @property
    def layout_dim(self) -> int:
        """Channels of the layout, without noise."""
        return (self.layout_vector_dim or self.gconv_dim) + self.layout_category_dim


def _activation_problems(name: str) -> list[str]:
    try:
        leaky_slope(name)
    except ValueError:
        return [f"activation is {name!r} and must be 'relu', 'leakyrelu' or 'leakyrelu-SLOPE'"]
    return []


def leaky_slope(name: str) -> float:
    """The negative slope of an activation by its name in the original's files.

    There every name gives a leaky ReLU: slope 0.01 unless ``leakyrelu-S`` names one.

    Raises:
        ValueError: the name is none of those.
    """
    kind, _, slope = name.partition("-")
    if kind not in {"relu", "leakyrelu"} or (slope and kind == "relu"):
        raise ValueError(name)
    return float(slope) if slope else 0.01


@dataclass(frozen=True, kw_only=True)
class DiscriminatorConfig:
    """One discriminator; the defaults are the paper's.

    Attributes:
        layers: convolutions as ``C{kernel}-{channels}-{stride}``, joined by commas.
        normalization: before each convolution but the first.
        activation: as in `GeneratorConfig`.
        padding: ``"valid"`` (none) or ``"same"``.
        spectral_norm: divide weights by their largest singular value (Miyato et al. 2018).
        head: image discriminator only: score by all channels of the last convolution (as the 2018 code) or by a
            1x1 classifier on top.
        layout_dim: image discriminator only: channels of a category layout that it sees beside the picture.
        crop_size: object discriminator only: side of a crop in pixels.
        hidden_dim: object discriminator only: size of the vector before its two heads.
    """

    layers: str = "C4-64-2,C4-128-2,C4-256-2"
    normalization: Literal["none", "batch", "instance"] = "batch"
    activation: str = "leakyrelu-0.2"
    padding: Literal["valid", "same"] = "valid"
    spectral_norm: bool = False
    head: Literal["features", "classifier"] = "features"
    layout_dim: int = 0
    crop_size: int = 32
    hidden_dim: int = 1024

    def __post_init__(self) -> None:
        problems = _at_least(self, 0, "layout_dim") + _at_least(self, 1, "crop_size", "hidden_dim")
        try:
            parse_layers(self.layers)
        except ValueError:
            problems.append(f"layers is {self.layers!r} and must look like 'C4-64-2,C4-128-2'")
        _require([*problems, *_activation_problems(self.activation)])


def parse_layers(text: str) -> list[tuple[int, int, int]]:
    """``"C4-64-2,C4-128-2"`` as kernel, channels and stride of each convolution.

    Raises:
        ValueError: the text is not of that form.
    """
    layers = []
    for part in text.split(","):
        match = re.fullmatch(r"C([1-9]\d*)-([1-9]\d*)(?:-([1-9]\d*))?", part)
        if match is None:
            raise ValueError(text)
        layers.append((int(match[1]), int(match[2]), int(match[3] or 1)))
    return layers


@dataclass(frozen=True, kw_only=True)
class ProjectedConfig:
    """Discriminators on frozen features of EfficientNet-Lite0, of pictures and of crops (Sauer et al. 2021).

    Attributes:
        channels: of the mixed features at strides 4, 8, 16 and 32; crops are seen at the last three.
        hidden_dim: channels of each head.
        layout_dim: channels of the category layout that heads see beside the features of a picture.
        crops: crops of objects a picture, on average.
        crop_size: their side in pixels.
        mismatch: weight of the hinge on real pictures under wrong categories, beside 1 for real and for generated ones.
        prototypes: numbers that are known of each category before the first step: principal components of the mean
            features of its real crops.
    """

    channels: tuple[int, int, int, int] = (32, 64, 96, 128)
    hidden_dim: int = 96
    layout_dim: int = 24
    crops: float = 1.25
    crop_size: int = 64
    mismatch: float = 0.5
    prototypes: int = 48

    def __post_init__(self) -> None:
        problems = _at_least(self, 1, "hidden_dim", "layout_dim", "prototypes") + _at_least(self, 0, "mismatch")
        if min(self.channels) < 1:
            problems.append(f"channels is {list(self.channels)} and each must be at least 1")
        if not 0 < self.crops < math.inf:
            problems.append(f"crops is {self.crops} and must be above 0")
        if self.crop_size < 32 or self.crop_size % 32:
            problems.append(f"crop_size is {self.crop_size} and must be a multiple of 32")
        _require(problems)


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
        _require(_at_least(self, 0, *(f.name for f in fields(self) if f.type == "float")))


SHARES = ("fragment_weight", "min_area", "thinning", "unmasked_share", "attribute_dropout", "recolor")
"""Fields of `DataConfig` from 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """Which pictures and objects a model is trained on, and how graphs are drawn from them.

    Attributes:
        relations: the paper's six relations, the richer set of `sg2im_cli.data.relations`, or none: then graphs say
            only that their objects are in the picture, and the model knows no relation.
        min_area: objects whose box covers a smaller share of the picture are left out.
        min_objects: pictures with fewer objects are left out.
        max_objects: the most objects a graph may have.
        crowded: what becomes of pictures with more: left out (as in the paper), or their largest objects are used.
        thinning: share of graphs from which objects are left out at random, while the picture stays whole.
        flip: whether half of the pictures are mirrored, with their boxes, masks and relations.
        unmasked_share: share of the pictures of which most objects lack a mask that an epoch shows.
        attributes: none; or colour and size words derived from pixels and boxes by the rules of
            `sg2im_cli.data.attributes`, where the data has no such words itself; or those that the data states.
        attribute_dropout: share of objects of which nothing is said, drawn at random, and share of the words about
            each other object that are left out one by one: so what a sentence does not say stays free.
        recolor: share of pictures in which one object with a mask is painted in a colour drawn at random, which is then
            said of it; photographs have few red dogs, and a model would not learn that the word matters.
        machine_labels: what the losses of boxes and masks that a machine made count, by the pictures' source, as
            ``"SOURCE=WEIGHT"`` from 0 to 1; ``"*"`` stands for all other sources, and what is not named counts 1. 0
            leaves them out: objects whose box is a machine's go, and masks that are a machine's are unknown.
        rare: how much more often pictures with rare things are shown: an epoch draws as many pictures as without, each
            with a chance proportional to n ** -rare, where n is in how many pictures the rarest of its things is. 0
            shows every picture once.
        fragment_weight: what the mask loss of a thing counts that the picture's edge cuts or other things mostly hide
            (`sg2im_cli.data.weighing`): its outline is not that of its kind.
    """

    relations: Literal["paper", "spoken", "none"] = "paper"
    min_area: float = 0.02
    min_objects: int = 3
    max_objects: int = 8
    crowded: Literal["drop", "largest"] = "drop"
    thinning: float = 0.0
    flip: bool = False
    unmasked_share: float = 1.0
    attributes: Literal["none", "derived", "stated"] = "none"
    attribute_dropout: float = 0.3
    recolor: float = 0.0
    machine_labels: tuple[str, ...] = ()
    rare: float = 0.0
    fragment_weight: float = 1.0

    def __post_init__(self) -> None:
        problems = _at_least(self, 0, *SHARES, "rare") + _at_least(self, 1, "min_objects")
        problems += [f"{name} is {value} and must be at most 1" for name, value in self._shares() if value > 1]
        if self.max_objects < self.min_objects:
            problems.append(f"max_objects is {self.max_objects} and must be at least min_objects")
        _require(problems + _machine_problems(self.machine_labels))

    def machine_weight(self, source: str) -> float:
        """What labels that a machine made count in pictures of a source."""
        weights = dict(map(_machine_label, self.machine_labels))
        return weights.get(source, weights.get("*", 1.0))

    def by_people(self) -> DataConfig:
        """The same without labels that a machine made: nothing is measured against those."""
        return replace(self, machine_labels=("*=0",))

    def _shares(self) -> list[tuple[str, float]]:
        return [(name, getattr(self, name)) for name in SHARES]


def _machine_label(entry: str) -> tuple[str, float]:
    """``"SOURCE=WEIGHT"`` as both.

    Raises:
        ValueError: it is not of that form.
    """
    source, equals, weight = entry.rpartition("=")
    if not equals:
        raise ValueError(entry)
    return source, float(weight)


def _machine_problems(entries: tuple[str, ...]) -> list[str]:
    problems, named = [], set()
    for place, entry in enumerate(entries):
        try:
            source, weight = _machine_label(entry)
        except ValueError:
            problems.append(f"machine_labels[{place}] is {entry!r} and must look like 'SOURCE=0.5'")
            continue
        if not 0 <= weight <= 1:
            problems.append(f"machine_labels[{place}] is {entry!r} and its weight must be from 0 to 1")
        if source in named:
            problems.append(f"machine_labels[{place}] is {entry!r}, and {source!r} is named before")
        named.add(source)
    return problems


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How long and how fast.

    Attributes:
        steps: updates with pictures.
        layout_steps: updates of the graph half (embeddings, graph network, heads) on annotations alone, before.
        batch_size: pictures an update, over all processes and parts.
        accumulate: parts of its batch that a process works on one after the other, to need less memory; the update is
            the same, but for batch norm, which sees a part at a time.
        layout_every: steps with pictures for each further update of the graph half, which then learns from annotations
            alone; 0, as in the paper, lets it learn from the pictures with the rest.
        layout_batch_size: graphs an update of the graph half.
        learning_rate: of the generator (Adam).
        discriminator_rate: of both discriminators (Adam).
        layout_rate: of the graph half while it is trained alone.
        betas: of Adam.
        layout_betas: of Adam for the graph half trained alone and the adversary of its masks; none for ``betas``.
        final_rate: share of each rate that is left at the end; it falls along a cosine. 1 keeps it.
        adversarial_from: step from which the generator learns from its discriminators (the losses ``image``,
            ``objects``, ``categories``, ``features``); they themselves learn from the first step.
        predicted_layouts: share of pictures whose layout is made of predicted boxes and masks.
        coarse_pixels: side in pixels of the squares whose mean colours are compared with the real picture's where a
            layout was predicted; its things lie elsewhere than in the real picture, and single pixels would teach
            blur. 0 compares nothing there, and colours drift.
        freeze_norm_at: step from which the generator's batch statistics are fixed (paper: 100,000); none for never.
        averaging: decay of the exponential average of the generator's weights; 0 for none.
        precision: of convolutions and matrix products while training; weights stay in float32. ``"float16"`` scales
            losses so that small gradients are not lost.
        augment: differentiable augmentation (Zhao et al. 2020) of what the discriminators see.
        checkpoint_every: steps between checkpoints.
        sample_every: steps between sample sheets.
    """

    steps: int = 1_000_000
    layout_steps: int = 0
    batch_size: int = 32
    accumulate: int = 1
    layout_every: int = 0
    layout_batch_size: int = 128
    learning_rate: float = 1e-4
    discriminator_rate: float = 1e-4
    layout_rate: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    layout_betas: tuple[float, float] | None = None
    final_rate: float = 1.0
    adversarial_from: int = 0
    predicted_layouts: float = 0.0
    coarse_pixels: int = 0
    freeze_norm_at: int | None = None
    averaging: float = 0.0
    precision: Literal["float32", "bfloat16", "float16"] = "float32"
    augment: bool = False
    checkpoint_every: int = 1000
    sample_every: int = 1000

    def __post_init__(self) -> None:
        problems = _at_least(self, 1, "steps", "batch_size", "layout_batch_size", "checkpoint_every")
        problems += _at_least(self, 1, "sample_every", "accumulate") + _at_least(
            self, 0, "layout_steps", "adversarial_from", "layout_every"
        )
        problems += _at_least(self, 0, "coarse_pixels")
        problems += _at_least(self, 0, "final_rate", "predicted_layouts", "averaging")
        for name in ("learning_rate", "discriminator_rate", "layout_rate"):
            if not 0 < getattr(self, name) < math.inf:
                problems.append(f"{name} is {getattr(self, name)} and must be above 0")
        for name in ("predicted_layouts", "averaging", "final_rate"):
            if getattr(self, name) > 1:
                problems.append(f"{name} is {getattr(self, name)} and must be at most 1")
        _require(problems)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that a training run is made of, apart from data, seed and limits.

    With ``projected``, its discriminators stand in the place of the other two.
    """

    description: str = ""
    generator: GeneratorConfig = GeneratorConfig()
    image_discriminator: DiscriminatorConfig = DiscriminatorConfig()
    object_discriminator: DiscriminatorConfig = DiscriminatorConfig()
    projected: ProjectedConfig | None = None
    losses: LossConfig = LossConfig()
    data: DataConfig = DataConfig()
    training: TrainingConfig = TrainingConfig()

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
        _require(problems)
        if self.training.coarse_pixels > min(self.generator.image_size):
            side = min(self.generator.image_size)
            raise ConfigError(f"training.coarse_pixels is {self.training.coarse_pixels} and must be at most {side}.")
