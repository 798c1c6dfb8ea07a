"""One update: of the graph half alone, or of generator and discriminators (paper section 3, "training")."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from sg2im_cli.checkpoint import Checkpoint
from sg2im_cli.config import Recipe
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.data.dataset import SceneDataset
from sg2im_cli.model.generator import Generator
from sg2im_cli.training.calibration import calibrate
from sg2im_cli.training.ema import ExponentialAverage
from sg2im_cli.training.initial import Start, start_from, take_adversaries
from sg2im_cli.training.microbatch import MicroBatch, split_batch
from sg2im_cli.training.networks import build_networks
from sg2im_cli.training.objectives import Objectives
from sg2im_cli.training.precision import choose_precision
from sg2im_cli.training.processes import Processes
from sg2im_cli.training.projected import ProjectedObjectives, projected_objectives
from sg2im_cli.training.shapes import ShapeObjectives, shape_objectives
from sg2im_cli.training.update import Losses, NotFiniteError, Update, autocast
from sg2im_parsers.vocabulary import Vocabulary


class Trainer:
    """Networks, their optimizers and the average, and how one step changes them.

    Args:
        recipe: what to train.
        vocabulary: of the data.
        processes: where, and who has the other parts of each batch; a device alone is one process.
        compiled: whether `torch.compile` makes the convolutions.
    """

    def __init__(
        self, recipe: Recipe, vocabulary: Vocabulary, processes: Processes | torch.device, compiled: bool = False
    ) -> None:
        self.processes = Processes(processes) if isinstance(processes, torch.device) else processes
        self.recipe, self.vocabulary = choose_precision(recipe, self.processes), vocabulary
        recipe = self.recipe
        training = recipe.training
        self.nets = build_networks(recipe, vocabulary, self.processes)
        self.generator = self.nets.generator
        self.average = ExponentialAverage(self.generator, training.ema_decay) if training.ema_decay else None
        scale = torch.tensor([recipe.generator.pixel_mean, recipe.generator.pixel_std], device=self.processes.device)
        self.mean, self.std = scale[0].view(1, 3, 1, 1), scale[1].view(1, 3, 1, 1)
        self.objectives = Objectives(
            recipe, self.generator, self.nets.image_discriminator, self.nets.object_discriminator
        )
        self.shapes = shape_objectives(recipe, self.nets, vocabulary)
        self.projected = projected_objectives(recipe, self.nets, vocabulary, self.processes, (self.mean, self.std))
        self.calibrated = False
        self.updates = self._build_updates()
        self.layout_update = self._update("layout", self.nets.graph_half(), training.layout_lr)
        self.shape_update: Update | None = None
        if self.nets.mask_discriminator is not None:
            self.shape_update = self._update("shapes", self.nets.mask_discriminator, training.layout_lr)
        if compiled:
            self._compile()

    def start_from(self, source: Checkpoint) -> Start:
        """Take the weights of another generator as far as they fit; the average starts from them, too."""
        start = start_from(self.generator, self.vocabulary, source)
        if self.average is not None:
            self.average.model.load_state_dict(self.generator.state_dict())
        return start

    def take_adversaries(self, directory: Path, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Take what lies beside a generator's weights and was trained with it; the names of what was taken.

        Its tables have rows by number, so nothing is taken where the ``vocabulary`` of the weights is another.
        """
        if vocabulary != self.vocabulary:
            return ()
        adversaries = {name: net for name, net in self.nets.named().items() if name != "generator"}
        taken = take_adversaries(adversaries, directory)
        self.calibrated = {"projected_images", "projected_objects"} <= set(taken)
        return taken

    def calibrate(self, data: SceneDataset) -> None:
        """Let projected discriminators look at real pictures before the first step; others need nothing."""
        if self.projected is not None and not self.calibrated:
            calibrate(self.projected.extractor, self.projected.pictures, self.projected.objects, data)

    def layout_step(self, batch: GraphBatch, step: int) -> dict[str, float]:
        """Update embeddings, graph network and heads from annotations alone.

        Args:
            batch: what this process has of it.
            step: counted from 0.

        Returns:
            each loss by name, of the whole batch, before its weight.
        """
        self.generator.train()
        for update in (self.layout_update, self.shape_update):
            if update is not None:
                update.set_rate(step, self.recipe.layout_updates)
        parts = self._split(batch, step, 0)
        if self.shapes is None:
            losses = self.layout_update(self._in_turn(parts), self.objectives.of_layout, self._weigh)
        else:
            losses = self._shape_step(self.shapes, parts, step)
        self._after_generator(step)
        return losses

    def picture_step(self, batch: GraphBatch, step: int, seed: int) -> dict[str, float]:
        """Update the generator, and the discriminators of objects and pictures.

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
        return (
            self._paper_step(parts, step)
            if self.projected is None
            else self._projected_step(self.projected, parts, step)
        )

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
        average = {} if self.average is None else {"average": self.average.model}
        return {**self.nets.named(), **average}

    def _build_updates(self) -> dict[str, Update]:
        nets, training = self.nets, self.recipe.training
        generator = [net for net in (self.generator, nets.picture_encoder) if net is not None]
        trained: dict[str, tuple[nn.Module, float]] = {
            "generator": (generator[0] if len(generator) == 1 else nn.ModuleList(generator), training.learning_rate)
        }
        adversaries = {"image": nets.image_discriminator, "objects": nets.object_discriminator}
        trained |= {name: (net, training.discriminator_lr) for name, net in adversaries.items() if net is not None}
        projected = [net for net in (nets.projected_images, nets.projected_objects) if net is not None]
        if projected:
            trained["discriminators"] = nn.ModuleList(projected), training.discriminator_lr
        return {name: self._update(name, *each) for name, each in trained.items()}

    def _update(self, name: str, model: nn.Module, rate: float) -> Update:
        return Update(name, model, rate, self.recipe.training, self.processes)

    def _all_updates(self) -> dict[str, Update]:
        shapes = {} if self.shape_update is None else {"shapes": self.shape_update}
        return {**self.updates, "layout": self.layout_update, **shapes}

    def _compile(self) -> None:
        """Compile what convolves; names of weights stay."""
        self.generator.refinement_net.compile()
        for net in (self.nets.image_discriminator, self.nets.object_discriminator):
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

    def _split(self, batch: GraphBatch, step: int, seed: int) -> list[MicroBatch]:
        training = self.recipe.training
        return split_batch(batch, training.accumulate, seed, step, training.predicted_layouts, self.processes)

    def _shape_step(self, shapes: ShapeObjectives, parts: list[MicroBatch], step: int) -> dict[str, float]:
        """The adversary of masks first, then the graph half, by the same layouts."""
        for part in parts:
            with autocast(self.processes, self.recipe.training):
                part.shapes = shapes.draw(part)
        losses: dict[str, float] = {}
        adversary = self.nets.mask_discriminator
        if self.shape_update is not None and adversary is not None:
            adversary.requires_grad_(True)
            losses = self.shape_update(parts, partial(shapes.of_adversary, step=step), _add)
            adversary.requires_grad_(False)
        return losses | self.layout_update(parts, shapes.of_graph_half, self._weigh)

    def _projected_step(self, projected: ProjectedObjectives, parts: list[MicroBatch], step: int) -> dict[str, float]:
        """Discriminators first, then the generator, by what was seen of the same pictures."""
        for part in parts:
            part.extracted = projected.extractor.extract(part)
        heads = [p for net in (projected.pictures, projected.objects) for p in net.parameters() if p.requires_grad]
        losses = self.updates["discriminators"](parts, projected.of_discriminators, _add)
        for parameter in heads:
            parameter.requires_grad_(False)
        losses |= self.updates["generator"](parts, projected.of_generator, self._weigh)
        for parameter in heads:
            parameter.requires_grad_(True)
        for net in (projected.pictures, projected.objects):
            self.processes.average_statistics(net)
        self._after_generator(step + self.recipe.training.layout_steps)
        return losses

    def _paper_step(self, parts: list[MicroBatch], step: int) -> dict[str, float]:
        """The generator first, then the object discriminator, then the image discriminator."""
        losses = self._generator_step(parts, step)
        for name, net, objective in (
            ("objects", self.nets.object_discriminator, self.objectives.of_object_discriminator),
            ("image", self.nets.image_discriminator, self.objectives.of_image_discriminator),
        ):
            if net is not None:
                net.requires_grad_(True)
                losses |= self.updates[name](self._in_turn(parts), objective, _add)
                self.processes.average_statistics(net)
        return losses

    def _in_turn(self, parts: list[MicroBatch]) -> Iterator[MicroBatch]:
        """The parts; spectral norms start each from the same estimate, so that the batch has one."""
        nets = [net for net in (self.nets.image_discriminator, self.nets.object_discriminator) if net is not None]
        estimates = [b for net in nets for name, b in net.named_buffers() if name.endswith(("._u", "._v"))]
        before = [estimate.clone() for estimate in estimates] if len(parts) > 1 else []
        for i, part in enumerate(parts):
            for estimate, value in zip(estimates, before, strict=True) if i else ():
                estimate.copy_(value)
            yield part

    def _generator_step(self, parts: list[MicroBatch], step: int) -> dict[str, float]:
        for net in (self.nets.image_discriminator, self.nets.object_discriminator):
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
