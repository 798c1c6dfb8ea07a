"""What a forward pass must not do: wait for a value, loop over images, or build an (O, D, H, W) tensor."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from sg2im_cli.config import DiscriminatorConfig
from sg2im_cli.model.discriminators import ObjectDiscriminator, PatchDiscriminator
from sg2im_cli.model.layout import sample_masks

from .test_generator import SMALL, VARIANTS, build, noise_for, random_graphs

WAITING = ("_local_scalar_dense", "nonzero", "is_nonzero", "equal", "masked_select")
"""Operations whose result the processor must see before it can go on: on a GPU it waits for all that was queued."""


class Watch(TorchDispatchMode):
    """Counts the operations that tensors go through, and remembers the largest that came out."""

    def __init__(self):
        super().__init__()
        self.seen, self.largest = Counter(), 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        self.seen[func.overloadpacket.__name__] += 1
        results = out if isinstance(out, tuple | list) else [out]
        self.largest = max([self.largest, *(t.numel() for t in results if isinstance(t, torch.Tensor))])
        return out

    @property
    def waits(self):
        return {name: self.seen[name] for name in WAITING if name in self.seen}


def watch_generator(config, counts, n_images, backward=False):
    generator = build(config)
    graphs, noise = random_graphs(counts), noise_for(config, len(counts))
    with Watch() as watch:
        images = generator(*graphs, noise=noise, n_images=n_images).images
        if backward:
            images.square().sum().backward()
    return watch


@pytest.mark.parametrize("config", VARIANTS.values(), ids=VARIANTS.keys())
@pytest.mark.parametrize("counts", [[4], [1, 4, 2, 7]], ids=["one picture", "four pictures"])
def test_a_forward_pass_that_knows_the_number_of_images_waits_for_nothing(config, counts):
    assert watch_generator(config, counts, len(counts), backward=True).waits == {}


def test_counting_the_images_waits_once():
    assert watch_generator(SMALL, [2, 3], None).waits == {"_local_scalar_dense": 1}


def test_discriminators_wait_for_nothing():
    objs, _, owners = random_graphs([3, 5])
    boxes = torch.rand(len(objs), 4).sort(1).values
    config = DiscriminatorConfig(layers="C4-8-2,C4-16-2", layout_dim=6, crop_size=16)
    patches, objects = PatchDiscriminator(config, 9), ObjectDiscriminator(config, 9)
    with Watch() as watch:
        layout = patches.layout(objs, sample_masks(boxes, None, 32, 32), owners, 2)
        patches(torch.rand(2, 3, 32, 32), layout).sum().backward()
        objects(torch.rand(2, 3, 32, 32), boxes, owners).real.sum().backward()
    assert watch.waits == {}


@pytest.mark.parametrize("config", VARIANTS.values(), ids=VARIANTS.keys())
def test_more_images_are_not_more_operations(config):
    few, many = (watch_generator(config, [3] * n, n, backward=True) for n in (2, 9))
    assert few.seen == many.seen


@pytest.mark.parametrize("masks", [8, None])
def test_no_tensor_holds_every_objects_vector_at_every_pixel(masks):
    config = VARIANTS["paper" if masks else "no masks"]
    counts = [40, 50]
    watch = watch_generator(config, counts, len(counts), backward=True)
    height, width = config.image_size
    assert watch.largest < (sum(counts) + len(counts)) * config.gconv_dim * height * width / 4
