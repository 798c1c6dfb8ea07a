"""A training step of the 2018 system as a paper reader would write it: stock operations, nothing thought of twice.

It runs on the parameters of our networks, for the paper's architecture. The generator is that of `plain`, in training
mode; crops are cut with `grid_sample`, image by image, as the code of 2018 cut them; discriminators score the real and
the generated pictures one after the other; losses are torch's own.
"""

from __future__ import annotations

import torch
from plain import convolve, layout_of, refine
from torch import Tensor, nn
from torch.nn import functional

from sg2im_cli.config import Recipe
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.model.discriminators import CropClassifier, ObjectDiscriminator, PatchDiscriminator
from sg2im_cli.model.generator import Generator


class PlainTrainer:
    """Networks and one Adam each, as torch makes it by default."""

    def __init__(self, recipe: Recipe, n_objects: int, n_predicates: int) -> None:
        self.recipe = recipe
        self.generator = Generator(recipe.generator, n_objects, n_predicates)
        self.image_discriminator = PatchDiscriminator(recipe.image_discriminator, n_objects)
        self.object_discriminator = ObjectDiscriminator(recipe.object_discriminator, n_objects)
        rate = recipe.training.learning_rate
        networks = (self.generator, self.image_discriminator, self.object_discriminator)
        self.optimizers = [torch.optim.Adam(network.parameters(), lr=rate) for network in networks]
        self.mean = torch.tensor(recipe.generator.pixel_mean).view(1, 3, 1, 1)
        self.std = torch.tensor(recipe.generator.pixel_std).view(1, 3, 1, 1)

    def step(self, batch: GraphBatch, noise: Tensor) -> dict[str, float]:
        """One update of all three networks."""
        assert batch.images is not None and batch.boxes is not None
        real = (batch.images.float() / 255 - self.mean) / self.std
        losses, fake = self._generator_losses(batch, real, noise)
        weights = self.recipe.losses
        total = sum((getattr(weights, name) * loss for name, loss in losses.items()), start=torch.zeros(()))
        self._change(0, total)
        fake = fake.detach()
        losses |= self._object_losses(batch, real, fake)
        self._change(2, losses["d_objects"] + losses["d_categories"])
        on_fake = self.image_discriminator.cnn(fake)
        on_real = self.image_discriminator.cnn(real)
        losses["d_image"] = bce(on_real, 1) + bce(on_fake, 0)
        self._change(1, losses["d_image"])
        return {name: float(loss.detach()) for name, loss in losses.items()}

    def _change(self, which: int, loss: Tensor) -> None:
        self.optimizers[which].zero_grad()
        loss.backward()
        self.optimizers[which].step()

    def _generator_losses(self, batch: GraphBatch, real: Tensor, noise: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        generator = self.generator
        assert batch.boxes is not None and batch.masks is not None and batch.has_mask is not None
        assert generator.gconv_net is not None and generator.mask_net is not None
        vectors = generator.obj_embeddings(batch.objs)
        predicates = generator.pred_embeddings(batch.triples[:, 1])
        for layer in (generator.gconv, *generator.gconv_net.gconvs):
            vectors, predicates = convolve(layer, vectors, predicates, batch.triples[:, [0, 2]])
        boxes = generator.box_net(vectors)
        logits = generator.mask_net(vectors[:, :, None, None])[:, 0]
        masks = torch.where(batch.has_mask[:, None, None], batch.masks, logits.sigmoid())
        height, width = self.recipe.generator.image_size
        layout = layout_of(vectors, batch.boxes, masks, batch.obj_to_img, batch.n_images, height, width)
        drawn = refine(generator.refinement_net, torch.cat([layout, noise], dim=1))
        known = batch.has_mask
        on_fake, categories = self._judge(drawn, batch)
        losses = {
            "boxes": functional.l1_loss(boxes, batch.boxes),
            "masks": functional.binary_cross_entropy_with_logits(logits[known], batch.masks[known]),
            "pixels": functional.l1_loss(drawn, real),
            "image": bce(self.image_discriminator.cnn(drawn), 1),
            "objects": bce(on_fake, 1),
            "categories": functional.cross_entropy(categories, batch.objs),
        }
        return losses, drawn

    def _object_losses(self, batch: GraphBatch, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        on_fake, fake_categories = self._judge(fake, batch)
        on_real, real_categories = self._judge(real, batch)
        categories = functional.cross_entropy(real_categories, batch.objs)
        categories = categories + functional.cross_entropy(fake_categories, batch.objs)
        return {"d_objects": bce(on_real, 1) + bce(on_fake, 0), "d_categories": categories}

    def _judge(self, images: Tensor, batch: GraphBatch) -> tuple[Tensor, Tensor]:
        """Scores and categories of every object."""
        assert batch.boxes is not None
        size = self.recipe.object_discriminator.crop_size
        net = self.object_discriminator.discriminator
        assert isinstance(net, CropClassifier)
        hidden = net.cnn(crops_of(images, batch.boxes, batch.obj_to_img, size))
        return net.real_classifier(hidden), net.obj_classifier(hidden)


def bce(scores: Tensor, target: int) -> Tensor:
    """Binary cross-entropy of logits."""
    return functional.binary_cross_entropy_with_logits(scores, torch.full_like(scores, target))


def crops_of(images: Tensor, boxes: Tensor, obj_to_img: Tensor, size: int) -> Tensor:
    """Each object's box cut out bilinearly, (O, 3, size, size): image by image, put back in order at the end."""
    cut, places = [], []
    for image in range(len(images)):
        mine = (obj_to_img == image).nonzero()[:, 0]
        cut.append(_cut(images[image].expand(len(mine), -1, -1, -1).contiguous(), boxes[mine], size))
        places.append(mine)
    return torch.cat(cut)[torch.cat(places).argsort()]


def _cut(images: Tensor, boxes: Tensor, size: int) -> Tensor:
    share = torch.linspace(0, 1, size)
    x0, y0, x1, y1 = (2 * boxes[:, i, None] - 1 for i in range(4))
    x = (x0 + share * (x1 - x0))[:, None, :].expand(-1, size, -1)
    y = (y0 + share * (y1 - y0))[:, :, None].expand(-1, -1, size)
    return functional.grid_sample(images, torch.stack([x, y], dim=3), align_corners=True)


def copy_networks(source: object, target: PlainTrainer) -> None:
    """Give the plain trainer the weights of ours."""
    for name in ("generator", "image_discriminator", "object_discriminator"):
        network = getattr(target, name)
        assert isinstance(network, nn.Module)
        network.load_state_dict(getattr(source, name).state_dict())
