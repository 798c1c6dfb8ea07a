"""What the graph half says of objects, and what a generator makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

WHOLE = (0.0, 0.0, 1.0, 1.0)
"""The box of `__image__`."""

SURE = 20.0
"""Logits of a mask that is one everywhere."""


@dataclass(frozen=True)
class ObjectLayout:
    """What the graph half says of each object.

    Attributes:
        vectors: (O, D) as they enter the layout; see ``layout_vector_dim`` and ``layout_category_dim`` for D.
        boxes: (O, 4).
        mask_logits: (O, M, M) before the sigmoid; None for a model without masks.
        sharpness: factor on the logits, see `GeneratorConfig`; or one for each object, (O, 1, 1).
        hidden: (O, D) as they left the graph network.
        latents: (O, Z) that were used; None for a model without.
    """

    vectors: Tensor
    boxes: Tensor
    mask_logits: Tensor | None
    sharpness: float | Tensor = 1.0
    hidden: Tensor | None = None
    latents: Tensor | None = None

    @property
    def masks(self) -> Tensor | None:
        """(O, M, M) in [0, 1]; None for a model without masks."""
        return None if self.mask_logits is None else (self.sharpness * self.mask_logits).sigmoid()


@dataclass(frozen=True)
class GeneratorOutput:
    """What `Generator` makes of a batch.

    Attributes:
        images: (N, 3, H, W) in model units: (pixel - mean) / std.
        boxes: (O, 4), the predicted ones, also where others were given.
        masks: (O, M, M) in [0, 1], the predicted ones; None for a model without masks.
        layout: (N, D, H, W), with surroundings and without noise.
    """

    images: Tensor
    boxes: Tensor
    masks: Tensor | None
    layout: Tensor


def whole_picture(objs: Tensor, boxes: Tensor, logits: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """`__image__` fills the picture, as in annotations: there is nothing to predict, and nothing by which to tell."""
    image = objs == 0
    boxes = torch.where(image[:, None], boxes.new_tensor(WHOLE), boxes)
    if logits is not None:
        logits = torch.where(image[:, None, None], logits.new_tensor(SURE), logits)
    return boxes, logits
