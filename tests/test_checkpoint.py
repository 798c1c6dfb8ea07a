"""From a bundle to a generator and back: what does not fit is named, what fits is the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import safetensors.torch
import torch

from sg2im_cli.checkpoint import convert_checkpoint, load_generator, save_generator
from sg2im_weights import WeightsInputError, read_bundle

PARITY = Path(__file__).parent / "golden" / "parity"


@pytest.fixture
def bundle(tmp_path, tiny_bundle):
    return Path(shutil.copytree(tiny_bundle, tmp_path / "bundle"))


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
            r"model.safetensors: box_net.0.bias has shape \[7\], and its configuration asks for \[32\]",
        ),
        (
            lambda t: t.update({"extra": torch.zeros(1)}),
            "model.safetensors has a tensor extra that its configuration has no place for",
        ),
    ],
)
def test_tensors_that_do_not_fit_are_named(bundle, change, message):
    rewrite(bundle, change)
    with pytest.raises(WeightsInputError, match=message):
        load_generator(read_bundle(bundle))


@pytest.mark.parametrize(
    ("key", "changes", "message"),
    [
        ("generator", {"gconv_dims": 3}, "config.json cannot be used: .*did you mean 'gconv_dim'"),
        ("generator", {"gconv_dim": 10**9}, "config.json cannot be used: .*gconv_dim is 1000000000"),
        ("generator", {"gconv_dim": 60_000}, "config.json asks for a model of about .* parameters, and its file"),
        ("vocabulary", {"objects": ["dog"]}, "config.json cannot be used: .*__image__"),
    ],
)
def test_a_config_that_cannot_be_used_is_named(bundle, key, changes, message):
    config = json.loads((bundle / "config.json").read_text())
    config[key].update(changes)
    (bundle / "config.json").write_text(json.dumps(config))
    with pytest.raises(WeightsInputError, match=message) as caught:
        load_generator(read_bundle(bundle))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_no_numbers_are_refused(bundle, value):
    rewrite(bundle, lambda tensors: tensors["box_net.0.bias"][:2].fill_(value))
    with pytest.raises(WeightsInputError, match=r"2 of 32 values of box_net.0.bias are infinite or no numbers"):
        load_generator(read_bundle(bundle))


def test_what_was_saved_is_what_is_loaded(tmp_path, tiny_bundle):
    first = load_generator(read_bundle(tiny_bundle))
    save_generator(tmp_path / "again", first.generator, first.vocabulary, {}, "card")
    second = load_generator(read_bundle(tmp_path / "again"))
    assert second.vocabulary == first.vocabulary
    assert second.generator.config == first.generator.config
    state = first.generator.state_dict()
    assert all(torch.equal(tensor, state[name]) for name, tensor in second.generator.state_dict().items())


def test_a_loaded_generator_is_only_for_drawing(tiny_bundle):
    generator = load_generator(read_bundle(tiny_bundle)).generator
    assert not generator.training
    assert not any(parameter.requires_grad for parameter in generator.parameters())


def test_half_precision_files_load_as_float32(tmp_path, tiny_bundle):
    first = load_generator(read_bundle(tiny_bundle))
    save_generator(tmp_path / "half", first.generator, first.vocabulary, {}, "card", dtype=torch.float16)
    second = load_generator(read_bundle(tmp_path / "half"))
    assert second.generator.box_net[0].weight.dtype == torch.float32
    torch.testing.assert_close(
        second.generator.box_net[0].weight, first.generator.box_net[0].weight, rtol=1e-3, atol=1e-4
    )


def test_a_precision_may_be_asked_for(tiny_bundle):
    generator = load_generator(read_bundle(tiny_bundle), dtype=torch.bfloat16).generator
    assert {tensor.dtype for tensor in generator.state_dict().values() if tensor.is_floating_point()} == {
        torch.bfloat16
    }


@pytest.fixture
def paper(tmp_path):
    """A checkpoint of the released kind: names and shapes of the original at the paper's size."""
    shapes = json.loads((PARITY / "paper_64px_state_shapes.json").read_text())
    one = torch.zeros((), dtype=torch.float16)  # seen as a tensor of any shape, so that the file is small
    state = {name: one.expand(shape) for name, shape in shapes.items()}
    words = {
        f"{kind}_name_to_idx": {first: 0, **{f"{kind} {i}": i for i in range(1, count)}}
        for kind, first, count in (
            ("object", "__image__", len(state["obj_embeddings.weight"]) - 1),
            ("pred", "__in_image__", len(state["pred_embeddings.weight"])),
        )
    }
    settings = {
        "image_size": (64, 64),
        "embedding_dim": 128,
        "gconv_dim": 128,
        "gconv_hidden_dim": 512,
        "gconv_num_layers": 5,
        "refinement_dims": (1024, 512, 256, 128, 64),
        "normalization": "batch",
        "activation": "leakyrelu-0.2",
        "mask_size": 16,
        "layout_noise_dim": 32,
    }
    torch.save({"model_kwargs": {**settings, "vocab": words}, "model_state": state}, tmp_path / "vg64.pt")
    return tmp_path / "vg64.pt"


def test_a_checkpoint_of_the_papers_size_is_converted(paper, tmp_path):
    shapes = convert_checkpoint(paper, tmp_path / "out").tensor_shapes()
    assert shapes["refinement_net.refinement_modules.0.net.0.weight"] == (1024, 161, 3, 3)
    assert not any(name.startswith("rel_aux_net") for name in shapes)


def change_state(path, **changes):
    saved = torch.load(path, weights_only=True)
    saved["model_state"].update(changes)
    saved["model_state"] = {name: tensor for name, tensor in saved["model_state"].items() if tensor is not None}
    torch.save(saved, path)


@pytest.mark.parametrize(
    ("name", "tensor", "message"),
    [
        ("box_net.0.weight", torch.zeros(2, 2), r"file.pt: box_net.0.weight has shape \[2, 2\], and its"),
        ("box_net.0.weight", None, "file.pt lacks the tensor box_net.0.weight"),
        ("box_net.9.weight", torch.zeros(2), "file.pt has a tensor box_net.9.weight that"),
    ],
)
def test_nothing_is_written_of_a_checkpoint_that_does_not_fit(tmp_path, name, tensor, message):
    shutil.copy(PARITY / "tiny_masks_noise.pt", tmp_path / "file.pt")
    change_state(tmp_path / "file.pt", **{name: tensor})
    with pytest.raises(WeightsInputError, match=message):
        convert_checkpoint(tmp_path / "file.pt", tmp_path / "out")
    assert not (tmp_path / "out").exists()
