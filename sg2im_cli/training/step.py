"""One update: of the graph half alone, or of generator and discriminators (paper section 3, "training")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from sg2im_cli.checkpoint import Checkpoint
from sg2im_cli.config import Recipe
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.model.discriminators import ObjectDiscriminator, PatchDiscriminator
from sg2im_cli.model.generator import Generator
from sg2im_cli.training.averaging import WeightAverage
from sg2im_cli.training.initial import Start, start_from
from sg2im_cli.training.objectives import Objectives
from sg2im_cli.training.part import Part, split_batch
from sg2im_cli.training.processes import Processes
from sg2im_cli.training.update import Losses, NotFiniteError, Update
from sg2im_parsers.vocabulary import Vocabulary

M = TypeVar("M", bound=nn.Module)

HEAVY = 2**21
"""Weights of one convolution."""


class Trainer:
    """Generator, discriminators, their optimizers and the average, and how one step changes them.

    Args:
        recipe: what to train.
        vocabulary: of the data.
        processes: where, and who has the other parts of each batch; a device alone is one process.
        compiled: whether `torch.compile` makes the convolutions.
    """

    def __init__(
        self, recipe: Recipe, vocabulary: Vocabulary, processes: Processes | torch.device, compiled: bool = False
    ) -> None:
        self.recipe, self.vocabulary = recipe, vocabulary
        self.processes = Processes(processes) if isinstance(processes, torch.device) else processes
        training = recipe.training
        sizes = len(vocabulary.objects), len(vocabulary.predicates), len(vocabulary.attributes)
        self.generator = self._prepare(Generator(recipe.generator, *sizes))
        self.average = WeightAverage(self.generator, training.averaging) if training.averaging else None
        self.image_discriminator, self.object_discriminator = self._discriminators()
        self.objectives = Objectives(recipe, self.generator, self.image_discriminator, self.object_discriminator)
        self.updates = {"generator": self._update("generator", self.generator, training.learning_rate)}
        if self.image_discriminator is not None:
            self.updates["image"] = self._update("image", self.image_discriminator, training.discriminator_rate)
        if self.object_discriminator is not None:
            self.updates["objects"] = self._update("objects", self.object_discriminator, training.discriminator_rate)
        self._choose_formats()
        self.layout_update = self._update("layout", self._graph_half(), training.layout_rate)
        scale = torch.tensor([recipe.generator.pixel_mean, recipe.generator.pixel_std], device=self.processes.device)
        self.mean, self.std = scale[0].view(1, 3, 1, 1), scale[1].view(1, 3, 1, 1)
        if compiled:
            self._compile()

    def start_from(self, source: Checkpoint) -> Start:
        """Take the weights of another generator as far as they fit; the average starts from them, too."""
        start = start_from(self.generator, self.vocabulary, source)
        if self.average is not None:
            self.average.model.load_state_dict(self.generator.state_dict())
        return start

    def layout_step(self, batch: GraphBatch, step: int) -> dict[str, float]:
        """Update embeddings, graph network and heads from annotations alone.

        Args:
            batch: what this process has of it.
            step: counted from 0.

        Returns:
            each loss by name, of the whole batch, before its weight.
        """
        self.generator.train()
        self.layout_update.set_rate(step, self.recipe.training.layout_steps)
        parts = self._split(batch, step, 0)
        losses = self.layout_update(self._in_turn(parts), self.objectives.of_layout, self._weigh)
        self._after_generator(step)
        return losses

    def picture_step(self, batch: GraphBatch, step: int, seed: int) -> dict[str, float]:
        """Update the generator, then the object discriminator, then the image discriminator.

        Args:
            batch: what this process has of it, with images.
            step: counted from 0; chance depends on it and on the seed only.
            seed: of the run.

        Returns:
            each loss by name, of the whole batch, before its weight.
        """
        self._set_modes(step)
        parts = self._split(batch, step, seed)
        for part in parts:
            part.real = self.to_model_units(part.batch)
        losses = self._generator_step(parts, step)
        for name, net, objective in (
            ("objects", self.object_discriminator, self.objectives.of_object_discriminator),
            ("image", self.image_discriminator, self.objectives.of_image_discriminator),
        ):
            if net is not None:
                net.requires_grad_(True)
                losses |= self.updates[name](self._in_turn(parts), objective, _add)
                self.processes.average_statistics(net)
        return losses

    def to_model_units(self, batch: GraphBatch) -> Tensor:
        """The batch's pixels as (N, 3, H, W) floats: (pixel - mean) / std."""
        assert batch.images is not None
        return (batch.images.to(self.processes.device).float() / 255 - self.mean) / self.std

    @property
    def best_generator(self) -> Generator:
        """The average if the recipe keeps one, else the generator as it is."""
        if self.average is None:
            return self.generator
        assert isinstance(self.average.model, Generator)
        return self.average.model

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on."""
        state: dict[str, Any] = {name: m.state_dict() for name, m in self.networks().items()}
        state["optimizers"] = {name: update.state() for name, update in self._all_updates().items()}
        if self.recipe.training.precision == "float16":
            state["scalers"] = {name: update.scaler.state_dict() for name, update in self._all_updates().items()}
        return state

    def load(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        for name, model in self.networks().items():
            model.load_state_dict(state[name])
        for name, update in self._all_updates().items():
            update.load(state["optimizers"][name])
            if self.recipe.training.precision == "float16":
                update.scaler.load_state_dict(state["scalers"][name])

    def check_finite(self) -> None:
        """Refuse to go on with broken weights: a finite loss may have had a gradient that was not.

        Raises:
            NotFiniteError: a weight is not a finite number.
        """
        for name, model in self.networks().items():
            if not all(bool(t.isfinite().all()) for t in model.state_dict().values()):
                raise NotFiniteError(f"The {name.replace('_', ' ')} has weights that are not finite numbers.")

    def networks(self) -> dict[str, nn.Module]:
        """What is trained, by name, and the average."""
        models = {
            "generator": self.generator,
            "average": None if self.average is None else self.average.model,
            "image_discriminator": self.image_discriminator,
            "object_discriminator": self.object_discriminator,
        }
        return {name: model for name, model in models.items() if model is not None}

    def _prepare(self, model: M) -> M:
        return self.processes.prepare(model.to(self.processes.device))  # type: ignore[return-value]

    def _discriminators(self) -> tuple[PatchDiscriminator | None, ObjectDiscriminator | None]:
        recipe, n_objects = self.recipe, len(self.vocabulary.objects)
        image, objects = None, None
        if recipe.losses.image:
            image = self._prepare(PatchDiscriminator(recipe.image_discriminator, n_objects))
        if recipe.losses.objects or recipe.losses.categories:
            objects = self._prepare(ObjectDiscriminator(recipe.object_discriminator, n_objects))
        return image, objects

    def _update(self, name: str, model: nn.Module, rate: float) -> Update:
        return Update(name, model, rate, self.recipe.training, self.processes)

    def _all_updates(self) -> dict[str, Update]:
        return {**self.updates, "layout": self.layout_update}

    def _graph_half(self) -> nn.Module:
        g = self.generator
        words = [g.obj_embeddings, g.pred_embeddings, g.attribute_embeddings]
        parts = [*words, g.gconv, g.gconv_net, g.box_net, g.mask_net]
        return nn.ModuleList([part for part in parts if part is not None])

    def _choose_formats(self) -> None:
        """Keep the channels of a pixel together in memory, which makes convolutions quicker.

        Not where there is more weight than picture: on CPUs, the gradients of such weights would be turned round.
        """
        for net in (self.generator.refinement_net, self.image_discriminator, self.object_discriminator):
            if net is not None:
                net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if self.processes.device.type == "cpu":
            for module in self.generator.refinement_net.refinement_modules:
                if max(p.numel() for p in module.parameters()) > HEAVY:
                    module.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]

    def _compile(self) -> None:
        """Compile what convolves; names of weights stay."""
        self.generator.refinement_net.compile()
        for net in (self.image_discriminator, self.object_discriminator):
            for layer in [] if net is None else net.modules():
                if isinstance(layer, nn.Conv2d):
                    layer.compile()

    def _set_modes(self, step: int) -> None:
        training = self.recipe.training
        frozen = training.freeze_norm_at is not None and step >= training.freeze_norm_at
        self.generator.train(not frozen)
        if step == training.freeze_norm_at:  # as the 2018 code: fixed statistics, fresh optimizer
            self.updates["generator"].restart()
        for update in self.updates.values():
            update.set_rate(step, training.steps)

    def _split(self, batch: GraphBatch, step: int, seed: int) -> list[Part]:
        training = self.recipe.training
        return split_batch(batch, training.accumulate, seed, step, training.predicted_layouts, self.processes)

    def _in_turn(self, parts: list[Part]) -> Iterator[Part]:
        """The parts; spectral norms start each from the same estimate, so that the batch has one."""
        nets = [net for net in (self.image_discriminator, self.object_discriminator) if net is not None]
        estimates = [b for net in nets for name, b in net.named_buffers() if name.endswith(("._u", "._v"))]
        before = [estimate.clone() for estimate in estimates] if len(parts) > 1 else []
        for i, part in enumerate(parts):
            for estimate, value in zip(estimates, before, strict=True) if i else ():
                estimate.copy_(value)
            yield part

    def _generator_step(self, parts: list[Part], step: int) -> dict[str, float]:
        for net in (self.image_discriminator, self.object_discriminator):
            if net is not None:
                net.requires_grad_(False)
        adversarial = step >= self.recipe.training.adversarial_from
        losses = self.updates["generator"](
            self._in_turn(parts), lambda part: self.objectives.of_generator(part, adversarial), self._weigh
        )
        self._after_generator(step)
        return losses

    def _after_generator(self, step: int) -> None:
        self.processes.average_statistics(self.generator)
        if self.average is not None:
            self.average.update(self.generator, step)

    def _weigh(self, losses: Losses) -> Tensor:
        weights = self.recipe.losses
        return torch.stack([getattr(weights, name) * loss for name, loss in losses.items()]).sum()


def _add(losses: Losses) -> Tensor:
    first, *rest = losses.values()
    return sum(rest, start=first)
