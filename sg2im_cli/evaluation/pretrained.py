"""Features of pictures, and of objects cut out of them, by a network that nothing here was trained with.

EfficientNet-Lite1 learned ImageNet's classes. Discriminators may look at pictures through its smaller sibling Lite0, so
only Lite1 measures. Pictures are enlarged before it looks, as it was made for 240 pixels.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from sg2im_cli.evaluation.drawing import Drawn, Told, nothing
from sg2im_cli.model.crops import context_boxes, crop_objects
from sg2im_cli.model.efficientnet import EfficientNetLite, is_installed, load_efficientnet

SIDE, CROP_SIDE = 96, 64
"""Pixels at which whole pictures and objects are looked at."""
LEAST_AREA = 0.03
"""Of an object's box, as a share of the picture; smaller objects are not cut out."""
BATCH_SIZE = 32


@dataclass(frozen=True)
class Seen:
    """Features of some pictures, and of the objects in them that are large enough.

    Attributes:
        pictures: (N, F).
        objects: (K, F).
        owners: (K,) the picture of each object.
        names: (K,) what each object is.
    """

    pictures: Tensor
    objects: Tensor
    owners: NDArray[np.int64]
    names: NDArray[np.str_]


class PictureFeatures:
    """EfficientNet-Lite1, asked for its 1,280 pooled features.

    Args:
        device: where it runs.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        net = load_efficientnet("lite1").to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.net: EfficientNetLite = net.to(device)

    @classmethod
    def if_installed(cls, device: torch.device) -> Self | None:
        """None where the packages are missing that these figures need."""
        found = is_installed("lite1") and importlib.util.find_spec("torchmetrics") is not None
        return cls(device) if found else None

    def of_pictures(self, images: Tensor, told: Told = nothing) -> Tensor:
        """(N, 1280) of (N, 3, H, W) uint8."""
        return self._run(len(images), lambda rows: _resize(_units(images[rows])), told)

    def of_objects(self, drawn: Drawn, which: Tensor, told: Told = nothing) -> Tensor:
        """(K, 1280) of those K objects that (O,) ``which`` marks."""
        boxes, owners = square_boxes(drawn.boxes[which]), drawn.owners[which]

        def crops(rows: slice) -> Tensor:
            here, places = torch.unique(owners[rows], return_inverse=True)
            return crop_objects(_units(drawn.images[here]), boxes[rows], places, CROP_SIDE)

        return self._run(len(boxes), crops, told)

    @torch.no_grad()
    def _run(self, count: int, pictures: Callable[[slice], Tensor], told: Told) -> Tensor:
        parts = [torch.zeros(0, self.net.classifier.weight.shape[1])]
        for start in range(0, count, BATCH_SIZE):
            x = pictures(slice(start, start + BATCH_SIZE)).to(self.device)
            parts.append(self.net.pooled(x.contiguous(memory_format=torch.channels_last)).cpu())
            told(min(start + BATCH_SIZE, count), count)
        return torch.cat(parts)


def _units(images: Tensor) -> Tensor:
    return images.float() / 127.5 - 1


def _resize(images: Tensor) -> Tensor:
    return functional.interpolate(images, (SIDE, SIDE), mode="bilinear", align_corners=False)


def square_boxes(boxes: Tensor) -> Tensor:
    """Boxes (O, 4) with some of what is around them and nearer to squares, as far as the picture goes.

    Corners may be the wrong way round, beyond the picture, or no numbers, as models may predict them.
    """
    boxes = boxes.float().nan_to_num(0.0, 1.0, 0.0).clamp(0, 1)
    low, high = torch.minimum(boxes[:, :2], boxes[:, 2:]), torch.maximum(boxes[:, :2], boxes[:, 2:])
    return context_boxes(torch.cat([low, high], dim=1))


def large(boxes: Tensor) -> Tensor:
    """(O,) which boxes (O, 4) are more than `LEAST_AREA`."""
    return (boxes[:, 2:] - boxes[:, :2]).prod(1) > LEAST_AREA
