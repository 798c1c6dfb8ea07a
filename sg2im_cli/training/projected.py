"""How the picture half learns from discriminators on frozen features (Sauer et al. 2021).

Real and generated pictures go through the heads in one batch, so that batch norm cannot hide what tells them apart, and
through the same mild changes. Real ones are seen once more under wrong categories. A generated picture is compared with
the real one, by features, where it was drawn from the real one's layout and latent; elsewhere discriminators alone
judge it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import torch
from torch import Tensor
from torch.nn import functional

from sg2im_cli.config import Recipe
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.data.color_terms import COLORS
from sg2im_cli.model.crops import context_boxes, crop_objects
from sg2im_cli.model.efficientnet import EfficientNetLite
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.layout import compose_layout
from sg2im_cli.model.losses import mean_of
from sg2im_cli.model.projected import (
    FIRST_CROP_TAP,
    FeatureMixing,
    PictureEncoder,
    ProjectedImageDiscriminator,
    ProjectedObjectDiscriminator,
    hinge_fake,
    hinge_generator,
    hinge_real,
)
from sg2im_cli.training.augment import change_colors_mildly, move
from sg2im_cli.training.networks import things_of
from sg2im_cli.training.part import Looked, Pairs, Part
from sg2im_cli.training.shapes import divergence_from_normal
from sg2im_parsers.vocabulary import Vocabulary

ENCODED = 2 / 3
"""Share of the pictures of given layouts whose latent comes from the real picture, which they are to look like."""

LEAST_AREA, FULL_AREA = 0.02, 0.3
"""Of a picture: objects that are smaller are not cropped; larger ones are not more often."""

THING_CROPS = 3.0
"""How much more often things are cropped than stuff."""


class ProjectedObjectives:
    """The losses of the picture half and of its discriminators.

    Args:
        recipe: weights of losses.
        generator: its picture half is trained.
        features: frozen.
        pictures: the discriminator of whole pictures.
        objects: that of crops.
        encoder: of pictures' latents; None for a generator without.
        vocabulary: says which categories are things, and which attributes are colours.
        precision: context in which convolutions run.
        scale: mean and deviation of pixels (1, 3, 1, 1) each, between model units and [0, 1].
    """

    def __init__(
        self,
        recipe: Recipe,
        generator: Generator,
        features: EfficientNetLite,
        pictures: ProjectedImageDiscriminator,
        objects: ProjectedObjectDiscriminator,
        encoder: PictureEncoder | None,
        vocabulary: Vocabulary,
        precision: Callable[[], AbstractContextManager[None]],
        scale: tuple[Tensor, Tensor],
    ) -> None:
        assert recipe.projected is not None
        self.recipe, self.config, self.generator, self.features = recipe, recipe.projected, generator, features
        self.pictures, self.objects, self.encoder, self.precision = pictures, objects, encoder, precision
        self.mean, self.std = scale
        device = self.mean.device
        self.things = torch.zeros(len(vocabulary.objects), dtype=torch.bool, device=device)
        self.things[things_of(vocabulary)] = True
        self.colors = torch.tensor([name in COLORS for name in vocabulary.attributes], dtype=torch.float, device=device)

    def taps(self, images: Tensor) -> list[Tensor]:
        """Features of pictures (N, 3, H, W) in model units."""
        pixels = (images.float() * self.std + self.mean) * 2 - 1
        return self.features.taps(pixels.contiguous(memory_format=torch.channels_last))

    def look(self, part: Part) -> Looked:
        """Draw the part's pictures, and see them and the real ones as discriminators do."""
        batch, real = part.batch, part.real
        assert real is not None
        assert batch.boxes is not None
        changes = part.chance.uniform(3)
        offsets = part.chance.uniform(2)
        encoded = ~part.own & (part.chance.uniform() < ENCODED).to(part.own.device)
        changed = change_colors_mildly(real, changes)
        with torch.no_grad():
            real_taps = self.taps(move(changed, offsets))
            real_normal = self.pictures.mixing.normalize(real_taps)
        latents, divergence = self._latents(part, real_normal, encoded)
        images, boxes, coverage, real_coverage = self._draw(part, latents)
        fake = change_colors_mildly(images, changes)
        fake_taps = self.taps(move(fake, offsets))
        whole = _pairs(self.pictures.mixing, real_taps, fake_taps)
        chosen = self._choose_crops(part)
        owners, side = batch.obj_to_img[chosen], self.config.crop_size
        fake_crops = crop_objects(fake, context_boxes(boxes[chosen]), owners, side)
        with torch.no_grad():
            real_crops = crop_objects(changed, context_boxes(batch.boxes[chosen]), owners, side)
            real_crop_taps = self.taps(real_crops)[FIRST_CROP_TAP:]
        crops = _pairs(self.objects.mixing, real_crop_taps, self.taps(fake_crops)[FIRST_CROP_TAP:])
        told = self._told(part, coverage, real_coverage, offsets, whole.real[0].shape[-1])
        matched = encoded if self.encoder is not None else ~part.own
        colors = self._colors(batch, images, real, coverage, real_coverage) if self.recipe.losses.colors else None
        return Looked(images, whole, crops, chosen, told, matched, divergence, colors)

    def of_discriminators(self, part: Part) -> dict[str, Tensor]:
        """Hinge on real pictures, on generated ones and on real ones under wrong categories; so for crops."""
        batch, looked = part.batch, part.looked
        assert looked is not None
        objs, attributes, chosen = batch.objs, batch.attributes, looked.chosen
        wrong, wrong_attributes = self._wrong(part, torch.arange(len(objs), device=objs.device))
        wrong_crops, wrong_crop_attributes = self._wrong(part, chosen)
        whole, crops = looked.pictures, looked.crops
        fake = [f.detach() for f in whole.fake_mixed]
        layouts = [self._layout(part, o, a) for o, a in ((objs, attributes), (wrong, wrong_attributes))]
        scores = self.pictures(
            _join(whole.real_mixed, fake, whole.real_mixed), torch.cat([layouts[0], layouts[0], layouts[1]])
        )
        fake = [f.detach() for f in crops.fake_mixed]
        said = None if attributes is None else attributes[chosen]
        crop_scores = self.objects(
            _join(crops.real_mixed, fake, crops.real_mixed),
            torch.cat([objs[chosen], objs[chosen], wrong_crops]),
            None if said is None or wrong_crop_attributes is None else torch.cat([said, said, wrong_crop_attributes]),
        )
        share, weight = part.shares["pictures"], self.config.mismatch
        return {
            "d_image": share * _hinge(scores, weight),
            "d_objects": share * _hinge(crop_scores, weight),
        }

    def of_generator(self, part: Part) -> dict[str, Tensor]:
        """What discriminators say, and how far pictures are from those that they are to look like."""
        batch, looked = part.batch, part.looked
        assert looked is not None
        layout = self._layout(part, batch.objs, batch.attributes)
        chosen, whole, crops = looked.chosen, looked.pictures, looked.crops
        said = None if batch.attributes is None else batch.attributes[chosen].repeat(2, 1)
        share = part.shares["pictures"]
        scores = self.pictures(_join(whole.real_mixed, whole.fake_mixed), torch.cat([layout, layout]))
        crop_scores = self.objects(_join(crops.real_mixed, crops.fake_mixed), batch.objs[chosen].repeat(2), said)
        losses = {
            "image": share * hinge_generator([s.chunk(2)[1] for s in scores]),
            "objects": share * hinge_generator([s.chunk(2)[1] for s in crop_scores]),
            "perceptual": share * self._perceptual(part),
            "pixels": share * self._pixels(part),
        }
        if looked.divergence is not None:
            losses["picture_latents"] = share * looked.divergence
        if looked.colors is not None:
            losses["colors"] = share * looked.colors
        return losses

    def _latents(self, part: Part, real: Sequence[Tensor], encoded: Tensor) -> tuple[Tensor | None, Tensor | None]:
        """Latents of pictures (N, L): from the real ones where ``encoded``, else of the prior; and their divergence."""
        if self.encoder is None:
            return None, None
        free = part.chance.normal(self.generator.config.picture_latent_dim).to(encoded.device)
        again = part.chance.normal(self.generator.config.picture_latent_dim).to(encoded.device)
        mean, log_variance = self.encoder(real)
        known = mean.float() + again * (log_variance.float() / 2).exp()
        return torch.where(encoded[:, None], known, free), divergence_from_normal(mean, log_variance).mean()

    def _draw(self, part: Part, latents: Tensor | None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Pictures, the boxes they were drawn from, and coverage (O, H, W), as drawn and as annotated."""
        batch, generator = part.batch, self.generator
        config = generator.config
        assert batch.boxes is not None
        assert batch.masks is not None
        assert batch.has_mask is not None
        with torch.no_grad():
            drawn = None
            if config.object_latent_dim:
                drawn = config.latent_scale * part.draw_objects(
                    config.object_latent_dim, self.recipe.data.max_objects + 1
                )
            predicted = generator.predict_layout(batch.objs, batch.triples, batch.attributes, drawn)
            own = part.own.index_select(0, batch.obj_to_img)
            boxes = torch.where(own[:, None], predicted.boxes.float(), batch.boxes)
            masks = generator.fill_boxes(predicted, boxes, batch.objs).masks
            real_masks = masks
            if masks is not None:
                known = batch.has_mask[:, None, None]
                real_masks = torch.where(known, batch.masks, masks.float())
                masks = torch.where(known & ~own[:, None, None], batch.masks, masks.float())
            where = (batch.obj_to_img, batch.n_images, batch.objs)
            coverage = generator.cover(boxes, masks, *where)
            real_coverage = generator.cover(batch.boxes, real_masks, *where)
        assert predicted.hidden is not None
        vectors = generator.layout_vectors(predicted.hidden, batch.objs, batch.attributes)
        layout = compose_layout(vectors, coverage, batch.obj_to_img, batch.n_images)
        joined = generator.add_noise(layout, part.chance.normal(config.layout_noise_dim, *config.image_size))
        joined = joined.contiguous(memory_format=torch.channels_last)
        with self.precision():
            images = generator.refinement_net(joined, latents)
        return images.float(), boxes, coverage, real_coverage

    def _told(self, part: Part, coverage: Tensor, real: Tensor, offsets: Tensor, side: int) -> Tensor:
        """What discriminators are told: where things are; of a predicted layout only how much there is of each.

        From the layout itself they would tell that it is a predicted one, and no longer look at the picture.
        """
        owners = part.batch.obj_to_img
        bag = real.mean((1, 2), keepdim=True).expand_as(real)
        own = part.own.index_select(0, owners)[:, None, None]
        moved = move(coverage[:, None], offsets.index_select(0, owners.cpu()), outside_is_zero=True)[:, 0]
        return functional.adaptive_avg_pool2d(torch.where(own, bag, moved)[:, None], side)[:, 0]

    def _layout(self, part: Part, objs: Tensor, attributes: Tensor | None) -> Tensor:
        assert part.looked is not None
        return self.pictures.layout(objs, attributes, part.looked.told, part.batch.obj_to_img, part.batch.n_images)

    def _choose_crops(self, part: Part) -> Tensor:
        """(K,) objects, large ones and things more often, none twice."""
        batch, most = part.batch, self.recipe.data.max_objects + 1
        assert batch.boxes is not None
        areas = (batch.boxes[:, 2:] - batch.boxes[:, :2]).clamp_min(0).prod(1)
        weights = areas.clamp_max(FULL_AREA).sqrt() * torch.where(self.things[batch.objs], THING_CROPS, 1.0)
        allowed = (areas > LEAST_AREA) & (batch.objs != 0)
        uniform = part.chance.uniform(most).to(areas.device).flatten()
        uniform = uniform.index_select(0, batch.obj_to_img * most + part.places())
        keys = uniform.clamp_min(1e-9).log() / weights.clamp_min(1e-9)  # Efraimidis and Spirakis 2006
        keys = torch.where(allowed, keys, keys - 1e12)
        count = max(1, round(self.config.crops * batch.n_images))
        return keys.topk(min(count, len(keys))).indices

    def _wrong(self, part: Part, which: Tensor) -> tuple[Tensor, Tensor | None]:
        """Other categories for some objects, with what is said of those; for some, other attributes alone."""
        batch = part.batch
        rng, device = part.chance.rng, which.device
        other = which[torch.randperm(len(which), generator=rng).to(device)]
        spare = torch.randint(len(batch.objs), (len(which),), generator=rng).to(device)
        other = torch.where(batch.objs[other] == batch.objs[which], spare, other)
        if batch.attributes is None:
            return torch.where(batch.objs[which] == 0, batch.objs[which], batch.objs[other]), None
        keep = batch.objs[which] == 0
        said = batch.attributes
        recolored = (torch.rand(len(which), generator=rng) < 0.5).to(device)
        recolored = recolored & (said[which] != said[other]).any(1) & said[other].any(1)
        objs = torch.where(keep | recolored, batch.objs[which], batch.objs[other])
        return objs, torch.where(keep[:, None], said[which], said[other])

    def _perceptual(self, part: Part) -> Tensor:
        """L1 between features of real and generated pictures and crops, of pictures that are to look alike."""
        looked = part.looked
        assert looked is not None
        owners = part.batch.obj_to_img[looked.chosen]
        return _distance(looked.pictures, looked.matched) + _distance(looked.crops, looked.matched[owners])

    def _pixels(self, part: Part) -> Tensor:
        looked, real = part.looked, part.real
        assert looked is not None
        assert real is not None
        off = functional.avg_pool2d(looked.images - real, max(1, self.recipe.training.coarse_pixels))
        return mean_of(off.abs().mean((1, 2, 3)), looked.matched)

    def _colors(
        self, batch: GraphBatch, images: Tensor, real: Tensor, coverage: Tensor, real_coverage: Tensor
    ) -> Tensor:
        """L1 between the mean colours of each object in the generated and in the real picture, where they are said."""
        mine = _mean_colors(images, coverage, batch.obj_to_img)
        with torch.no_grad():
            theirs = _mean_colors(real, real_coverage, batch.obj_to_img)
        said = batch.objs != 0
        if batch.attributes is not None:
            said = said & (batch.attributes @ self.colors > 0)
        seen = (coverage.mean((1, 2)) > LEAST_AREA / 4) & (real_coverage.mean((1, 2)) > LEAST_AREA / 4)
        return mean_of((mine - theirs).abs().mean(1), said & seen)


def _pairs(mixing: FeatureMixing, real: Sequence[Tensor], fake: Sequence[Tensor]) -> Pairs:
    with torch.no_grad():
        real_normal = mixing.normalize(real)
        real_mixed = mixing(real_normal)
    fake_normal = mixing.normalize(fake)
    return Pairs(real_normal, fake_normal, real_mixed, mixing(fake_normal))


def _join(*sets: Sequence[Tensor]) -> list[Tensor]:
    return [torch.cat([tensor.to(tensors[0]) for tensor in tensors]) for tensors in zip(*sets, strict=True)]


def _hinge(scores: Sequence[Tensor], mismatch: float) -> Tensor:
    real, fake, wrong = ([s.chunk(3)[i] for s in scores] for i in range(3))
    return hinge_real(real) + hinge_fake(fake) + mismatch * hinge_fake(wrong)


def _distance(pairs: Pairs, matched: Tensor) -> Tensor:
    rows = [(f - r).abs().mean((1, 2, 3)) for f, r in zip(pairs.fake, pairs.real, strict=True)]
    return mean_of(torch.stack(rows).mean(0), matched)


def _mean_colors(images: Tensor, coverage: Tensor, obj_to_img: Tensor) -> Tensor:
    """(O, 3): the mean of each object's pixels in its picture."""
    pixels = images.index_select(0, obj_to_img).flatten(2)
    weights = coverage.flatten(1)
    weights = weights / weights.sum(1, keepdim=True).clamp_min(1e-3)
    return (pixels @ weights[:, :, None].to(pixels))[:, :, 0]
