"""What a file of a whole model computes: ids of scene graphs in, pictures in [0, 1] out; and what each tensor means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sg2im_cli.config import GeneratorConfig
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.layers import count_images

OBJECTS, RELATIONSHIPS, PICTURES = "objects", "relationships", "pictures"
"""Sizes that each call chooses."""


@dataclass(frozen=True)
class TensorInfo:
    """An input or output.

    Attributes:
        name: of the tensor.
        shape: a number, or the name of a size that each call chooses.
        meaning: one sentence for people.
        dtype: as numpy calls it.
    """

    name: str
    shape: tuple[str | int, ...]
    meaning: str
    dtype: str = "float32"


class PictureModel(nn.Module):
    """A generator whose inputs are all given, and whose pictures are ready to be looked at.

    Args:
        generator: in eval mode.
    """

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        config = generator.config
        self.generator = generator
        self.latent_scale = config.latent_scale
        self.register_buffer("mean", torch.tensor(config.pixel_mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(config.pixel_std).view(1, 3, 1, 1))

    mean: Tensor
    std: Tensor

    def forward(
        self,
        objs: Tensor,
        triples: Tensor,
        obj_to_img: Tensor,
        attributes: Tensor | None = None,
        noise: Tensor | None = None,
        latents: Tensor | None = None,
        picture_latents: Tensor | None = None,
    ) -> tuple[Tensor, ...]:
        """What `outputs_of` lists, from what `inputs_of` lists."""
        drawn = noise if noise is not None else picture_latents
        made = self.generator(
            objs,
            triples,
            obj_to_img,
            noise=noise,
            n_images=count_images(obj_to_img) if drawn is None else drawn.shape[0],
            attributes=attributes,
            latents=None if latents is None else self.latent_scale * latents,
            picture_latents=picture_latents,
        )
        images = (made.images * self.std + self.mean).clamp(0, 1)
        return (images, made.boxes) if made.masks is None else (images, made.boxes, made.masks)


def inputs_of(generator: Generator) -> tuple[TensorInfo, ...]:
    """The inputs of its `PictureModel`: those that every model has, and those of this one."""
    return (*_graph_inputs(generator), *_drawn_inputs(generator.config))


def _graph_inputs(generator: Generator) -> Iterator[TensorInfo]:
    image = "the last object of each picture is the picture itself, id 0"
    yield TensorInfo("objs", (OBJECTS,), f"Each object's place in the vocabulary's objects; {image}.", "int64")
    ends = "the index of the subject in objs, the predicate's place in the vocabulary, the index of the object in objs"
    yield TensorInfo(
        "triples",
        (RELATIONSHIPS, 3),
        f"Each relationship as {ends}; (object, 0, picture) among them for each object.",
        "int64",
    )
    yield TensorInfo("obj_to_img", (OBJECTS,), "Which picture each object belongs to, counted from 0.", "int64")
    if generator.attribute_embeddings is not None:
        count = generator.attribute_embeddings.num_embeddings
        yield TensorInfo("attributes", (OBJECTS, count), "1 where an attribute is said of an object, else 0.")


def _drawn_inputs(config: GeneratorConfig) -> Iterator[TensorInfo]:
    drawn = "Drawn from a standard normal distribution"
    if config.layout_noise_dim:
        yield TensorInfo("noise", (PICTURES, config.layout_noise_dim, *config.image_size), f"{drawn}.")
    if config.object_latent_dim:
        shape = (OBJECTS, config.object_latent_dim)
        yield TensorInfo("latents", shape, f"{drawn}, or zeros for the most usual size and shape.")
    if config.drawn_latent_dim:
        yield TensorInfo("picture_latents", (PICTURES, config.drawn_latent_dim), f"{drawn}.")


def outputs_of(generator: Generator) -> tuple[TensorInfo, ...]:
    """The outputs of its `PictureModel`."""
    config = generator.config
    images = TensorInfo("images", (PICTURES, 3, *config.image_size), "Red, green and blue in [0, 1].")
    where = "x0, y0, x1, y1 of each object from the top left, as shares of the picture."
    boxes = TensorInfo("boxes", (OBJECTS, 4), where)
    if config.mask_size is None:
        return images, boxes
    shape = (OBJECTS, config.mask_size, config.mask_size)
    return images, boxes, TensorInfo("masks", shape, "How much of each cell of its box an object covers, in [0, 1].")


def example_inputs(generator: Generator, counts: tuple[int, ...]) -> dict[str, Tensor]:
    """Inputs of random graphs with these numbers of objects, `__image__` not counted."""
    rng = torch.Generator().manual_seed(0)
    objs, triples, owners = _random_graphs(generator, counts, rng)
    sizes = {OBJECTS: len(objs), RELATIONSHIPS: len(triples), PICTURES: len(counts)}
    made = {"objs": objs, "triples": triples, "obj_to_img": owners}
    for info in inputs_of(generator):
        shape = [sizes[size] if isinstance(size, str) else size for size in info.shape]
        if info.name == "attributes":
            made[info.name] = (torch.rand(shape, generator=rng) < 0.2).float()
        elif info.name not in made:
            made[info.name] = torch.randn(shape, generator=rng)
    return made


def _random_graphs(
    generator: Generator, counts: tuple[int, ...], rng: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, triples and owners; each object stands in a relationship with one of its picture, and in the picture."""
    n_objects, n_predicates = generator.obj_embeddings.num_embeddings - 1, generator.pred_embeddings.num_embeddings
    objs: list[int] = []
    triples: list[list[int]] = []
    for count in counts:
        start, image = len(objs), len(objs) + count
        objs += [*torch.randint(1, max(2, n_objects), (count,), generator=rng).tolist(), 0]
        for i in range(start, image):
            said, other = (int(torch.randint(0, most, (), generator=rng)) for most in (n_predicates, count))
            triples += [[i, said, start + other], [i, 0, image]]
    owners = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts) + 1)
    return torch.tensor(objs), torch.tensor(triples, dtype=torch.int64).reshape(-1, 3), owners
