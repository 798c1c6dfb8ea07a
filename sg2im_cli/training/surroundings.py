"""How surroundings are learned: of layouts of which much is left out, with annotated stuff as the target."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.layout import carve, sample_masks
from sg2im_cli.model.losses import mean_of
from sg2im_cli.model.surroundings import GRID, SurroundingsEncoder
from sg2im_cli.training.microbatch import MicroBatch

KEPT_STUFF = (0.0, 0.0, 0.5, 1.0)
"""Shares of a picture's stuff that is kept, one of which is drawn for each picture; sentences say little of it."""

KEPT_THINGS = (1.0, 1.0, 0.5, 0.3)

SAID = 0.25
"""What a place counts that what is kept covers; a free one counts 1 more."""

DIVERGENCE = 0.02
"""Weight of the divergence of latents beside the mean cross-entropy of a place."""

SAMPLED = 2
"""Annotations are sampled so many times as finely as they are used."""

SURE = 0.5
"""Annotations know what a place shows if one kind of stuff has more than this share of it."""


def kept(part: MicroBatch, things: Tensor, most: int) -> Tensor:
    """(O,) bool: which objects are kept where much is left out; `__image__` always is."""
    batch = part.batch
    shares = torch.tensor([KEPT_STUFF, KEPT_THINGS])
    chosen = (part.random.uniform(2) * shares.shape[1]).long().clamp_max(shares.shape[1] - 1)
    each = torch.stack([shares[i].index_select(0, chosen[:, i]) for i in range(2)]).to(things.device)
    share = each[things.long(), batch.obj_to_img]
    uniform = part.random.uniform(most).to(things.device).flatten()
    drawn = uniform.index_select(0, batch.obj_to_img * most + part.places())
    return (drawn < share) | (batch.objs == 0)


def known_stuff(batch: GraphBatch, coverage: Tensor, things: Tensor, n_objects: int) -> tuple[Tensor, Tensor]:
    """What annotations say that places show: ids of stuff (N, GRID, GRID), and (N, GRID, GRID) bool where they do.

    Args:
        batch: N pictures; stuff of which the mask is not known says nothing.
        coverage: (O, GRID, GRID) from `annotated_coverage`.
        things: (O,) bool.
        n_objects: categories.
    """
    assert batch.has_mask is not None
    told = torch.nonzero(~things & (batch.objs != 0) & batch.has_mask)[:, 0]
    small = coverage[told].flatten(1)
    rows = batch.obj_to_img[told] * n_objects + batch.objs[told]
    shares = small.new_zeros(batch.n_images * n_objects, GRID**2).index_add_(0, rows, small)
    highest, ids = shares.view(batch.n_images, n_objects, GRID, GRID).max(1)
    return ids, highest > SURE


def surroundings_loss(generator: Generator, encoder: SurroundingsEncoder, part: MicroBatch, most: int) -> Tensor:
    """Cross-entropy of stuff where it is known, and the divergence of latents from what is expected of them.

    Args:
        generator: its network of surroundings is trained.
        encoder: likewise.
        part: N pictures with annotated boxes and masks.
        most: objects of a picture.
    """
    batch, network = part.batch, generator.surroundings
    assert network is not None
    seen = encode_surroundings(generator, encoder, part)
    small = seen.coverage * kept(part, generator.things(batch.objs), most)[:, None, None]
    told = network.tell(small, batch.objs, batch.obj_to_img, batch.n_images)
    scores = network(told, seen.latents, generator.stuff())
    unknown = -1  # of these the ids would be of what is never proposed, and cost infinity times nothing
    ids = seen.ids.masked_fill(~seen.known, unknown)
    entropy = functional.cross_entropy(scores, ids, reduction="none", ignore_index=unknown)
    weights = seen.known * (SAID + told[:, -1].detach())
    apart = divergence((seen.mean, seen.log_variance), network.expect(told))
    return mean_of(entropy, weights) + DIVERGENCE * apart.mean()


@dataclass(frozen=True)
class EncodedSurroundings:
    """What annotations say of the surroundings of N pictures.

    Attributes:
        coverage: (O, GRID, GRID) of each object.
        ids: (N, GRID, GRID) of stuff.
        known: (N, GRID, GRID) bool.
        mean: (N, S) of the latents' distribution.
        log_variance: (N, S) likewise.
        latents: (N, S) drawn from it.
    """

    coverage: Tensor
    ids: Tensor
    known: Tensor
    mean: Tensor
    log_variance: Tensor
    latents: Tensor


def encode_surroundings(generator: Generator, encoder: SurroundingsEncoder, part: MicroBatch) -> EncodedSurroundings:
    """The latents that go with what annotations say; the part's random numbers draw them."""
    batch = part.batch
    with torch.no_grad():
        coverage = annotated_coverage(generator, batch)
        ids, known = known_stuff(batch, coverage, generator.things(batch.objs), len(generator.stuff()))
    mean, log_variance = (t.float() for t in encoder(ids, known))
    drawn = part.random.normal(mean.shape[1]).to(mean.device)
    return EncodedSurroundings(coverage, ids, known, mean, log_variance, mean + drawn * (log_variance / 2).exp())


def annotated_coverage(generator: Generator, batch: GraphBatch) -> Tensor:
    """(O, GRID, GRID) in [0, 1]: where objects are seen by their annotated boxes and masks; unknown masks are full."""
    assert batch.boxes is not None
    assert batch.masks is not None
    assert batch.has_mask is not None
    masks = torch.where(batch.has_mask[:, None, None], batch.masks, torch.ones_like(batch.masks))
    coverage = sample_masks(batch.boxes, masks, SAMPLED * GRID, SAMPLED * GRID)
    things = generator.things(batch.objs)
    coverage = carve(coverage, things, ~things & (batch.objs != 0), batch.obj_to_img, batch.n_images)
    return functional.avg_pool2d(coverage[:, None], SAMPLED)[:, 0]


def divergence(one: tuple[Tensor, Tensor], other: tuple[Tensor, Tensor]) -> Tensor:
    """(N,) Kullback-Leibler divergence of normal distributions from others: means, logarithms of variances (N, L)."""
    (mean, spread), (expected, wide) = ((m.float(), v.float()) for m, v in (one, other))
    off = ((mean - expected).square() + spread.exp()) / wide.exp()
    return 0.5 * (off - 1 + wide - spread).sum(1)
