"""What projected discriminators are told of real pictures before the first step."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.data.dataset import SceneDataset
from sg2im_cli.model.crops import context_boxes, crop_objects
from sg2im_cli.model.projected import (
    FIRST_CROP_TAP,
    ProjectedImageDiscriminator,
    ProjectedObjectDiscriminator,
    WordVectors,
)
from sg2im_cli.training.feature_extraction import LEAST_AREA, FeatureExtractor

PICTURES, EACH = 1500, 60
"""How many pictures are looked at, at most, and crops of each category."""

BATCH = 32
SMOOTHING = 2
"""So many crops of no particular kind are counted with those of a category, as rare ones may mislead."""


@torch.no_grad()
def calibrate(
    extractor: FeatureExtractor,
    pictures: ProjectedImageDiscriminator,
    objects: ProjectedObjectDiscriminator,
    data: SceneDataset,
) -> None:
    """Give discriminators the means and deviations of features, and what they say of each category.

    Args:
        extractor: sees as they do.
        pictures: changed in place.
        objects: likewise.
        data: of training, with pixels.
    """
    crops, owners = [], []
    seen: dict[int, int] = {}
    for number, (batch, images) in enumerate(_pictures(extractor, data)):
        chosen = _some_objects(batch, seen)
        assert batch.boxes is not None
        boxes = context_boxes(batch.boxes[chosen])
        found = crop_objects(images, boxes, batch.obj_to_img[chosen], extractor.config.crop_size)
        if number == 0:
            pictures.mixing.calibrate(extractor.taps(images))
            objects.mixing.calibrate(extractor.taps(found)[FIRST_CROP_TAP:])
        crops.append(extractor.taps(found)[-1].mean((2, 3)))
        owners.append(batch.objs[chosen])
    table = prototypes(
        torch.cat(crops), torch.cat(owners), pictures.words.prototypes.shape[0], extractor.config.prototypes
    )
    for network in (pictures, objects):
        for module in network.modules():
            if isinstance(module, WordVectors):
                module.prototypes.copy_(table)


def prototypes(features: Tensor, objs: Tensor, n_objects: int, dim: int) -> Tensor:
    """(n_objects, dim): the mean features of each category, as principal components of deviation 1; zeros if unseen.

    Args:
        features: (K, F) of crops.
        objs: (K,) their categories.
        n_objects: how many categories there are.
        dim: how many components are kept, as far as there are so many.
    """
    normal = (features - features.mean(0)) / (features.std(0) + 1e-3)
    counts = objs.bincount(minlength=n_objects).to(normal)
    means = normal.new_zeros(n_objects, normal.shape[1]).index_add_(0, objs, normal) / (counts[:, None] + SMOOTHING)
    seen = counts > 0
    weighted = means[seen] * counts[seen].sqrt().clamp_max(10)[:, None]
    axes = torch.linalg.svd(weighted, full_matrices=False).Vh[:dim]
    found = means @ axes.T
    found = (found / (found[seen].std(0, correction=0) + 1e-6)).clamp(-3, 3)
    found[~seen] = 0
    return torch.nn.functional.pad(found, (0, dim - found.shape[1]))


def _pictures(extractor: FeatureExtractor, data: SceneDataset) -> Iterator[tuple[GraphBatch, Tensor]]:
    """Pictures spread over the data, and the same in model units."""
    step = max(1, len(data) // PICTURES)
    chosen = range(0, len(data), step)[:PICTURES]
    device = extractor.mean.device
    for start in range(0, len(chosen), BATCH):
        batch = data.collate(chosen[start : start + BATCH], exact=True).to(device)
        assert batch.images is not None
        yield batch, (batch.images.float() / 255 - extractor.mean) / extractor.std


def _some_objects(batch: GraphBatch, seen: dict[int, int]) -> Tensor:
    """Objects large enough to be cropped, of categories of which there were not enough yet; at least one."""
    assert batch.boxes is not None
    areas = (batch.boxes[:, 2:] - batch.boxes[:, :2]).clamp_min(0).prod(1)
    chosen = []
    for i in torch.nonzero((areas > LEAST_AREA) & (batch.objs != 0))[:, 0].tolist():
        kind = int(batch.objs[i])
        if seen.get(kind, 0) < EACH:
            seen[kind] = seen.get(kind, 0) + 1
            chosen.append(i)
    return torch.tensor(chosen or [0], device=batch.objs.device)
