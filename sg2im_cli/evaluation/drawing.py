"""Every graph of a split drawn once, from predicted and from annotated layouts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sg2im_cli.config import GeneratorConfig
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.data.dataset import SceneDataset
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.latents import draw_latents_of_pictures, draw_noise, draw_picture_latents
from sg2im_cli.model.object_layout import ObjectLayout
from sg2im_cli.model.prepared import PreparedGenerator, prepare

BATCH_SIZE = 16
Told = Callable[[int, int], None]
"""What is told how far something is: done, of how many."""


@dataclass(frozen=True)
class Drawn:
    """Pictures of the graphs of a split, and what they were drawn from; `__image__` is not among the objects.

    Attributes:
        images: (N, 3, H, W) uint8, as they would be saved.
        boxes: (O, 4) where each object was to be drawn.
        owners: (O,) the picture of each object.
    """

    images: Tensor
    boxes: Tensor
    owners: Tensor

    def floats(self) -> Tensor:
        """(N, 3, H, W) in [0, 1]."""
        return self.images.float() / 255


def nothing(done: int, total: int) -> None:
    """Tells nobody."""


def real_pictures(data: SceneDataset) -> Drawn:
    """The pictures themselves, with the boxes of their objects."""
    images = [scene.image for scene in data.scenes if scene.image is not None]
    assert len(images) == len(data), "read with pixels"
    counts = [len(scene.objs) for scene in data.scenes]
    return Drawn(
        torch.from_numpy(np.stack(images)),
        torch.from_numpy(np.concatenate([scene.boxes for scene in data.scenes])),
        torch.from_numpy(np.repeat(np.arange(len(data)), counts)),
    )


def names_of(data: SceneDataset) -> tuple[str, ...]:
    """(O,) names of the split's objects, in the order of `Drawn`."""
    ids: NDArray[np.int64] = np.concatenate([scene.objs for scene in data.scenes])
    return tuple(data.vocabulary.objects[i] for i in ids)


def predict(
    generator: Generator | PreparedGenerator, batch: GraphBatch, seeds: Sequence[int] | None = None
) -> ObjectLayout:
    """The graph half on a batch, with all that the batch says of its objects.

    Args:
        generator: in eval mode.
        batch: N graphs.
        seeds: (N,) of the pictures, from which objects have their latents; the most usual ones if not given.
    """
    latents = None if seeds is None else draw_latents_of_pictures(generator.config, seeds, batch.obj_to_img)
    return generator.predict_layout(batch.objs, batch.triples, batch.attributes, latents)


def picture_seeds(indices: range, seed: int, sample: int = 0) -> list[int]:
    """A seed for each picture of a split, other for each sample."""
    return [((seed * 1_000_003 + i) * 1009 + sample) % 2**63 for i in indices]


def graph_batches(data: SceneDataset, seed: int, device: torch.device, size: int) -> Iterator[tuple[range, GraphBatch]]:
    """The fixed graphs of a split, with the indices of their pictures."""
    for start in range(0, len(data), size):
        indices = range(start, min(start + size, len(data)))
        yield indices, data.collate(indices, seed=seed, exact=True, with_images=False).to(device)


@torch.no_grad()
def draw_split(
    generator: Generator, data: SceneDataset, layout: str, seed: int = 0, sample: int = 0, told: Told = nothing
) -> Drawn:
    """Draw every graph of a split.

    Args:
        generator: in eval mode.
        data: with the generator's vocabulary.
        layout: ``"predicted"``, or ``"given"``: annotated boxes, and masks where the data has them.
        seed: of the relationships drawn for each picture, and of the noise.
        sample: other noise for the same graphs.
        told: how far it is, after each batch.
    """
    images: list[Tensor] = []
    boxes: list[Tensor] = []
    owners: list[Tensor] = []
    prepared, config = prepare(generator), generator.config
    for indices, batch in graph_batches(data, seed, prepared.device, BATCH_SIZE):
        seeds = picture_seeds(indices, seed, sample)
        predicted = predict(prepared, batch, seeds)
        used, masks = _layout(prepared, predicted, batch, layout)
        canvas = prepared.compose(predicted.vectors, used, masks, batch.obj_to_img, batch.n_images, batch.objs)
        drawn = prepared.refine(canvas, draw_noise(config, seeds), draw_picture_latents(config, seeds)).images
        images.append(to_pixels(config, drawn))
        own = batch.objs != 0
        boxes.append(used[own].float().cpu())
        owners.append(batch.obj_to_img[own].cpu() + indices.start)
        told(indices.stop, len(data))
    return Drawn(torch.cat(images), torch.cat(boxes), torch.cat(owners))


def _layout(
    generator: PreparedGenerator, predicted: ObjectLayout, batch: GraphBatch, layout: str
) -> tuple[Tensor, Tensor | None]:
    if layout == "predicted":
        return predicted.boxes, predicted.masks
    assert batch.boxes is not None
    assert batch.masks is not None
    assert batch.has_mask is not None
    filled = generator.fill_boxes(predicted, batch.boxes.to(predicted.boxes), batch.objs)
    masks = filled.masks
    if masks is not None:
        masks = torch.where(batch.has_mask[:, None, None], batch.masks.to(masks), masks)
    return filled.boxes, masks


def to_pixels(config: GeneratorConfig, images: Tensor) -> Tensor:
    """(N, 3, H, W) in model units to uint8 on the CPU; values are clamped, never stretched."""
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (config.pixel_mean, config.pixel_std))
    return ((images.float().cpu() * std + mean).clamp(0, 1) * 255).round().to(torch.uint8)
