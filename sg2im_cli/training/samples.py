"""Sample sheets: what the model draws of fixed graphs, beside the real pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from sg2im_cli.config import Recipe
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.data.dataset import SceneDataset, load_scenes
from sg2im_cli.data.readers.notes import Notes
from sg2im_cli.data.sources import has_split
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.latents import derived_seed, draw_latents_of_pictures, draw_noise, draw_picture_latents
from sg2im_cli.model.prepared import prepare
from sg2im_cli.training.checkpoint import write_atomically, writing

SHEET_SIZE = 12
"""Pictures on a sample sheet."""

GAP = 2
"""White pixels between pictures."""


def fixed_batch(directory: Path, recipe: Recipe, train: SceneDataset, notes: Notes | None = None) -> GraphBatch:
    """The pictures of all sheets of a run: people's labels of the val split, or train where there is none.

    Raises:
        InputError: the val split cannot be used.
    """
    data = train
    if has_split(directory, "val"):
        data = load_scenes(directory, "val", recipe.data.by_people(), recipe.generator, train.vocabulary, notes=notes)
    step = max(1, len(data) // SHEET_SIZE)
    return data.collate(range(0, len(data), step)[:SHEET_SIZE], exact=True)


@torch.no_grad()
def draw_sheet(generator: Generator, batch: GraphBatch, seed: int = 0) -> Image.Image:
    """Four rows: real pictures, from given layouts, and from predicted layouts with this seed and the next.

    Args:
        generator: put into eval mode for the time.
        batch: with images, boxes and masks.
        seed: of the noise and latents, the same for the second and the third row.
    """
    was_training = generator.training
    generator.eval()
    assert batch.images is not None
    config = generator.config
    rows = [batch.images]
    for number, given in ((seed, True), (seed, False), (seed + 1, False)):
        images = draw_graphs(generator, batch, number, given)
        rows.append(to_pixels(images, config.pixel_mean, config.pixel_std))
    generator.train(was_training)
    return tile(rows)


def draw_graphs(generator: Generator, batch: GraphBatch, seed: int, given: bool = False) -> Tensor:
    """Pictures (N, 3, H, W) in model units of predicted layouts, or of ``given`` ones, each from a seed of its own."""
    config, prepared = generator.config, prepare(generator)
    seeds = [derived_seed(seed, f"sheet {i}") for i in range(batch.n_images)]
    latents = draw_latents_of_pictures(config, seeds, batch.obj_to_img)
    layout = prepared.predict_layout(batch.objs, batch.triples, batch.attributes, latents)
    masks = layout.masks
    if given:
        assert batch.boxes is not None
        layout = prepared.fill_boxes(layout, batch.boxes, batch.objs)
        masks = _known_masks(batch, layout.masks)
    canvas = prepared.compose(layout.vectors, layout.boxes, masks, batch.obj_to_img, batch.n_images, batch.objs)
    return prepared.refine(canvas, draw_noise(config, seeds), draw_picture_latents(config, seeds)).images


def _known_masks(batch: GraphBatch, predicted: Tensor | None) -> Tensor | None:
    if predicted is None or batch.masks is None or batch.has_mask is None:
        return predicted
    return torch.where(batch.has_mask[:, None, None], batch.masks.to(predicted), predicted)


def to_pixels(images: Tensor, mean: tuple[float, ...], std: tuple[float, ...]) -> Tensor:
    """Model units (N, 3, H, W) to uint8, clamped; pictures are not stretched to their own range."""
    shift, scale = (torch.tensor(v, device=images.device).view(1, 3, 1, 1) for v in (mean, std))
    return ((images.float() * scale + shift).clamp(0, 1) * 255).round().to(torch.uint8)


def tile(rows: Sequence[Tensor]) -> Image.Image:
    """Rows of (N, 3, H, W) uint8 pictures as one."""
    n, _, height, width = rows[0].shape
    canvas = torch.full((3, len(rows) * (height + GAP) - GAP, n * (width + GAP) - GAP), 255, dtype=torch.uint8)
    for r, images in enumerate(rows):
        for c, image in enumerate(images.cpu()):
            top, left = r * (height + GAP), c * (width + GAP)
            canvas[:, top : top + height, left : left + width] = image
    return Image.fromarray(canvas.permute(1, 2, 0).contiguous().numpy())


def save_sheet(image: Image.Image, path: Path) -> None:
    """Write atomically, making the folder if needed.

    Raises:
        Sg2imError: it could not be written.
    """
    content = io.BytesIO()
    image.save(content, "PNG")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content.getvalue())
