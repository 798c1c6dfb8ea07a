"""How the graph half learns where things are and what shapes they have, from annotations alone.

A generator with latents of objects learns as a conditional variational autoencoder: from the annotated mask comes the
latent with which the same mask and a box of the same size are to be made again. What the prior gives is shown to an
adversary, so that shapes that were never annotated are shapes, too.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from sg2im_cli.config import Recipe
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.model.crops import crop_objects
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.layout import sample_masks
from sg2im_cli.model.losses import box_losses, mask_losses, mean_of, weighed
from sg2im_cli.model.shapes import MaskDiscriminator, MaskEncoder
from sg2im_cli.model.surroundings import SurroundingsEncoder
from sg2im_cli.training.microbatch import MicroBatch, Shapes
from sg2im_cli.training.networks import Networks, things_of
from sg2im_cli.training.relations import RelationLoss
from sg2im_cli.training.surroundings import surroundings_loss
from sg2im_parsers.vocabulary import Vocabulary

SOFT = 0.02
"""Annotated masks are shown to the adversary with this and one less this in place of 0 and 1, which logits that are
bounded can reach."""

PATCHES = 0.3
"""Weight of the adversary's scores of patches beside that of the whole mask."""

THINGS = 2.0
"""How much more the mask of a thing counts than that of stuff, which is mostly what things leave."""

HIDDEN_SIZE = 32
"""Side in cells of pictures on which is marked what things hide."""

PENALTY, PENALTY_EVERY = 0.05, 8
"""R1 (Mescheder et al. 2018): its weight, and every how many updates it is computed (Karras et al. 2020)."""


class ShapeObjectives:
    """The losses of a graph half with latents, of the encoder of masks and of their adversary.

    Args:
        recipe: weights of losses.
        generator: its graph half is trained.
        encoder: see `MaskEncoder`.
        adversary: None trains without.
        vocabulary: of the data.
        around: the encoder of surroundings; None for a generator without.
    """

    def __init__(
        self,
        recipe: Recipe,
        generator: Generator,
        encoder: MaskEncoder,
        adversary: MaskDiscriminator | None,
        vocabulary: Vocabulary,
        around: SurroundingsEncoder | None = None,
    ) -> None:
        self.recipe, self.generator, self.encoder, self.adversary = recipe, generator, encoder, adversary
        self.around = around
        self.relations = RelationLoss(vocabulary.predicates)
        counts = torch.ones(len(vocabulary.objects))
        counts[0] = 0
        counts[things_of(vocabulary)] = THINGS
        self.counts = counts.to(generator.obj_embeddings.weight.device)

    def draw(self, part: MicroBatch) -> Shapes:
        """Both layouts of the part's graphs, of which gradients are kept."""
        batch = part.batch
        assert batch.boxes is not None
        assert batch.masks is not None
        assert batch.has_mask is not None
        generator, objs, boxes = self.generator, batch.objs, batch.boxes
        things = torch.nonzero(generator.things(objs))[:, 0]
        unknown = torch.full_like(batch.masks, 0.5)
        seen = torch.where(batch.has_mask[:, None, None], batch.masks, unknown)[things]
        mean, log_variance = self.encoder(seen, objs[things], boxes[things])
        normal, free = (self._normal(part) for _ in range(2))
        latents = mean.float() + normal[things] * (log_variance.float() / 2).exp()
        again = torch.zeros_like(normal).index_copy(0, things, latents)
        vectors = generator.graph_vectors(objs, batch.triples, batch.attributes)
        usual = generator.usual_boxes(vectors)
        # sizes are learned on top of the usual boxes, which are as they would be without
        sized, free_boxes = (generator.resize(usual.detach(), vectors.detach(), z) for z in (again, free))
        told = (vectors.index_select(0, things), free_boxes[things], objs[things], free[things])
        return Shapes(
            things=things,
            usual=usual,
            again_boxes=sized,
            again_logits=_some(generator.mask_logits(vectors, boxes, objs, again)),
            mean=mean,
            log_variance=log_variance,
            free_boxes=free_boxes,
            free_masks=_some(generator.mask_logits(*told)).sigmoid(),
        )

    def of_graph_half(self, part: MicroBatch) -> dict[str, Tensor]:
        """Boxes and masks made again, the divergence of latents, and what the adversary says of free masks."""
        batch, shapes = part.batch, part.shapes
        assert shapes is not None
        assert batch.boxes is not None
        assert batch.masks is not None
        assert batch.has_mask is not None
        kind = self.recipe.losses.box
        boxes = box_losses(kind, shapes.usual, batch.boxes) + box_losses(kind, shapes.again_boxes, batch.boxes)
        seen = unhidden(batch, self.generator.things(batch.objs)) if self.generator.config.layout_carving else None
        masks = weighed(mask_losses(shapes.again_logits, batch.masks, seen), batch.mask_weight)
        divergence = divergence_from_normal(shapes.mean, shapes.log_variance)
        losses = {
            "boxes": part.shares["objects"] * weighed(boxes, batch.box_weight).mean(),
            "masks": part.shares["masks"] * mean_of(masks, batch.has_mask * self.counts[batch.objs]),
            "object_latents": part.shares["objects"] * divergence.sum() / max(1, len(divergence)),
        }
        if self.recipe.losses.relations:
            violated = [self.relations(batch.triples, places) for places in (shapes.usual, shapes.free_boxes)]
            losses["relations"] = part.shares["pictures"] * (violated[0] + violated[1])
        if self.around is not None:
            most = self.recipe.data.max_objects + 1
            around = surroundings_loss(self.generator, self.around, part, most)
            losses["surroundings"] = part.shares["pictures"] * around
        if self.adversary is not None:
            losses["shapes"] = part.shares["objects"] * self._of_free(part)
        return losses

    def of_adversary(self, part: MicroBatch, step: int) -> dict[str, Tensor]:
        """Annotated masks of things against free ones, and against annotated ones under other categories."""
        batch, shapes, adversary = part.batch, part.shapes, self.adversary
        assert adversary is not None
        assert shapes is not None
        assert batch.boxes is not None
        assert batch.masks is not None
        assert batch.has_mask is not None
        known = shapes.things[batch.has_mask[shapes.things]]
        if not len(known):
            return {"d_shapes": torch.stack([p.sum() * 0 for p in adversary.parameters()]).sum()}
        objs, boxes = batch.objs[known], batch.boxes[known]
        real = batch.masks[known] * (1 - 2 * SOFT) + SOFT
        wrong = objs[torch.randperm(len(objs), generator=part.random.rng).to(objs.device)]
        scores, patches = adversary(
            torch.cat([real, shapes.free_masks.detach(), real]),
            torch.cat([objs, batch.objs[shapes.things], wrong]),
            torch.cat([boxes, shapes.free_boxes[shapes.things].detach(), boxes]),
        )
        sizes = [len(objs), len(shapes.things), len(objs)]
        on_real, on_free, on_wrong = scores.float().split(sizes)
        real_patches, free_patches, _ = patches.float().split(sizes)
        softplus = functional.softplus
        loss = softplus(-on_real).mean() + softplus(on_free).mean()
        loss = loss + 0.5 * mean_of(softplus(on_wrong), wrong != objs)
        loss = loss + PATCHES * (softplus(-real_patches).mean() + softplus(free_patches).mean())
        if step % PENALTY_EVERY == 0:
            loss = loss + PENALTY_EVERY * PENALTY / 2 * gradient_penalty(adversary, real, objs, boxes)
        return {"d_shapes": part.shares["objects"] * loss}

    def _of_free(self, part: MicroBatch) -> Tensor:
        """What the adversary says of the free masks, by which their shapes and the sizes of their boxes change."""
        shapes = part.shapes
        assert self.adversary is not None
        assert shapes is not None
        if not len(shapes.things):
            return shapes.usual.sum() * 0
        boxes = sizes_alone(shapes.free_boxes)[shapes.things]
        scores, patches = self.adversary(shapes.free_masks, part.batch.objs[shapes.things], boxes)
        softplus = functional.softplus
        return softplus(-scores.float()).mean() + PATCHES * softplus(-patches.float()).mean()

    def _normal(self, part: MicroBatch) -> Tensor:
        """(O, Z) standard normal, each thing's own; zeros for the rest."""
        drawn = part.draw_objects(self.generator.config.object_latent_dim, self.recipe.data.max_objects + 1)
        return drawn * self.generator.things(part.batch.objs)[:, None]


def unhidden(batch: GraphBatch, things: Tensor) -> Tensor:
    """(O, M, M) in [0, 1]: which cells of each object's box no thing of its picture hides; of things all.

    Annotated stuff ends where things begin. Where layouts are composed, things are cut out of it anyway; learned as it
    is annotated, it would have a hole in the middle, where things mostly are, whatever is there.
    """
    assert batch.boxes is not None
    assert batch.masks is not None
    size = batch.masks.shape[1]
    covered = sample_masks(batch.boxes, batch.masks, HIDDEN_SIZE, HIDDEN_SIZE) * things[:, None, None]
    pictures = covered.new_zeros(batch.n_images, HIDDEN_SIZE, HIDDEN_SIZE).index_add(0, batch.obj_to_img, covered)
    hidden = crop_objects(pictures[:, None], batch.boxes, batch.obj_to_img, size)[:, 0].clamp(0, 1)
    return torch.where(things[:, None, None], 1.0, 1 - hidden)


def shape_objectives(recipe: Recipe, nets: Networks, vocabulary: Vocabulary) -> ShapeObjectives | None:
    """Of the networks of a recipe; None for a generator without latents of objects."""
    if nets.mask_encoder is None:
        return None
    return ShapeObjectives(
        recipe, nets.generator, nets.mask_encoder, nets.mask_discriminator, vocabulary, nets.surroundings_encoder
    )


def _some(logits: Tensor | None) -> Tensor:
    assert logits is not None, "a generator with latents has masks"
    return logits


def sizes_alone(boxes: Tensor) -> Tensor:
    """The same boxes (O, 4), of which only width and height have gradients: an adversary is to move no box."""
    center = (boxes[:, :2] + boxes[:, 2:]).detach() / 2
    half = (boxes[:, 2:] - boxes[:, :2]) / 2
    return torch.cat([center - half, center + half], dim=1)


def divergence_from_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """(K,) Kullback-Leibler divergence of normal distributions (K, Z) from the standard one."""
    mean, log_variance = mean.float(), log_variance.float()
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1)


def gradient_penalty(adversary: nn.Module, masks: Tensor, objs: Tensor, boxes: Tensor) -> Tensor:
    """R1: the mean squared length of the scores' gradient at half of the annotated masks."""
    half = max(1, len(masks) // 2)
    with torch.autocast(masks.device.type, enabled=False):
        at = masks[:half].float().clone().requires_grad_(True)
        scores, _ = adversary(at, objs[:half], boxes[:half])
        (gradient,) = torch.autograd.grad(scores.sum(), at, create_graph=True)
    return gradient.square().sum((1, 2)).mean()
