"""The part of a batch that is worked on at once: all of it, or what one process has, or one of its shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.data.division import divide
from sg2im_cli.training.chance import Chance
from sg2im_cli.training.processes import Processes
from sg2im_errors import InputError

Kind = Literal["pictures", "objects", "masks", "given", "given_objects"]
KINDS: tuple[Kind, ...] = ("pictures", "objects", "masks", "given", "given_objects")
"""What a loss may be a mean over: pictures, objects, objects whose mask is known, pictures (objects) that are drawn
from given layouts."""


@dataclass(frozen=True)
class Drawn:
    """A generated batch, with the layout it was drawn from.

    Attributes:
        images: (N, 3, H, W).
        boxes: (O, 4) as used in the layout.
        coverage: (O, H, W) where each object is, cut off from the graph half.
        given: (N,) True for pictures drawn from the annotated layout, which the real picture shows too.
    """

    images: Tensor
    boxes: Tensor
    coverage: Tensor
    given: Tensor


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """What a graph half with latents makes of a part.

    Attributes:
        things: (K,) which objects have latents.
        usual: (O, 4) the most usual boxes.
        again_boxes: (O, 4) in sizes from the latents of the annotated masks.
        again_logits: (O, M, M) masks from these latents, in the annotated boxes.
        mean: (K, Z) of these latents.
        log_variance: (K, Z).
        free_boxes: (O, 4) in sizes from latents of the prior.
        free_masks: (K, M, M) in [0, 1] in these boxes.
    """

    things: Tensor
    usual: Tensor
    again_boxes: Tensor
    again_logits: Tensor
    mean: Tensor
    log_variance: Tensor
    free_boxes: Tensor
    free_masks: Tensor


@dataclass(frozen=True)
class Looked:
    """What projected discriminators look at: generated pictures and real ones beside each other.

    Attributes:
        images: (N, 3, H, W) generated, in model units.
        pictures: features of both, real ones first.
        crops: likewise, of crops of some objects.
        chosen: (K,) which objects they are of.
        told: (O, h, w) how much of each object the discriminators are told to be at each place.
        matched: (N,) True where a generated picture is to look like the real one.
        divergence: of the pictures' latents, or None.
        colors: L1 between the mean colours of objects (O,), or None.
    """

    images: Tensor
    pictures: Pairs
    crops: Pairs
    chosen: Tensor
    told: Tensor
    matched: Tensor
    divergence: Tensor | None
    colors: Tensor | None


@dataclass(frozen=True)
class Pairs:
    """Features of real and of generated pictures, fine to coarse, each (N, C, h, w).

    Attributes:
        real: normalised.
        fake: likewise, with gradients.
        real_mixed: as heads see them.
        fake_mixed: likewise, with gradients.
    """

    real: list[Tensor]
    fake: list[Tensor]
    real_mixed: list[Tensor]
    fake_mixed: list[Tensor]


@dataclass
class Part:
    """Some pictures of a batch, what is drawn at random for them, and how much of the whole they are.

    Attributes:
        batch: on the device of training.
        chance: of these pictures; drawing from it goes on.
        own: (N,) True for pictures that are to be drawn from predicted layouts.
        shares: of each kind, how much of what the whole batch has is in this part. A loss that is a mean over such
            things counts as this share of itself: then the losses of all parts of all processes add up to the whole's.
        real: (N, 3, H, W) in model units; set where pictures are trained.
        fake: what the generator drew, cut off from it; set by the generator's update.
        shapes: what a graph half with latents made, for an update of both it and its adversary.
        looked: what projected discriminators look at, for an update of both them and the generator.
    """

    batch: GraphBatch
    chance: Chance
    own: Tensor
    shares: dict[Kind, float]
    real: Tensor | None = None
    fake: Drawn | None = None
    shapes: Shapes | None = None
    looked: Looked | None = None

    def draw_objects(self, size: int, most: int) -> Tensor:
        """(O, size) standard normal, each object's by its picture and its place there, of which there are ``most``."""
        owners = self.batch.obj_to_img
        drawn = self.chance.normal(most, size).to(owners.device)
        return drawn.flatten(0, 1).index_select(0, owners * most + self.places())

    def places(self) -> Tensor:
        """(O,) the place of each object among those of its picture; they stand picture by picture."""
        owners = self.batch.obj_to_img
        counts = owners.bincount(minlength=self.batch.n_images)
        starts = counts.cumsum(0) - counts
        return torch.arange(len(owners), device=owners.device) - starts.index_select(0, owners)


def split_batch(
    batch: GraphBatch, parts: int, seed: int, step: int, predicted_share: float, processes: Processes
) -> list[Part]:
    """The parts of this process's batch, in order.

    Args:
        batch: what this process has of the whole batch.
        parts: how many.
        seed: of the run.
        step: counted from 0.
        predicted_share: share of pictures that are to be drawn from predicted layouts.
        processes: which have the rest of the batch.

    Raises:
        InputError: there are too few pictures.
    """
    if batch.n_images < parts:
        raise InputError(
            f"A batch has {batch.n_images} pictures for a process, too few for accumulate = {parts}; make batch_size "
            "larger, or accumulate smaller."
        )
    divided = divide(batch, parts)
    chances = [Chance(seed, step, b.first, b.n_images, b.total or b.n_images) for b in divided]
    owns = [chance.uniform() < predicted_share for chance in chances]
    counts = [_count(b, own) for b, own in zip(divided, owns, strict=True)]
    whole = processes.sum(torch.tensor(counts).sum(0)).tolist()
    device = processes.device
    return [
        Part(b.to(device), chance, own.to(device), _shares(count, whole))
        for b, chance, own, count in zip(divided, chances, owns, counts, strict=True)
    ]


def _count(batch: GraphBatch, own: Tensor) -> list[int]:
    """How much there is of each of `KINDS`."""
    assert batch.has_mask is not None
    objects = len(batch.objs)
    masks, given, others = int(batch.has_mask.sum()), int((~own).sum()), int(own[batch.obj_to_img].sum())
    return [batch.n_images, objects, masks, given, objects - others]


def _shares(count: list[int], whole: list[int]) -> dict[Kind, float]:
    return {kind: n / w if w else 0.0 for kind, n, w in zip(KINDS, count, whole, strict=True)}
