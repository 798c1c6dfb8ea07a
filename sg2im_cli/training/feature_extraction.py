"""What discriminators on frozen features look at: real pictures and generated ones beside each other."""

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
from sg2im_cli.model.projected import FIRST_CROP_TAP, FeatureMixing, PictureEncoder
from sg2im_cli.model.surroundings import SurroundingsEncoder, shares_of
from sg2im_cli.training.augment import change_colors_mildly, move
from sg2im_cli.training.microbatch import ExtractedFeatures, MicroBatch, Pairs
from sg2im_cli.training.networks import things_of
from sg2im_cli.training.shapes import divergence_from_normal
from sg2im_cli.training.surroundings import encode_surroundings
from sg2im_parsers.vocabulary import Vocabulary

ENCODED = 0.9
"""Share of the pictures of given layouts whose latent comes from the real picture, which they are to look like."""

LEAST_AREA, FULL_AREA = 0.02, 0.3
"""Of a picture: objects that are smaller are not cropped; larger ones are not more often."""

THING_CROPS = 3.0
"""How much more often things are cropped than stuff."""


class FeatureExtractor:
    """Draws the pictures of a part, and sees them and the real ones as discriminators do.

    Args:
        recipe: how.
        generator: its picture half gets gradients.
        features: frozen.
        mixing: of whole pictures and of crops.
        encoders: of pictures' latents and of surroundings; None for a generator without.
        vocabulary: says which categories are things, and which attributes are colours.
        precision: context in which convolutions run.
        scale: mean and deviation of pixels (1, 3, 1, 1) each, between model units and [0, 1].
    """

    def __init__(
        self,
        recipe: Recipe,
        generator: Generator,
        features: EfficientNetLite,
        mixing: tuple[FeatureMixing, FeatureMixing],
        encoders: tuple[PictureEncoder | None, SurroundingsEncoder | None],
        vocabulary: Vocabulary,
        precision: Callable[[], AbstractContextManager[None]],
        scale: tuple[Tensor, Tensor],
    ) -> None:
        assert recipe.projected is not None
        self.recipe, self.config, self.generator, self.features = recipe, recipe.projected, generator, features
        (self.encoder, self.around), self.precision = encoders, precision
        self.of_pictures, self.of_crops = mixing
        self.mean, self.std = scale
        device = self.mean.device
        self.things = torch.zeros(len(vocabulary.objects), dtype=torch.bool, device=device)
        self.things[things_of(vocabulary)] = True
        self.colors = torch.tensor([name in COLORS for name in vocabulary.attributes], dtype=torch.float, device=device)

    def taps(self, images: Tensor) -> list[Tensor]:
        """Features of pictures (N, 3, H, W) in model units."""
        pixels = (images.float() * self.std + self.mean) * 2 - 1
        return self.features.taps(pixels.contiguous(memory_format=torch.channels_last))

    def extract(self, part: MicroBatch) -> ExtractedFeatures:
        """Draw the part's pictures, and see them and the real ones as discriminators do."""
        batch, real = part.batch, part.real
        assert real is not None
        assert batch.boxes is not None
        changes = part.random.uniform(3)
        offsets = part.random.uniform(2)
        encoded = ~part.own & (part.random.uniform() < ENCODED).to(part.own.device)
        changed = change_colors_mildly(real, changes)
        with torch.no_grad():
            real_taps = self.taps(move(changed, offsets))
            real_normal = self.of_pictures.normalize(real_taps)
        latents, divergence = self._latents(part, real_normal, encoded)
        images, boxes, coverage, real_coverage = self._draw(part, latents, encoded)
        fake = change_colors_mildly(images, changes)
        fake_taps = self.taps(move(fake, offsets))
        whole = _pairs(self.of_pictures, real_taps, fake_taps)
        chosen = self._choose_crops(part)
        owners, side = batch.obj_to_img[chosen], self.config.crop_size
        fake_crops = crop_objects(fake, context_boxes(boxes[chosen]), owners, side)
        with torch.no_grad():
            real_crops = crop_objects(changed, context_boxes(batch.boxes[chosen]), owners, side)
            real_crop_taps = self.taps(real_crops)[FIRST_CROP_TAP:]
        crops = _pairs(self.of_crops, real_crop_taps, self.taps(fake_crops)[FIRST_CROP_TAP:])
        told = self._told(part, coverage, real_coverage, offsets, whole.real[0].shape[-1])
        matched = ~part.own if self.encoder is None and self.around is None else encoded
        colors = self._colors(batch, images, real, coverage, real_coverage) if self.recipe.losses.colors else None
        return ExtractedFeatures(images, whole, crops, chosen, told, matched, divergence, colors)

    def _latents(
        self, part: MicroBatch, real: Sequence[Tensor], encoded: Tensor
    ) -> tuple[Tensor | None, Tensor | None]:
        """Latents of pictures (N, L): from the real ones where ``encoded``, else of the prior; and their divergence."""
        if self.encoder is None:
            return None, None
        free = part.random.normal(self.generator.config.picture_latent_dim).to(encoded.device)
        again = part.random.normal(self.generator.config.picture_latent_dim).to(encoded.device)
        mean, log_variance = self.encoder(real)
        known = mean.float() + again * (log_variance.float() / 2).exp()
        return torch.where(encoded[:, None], known, free), divergence_from_normal(mean, log_variance).mean()

    def _draw(self, part: MicroBatch, latents: Tensor | None, encoded: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
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
        if self.around is not None:
            layout = layout + self._surroundings(self.around, part, coverage, encoded)
        joined = generator.add_noise(layout, part.random.normal(config.layout_noise_dim, *config.image_size))
        joined = joined.contiguous(memory_format=torch.channels_last)
        with self.precision():
            images = generator.refinement_net(joined, latents)
        return images.float(), boxes, coverage, real_coverage

    def _surroundings(
        self, encoder: SurroundingsEncoder, part: MicroBatch, coverage: Tensor, encoded: Tensor
    ) -> Tensor:
        """What fills free places of the layout (N, D, H, W): where ``encoded``, what goes with the real picture."""
        batch, network = part.batch, self.generator.surroundings
        assert network is not None
        with torch.no_grad():
            told = network.tell(coverage, batch.objs, batch.obj_to_img, batch.n_images)
            mean, log_variance = network.expect(told)
            drawn = part.random.normal(mean.shape[1]).to(mean.device)
            expected = mean + drawn * (log_variance / 2).exp()
            latents = torch.where(
                encoded[:, None], encode_surroundings(self.generator, encoder, part).latents, expected
            )
            scores = network(told, latents, self.generator.stuff())
        return network.fill(shares_of(scores), told[:, -1:], self.generator.category_vectors())

    def _told(self, part: MicroBatch, coverage: Tensor, real: Tensor, offsets: Tensor, side: int) -> Tensor:
        """What discriminators are told: where things are; of a predicted layout only how much there is of each.

        From the layout itself they would tell that it is a predicted one, and no longer look at the picture.
        """
        owners = part.batch.obj_to_img
        bag = real.mean((1, 2), keepdim=True).expand_as(real)
        own = part.own.index_select(0, owners)[:, None, None]
        moved = move(coverage[:, None], offsets.index_select(0, owners.cpu()), outside_is_zero=True)[:, 0]
        return functional.adaptive_avg_pool2d(torch.where(own, bag, moved)[:, None], side)[:, 0]

    def _choose_crops(self, part: MicroBatch) -> Tensor:
        """(K,) objects, large ones and things more often, none twice."""
        batch, most = part.batch, self.recipe.data.max_objects + 1
        assert batch.boxes is not None
        areas = (batch.boxes[:, 2:] - batch.boxes[:, :2]).clamp_min(0).prod(1)
        weights = areas.clamp_max(FULL_AREA).sqrt() * torch.where(self.things[batch.objs], THING_CROPS, 1.0)
        allowed = (areas > LEAST_AREA) & (batch.objs != 0)
        uniform = part.random.uniform(most).to(areas.device).flatten()
        uniform = uniform.index_select(0, batch.obj_to_img * most + part.places())
        keys = uniform.clamp_min(1e-9).log() / weights.clamp_min(1e-9)  # Efraimidis and Spirakis 2006
        keys = torch.where(allowed, keys, keys - 1e12)
        count = max(1, round(self.config.crops * batch.n_images))
        return keys.topk(min(count, len(keys))).indices

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


def _mean_colors(images: Tensor, coverage: Tensor, obj_to_img: Tensor) -> Tensor:
    """(O, 3): the mean of each object's pixels in its picture."""
    pixels = images.index_select(0, obj_to_img).flatten(2)
    weights = coverage.flatten(1)
    weights = weights / weights.sum(1, keepdim=True).clamp_min(1e-3)
    return (pixels @ weights[:, :, None].to(pixels))[:, :, 0]
