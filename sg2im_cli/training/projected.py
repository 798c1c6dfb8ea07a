"""How the picture half learns from discriminators on frozen features (Sauer et al. 2021).

Real and generated pictures go through the heads in one batch, so that batch norm cannot hide what tells them apart, and
through the same mild changes. Real ones are seen once more under wrong categories. A generated picture is compared with
the real one, by features, where it was drawn from the real one's layout and latent; elsewhere discriminators alone
judge it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from sg2im_cli.config import Recipe
from sg2im_cli.model.efficientnet import load_efficientnet
from sg2im_cli.model.losses import mean_of
from sg2im_cli.model.projected import (
    ProjectedImageDiscriminator,
    ProjectedObjectDiscriminator,
    hinge_fake,
    hinge_generator,
    hinge_real,
)
from sg2im_cli.training.feature_extraction import FeatureExtractor
from sg2im_cli.training.microbatch import MicroBatch, Pairs
from sg2im_cli.training.networks import Networks
from sg2im_cli.training.processes import Processes
from sg2im_cli.training.update import autocast
from sg2im_parsers.vocabulary import Vocabulary


class ProjectedObjectives:
    """The losses of the picture half and of its discriminators.

    Args:
        recipe: weights of losses.
        extractor: has what they look at.
        pictures: the discriminator of whole pictures.
        objects: that of crops.
    """

    def __init__(
        self,
        recipe: Recipe,
        extractor: FeatureExtractor,
        pictures: ProjectedImageDiscriminator,
        objects: ProjectedObjectDiscriminator,
    ) -> None:
        assert recipe.projected is not None
        self.recipe, self.config, self.extractor = recipe, recipe.projected, extractor
        self.pictures, self.objects = pictures, objects

    def of_discriminators(self, part: MicroBatch) -> dict[str, Tensor]:
        """Hinge on real pictures, on generated ones and on real ones under wrong categories; so for crops."""
        batch, extracted = part.batch, part.extracted
        assert extracted is not None
        objs, attributes, chosen = batch.objs, batch.attributes, extracted.chosen
        wrong, wrong_attributes = self._wrong(part, torch.arange(len(objs), device=objs.device))
        wrong_crops, wrong_crop_attributes = self._wrong(part, chosen)
        whole, crops = extracted.pictures, extracted.crops
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

    def of_generator(self, part: MicroBatch) -> dict[str, Tensor]:
        """What discriminators say, and how far pictures are from those that they are to look like."""
        batch, extracted = part.batch, part.extracted
        assert extracted is not None
        layout = self._layout(part, batch.objs, batch.attributes)
        chosen, whole, crops = extracted.chosen, extracted.pictures, extracted.crops
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
        if extracted.divergence is not None:
            losses["picture_latents"] = share * extracted.divergence
        if extracted.colors is not None:
            losses["colors"] = share * extracted.colors
        return losses

    def _layout(self, part: MicroBatch, objs: Tensor, attributes: Tensor | None) -> Tensor:
        assert part.extracted is not None
        return self.pictures.layout(objs, attributes, part.extracted.told, part.batch.obj_to_img, part.batch.n_images)

    def _wrong(self, part: MicroBatch, which: Tensor) -> tuple[Tensor, Tensor | None]:
        """Other categories for some objects, with what is said of those; for some, other attributes alone."""
        batch = part.batch
        rng, device = part.random.rng, which.device
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

    def _perceptual(self, part: MicroBatch) -> Tensor:
        """L1 between features of real and generated pictures and crops, of pictures that are to look alike."""
        extracted = part.extracted
        assert extracted is not None
        owners = part.batch.obj_to_img[extracted.chosen]
        return _distance(extracted.pictures, extracted.matched) + _distance(extracted.crops, extracted.matched[owners])

    def _pixels(self, part: MicroBatch) -> Tensor:
        extracted, real = part.extracted, part.real
        assert extracted is not None
        assert real is not None
        off = functional.avg_pool2d(extracted.images - real, max(1, self.recipe.training.coarse_pixels))
        return mean_of(off.abs().mean((1, 2, 3)), extracted.matched)


def projected_objectives(
    recipe: Recipe, nets: Networks, vocabulary: Vocabulary, processes: Processes, scale: tuple[Tensor, Tensor]
) -> ProjectedObjectives | None:
    """Of the networks of a recipe; None without projected discriminators.

    Raises:
        Sg2imError: the weights of the feature network are not installed.
    """
    pictures, objects = nets.projected_images, nets.projected_objects
    if pictures is None or objects is None:
        return None
    features = load_efficientnet("lite0").to(processes.device)
    features.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    extractor = FeatureExtractor(
        recipe,
        nets.generator,
        features,
        (pictures.mixing, objects.mixing),
        (nets.picture_encoder, nets.surroundings_encoder),
        vocabulary,
        lambda: autocast(processes, recipe.training),
        scale,
    )
    return ProjectedObjectives(recipe, extractor, pictures, objects)


def _join(*sets: Sequence[Tensor]) -> list[Tensor]:
    return [torch.cat([tensor.to(tensors[0]) for tensor in tensors]) for tensors in zip(*sets, strict=True)]


def _hinge(scores: Sequence[Tensor], mismatch: float) -> Tensor:
    real, fake, wrong = ([s.chunk(3)[i] for s in scores] for i in range(3))
    return hinge_real(real) + hinge_fake(fake) + mismatch * hinge_fake(wrong)


def _distance(pairs: Pairs, matched: Tensor) -> Tensor:
    rows = [(f - r).abs().mean((1, 2, 3)) for f, r in zip(pairs.fake, pairs.real, strict=True)]
    return mean_of(torch.stack(rows).mean(0), matched)
