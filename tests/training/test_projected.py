"""Laws of training with projected discriminators, latents and sampled masks, on a small version of `scenes`."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from sg2im_cli.checkpoint import load_generator
from sg2im_cli.config import ConfigError, LossConfig
from sg2im_cli.data.batch import GraphBatch
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.relations import SPOKEN_RELATIONS, spoken_table
from sg2im_cli.model.losses import mask_losses
from sg2im_cli.training.augment import change_colors_mildly, move
from sg2im_cli.training.calibration import prototypes
from sg2im_cli.training.initial import ADVERSARIES, save_adversaries
from sg2im_cli.training.part import split_batch
from sg2im_cli.training.processes import Processes
from sg2im_cli.training.rehearsal import rehearse
from sg2im_cli.training.relations import RelationLoss
from sg2im_cli.training.run import train
from sg2im_cli.training.shapes import divergence_from_normal, sizes_alone, unhidden
from sg2im_cli.training.step import Trainer
from sg2im_errors import InputError
from sg2im_weights import read_bundle

from .conftest import Silent, options, small_scenes, tensors

GRAPH_HALF = ("obj_embeddings", "pred_embeddings", "gconv", "box_net", "mask_net", "size_net")


def run(data, out, stop_after=None, **changes):
    return train(replace(options(data, out, **changes), recipe=small_scenes(), recipe_name="small"), Silent(stop_after))


@pytest.fixture(scope="module")
def whole(tiny_data, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "whole"
    assert run(tiny_data, out).finished
    return out


@pytest.fixture(scope="module")
def scenes(tiny_data):
    recipe = small_scenes()
    return load_scenes(tiny_data, "train", recipe.data, recipe.generator)


@pytest.fixture(scope="module")
def trainer(scenes):
    torch.manual_seed(0)
    made = Trainer(small_scenes(), scenes.vocabulary, torch.device("cpu"))
    made.calibrate(scenes)
    return made


def copied(network):
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def changed(before, network):
    return {name for name, tensor in network.state_dict().items() if not torch.equal(before[name], tensor)}


def test_a_run_leaves_a_bundle_that_paints_one_layout_after_another(whole):
    checkpoint = load_generator(read_bundle(whole / "weights"))
    assert checkpoint.generator.is_thing.any()
    objs, triples = torch.tensor([1, 2, 0]), torch.tensor([[0, 1, 1], [0, 0, 2], [1, 0, 2]])
    a, b = (checkpoint.generator.predict_layout(objs, triples, None, torch.randn(3, 6)) for _ in range(2))
    assert not torch.allclose(a.boxes, b.boxes)


@pytest.mark.parametrize("stop_after", [2, 5, 8])
def test_a_run_that_broke_off_goes_on_and_equals_the_whole(tiny_data, tmp_path, whole, stop_after):
    with pytest.raises(KeyboardInterrupt):
        run(tiny_data, tmp_path / "run", stop_after)
    assert run(tiny_data, tmp_path / "run").finished
    a, b = tensors(whole), tensors(tmp_path / "run")
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_workers_change_nothing(tiny_data, tmp_path, whole):
    run(tiny_data, tmp_path / "run", workers=2)
    a, b = tensors(whole), tensors(tmp_path / "run")
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_a_rehearsal_makes_every_kind_of_update(tiny_data, tmp_path):
    found = rehearse(replace(options(tiny_data, tmp_path / "run"), recipe=small_scenes()), Silent())
    assert found.layout_seconds > 0
    assert {"boxes", "masks", "shapes", "relations", "image", "objects", "perceptual"} <= found.losses.keys()


def test_pictures_teach_the_picture_half_and_annotations_the_graph_half(trainer, scenes):
    before = copied(trainer.generator)
    trainer.picture_step(next(scenes.batches(4)), 0, 0)
    names = changed(before, trainer.generator)
    assert not [name for name in names if name.startswith(GRAPH_HALF)]
    assert any(name.startswith("refinement_net") for name in names)
    assert any(name.startswith("layout_categories") for name in names)
    before = copied(trainer.generator)
    trainer.layout_step(next(scenes.batches(4, with_images=False)), 0)
    names = changed(before, trainer.generator)
    also = {"gconv_net", "attribute_embeddings", "surroundings"}
    assert {name.partition(".")[0] for name in names} <= {*GRAPH_HALF, *also}
    assert "surroundings.out.weight" in names
    assert any(name.startswith("size_net") for name in names)


def test_a_step_changes_every_head_and_no_mixing(trainer, scenes):
    for name in ("projected_images", "projected_objects"):
        net = trainer.nets.named()[name]
        before = copied(net)
        trainer.picture_step(next(scenes.batches(4)), 1, 0)
        names = changed(before, net)
        assert not [n for n in names if n.startswith("mixing")]
        assert {f"heads.{i}" for i in range(len(net.heads))} <= {".".join(n.split(".")[:2]) for n in names}


def test_discriminators_learn_to_tell_a_batch_from_its_pictures(scenes):
    torch.manual_seed(1)
    trainer = Trainer(small_scenes(), scenes.vocabulary, torch.device("cpu"))
    trainer.calibrate(scenes)
    batch = next(scenes.batches(8))
    for parameter in trainer.generator.parameters():
        parameter.requires_grad_(False)
    losses = [_discriminate(trainer, batch) for _ in range(60)]
    assert sum(losses[-5:]) < 0.7 * sum(losses[:5])


def _discriminate(trainer, batch):
    (part,) = split_batch(batch, 1, 0, 0, 0.0, trainer.processes)
    part.real = trainer.to_model_units(batch)
    part.looked = trainer.projected.looker.look(part)
    losses = trainer.updates["discriminators"](
        [part], trainer.projected.of_discriminators, lambda found: torch.stack(list(found.values())).sum()
    )
    return losses["d_image"] + losses["d_objects"]


def test_the_gradient_of_the_generator_passes_the_frozen_features(trainer, scenes):
    batch = next(scenes.batches(4))
    (part,) = split_batch(batch, 1, 0, 3, 0.0, trainer.processes)
    part.real = trainer.to_model_units(batch)
    part.looked = trainer.projected.looker.look(part)
    losses = trainer.projected.of_generator(part)
    weight = trainer.generator.refinement_net.output_conv[0].weight
    for name in ("image", "objects", "perceptual", "pixels"):
        (gradient,) = torch.autograd.grad(losses[name], weight, retain_graph=True)
        assert gradient.any(), name


def test_a_picture_of_a_predicted_layout_is_compared_with_no_real_one(trainer, scenes):
    batch = next(scenes.batches(4))
    (part,) = split_batch(batch, 1, 0, 3, 1.0, trainer.processes)
    part.real = trainer.to_model_units(batch)
    part.looked = trainer.projected.looker.look(part)
    assert not part.looked.matched.any()
    losses = trainer.projected.of_generator(part)
    assert losses["perceptual"].item() == losses["pixels"].item() == 0


def test_of_predicted_layouts_discriminators_are_told_what_there_is_and_not_where(trainer, scenes):
    batch = next(scenes.batches(4))
    told = {}
    for share in (0.0, 1.0):
        (part,) = split_batch(batch, 1, 0, 3, share, trainer.processes)
        part.real = trainer.to_model_units(batch)
        told[share] = trainer.projected.looker.look(part).told
    assert torch.allclose(told[1.0], told[1.0].mean((1, 2), keepdim=True).expand_as(told[1.0]))
    assert not torch.allclose(told[0.0], told[0.0].mean((1, 2), keepdim=True).expand_as(told[0.0]))


def test_moving_takes_pixels_from_where_they_are():
    images, uniform = torch.rand(6, 2, 16, 16), torch.rand(6, 2)
    moved = move(images, uniform)
    for image, out, (u, v) in zip(images, moved, uniform, strict=True):
        dy, dx = int(u * 5) - 2, int(v * 5) - 2
        padded = torch.nn.functional.pad(image[None], (2, 2, 2, 2), mode="replicate")[0]
        torch.testing.assert_close(out, padded[:, 2 + dy : 18 + dy, 2 + dx : 18 + dx])
    zeros = move(torch.ones(1, 1, 16, 16), torch.zeros(1, 2), outside_is_zero=True)[0, 0]
    assert zeros[:2].sum() == zeros[:, :2].sum() == 0
    assert zeros[2:, 2:].min() == 1


def test_mild_colours_leave_a_picture_as_it_is_in_the_middle():
    images = torch.randn(3, 3, 8, 8)
    torch.testing.assert_close(change_colors_mildly(images, torch.full((3, 3), 0.5)), images)


def test_relationships_of_real_boxes_cost_next_to_nothing_and_turned_ones_do():
    boxes = torch.tensor([[0.1, 0.1, 0.3, 0.3], [0.6, 0.1, 0.8, 0.3], [0.0, 0.5, 1.0, 1.0]])
    loss = RelationLoss(("__in_image__", *SPOKEN_RELATIONS))
    table = spoken_table(boxes.numpy(), torch.tensor([False, False, True]).numpy())
    true = torch.tensor([[s, p + 1, o] for p in range(12) for s in range(3) for o in range(3) if table[p, s, o]])
    assert float(loss(true, boxes)) < 0.005
    left, right = SPOKEN_RELATIONS.index("left of") + 1, SPOKEN_RELATIONS.index("right of") + 1
    assert float(loss(torch.tensor([[0, left, 1]]), boxes)) == 0
    assert float(loss(torch.tensor([[0, right, 1]]), boxes)) == pytest.approx(0.51, abs=1e-4)
    assert float(loss(torch.tensor([[0, 0, 1]]), boxes)) == 0  # that it is in the picture has no rule


def test_relationships_move_boxes_towards_what_is_said():
    boxes = torch.tensor([[0.1, 0.1, 0.3, 0.3], [0.6, 0.1, 0.8, 0.3]], requires_grad=True)
    loss = RelationLoss(("__in_image__", *SPOKEN_RELATIONS))
    triple = torch.tensor([[0, SPOKEN_RELATIONS.index("right of") + 1, 1]])
    (gradient,) = torch.autograd.grad(loss(triple, boxes), boxes)
    assert gradient[0, 0] < 0 < gradient[1, 0]  # the first is to go right, the second left


def test_what_a_thing_hides_of_stuff_does_not_count():
    boxes = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.5, 1.0], [0.5, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
    batch = GraphBatch(
        objs=torch.tensor([2, 1, 2, 2]),
        triples=torch.zeros(0, 3, dtype=torch.int64),
        obj_to_img=torch.tensor([0, 0, 0, 1]),
        n_images=2,
        boxes=boxes,
        masks=torch.ones(4, 8, 8),
    )
    around, thing, beside, elsewhere = unhidden(batch, batch.objs == 1)
    assert around[:, :3].max() < 0.01 and around[:, 5:].min() > 0.99  # the thing covers the left half
    assert thing.min() == beside[:, 2:].min() == elsewhere.min() == 1
    logits = torch.full((1, 8, 8), -9.0)
    logits[:, :, 4:] = 9.0
    seen = mask_losses(logits, torch.ones(1, 8, 8), around[None])
    assert float(seen) < 0.3 < float(mask_losses(logits, torch.ones(1, 8, 8)))


def test_an_adversary_may_change_sizes_and_moves_no_box():
    boxes = torch.tensor([[0.1, 0.2, 0.4, 0.8]], requires_grad=True)
    torch.testing.assert_close(sizes_alone(boxes), boxes)
    (gradient,) = torch.autograd.grad(sizes_alone(boxes)[0, 0], boxes)
    assert gradient[0, 0] + gradient[0, 2] == 0


def test_the_divergence_of_a_standard_normal_from_itself_is_zero():
    assert divergence_from_normal(torch.zeros(2, 5), torch.zeros(2, 5)).tolist() == [0, 0]
    torch.testing.assert_close(divergence_from_normal(torch.ones(1, 4), torch.zeros(1, 4)), torch.tensor([2.0]))


def test_prototypes_of_alike_categories_are_alike():
    torch.manual_seed(0)
    means = torch.randn(30, 40)
    means[1] = means[0] + 0.1 * torch.randn(40)
    objs = torch.arange(1, 31).repeat_interleave(30)
    found = prototypes(means[objs - 1] + 0.3 * torch.randn(900, 40), objs, 32, 8)
    assert found.shape == (32, 8)
    assert found[[0, 31]].abs().max() == 0  # never seen
    near, far = (found[1] - found[2]).norm(), (found[1] - found[3:31]).norm(dim=1)
    assert near < far.min() / 3


def test_recipes_that_cannot_be_are_named():
    recipe = small_scenes()
    with pytest.raises(ConfigError, match="need a training.layout_every above 0"):
        replace(recipe, training=replace(recipe.training, layout_every=0))
    with pytest.raises(ConfigError, match="layout_every needs projected"):
        replace(recipe, projected=None)
    with pytest.raises(ConfigError, match="sides of 32 pixels"):
        replace(recipe, generator=replace(recipe.generator, image_size=(40, 40)))
    with pytest.raises(ConfigError, match="perceptual is -1"):
        LossConfig(perceptual=-1)


def test_processes_are_one_here(trainer):
    assert isinstance(trainer.processes, Processes)


def test_what_was_trained_beside_a_generator_is_taken_from_a_copy(scenes, trainer, tmp_path):
    kept = {name: trainer.networks()[name] for name in ("projected_images", "projected_objects", "mask_discriminator")}
    save_adversaries(kept, tmp_path)
    other = Trainer(small_scenes(), scenes.vocabulary, torch.device("cpu"))
    words = scenes.vocabulary
    turned = replace(words, objects=(words.objects[0], *words.objects[:0:-1]))
    assert other.take_adversaries(tmp_path, turned) == ()  # as many words, in another order
    assert set(other.take_adversaries(tmp_path, words)) == set(kept)
    for name, network in kept.items():
        mine = other.networks()[name].state_dict()
        assert all(torch.equal(mine[k], t.half().to(t.dtype)) for k, t in network.state_dict().items())
    before = copied(other.nets.projected_images)
    other.calibrate(scenes)  # it is, already
    assert not changed(before, other.nets.projected_images)
    assert other.take_adversaries(tmp_path / "elsewhere", words) == ()
    (tmp_path / ADVERSARIES).write_bytes(b"broken")
    with pytest.raises(InputError, match="cannot be loaded"):
        other.take_adversaries(tmp_path, words)
