"""One update: of the graph half alone, or of generator and discriminators (paper section 3, "training")."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam

from sg2im_cli.checkpoint import Checkpoint
from sg2im_cli.config import Recipe
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.model.discriminators import ObjectDiscriminator, ObjectScores, PatchDiscriminator
from sg2im_cli.model.generator import Generator, ObjectLayout
from sg2im_cli.model.layout import sample_masks
from sg2im_cli.model.losses import box_loss, category_loss, feature_loss, gan_d_loss, gan_g_loss, mask_loss, pixel_loss
from sg2im_cli.training.augment import augment, change_colors
from sg2im_cli.training.averaging import WeightAverage
from sg2im_cli.training.initial import Start, start_from
from sg2im_parsers.errors import Sg2imError
from sg2im_parsers.vocabulary import Vocabulary


class NotFiniteError(Sg2imError):
    """A loss is no longer a number: what was saved before stays good, and training must not go on."""


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


class Trainer:
    """Generator, discriminators, their optimizers and the average, and how one step changes them.

    Args:
        recipe: what to train.
        vocabulary: of the data.
        device: where.
    """

    def __init__(self, recipe: Recipe, vocabulary: Vocabulary, device: torch.device) -> None:
        self.recipe = recipe
        self.vocabulary = vocabulary
        self.device = device
        n_objects = len(vocabulary.objects)
        sizes = n_objects, len(vocabulary.predicates), len(vocabulary.attributes)
        self.generator = Generator(recipe.generator, *sizes).to(device)
        self.average = WeightAverage(self.generator, recipe.training.averaging)
        losses, training = recipe.losses, recipe.training
        self.image_discriminator: PatchDiscriminator | None = None
        self.object_discriminator: ObjectDiscriminator | None = None
        self.optimizers = {"generator": self._adam(self.generator, training.learning_rate)}
        if losses.image:
            self.image_discriminator = PatchDiscriminator(recipe.image_discriminator, n_objects).to(device)
            self.optimizers["image"] = self._adam(self.image_discriminator, training.discriminator_rate)
        if losses.objects or losses.categories:
            self.object_discriminator = ObjectDiscriminator(recipe.object_discriminator, n_objects).to(device)
            self.optimizers["objects"] = self._adam(self.object_discriminator, training.discriminator_rate)
        for net in (self.generator.refinement_net, self.image_discriminator, self.object_discriminator):
            if net is not None:  # convolutions are quicker with the channels of a pixel together in memory
                net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.rates = {name: opt.param_groups[0]["lr"] for name, opt in self.optimizers.items()}
        self.layout_optimizer = self._adam(self._graph_half(), training.layout_rate)
        scale = torch.tensor([recipe.generator.pixel_mean, recipe.generator.pixel_std], device=device)
        self.mean, self.std = scale[0].view(1, 3, 1, 1), scale[1].view(1, 3, 1, 1)

    def start_from(self, source: Checkpoint) -> Start:
        """Take another generator's weights as far as they fit, for the average, too; see `initial.start_from`."""
        start = start_from(self.generator, self.vocabulary, source)
        self.average.model.load_state_dict(self.generator.state_dict())
        return start

    def layout_step(self, batch: GraphBatch, step: int) -> dict[str, float]:
        """Update embeddings, graph network and heads from annotations alone.

        Returns:
            each loss by name, before its weight.
        """
        self.generator.train()
        self._set_rate(self.layout_optimizer, self.recipe.training.layout_rate, step, self.recipe.training.layout_steps)
        with self._precision():
            predicted = self.generator.predict_layout(batch.objs, batch.triples, batch.attributes)
            losses = self._layout_losses(predicted, batch)
        self._update("layout", self.layout_optimizer, self._weighted(losses))
        self.average.update(self.generator, step)
        return _numbers(losses)

    def picture_step(self, batch: GraphBatch, step: int, seed: int) -> dict[str, float]:
        """Update the generator, then the object discriminator, then the image discriminator.

        Args:
            batch: with images.
            step: counted from 0; chance depends on it and on the seed only.
            seed: of the run.

        Returns:
            each loss by name, before its weight.
        """
        rng = torch.Generator().manual_seed(seed * 1_000_003 + step)
        self._set_modes(step)
        real = self.to_model_units(batch)
        with self._precision():
            losses, drawn = self._generator_losses(batch, real, rng, step)
        self._update("generator", self.optimizers["generator"], self._weighted(losses))
        if self.recipe.training.averaging:
            self.average.update(self.generator, step)
        fake = replace(drawn, images=drawn.images.detach())
        losses |= self._object_discriminator_step(batch, real, fake, rng)
        losses |= self._image_discriminator_step(batch, real, fake, rng)
        return _numbers(losses)

    def to_model_units(self, batch: GraphBatch) -> Tensor:
        """The batch's pixels as (N, 3, H, W) floats: (pixel - mean) / std."""
        assert batch.images is not None
        return (batch.images.to(self.device).float() / 255 - self.mean) / self.std

    @property
    def best_generator(self) -> Generator:
        """The average if the recipe keeps one, else the generator as it is."""
        if self.recipe.training.averaging:
            assert isinstance(self.average.model, Generator)
            return self.average.model
        return self.generator

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on."""
        state: dict[str, Any] = {name: m.state_dict() for name, m in self._models().items()}
        state["optimizers"] = {name: opt.state_dict() for name, opt in self._all_optimizers().items()}
        return state

    def check_finite(self) -> None:
        """Refuse to go on with broken weights: a finite loss may have had a gradient that was not.

        Raises:
            NotFiniteError: a weight is not a finite number.
        """
        for name, model in self._models().items():
            if not all(bool(t.isfinite().all()) for t in model.state_dict().values()):
                raise NotFiniteError(f"The {name.replace('_', ' ')} has weights that are not finite numbers.")

    def load(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        for name, model in self._models().items():
            model.load_state_dict(state[name])
        for name, opt in self._all_optimizers().items():
            opt.load_state_dict(state["optimizers"][name])

    def _models(self) -> dict[str, nn.Module]:
        models = {
            "generator": self.generator,
            "average": self.average.model,
            "image_discriminator": self.image_discriminator,
            "object_discriminator": self.object_discriminator,
        }
        return {name: model for name, model in models.items() if model is not None}

    def _all_optimizers(self) -> dict[str, Adam]:
        return {**self.optimizers, "layout": self.layout_optimizer}

    def _precision(self) -> torch.autocast:
        wanted = self.recipe.training.precision == "bfloat16"
        return torch.autocast(self.device.type, torch.bfloat16, enabled=wanted)

    def _adam(self, model: nn.Module, rate: float) -> Adam:
        return Adam(model.parameters(), lr=rate, betas=self.recipe.training.betas)

    def _graph_half(self) -> nn.Module:
        g = self.generator
        words = [g.obj_embeddings, g.pred_embeddings, g.attribute_embeddings]
        parts = [*words, g.gconv, g.gconv_net, g.box_net, g.mask_net]
        return nn.ModuleList([part for part in parts if part is not None])

    def _set_modes(self, step: int) -> None:
        training = self.recipe.training
        frozen = training.freeze_norm_at is not None and step >= training.freeze_norm_at
        self.generator.train(not frozen)
        if step == training.freeze_norm_at:  # as the 2018 code: fixed statistics, fresh optimizer
            self.optimizers["generator"] = self._adam(self.generator, training.learning_rate)
        for name, opt in self.optimizers.items():
            self._set_rate(opt, self.rates[name], step, training.steps)

    def _set_rate(self, optimizer: Adam, rate: float, step: int, steps: int) -> None:
        end = self.recipe.training.final_rate
        share = min(1.0, step / max(1, steps))
        for group in optimizer.param_groups:
            group["lr"] = rate * (end + (1 - end) * (1 + math.cos(math.pi * share)) / 2)

    def _layout_losses(self, predicted: ObjectLayout, batch: GraphBatch) -> dict[str, Tensor]:
        assert batch.boxes is not None
        assert batch.masks is not None
        assert batch.has_mask is not None
        losses = {"boxes": box_loss(self.recipe.losses.box, predicted.boxes, batch.boxes)}
        if predicted.mask_logits is not None:
            losses["masks"] = mask_loss(predicted.mask_logits, batch.masks, batch.has_mask)
        return losses

    def _generator_losses(
        self, batch: GraphBatch, real: Tensor, rng: torch.Generator, step: int
    ) -> tuple[dict[str, Tensor], Drawn]:
        predicted = self.generator.predict_layout(batch.objs, batch.triples, batch.attributes)
        losses = self._layout_losses(predicted, batch)
        drawn = self._draw(predicted, batch, rng)
        losses["pixels"] = pixel_loss(drawn.images, real, drawn.given, self.recipe.training.coarse_pixels)
        if step >= self.recipe.training.adversarial_from:
            losses |= self._adversarial_losses(batch, real, drawn, rng)
        return losses, drawn

    def _draw(self, predicted: ObjectLayout, batch: GraphBatch, rng: torch.Generator) -> Drawn:
        """Pictures from given layouts, and a share of them from predicted ones."""
        config = self.recipe.generator
        assert batch.boxes is not None
        assert batch.masks is not None
        assert batch.has_mask is not None
        own = torch.rand(batch.n_images, generator=rng).to(self.device) < self.recipe.training.predicted_layouts
        own_object = own[batch.obj_to_img]
        boxes = torch.where(own_object[:, None], predicted.boxes.detach(), batch.boxes)
        masks = predicted.masks
        if masks is not None:
            given = (batch.has_mask & ~own_object)[:, None, None]
            masks = torch.where(given, batch.masks, masks)
        layout = self.generator.compose(predicted.vectors, boxes, masks, batch.obj_to_img, batch.n_images)
        shape = (batch.n_images, config.layout_noise_dim, *config.image_size)
        joined = self.generator.add_noise(layout, torch.randn(shape, generator=rng))
        images = self.generator.refinement_net(joined.contiguous(memory_format=torch.channels_last)).float()
        with torch.no_grad():
            coverage = sample_masks(boxes, masks, *config.image_size)
        return Drawn(images, boxes, coverage, ~own)

    def _adversarial_losses(
        self, batch: GraphBatch, real: Tensor, drawn: Drawn, rng: torch.Generator
    ) -> dict[str, Tensor]:
        losses: dict[str, Tensor] = {}
        features: list[Tensor] = []
        kind, matching = self.recipe.losses.adversarial, self.recipe.losses.features > 0
        if self.image_discriminator is not None:
            self.image_discriminator.requires_grad_(False)
            before = rng.get_state()
            scores, fake_features = self._patch_scores(drawn.images, batch, drawn.coverage, rng)
            losses["image"] = gan_g_loss(kind, scores)
            if matching:
                with torch.no_grad():
                    _, target = self._patch_scores(real, batch, drawn.coverage, _generator_at(before))
                features.append(feature_loss(fake_features, target, drawn.given))
        if self.object_discriminator is not None:
            self.object_discriminator.requires_grad_(False)
            before = rng.get_state()
            on_fake = self._object_scores(drawn.images, drawn.boxes, batch, rng)
            losses["objects"] = gan_g_loss(kind, on_fake.real)
            losses["categories"] = category_loss(on_fake.categories, batch.objs)
            if matching:
                with torch.no_grad():
                    on_real = self._object_scores(real, drawn.boxes, batch, _generator_at(before))
                features.append(feature_loss(on_fake.features, on_real.features, drawn.given[batch.obj_to_img]))
        if features:
            losses["features"] = torch.stack(features).sum()
        return losses

    def _object_scores(self, images: Tensor, boxes: Tensor, batch: GraphBatch, rng: torch.Generator) -> ObjectScores:
        assert self.object_discriminator is not None
        if self.recipe.training.augment:
            images = change_colors(images, rng)
        return self.object_discriminator(images, boxes, batch.obj_to_img)  # type: ignore[no-any-return]

    def _patch_scores(
        self, images: Tensor, batch: GraphBatch, coverage: Tensor, rng: torch.Generator
    ) -> tuple[Tensor, list[Tensor]]:
        assert self.image_discriminator is not None
        layout = self.image_discriminator.layout(batch.objs, coverage, batch.obj_to_img, batch.n_images)
        if self.recipe.training.augment:
            images, layout = augment(images, layout, rng)
        return self.image_discriminator.score(images, layout)

    def _object_discriminator_step(
        self, batch: GraphBatch, real: Tensor, fake: Drawn, rng: torch.Generator
    ) -> dict[str, Tensor]:
        net = self.object_discriminator
        if net is None:
            return {}
        net.requires_grad_(True)
        assert batch.boxes is not None
        with self._precision():
            on_fake = self._object_scores(fake.images, fake.boxes, batch, rng)
            on_real = self._object_scores(real, batch.boxes, batch, rng)
            adversarial = gan_d_loss(self.recipe.losses.adversarial, on_real.real, on_fake.real)
            categories = category_loss(on_real.categories, batch.objs)
            categories = categories + category_loss(on_fake.categories, batch.objs)
        self._update("objects", self.optimizers["objects"], adversarial + categories)
        return {"d_objects": adversarial, "d_categories": categories}

    def _image_discriminator_step(
        self, batch: GraphBatch, real: Tensor, fake: Drawn, rng: torch.Generator
    ) -> dict[str, Tensor]:
        """Both pictures stand beside one layout, given or predicted: from two, it would tell the layouts apart."""
        net = self.image_discriminator
        if net is None:
            return {}
        net.requires_grad_(True)
        with self._precision():
            on_fake, _ = self._patch_scores(fake.images, batch, fake.coverage, rng)
            on_real, _ = self._patch_scores(real, batch, fake.coverage, rng)
            loss = gan_d_loss(self.recipe.losses.adversarial, on_real, on_fake)
        self._update("image", self.optimizers["image"], loss)
        return {"d_image": loss}

    def _weighted(self, losses: dict[str, Tensor]) -> Tensor:
        weights = self.recipe.losses
        return torch.stack([getattr(weights, name) * loss for name, loss in losses.items()]).sum()

    def _update(self, name: str, optimizer: Adam, loss: Tensor) -> None:
        if not torch.isfinite(loss):
            raise NotFiniteError(f"The loss of the {name} update is {loss.item()}, not a finite number.")
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def _numbers(losses: dict[str, Tensor]) -> dict[str, float]:
    return {name: float(loss.detach()) for name, loss in losses.items()}


def _generator_at(state: Tensor) -> torch.Generator:
    """Chance as it was, so that a real picture is changed as the generated one beside it."""
    rng = torch.Generator()
    rng.set_state(state)
    return rng
