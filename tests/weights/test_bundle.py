"""Bundles on disk: what is wrong with one is said by name, and writing is whole or not at all."""

from __future__ import annotations

import json
import shutil

import pytest
import safetensors.torch
import torch

from sg2im_cli.checkpoint import load_generator, save_generator
from sg2im_weights import WeightsError, WeightsInputError, describe, read_bundle, resolve, write_bundle

CONFIG = {"generator": {}, "vocabulary": {}, "trained": {}}


@pytest.fixture
def bundle(tmp_path, tiny_bundle):
    shutil.copytree(tiny_bundle, tmp_path / "bundle")
    return tmp_path / "bundle"


def edit(path, **changes):
    config = json.loads((path / "config.json").read_text())
    config.update(changes)
    (path / "config.json").write_text(json.dumps({k: v for k, v in config.items() if v is not None}))


def truncate(path):
    (path / "model.safetensors").write_bytes((path / "model.safetensors").read_bytes()[:-10])


def lengthen(path):
    (path / "model.safetensors").write_bytes((path / "model.safetensors").read_bytes() + b"x")


def empty(path):
    (path / "model.safetensors").write_bytes(b"")


def pickle(path):
    torch.save({"a": torch.zeros(3)}, path / "model.safetensors")


def remove_tensors(path):
    (path / "model.safetensors").unlink()


def remove_config(path):
    (path / "config.json").unlink()


def spoil_config(path):
    (path / "config.json").write_text("{")


def foreign_config(path):
    (path / "config.json").write_text('{"model_type": "bert"}')


def newer(path):
    edit(path, format_version=2)


def odd_version(path):
    edit(path, format_version="one")


def no_vocabulary(path):
    edit(path, vocabulary=None)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (truncate, r"model.safetensors has \d+ bytes and should have \d+; it is truncated"),
        (lengthen, r"model.safetensors has \d+ bytes and should have \d+"),
        (empty, "model.safetensors is not a whole safetensors file"),
        (pickle, "model.safetensors is not a whole safetensors file"),
        (remove_tensors, "has no model.safetensors"),
        (remove_config, "has no config.json, so it holds no sg2im weights"),
        (spoil_config, "config.json cannot be read as JSON"),
        (foreign_config, "config.json is not the configuration of sg2im weights"),
        (newer, "config.json has format_version 2, and this sg2im reads up to 1; update sg2im-cli"),
        (odd_version, "format_version is 'one'"),
        (no_vocabulary, "config.json lacks 'vocabulary'"),
        (shutil.rmtree, "is not a directory"),
    ],
)
def test_a_damaged_bundle_is_named(bundle, damage, message):
    damage(bundle)
    with pytest.raises(WeightsInputError, match=message):
        read_bundle(bundle)


def rewrite(path, change):
    tensors = safetensors.torch.load_file(path / "model.safetensors")
    change(tensors)
    safetensors.torch.save_file(tensors, path / "model.safetensors")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("box_net.0.weight"), "model.safetensors lacks the tensor box_net.0.weight"),
        (
            lambda t: t.update({"box_net.0.bias": torch.zeros(7)}),
            r"box_net.0.bias has shape \[7\], and .* asks for \[32\]",
        ),
        (lambda t: t.update({"extra": torch.zeros(1)}), "has a tensor extra that its config.json has no place for"),
    ],
)
def test_tensors_that_do_not_fit_are_named(bundle, change, message):
    rewrite(bundle, change)
    with pytest.raises(WeightsInputError, match=message):
        load_generator(read_bundle(bundle))


def test_a_config_that_cannot_be_used_is_named(bundle):
    generator = json.loads((bundle / "config.json").read_text())["generator"]
    edit(bundle, generator={**generator, "gconv_dims": 3})
    with pytest.raises(WeightsInputError, match="config.json cannot be used: .*did you mean 'gconv_dim'"):
        load_generator(read_bundle(bundle))


def test_what_was_saved_is_what_is_loaded(tmp_path, tiny_bundle):
    first = load_generator(read_bundle(tiny_bundle))
    save_generator(tmp_path / "again", first.generator, first.vocabulary, {}, "card")
    second = load_generator(read_bundle(tmp_path / "again"))
    assert second.vocabulary == first.vocabulary
    state = first.generator.state_dict()
    assert all(torch.equal(tensor, state[name]) for name, tensor in second.generator.state_dict().items())


def test_half_precision_files_load_as_float32(tmp_path, tiny_bundle):
    first = load_generator(read_bundle(tiny_bundle))
    save_generator(tmp_path / "half", first.generator, first.vocabulary, {}, "card", dtype=torch.float16)
    second = load_generator(read_bundle(tmp_path / "half"))
    assert second.generator.box_net[0].weight.dtype == torch.float32
    torch.testing.assert_close(
        second.generator.box_net[0].weight, first.generator.box_net[0].weight, rtol=1e-3, atol=1e-4
    )


def test_writing_replaces_nothing_unless_told(tmp_path):
    write_bundle(tmp_path / "b", CONFIG, {"a": torch.zeros(2)}, "card")
    with pytest.raises(WeightsInputError, match="holds a bundle already"):
        write_bundle(tmp_path / "b", CONFIG, {"a": torch.ones(2)}, "card")
    write_bundle(tmp_path / "b", CONFIG, {"a": torch.ones(2)}, "card", overwrite=True)
    assert read_bundle(tmp_path / "b").tensors()["a"].tolist() == [1, 1]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(WeightsInputError, match="is no sg2im bundle"):
        write_bundle(tmp_path / "mine", CONFIG, {}, "card", overwrite=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b", "mine"]


def test_a_failed_write_leaves_what_was_there(tmp_path, monkeypatch):
    write_bundle(tmp_path / "b", CONFIG, {"a": torch.zeros(2)}, "card")

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(safetensors.torch, "save_file", full)
    with pytest.raises(WeightsError, match="b could not be written: .*No space left on device"):
        write_bundle(tmp_path / "b", CONFIG, {"a": torch.ones(2)}, "card", overwrite=True)
    assert read_bundle(tmp_path / "b").tensors()["a"].tolist() == [0, 0]
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


def test_references(tmp_path, tiny_bundle, monkeypatch):
    assert resolve(str(tiny_bundle)).revision is None
    monkeypatch.chdir(tiny_bundle.parent)
    assert resolve("tiny").path.name == "tiny"
    for ref in ("nothing", "a b/c", "a/b/c", "@v1", ""):
        with pytest.raises(WeightsInputError):
            resolve(ref)
    with pytest.raises(WeightsInputError, match="missing is not a directory"):
        resolve("./missing")


def test_description(tiny_bundle):
    facts = describe(read_bundle(tiny_bundle))
    assert facts["image_size"] == [32, 32]
    assert (facts["objects"], facts["predicates"]) == (20, 12)
    assert len(facts["checksum"]) == 64
    assert json.loads(json.dumps(facts)) == facts
