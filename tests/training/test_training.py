"""Laws of training: every recipe makes a step, a resumed run equals the uninterrupted one, what is broken is said."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import torch
from PIL import Image

from sg2im_cli.checkpoint import load_generator
from sg2im_cli.config import ConfigError, GeneratorConfig, LossConfig, Recipe, plain, read
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.training.part import Drawn, split_batch
from sg2im_cli.training.recipes import load_recipe, recipe_names
from sg2im_cli.training.run import train
from sg2im_cli.training.sentence_sheet import sentence_batch, sheet_sentences
from sg2im_cli.training.step import Trainer
from sg2im_errors import InputError
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import read_bundle

from .conftest import Silent, options, tensors


def test_a_run_leaves_a_bundle_that_paints(finished):
    from sg2im_cli.painter import Painter

    painting = Painter.from_pretrained(str(finished / "weights"), "cpu").paint("a car on the road", seed=1)
    assert painting.images[0].size == (32, 32)


def test_a_run_leaves_log_and_samples(finished):
    events = [json.loads(line) for line in (finished / "log.jsonl").read_text().splitlines()]
    assert events[0] == {"event": "start", "step": 0, "layout_step": 0}
    assert events[-1] == {"event": "finished", "step": 6}
    assert (finished / "samples" / "pictures_0000006.png").exists()
    assert not list(finished.rglob("*.part*"))


@pytest.mark.parametrize("stop_after", [1, 3, 5, 9])
def test_a_run_that_broke_off_goes_on_and_equals_the_whole(tiny_data, tmp_path, finished, stop_after):
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train(options(tiny_data, run), Silent(stop_after))
    assert train(options(tiny_data, run), Silent()).finished
    whole, resumed = tensors(finished), tensors(run)
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_a_time_limit_saves_and_the_same_call_goes_on(tiny_data, tmp_path, finished):
    run = tmp_path / "run"
    result = train(options(tiny_data, run, minutes=1e-9), Silent())
    assert not result.finished
    assert (run / "weights" / "model.safetensors").exists()
    assert train(options(tiny_data, run), Silent()).finished
    assert torch.equal(tensors(finished)["box_net.0.weight"], tensors(run)["box_net.0.weight"])


def test_a_finished_run_does_nothing_more(tiny_data, finished):
    reporter = Silent()
    assert train(options(tiny_data, finished), reporter).finished
    assert reporter.seen == []


def test_seeds_differ(tiny_data, tmp_path, finished):
    train(options(tiny_data, tmp_path / "run", seed=1), Silent())
    assert not torch.equal(tensors(finished)["box_net.0.weight"], tensors(tmp_path / "run")["box_net.0.weight"])


def test_a_directory_with_another_run_is_refused(tiny_data, finished):
    with pytest.raises(InputError, match="another seed"):
        train(options(tiny_data, finished, seed=5), Silent())
    changed = replace(load_recipe("tiny"), losses=LossConfig(image=0.5))
    with pytest.raises(InputError, match="another recipe"):
        train(replace(options(tiny_data, finished), recipe=changed), Silent())


def test_a_directory_with_something_else_is_refused(tiny_data, tmp_path):
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty and holds no run"):
        train(options(tiny_data, tmp_path), Silent())


def test_data_that_cannot_be_used_leave_no_run_behind(tmp_path):
    with pytest.raises(InputError):
        train(options(tmp_path / "missing", tmp_path / "run"), Silent())
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("kind", ["gan", "wgan", "lsgan", "hinge"])
@pytest.mark.parametrize("switched_off", [(), ("image",), ("objects", "categories"), ("masks",)])
def test_every_loss_can_be_trained_with(tiny_data, kind, switched_off):
    losses = LossConfig(adversarial=kind, box="l1_giou", **dict.fromkeys(switched_off, 0.0))
    recipe = replace(load_recipe("tiny"), losses=losses)
    scenes = load_scenes(tiny_data, "train", recipe.data, recipe.generator)
    trainer = Trainer(recipe, scenes.vocabulary, torch.device("cpu"))
    before = {k: v.clone() for k, v in trainer.generator.state_dict().items()}
    found = trainer.picture_step(next(scenes.batches(4)), 0, 0)
    assert all(torch.isfinite(torch.tensor(value)) for value in found.values())
    assert any(not torch.equal(v, before[k]) for k, v in trainer.generator.state_dict().items())
    assert ("d_image" in found) == ("image" not in switched_off)
    assert ("d_objects" in found) == ("objects" not in switched_off)


def test_features_match_where_the_picture_is_the_real_one(tiny_data):
    """Feature matching pulls towards the real picture, and only where it has the same layout."""
    losses = LossConfig(features=1.0, pixels=0.0, image=0.1, objects=0.1)
    tiny = load_recipe("tiny")
    alone = {  # batch norm would let pictures see each other
        name: replace(getattr(tiny, name), normalization="none")
        for name in ("image_discriminator", "object_discriminator")
    }
    recipe = replace(tiny, losses=losses, **alone)
    scenes = load_scenes(tiny_data, "train", recipe.data, recipe.generator)
    trainer = Trainer(recipe, scenes.vocabulary, torch.device("cpu"))
    batch = next(scenes.batches(4))
    real = trainer.to_model_units(batch)

    def matched(images, given):
        part = split_batch(batch, 1, 0, 0, 0.0, trainer.processes)[0]
        part.real = real
        drawn = Drawn(images, batch.boxes, torch.zeros(len(batch.objs), *images.shape[2:]), given)
        return trainer.objectives.of_adversaries(part, drawn)["features"]

    everywhere = torch.ones(4, dtype=torch.bool)
    assert matched(real, everywhere) < 1e-6
    assert matched(-real, everywhere) > 0.01
    assert matched(-real, ~everywhere) == 0
    other = real.clone()
    other[0] = -real[0]
    only_first = torch.tensor([True, False, False, False])
    assert matched(other, ~only_first) < 1e-6 < matched(other, only_first)


def test_the_graph_half_learns_without_pixels(tiny_data):
    recipe = load_recipe("tiny")
    scenes = load_scenes(tiny_data, "train", recipe.data, recipe.generator, with_images=False)
    torch.manual_seed(0)
    trainer = Trainer(recipe, scenes.vocabulary, torch.device("cpu"))
    batch = scenes.collate(range(12), with_images=False)
    first = trainer.layout_step(batch, 0)
    for _ in range(60):
        last = trainer.layout_step(batch, 0)
    assert last["boxes"] < 0.8 * first["boxes"]


def test_unknown_masks_have_no_loss(tiny_data):
    recipe = load_recipe("tiny")
    scenes = load_scenes(tiny_data, "train", recipe.data, recipe.generator)
    trainer = Trainer(recipe, scenes.vocabulary, torch.device("cpu"))
    batch = next(scenes.batches(4))
    changed = replace(batch, masks=torch.where(batch.has_mask[:, None, None], batch.masks, 1 - batch.masks))
    trainer.generator.eval()
    one, other = (
        trainer.objectives.of_layout(split_batch(b, 1, 0, 0, 0.0, trainer.processes)[0])["masks"]
        for b in (batch, changed)
    )
    assert torch.equal(one, other)


@pytest.mark.parametrize("name", recipe_names())
def test_recipes_load_and_survive_the_round_trip(name):
    recipe = load_recipe(name)
    assert recipe.description
    assert read(Recipe, json.loads(json.dumps(plain(recipe)))) == recipe


def test_the_papers_losses():
    paper, original = load_recipe("paper64"), load_recipe("original64")
    assert (paper.losses.box, paper.losses.masks, paper.generator.mask_head) == ("l1", 0.1, "transpose")
    assert (original.losses.box, original.losses.masks, original.generator.mask_head) == ("mse", 0.0, "upsample")
    for recipe in (paper, original):
        losses = recipe.losses
        assert (losses.pixels, losses.boxes, losses.image, losses.objects, losses.categories) == (
            1,
            10,
            0.01,
            0.01,
            0.1,
        )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[training]\nstep = 3", "unknown setting 'step' (did you mean 'steps'"),
        ("[training]\nbatch_size = 0", "batch_size is 0 and must be at least 1"),
        ("[training]\nbatch_size = 'four'", "batch_size is 'four' and must be of type int"),
        ("[losses]\nadversarial = 'gna'", "adversarial is 'gna' and must be one of"),
        ("[generator]\nimage_size = [60, 64]", "must be a multiple of 32"),
        ("[generator]\nmask_size = 12", "must be a power of two"),
        ("[data]\nthinning = 2.0", "thinning is 2.0 and must be at most 1"),
        ("[image_discriminator]\nlayers = 'C4'", "must look like"),
        ("[training]\ncoarse_pixels = 100", "training.coarse_pixels is 100 and must be at most 64"),
        ("[object_discriminator]\ncrop_size = 16\nlayers = 'C4-8-2,C4-8-2,C4-8-2'", "needs more than 16 pixels"),
        ("[image_discriminator]\nlayers = 'C4-8-2,C4-8-2,C4-8-2,C4-8-2,C4-8-2'", "needs more than 64 pixels"),
        ("generator = 3", "expected a table"),
        ("[losses", "cannot be read as TOML"),
    ],
)
def test_a_wrong_recipe_names_the_field_the_value_and_the_bound(tmp_path, text, message):
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=re.escape(message)):
        load_recipe(str(path))


def test_an_unknown_recipe_suggests_one():
    with pytest.raises(InputError, match="did you mean 'tiny'"):
        load_recipe("tiyn")


def test_several_wrong_values_are_said_together():
    with pytest.raises(ConfigError, match="embedding_dim is 0.*gconv_dim is -1"):
        GeneratorConfig(embedding_dim=0, gconv_dim=-1)


def test_loaded_weights_equal_the_average(finished):
    state = torch.load(finished / "checkpoint.pt", weights_only=True)
    generator = load_generator(read_bundle(finished / "weights")).generator
    assert torch.equal(generator.box_net[0].weight, state["trainer"]["average"]["box_net.0.weight"])


def test_a_run_writes_its_card_and_keeps_what_a_person_wrote_on_it(tiny_data, tmp_path):
    from sg2im_weights.card_sections import read_section, write_section

    run = tmp_path / "run"
    assert not train(options(tiny_data, run, minutes=1e-9), Silent()).finished
    path = run / "weights" / "README.md"
    card = path.read_text()
    assert "| data | `scenes`: 12 pictures |" in card and "0 with pictures" in card
    path.write_text(write_section(card, "limits", "Streets, but no animals."))
    assert train(options(tiny_data, run), Silent()).finished
    assert read_section(path.read_text(), "limits") == "Streets, but no animals."
    assert "6 with pictures" in path.read_text()


def test_a_run_counts_what_it_was_shown(finished, tiny_data):
    trained = read_bundle(finished / "weights").config["trained"]
    recipe = load_recipe("tiny")
    scenes = load_scenes(tiny_data, "train", recipe.data, recipe.generator).scenes
    assert sum(trained["examples"].values()) == sum(len(scene.objs) for scene in scenes)
    assert sum(trained["masked_examples"].values()) == sum(int(scene.has_mask.sum()) for scene in scenes)
    assert trained["examples"]["sky"] == trained["masked_examples"]["sky"] == 12


def test_every_sheet_has_the_sentences_that_the_words_can_say(finished, tiny_data):
    recipe = load_recipe("tiny")
    words = load_scenes(tiny_data, "train", recipe.data, recipe.generator).vocabulary
    batch = sentence_batch(words)
    assert len(sheet_sentences()) == 64
    assert 0 < batch.n_images <= 64
    with Image.open(finished / "samples" / "sentences_0000006.png") as sheet:
        columns, rows = min(16, batch.n_images), -(-batch.n_images // 16)
        assert sheet.size == (columns * 34 - 2, rows * 34 - 2)


def test_words_of_which_no_sentence_speaks_make_no_sheet():
    assert sentence_batch(Vocabulary.from_names(["quux"], ["on"])) is None
