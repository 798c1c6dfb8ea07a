"""Laws of ``--init``: words keep their rows by name, parts are taken whole, and what is new is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from sg2im_cli.checkpoint import Checkpoint, load_generator
from sg2im_cli.config import GeneratorConfig
from sg2im_cli.model.generator import Generator
from sg2im_cli.training.initial import start_from
from sg2im_cli.training.run import train
from sg2im_errors import InputError
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import read_bundle

from .conftest import Silent, options

SMALL = GeneratorConfig(
    image_size=(16, 16),
    embedding_dim=8,
    gconv_dim=8,
    gconv_hidden_dim=16,
    gconv_num_layers=2,
    mask_size=4,
    refinement_dims=(8, 4),
    layout_category_dim=4,
)


def build(objects, predicates, config=SMALL):
    vocabulary = Vocabulary.from_names(objects, predicates)
    return Checkpoint(Generator(config, len(vocabulary.objects), len(vocabulary.predicates)), vocabulary)


def test_words_keep_their_rows_wherever_they_stand():
    source, new = build(["cat", "dog", "sky"], ["on", "near"]), build(["sky", "boat", "cat"], ["near", "under"])
    before = new.generator.obj_embeddings.weight.clone()
    start = start_from(new.generator, new.vocabulary, source)
    assert start.known == ("sky", "cat", "near")
    assert start.new == ("boat", "under")
    assert start.anew == ()
    for table in ("obj_embeddings", "layout_categories"):
        mine, theirs = getattr(new.generator, table).weight, getattr(source.generator, table).weight
        assert torch.equal(mine[[0, 1, 3]], theirs[[0, 3, 1]])
    assert torch.equal(new.generator.obj_embeddings.weight[2], before[2])
    assert torch.equal(new.generator.pred_embeddings.weight[1], source.generator.pred_embeddings.weight[2])


def test_the_same_words_and_sizes_give_the_same_pictures():
    source, new = build(["cat", "sky"], ["on"]), build(["cat", "sky"], ["on"])
    start_from(new.generator, new.vocabulary, source)
    ids = torch.tensor([1, 2, 0]), torch.tensor([[0, 1, 1], [0, 0, 2], [1, 0, 2]]), torch.zeros(3, dtype=torch.int64)
    noise = torch.randn(1, 32, 16, 16)
    a, b = (c.generator.eval()(*ids, noise=noise).images for c in (source, new))
    assert torch.equal(a, b)


def test_a_part_of_another_size_starts_anew_and_is_named():
    source = build(["cat"], ["on"])
    new = build(["cat"], ["on"], replace(SMALL, refinement_dims=(16, 4), layout_category_dim=2))
    start = start_from(new.generator, new.vocabulary, source)
    assert start.anew == ("layout_categories", "refinement_net")
    assert "refinement_net" in str(start)
    assert torch.equal(new.generator.box_net[0].weight, source.generator.box_net[0].weight)


def test_a_part_that_only_adds_zeros_keeps_the_rest():
    source, new = build(["cat"], ["on"]), build(["cat"], ["on"], replace(SMALL, layout_modulation=True))
    assert start_from(new.generator, new.vocabulary, source).anew == ()
    mine, theirs = (c.generator.refinement_net.output_conv[0].weight for c in (new, source))
    assert torch.equal(mine, theirs)


def test_weights_of_which_nothing_fits_are_refused():
    other = replace(SMALL, embedding_dim=4, gconv_dim=4, refinement_dims=(16, 4))
    new = build(["cat"], ["on"], other)
    with pytest.raises(InputError, match="start from"):
        start_from(new.generator, new.vocabulary, build(["cat"], ["on"]))


def test_a_run_starts_from_a_bundle_and_says_so(tiny_data, tmp_path, finished):
    reporter = Silent()
    told = []
    reporter.message = told.append
    run = tmp_path / "run"
    train(options(tiny_data, run, init=str(finished / "weights"), minutes=1e-9), reporter)
    assert any(line.startswith("From ") and "keep their vectors" in line for line in told)
    before, after = read_bundle(finished / "weights"), read_bundle(run / "weights")
    assert after.config["trained"]["init"] == "weights"  # and not where it lies
    assert all(torch.equal(a, after.tensors()[name]) for name, a in before.tensors().items())
    assert load_generator(after).vocabulary == load_generator(before).vocabulary


def test_a_run_with_another_start_is_refused(tiny_data, tmp_path, finished):
    run = tmp_path / "run"
    train(options(tiny_data, run, minutes=1e-9), Silent())
    with pytest.raises(InputError, match="another init"):
        train(options(tiny_data, run, init=str(finished / "weights")), Silent())


def test_a_refinement_network_for_larger_pictures_starts_from_the_modules_of_a_smaller_one():
    source = build(["cat"], ["on"])
    new = build(["cat"], ["on"], replace(SMALL, image_size=(32, 32), refinement_dims=(8, 4, 2)))
    start = start_from(new.generator, new.vocabulary, source)
    assert start.anew == ("refinement_net from its module 3",)
    for i in range(2):
        mine, theirs = (c.generator.refinement_net.refinement_modules[i].state_dict() for c in (new, source))
        assert all(torch.equal(mine[name], theirs[name]) for name in mine)


def test_surroundings_keep_the_rows_of_their_words():
    torch.manual_seed(0)
    config = replace(SMALL, layout_carving=True, surroundings_latent_dim=3)
    source, new = (build(names, ["on"], config) for names in (["cat", "sky", "sea"], ["sea", "car", "sky"]))
    before = new.generator.surroundings.out.weight.clone()
    start = start_from(new.generator, new.vocabulary, source)
    assert start.anew == ()
    mine, theirs = new.generator.surroundings, source.generator.surroundings
    for layer in ("words", "vectors", "out"):
        assert torch.equal(getattr(mine, layer).weight[[0, 1, 3]], getattr(theirs, layer).weight[[0, 3, 2]])
    assert torch.equal(mine.out.weight[2], before[2])
    assert torch.equal(mine.first.weight, theirs.first.weight)
