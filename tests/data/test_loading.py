"""Batches are the same whoever makes them: here or in workers, from the start or from the middle, whole or in parts."""

from __future__ import annotations

import dataclasses
import itertools
import os
import signal

import numpy as np
import pytest
import torch

from sg2im_cli.config import DataConfig
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.division import divide
from sg2im_cli.data.loading import iterate
from sg2im_errors import InputError, Sg2imError

VARIED = DataConfig(relations="spoken", object_dropout=0.5, flip=True)


@pytest.fixture(scope="module")
def scenes(tiny_data, small_config):
    return load_scenes(tiny_data, "train", VARIED, small_config)


def same(a: GraphBatch, b: GraphBatch) -> bool:
    pairs = [(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(GraphBatch)]
    return all(torch.equal(x, y) if isinstance(x, torch.Tensor) else x == y for x, y in pairs)


def take(batches, count):
    return list(itertools.islice(batches, count))


@pytest.mark.parametrize("start", [0, 4], ids=["from the start", "from the middle of an epoch"])
def test_workers_change_nothing(scenes, start):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    alone = take(scenes.batches(4, start, seed=3), 7)
    helped = take(scenes.batches(4, start, seed=3, workers=2), 7)
    assert all(map(same, alone, helped))
    assert not same(alone[0], alone[3])  # another epoch shows the same pictures otherwise
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("processes", [2, 3, 4])
def test_processes_divide_each_batch(scenes, processes):
    """What they have, one after the other, is what one has; every part knows its place."""
    whole = take(scenes.batches(5, seed=1), 4)
    parts = [take(scenes.batches(5, seed=1, rank=rank, processes=processes), 4) for rank in range(processes)]
    for number, batch in enumerate(whole):
        mine = [part[number] for part in parts]
        assert [b.first for b in mine] == list(np.cumsum([0, *(b.n_images for b in mine[:-1])]))
        assert all(b.total == 5 for b in mine)
        assert all(map(same, mine, pieces(batch, mine)))


def pieces(batch, like):
    """By hand: the objects, triples and pictures of each part of a batch."""
    for b in like:
        mine = [i for i, n in enumerate(batch.obj_to_img.tolist()) if b.first <= n < b.first + b.n_images]
        rows = [t for t in batch.triples.tolist() if t[0] in mine]
        yield dataclasses.replace(
            batch,
            objs=batch.objs[mine],
            boxes=batch.boxes[mine],
            masks=batch.masks[mine],
            has_mask=batch.has_mask[mine],
            obj_to_img=batch.obj_to_img[mine] - b.first,
            triples=torch.tensor([[mine.index(s), p, mine.index(o)] for s, p, o in rows]),
            images=batch.images[b.first : b.first + b.n_images],
            n_images=b.n_images,
            first=b.first,
            total=batch.n_images,
        )


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_parts_of_a_part(scenes, parts):
    """Dividing a process's share gives what more processes would have got."""
    share = next(scenes.batches(12, rank=1, processes=2))
    divided = divide(share, parts)
    finer = [next(scenes.batches(12, rank=parts + part, processes=2 * parts)) for part in range(parts)]
    assert all(map(same, divided, finer))


def test_objects_in_any_order_are_divided(scenes):
    batch = next(scenes.batches(4))
    order = torch.randperm(len(batch.objs), generator=torch.Generator().manual_seed(0))
    place = order.argsort()
    mixed = dataclasses.replace(
        batch,
        **{name: getattr(batch, name)[order] for name in ("objs", "boxes", "masks", "has_mask", "obj_to_img")},
        triples=torch.stack([place[batch.triples[:, 0]], batch.triples[:, 1], place[batch.triples[:, 2]]], dim=1),
    )
    for ordered, other in zip(divide(batch, 2), divide(mixed, 2), strict=True):
        assert told(ordered) == told(other)


def told(batch):
    """The triples with their objects' boxes in place of numbers."""
    boxes = [tuple(box) for box in batch.boxes.tolist()]
    return sorted((boxes[s], p, boxes[o]) for s, p, o in batch.triples.tolist())


def test_too_many_processes(scenes):
    with pytest.raises(InputError, match="A batch of 2 is too small for 3 processes"):
        scenes.batches(2, processes=3)


def broken(number):
    if number == 2:
        raise InputError("The file is gone; bring it back.")
    return number


@pytest.mark.parametrize("workers", [0, 2])
def test_an_error_comes_in_its_turn_and_in_its_own_words(workers):
    batches = iterate(broken, 0, workers)
    assert take(batches, 2) == [0, 1]
    with pytest.raises(InputError, match="^The file is gone; bring it back.$"):
        next(batches)


def killed(number):
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_worker_that_is_killed_is_said():
    with pytest.raises(Sg2imError, match="A process that prepares data was killed"):
        take(iterate(killed, 0, 1), 3)


@pytest.mark.parametrize(
    ("file", "content", "named", "layout"),
    [
        ("a.jsonl", '{"image": "1.png", "objects": []}', "a.jsonl", "jsonl"),
        ("image_data.json", '[{"image_id": 1, "url": "1.jpg"}]', "", "vg"),
        ("data.yaml", "names: [cat]", "", "yolo"),
        ("data.yaml", "names: [cat]", "data.yaml", "yolo"),
    ],
)
def test_what_has_to_be_prepared_first(file, content, named, layout, tmp_path, small_config):
    (tmp_path / file).write_text(content)
    with pytest.raises(InputError, match=f"sg2im data prepare {layout} .* --out DATA"):
        load_scenes(tmp_path / named, "train", VARIED, small_config)
