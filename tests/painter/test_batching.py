"""Many pictures at once: each is the picture that is made alone, with the noise of its own seed."""

from __future__ import annotations

from dataclasses import replace
from itertools import count, islice

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sg2im_cli.model.generator import Generator
from sg2im_cli.painter import Painter
from sg2im_cli.painter.batching import MOST_OBJECTS, Job, in_batches
from sg2im_errors import InputError
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject

CAR, ROAD = SceneObject(name="car"), SceneObject(name="road")
BOX, MASK = (0.1, 0.2, 0.5, 0.6), ((1.0, 0.0), (0.25, 1.0))
SOURCES = (
    "a car on the road",
    SceneGraph((CAR,), ()),
    SceneGraph((replace(CAR, box=BOX), ROAD), (Relationship(0, "on", 1),)),
    SceneGraph((CAR, replace(ROAD, box=BOX, mask=MASK), replace(CAR, mask=MASK)), ()),
    "two sheep in a field beside three dogs and a boat under the sky",
    SceneGraph((CAR,) * 60, tuple(Relationship(i, "left of", i + 1) for i in range(59))),
    "a dog",
)


@pytest.fixture(scope="module")
def painter(tiny_bundle):
    return Painter.from_pretrained(str(tiny_bundle), device="cpu")


@pytest.fixture(scope="module")
def sampler(sampled_bundle):
    """Paints with a model that draws sizes, shapes and style at random."""
    return Painter.from_pretrained(str(sampled_bundle), device="cpu")


@pytest.fixture
def refined(monkeypatch):
    """What goes into each picture and comes out of the network, before it is rounded."""
    seen = []

    def watch(painter):
        refine = painter.generator.refine

        def watched(layout, noise=None, picture_latents=None):
            made = refine(layout, noise, picture_latents)
            noises = [None] * len(made.images) if noise is None else noise
            seen.extend(zip(noises, made.images, strict=True))
            return made

        monkeypatch.setattr(painter.generator, "refine", watched)
        return seen

    return watch


def levels(one, other):
    """How far two pictures are apart, of 255."""
    return int(np.abs(np.asarray(one.images[0], int) - np.asarray(other.images[0], int)).max())


@pytest.mark.parametrize("size", [2, 3, 64])
@pytest.mark.parametrize("enforced", [False, True])
def test_a_picture_of_a_batch_is_the_picture_made_alone(painter, refined, size, enforced):
    seen = refined(painter)
    together = list(painter.paint_many(SOURCES, seed=7, enforced=enforced, batch_size=size))
    count = len(seen)
    alone = [painter.paint(source, 7 + i, enforced=enforced) for i, source in enumerate(SOURCES)]
    assert count == len(seen) - count == len(SOURCES)
    for (noise, image), (same_noise, same_image) in zip(seen[:count], seen[count:], strict=True):
        assert torch.equal(noise, same_noise[0] if same_noise.dim() > noise.dim() else same_noise)
        assert (image - same_image).abs().max() <= 1e-5 * same_image.abs().max()
    for one, other in zip(together, alone, strict=True):
        assert levels(one, other) <= 1
        assert (one.seeds, one.text, one.account, one.asked) == (other.seeds, other.text, other.account, other.asked)
        assert (one.checks, one.given_up) == (other.checks, other.given_up)
        for box, same in zip(one.boxes, other.boxes, strict=True):
            assert box == pytest.approx(same, abs=2e-6)


@pytest.mark.parametrize("size", [2, 64])
@pytest.mark.parametrize("enforced", [False, True])
def test_layouts_that_are_drawn_at_random_are_the_seeds_own_in_a_batch(sampler, refined, size, enforced):
    sources = (*SOURCES, "a dog", SceneGraph((replace(CAR, seed=5), replace(ROAD, seed=5, box=BOX)), ()))
    seen = refined(sampler)
    together = list(sampler.paint_many(sources, seed=7, enforced=enforced, batch_size=size))
    alone = [sampler.paint(source, 7 + i, enforced=enforced) for i, source in enumerate(sources)]
    for (_, image), (_, same_image) in zip(seen[: len(sources)], seen[len(sources) :], strict=True):
        assert (image - same_image).abs().max() <= 1e-5 * same_image.abs().max()
    for one, other in zip(together, alone, strict=True):
        assert levels(one, other) <= 1
        assert one.asked == other.asked
        for item, same in zip(one.graph.objects, other.graph.objects, strict=True):
            assert item.seed == same.seed is not None
            assert item.box == pytest.approx(same.box, abs=2e-6)
            assert np.abs(np.array(item.mask) - np.array(same.mask)).max() <= 1.1e-3
    assert together[6].boxes != together[7].boxes  # "a dog" twice, with other seeds
    assert {item.seed for item in together[8].graph.objects} == {5}


def test_noise_is_the_seeds_own_whatever_is_drawn_with_it(painter, refined):
    seen = refined(painter)
    list(painter.paint_many(["a car"] * 64, seed=100, batch_size=64))
    torch.manual_seed(5)
    list(painter.paint_many(["a dog"], seed=131, batch_size=1))
    painter.paint("a boat on the sea", seed=129, samples=3)
    noises = [noise for noise, _ in seen]
    assert len({noise.numpy().tobytes() for noise in noises[:64]}) == 64
    for noise, seed in zip(noises[64:], (131, 129, 130, 131), strict=True):
        assert torch.equal(noise, noises[seed - 100])


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_noise_is_the_same_on_a_gpu(tiny_bundle, painter, refined):
    there = Painter.from_pretrained(str(tiny_bundle), device="cuda")
    seen = refined(painter)
    refined(there)
    for each in (painter, there):
        each.paint("a car", seed=3)
    (one, _), (other, _) = seen
    assert torch.equal(one.cpu(), other.cpu())


def test_a_model_without_masks_takes_given_ones(vocabulary, small_config):
    torch.manual_seed(0)
    config = replace(small_config, mask_size=None)
    generator = Generator(config, len(vocabulary.objects), len(vocabulary.predicates)).eval()
    painter = Painter(generator, vocabulary, "flat")
    together = painter.paint_many(SOURCES)
    assert all(levels(one, painter.paint(s, i)) <= 1 for i, (s, one) in enumerate(zip(SOURCES, together, strict=True)))


def test_attributes_are_drawn_in_a_batch_as_alone(vocabulary, small_config):
    torch.manual_seed(0)
    words = replace(vocabulary, attributes=("red", "large"))
    generator = Generator(small_config, len(words.objects), len(words.predicates), len(words.attributes)).eval()
    with torch.no_grad():
        generator.attribute_embeddings.weight.normal_(std=3)
    painter = Painter(generator, words, "red")
    sources = (
        "a car",
        *(SceneGraph((replace(CAR, attributes=said), ROAD), ()) for said in (("red",), ("large", "red"))),
    )
    together = list(painter.paint_many(sources))
    assert all(levels(one, painter.paint(s, i)) <= 1 for i, (s, one) in enumerate(zip(sources, together, strict=True)))
    assert levels(together[1], painter.paint(SceneGraph((CAR, ROAD), ()), 1)) > 1


def test_no_more_is_read_than_one_batch(painter):
    read = []
    endless = (read.append(i) or "a dog" for i in count())
    assert len(list(islice(painter.paint_many(endless, batch_size=4), 5))) == 5
    assert len(read) == 8


def test_a_source_that_cannot_be_painted_is_named(painter):
    with pytest.raises(InputError, match="Source 1: This model cannot draw 'unicorn'"):
        list(painter.paint_many(["a dog", "a unicorn"]))
    with pytest.raises(InputError, match="Source 1: A sentence or a SceneGraph is needed, not dict"):
        list(painter.paint_many(["a dog", {"objects": ["dog"]}]))
    with pytest.raises(InputError, match="Source 0: seed is -1"):
        list(painter.paint_many(["a dog"], seed=-1))
    with pytest.raises(InputError, match="batch_size is 0"):
        next(painter.paint_many(["a dog"], batch_size=0))


def test_a_parser_of_ones_own(painter, tiny_bundle):
    own = Painter.from_pretrained(str(tiny_bundle), "cpu", parser=painter.parser.__call__)
    (painting,) = own.paint_many(["a car on the road"])
    assert painting.graph.relationships == (Relationship(0, "on", 1),)


@given(st.lists(st.integers(0, 1500), max_size=40), st.integers(1, 9))
def test_batches_keep_the_order_and_the_limits(counts, size):
    jobs = [Job(graph=SceneGraph((CAR,) * n, ()), seed=i) for i, n in enumerate(counts)]
    batches = list(in_batches(jobs, size))
    assert [job for batch in batches for job in batch] == jobs
    for batch in batches:
        assert len(batch) <= size
        assert len(batch) == 1 or sum(len(job.graph.objects) + 1 for job in batch) <= MOST_OBJECTS
