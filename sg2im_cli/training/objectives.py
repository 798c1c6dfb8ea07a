"""What each network is to make small (paper section 3, "training"): losses of one part of a batch."""

from __future__ import annotations

import torch
from torch import Tensor

from sg2im_cli.config import Recipe
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.model.discriminators import ObjectDiscriminator, ObjectScores, PatchDiscriminator
from sg2im_cli.model.generator import Generator
from sg2im_cli.model.losses import (
    box_losses,
    category_loss,
    feature_loss,
    gan_d_loss,
    gan_g_loss,
    mask_losses,
    mean_of,
    pixel_loss,
    weighed,
)
from sg2im_cli.model.object_layout import ObjectLayout
from sg2im_cli.training.augment import augment, change_colors
from sg2im_cli.training.batch_random import BatchRandom
from sg2im_cli.training.microbatch import Drawn, MicroBatch


class Objectives:
    """The losses of generator and discriminators.

    Args:
        recipe: which losses, and of which kind.
        generator: what is trained.
        image_discriminator: None trains without.
        object_discriminator: None trains without.
    """

    def __init__(
        self,
        recipe: Recipe,
        generator: Generator,
        image_discriminator: PatchDiscriminator | None,
        object_discriminator: ObjectDiscriminator | None,
    ) -> None:
        self.recipe = recipe
        self.generator = generator
        self.image_discriminator = image_discriminator
        self.object_discriminator = object_discriminator

    def of_layout(self, part: MicroBatch) -> dict[str, Tensor]:
        """Losses of the graph half alone, by name, before their weights."""
        return self._layout_losses(self._predict(part.batch), part)

    def of_generator(self, part: MicroBatch, adversarial: bool) -> dict[str, Tensor]:
        """Losses of the generator, by name, before their weights; what it drew is kept in the part.

        Args:
            part: with real pictures.
            adversarial: whether the discriminators have a say.
        """
        assert part.real is not None
        predicted = self._predict(part.batch)
        losses = self._layout_losses(predicted, part)
        drawn = self._draw(predicted, part)
        coarse = self.recipe.training.coarse_pixels
        share = part.shares["pictures" if coarse else "given"]
        losses["pixels"] = share * pixel_loss(drawn.images, part.real, drawn.given, coarse)
        if adversarial:
            losses |= self.of_adversaries(part, drawn)
        part.fake = Drawn(drawn.images.detach(), drawn.boxes, drawn.coverage, drawn.given)
        return losses

    def of_adversaries(self, part: MicroBatch, drawn: Drawn) -> dict[str, Tensor]:
        """What the generator pays for what the discriminators say of its pictures."""
        losses: dict[str, Tensor] = {}
        features: list[Tensor] = []
        kind, shares = self.recipe.losses.adversarial, part.shares
        if self.image_discriminator is not None:
            again = part.random.copy()
            scores, fake = self._patch_scores(drawn.images, part, drawn.coverage, part.random)
            losses["image"] = shares["pictures"] * gan_g_loss(kind, scores)
            if self.recipe.losses.features:
                with torch.no_grad():
                    _, real = self._patch_scores(part.real, part, drawn.coverage, again)
                features.append(shares["given"] * feature_loss(fake, real, drawn.given))
        if self.object_discriminator is not None:
            again = part.random.copy()
            on_fake = self._object_scores(drawn.images, drawn.boxes, part, part.random)
            losses["objects"] = shares["objects"] * gan_g_loss(kind, on_fake.real)
            losses["categories"] = shares["objects"] * category_loss(on_fake.categories, part.batch.objs)
            if self.recipe.losses.features:
                with torch.no_grad():
                    on_real = self._object_scores(part.real, drawn.boxes, part, again)
                matched = drawn.given[part.batch.obj_to_img]
                features.append(shares["given_objects"] * feature_loss(on_fake.features, on_real.features, matched))
        if features:
            losses["features"] = torch.stack(features).sum()
        return losses

    def of_object_discriminator(self, part: MicroBatch) -> dict[str, Tensor]:
        """Real or generated, and which category, for the objects of real and generated pictures."""
        assert part.fake is not None
        assert part.batch.boxes is not None
        on_fake = self._object_scores(part.fake.images, part.fake.boxes, part, part.random)
        on_real = self._object_scores(part.real, part.batch.boxes, part, part.random)
        adversarial = gan_d_loss(self.recipe.losses.adversarial, on_real.real, on_fake.real)
        categories = category_loss(on_real.categories, part.batch.objs)
        categories = categories + category_loss(on_fake.categories, part.batch.objs)
        share = part.shares["objects"]
        return {"d_objects": share * adversarial, "d_categories": share * categories}

    def of_image_discriminator(self, part: MicroBatch) -> dict[str, Tensor]:
        """Real or generated.

        Both pictures stand beside one layout, given or predicted: from two, it would tell the layouts apart.
        """
        assert part.fake is not None
        on_fake, _ = self._patch_scores(part.fake.images, part, part.fake.coverage, part.random)
        on_real, _ = self._patch_scores(part.real, part, part.fake.coverage, part.random)
        return {"d_image": part.shares["pictures"] * gan_d_loss(self.recipe.losses.adversarial, on_real, on_fake)}

    def _predict(self, batch: GraphBatch) -> ObjectLayout:
        return self.generator.predict_layout(batch.objs, batch.triples, batch.attributes)

    def _layout_losses(self, predicted: ObjectLayout, part: MicroBatch) -> dict[str, Tensor]:
        batch, shares = part.batch, part.shares
        assert batch.boxes is not None
        assert batch.masks is not None
        assert batch.has_mask is not None
        boxes = weighed(box_losses(self.recipe.losses.box, predicted.boxes, batch.boxes), batch.box_weight)
        losses = {"boxes": shares["objects"] * boxes.mean()}
        if predicted.mask_logits is not None:
            masks = weighed(mask_losses(predicted.mask_logits, batch.masks), batch.mask_weight)
            losses["masks"] = shares["masks"] * mean_of(masks, batch.has_mask)
        return losses

    def _draw(self, predicted: ObjectLayout, part: MicroBatch) -> Drawn:
        """Pictures from given layouts, and a share of them from predicted ones."""
        config, batch = self.recipe.generator, part.batch
        assert batch.boxes is not None
        assert batch.masks is not None
        assert batch.has_mask is not None
        own_object = part.own[batch.obj_to_img]
        boxes = torch.where(own_object[:, None], predicted.boxes.detach(), batch.boxes)
        masks = predicted.masks
        if masks is not None:
            given = (batch.has_mask & ~own_object)[:, None, None]
            masks = torch.where(given, batch.masks, masks)
        where = (batch.obj_to_img, batch.n_images, batch.objs)
        layout = self.generator.compose(predicted.vectors, boxes, masks, *where)
        noise = part.random.normal(config.layout_noise_dim, *config.image_size)
        latents = (
            part.random.normal(config.picture_latent_dim).to(batch.objs.device) if config.picture_latent_dim else None
        )
        joined = self.generator.add_noise(layout, noise)
        images = self.generator.refinement_net(joined.contiguous(memory_format=torch.channels_last), latents).float()
        with torch.no_grad():
            coverage = self.generator.cover(boxes, masks, *where)
        return Drawn(images, boxes, coverage, ~part.own)

    def _object_scores(
        self, images: Tensor | None, boxes: Tensor, part: MicroBatch, random: BatchRandom
    ) -> ObjectScores:
        assert self.object_discriminator is not None
        assert images is not None
        if self.recipe.training.diffaugment:
            images = change_colors(images, random)
        return self.object_discriminator(images, boxes, part.batch.obj_to_img)  # type: ignore[no-any-return]

    def _patch_scores(
        self, images: Tensor | None, part: MicroBatch, coverage: Tensor, random: BatchRandom
    ) -> tuple[Tensor, list[Tensor]]:
        assert self.image_discriminator is not None
        assert images is not None
        batch = part.batch
        layout = self.image_discriminator.layout(batch.objs, coverage, batch.obj_to_img, batch.n_images)
        if self.recipe.training.diffaugment:
            images, layout = augment(images, layout, random)
        return self.image_discriminator.score(images, layout)
