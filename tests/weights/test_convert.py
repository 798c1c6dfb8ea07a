"""Checkpoints of the original project."""

from __future__ import annotations

import pickle
from collections import OrderedDict, defaultdict
from pathlib import Path

import pytest
import torch
from huggingface_hub import ModelCard
from safetensors.torch import load_file

from sg2im_cli.checkpoint import load_generator
from sg2im_weights import WeightsInputError, convert

PARITY = Path(__file__).parents[1] / "golden" / "parity"
MODELS = ("tiny_masks_noise", "tiny_no_masks", "tiny_no_gconv", "tiny_batchnorm_mlp_instance")


@pytest.fixture(scope="module")
def expected():
    return load_file(PARITY / "expected.safetensors")


@pytest.fixture
def saved():
    return torch.load(PARITY / "tiny_masks_noise.pt", weights_only=True)


def draw(bundle, expected, name):
    generator = load_generator(bundle).generator
    inputs = [expected[f"{name}.{key}"] for key in ("objs", "triples", "obj_to_img")]
    with torch.no_grad():
        return generator(*inputs, noise=expected.get(f"{name}.noise")).images


@pytest.mark.parametrize("name", MODELS)
def test_a_converted_checkpoint_draws_what_the_original_drew(tmp_path, expected, name):
    bundle = convert(PARITY / f"{name}.pt", tmp_path / name)
    want = expected[f"{name}.image"]
    assert (draw(bundle, expected, name) - want).abs().max() < 1e-4 * want.abs().max()
    assert (tmp_path / name / "README.md").read_text().startswith("---\n")


def test_the_format_before_pytorch_1_6(tmp_path, saved, expected):
    torch.save(saved, tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    bundle = convert(tmp_path / "old.pt", tmp_path / "out")
    assert torch.equal(
        draw(bundle, expected, "tiny_masks_noise"),
        draw(convert(PARITY / "tiny_masks_noise.pt", tmp_path / "new"), expected, "tiny_masks_noise"),
    )


def test_a_full_file_of_the_training_script(tmp_path, saved):
    """With a defaultdict, optimizers, discriminators, and the prefix of DataParallel."""
    losses = defaultdict(list)
    losses["total_loss"] += [1.0, 0.5]
    full = {
        **saved,
        "model_state": OrderedDict((f"module.{k}", v) for k, v in saved["model_state"].items()),
        "losses": losses,
        "counters": {"t": 3, "epoch": None},
        "args": {"batch_size": 32, "image_size": (64, 64)},
        "d_obj_state": OrderedDict(a=torch.zeros(1)),
        "optim_state": {"state": {}, "param_groups": [{"lr": 1e-4}]},
    }
    full["model_kwargs"] = {**saved["model_kwargs"], "vec_noise_dim": 0, "gconv_mode": "feedforward"}
    torch.save(full, tmp_path / "full.pt")
    bundle = convert(tmp_path / "full.pt", tmp_path / "out")
    assert not any(name.startswith(("module.", "rel_aux_net")) for name in bundle.tensors())


def test_settings_that_a_file_lacks(tmp_path):
    saved = torch.load(PARITY / "tiny_no_masks.pt", weights_only=True)
    for key in ("mask_size", "mlp_normalization", "layout_noise_dim"):
        saved["model_kwargs"].pop(key, None)
    torch.save(saved, tmp_path / "a.pt")
    config = convert(tmp_path / "a.pt", tmp_path / "out").config["generator"]
    assert config["mask_size"] is None
    assert (config["gconv_pooling"], config["mlp_normalization"], config["layout_noise_dim"]) == ("avg", "none", 0)


class Touch:
    """What a harmful file does when it is unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return (Path.touch, (self.marker,))


def test_nothing_is_fully_unpickled(tmp_path, saved):
    marker = tmp_path / "touched"
    path = tmp_path / "evil.pt"
    torch.save({**saved, "bomb": Touch(marker)}, path)
    with pytest.raises(WeightsInputError, match="evil.pt holds more than weights"):
        convert(path, tmp_path / "out")
    assert not marker.exists()
    assert not (tmp_path / "out").exists()


def change(saved, **changes):
    return {k: v for k, v in {**saved, **changes}.items() if v is not None}


def vocabulary(saved, **ids):
    kwargs = saved["model_kwargs"]
    words = {**kwargs["vocab"], "object_name_to_idx": {**kwargs["vocab"]["object_name_to_idx"], **ids}}
    return change(saved, model_kwargs={**kwargs, "vocab": words})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda s: [1, 2], "holds a list"),
        (lambda s: change(s, model_kwargs=None), "has no 'model_kwargs'"),
        (lambda s: change(s, model_state=None), "has no 'model_state'"),
        (lambda s: change(s, model_state={}), "has no obj_embeddings.weight"),
        (lambda s: change(s, model_state={"a": 1}), "a in 'model_state' is no tensor"),
        (lambda s: change(s, model_kwargs={**s["model_kwargs"], "vocab": None}), "has no vocabulary"),
        (lambda s: change(s, model_kwargs={**s["model_kwargs"], "colour": 1}), "has settings that .*: colour"),
        (lambda s: change(s, model_kwargs={**s["model_kwargs"], "image_size": 64}), "has the image_size 64"),
        (
            lambda s: change(s, model_state={**s["model_state"], "obj_embeddings.weight": torch.zeros(3, 16)}),
            "object_name_to_idx in its vocabulary has the id 9, but there are vectors for 2",
        ),
        (
            lambda s: change(s, model_state={**s["model_state"], "pred_embeddings.weight": torch.zeros(3)}),
            r"pred_embeddings.weight has shape \[3\]",
        ),
        (lambda s: vocabulary(s, dog=10**12), "object_name_to_idx in its vocabulary has the id 1000000000000"),
        (lambda s: vocabulary(s, dog=0), "object_name_to_idx in its vocabulary has two names for one id"),
        (lambda s: vocabulary(s, dog="first"), "has no usable object_name_to_idx"),
    ],
)
def test_what_is_no_checkpoint_is_named(tmp_path, saved, make, message):
    path = tmp_path / "file.pt"
    torch.save(make(saved), path)
    with pytest.raises(WeightsInputError, match=f"file.pt:? {message}"):
        convert(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "content", [b"", b"no checkpoint at all", b"root:x:0:0:root:/root:/bin/bash\n", pickle.dumps({"a": 1})]
)
def test_a_foreign_file(tmp_path, content):
    (tmp_path / "file.pt").write_bytes(content)
    with pytest.raises(WeightsInputError, match=r"file.pt (is not a whole PyTorch checkpoint|holds|has)[^.]*\.$"):
        convert(tmp_path / "file.pt", tmp_path / "out")


@pytest.mark.parametrize("legacy", [False, True])
def test_a_file_truncated_anywhere(tmp_path, saved, legacy):
    path = tmp_path / "half.pt"
    torch.save(saved, path, _use_new_zipfile_serialization=not legacy)
    data = path.read_bytes()
    for tenth in range(10):
        path.write_bytes(data[: len(data) * tenth // 10])
        with pytest.raises(WeightsInputError, match="half.pt") as caught:
            convert(path, tmp_path / "out")
        assert "\n" not in str(caught.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(WeightsInputError, match="There is no file"):
        convert(tmp_path / "none.pt", tmp_path / "out")


def test_a_directory(tmp_path):
    with pytest.raises(WeightsInputError, match="is a directory; name the checkpoint's file"):
        convert(tmp_path, tmp_path / "out")


def test_discriminators_are_no_generator(tmp_path):
    with pytest.raises(WeightsInputError, match="tiny_discriminators.pt has no 'model_kwargs'"):
        convert(PARITY / "tiny_discriminators.pt", tmp_path / "out")


def test_tensors_that_share_memory_are_written_apart(tmp_path, saved):
    """As PyTorch keeps weights that it has flattened."""
    state = saved["model_state"]
    flat = torch.cat([state["box_net.0.weight"].flatten(), state["box_net.0.bias"]])
    rows, columns = state["box_net.0.weight"].shape
    want = state["box_net.0.bias"].clone()
    state["box_net.0.weight"] = flat[: rows * columns].view(rows, columns)
    state["box_net.0.bias"] = flat[rows * columns :]
    torch.save(saved, tmp_path / "file.pt")
    assert torch.equal(convert(tmp_path / "file.pt", tmp_path / "out").tensors()["box_net.0.bias"], want)


def test_ids_without_a_word_keep_their_rows(tmp_path, saved):
    words = saved["model_kwargs"]["vocab"]["object_name_to_idx"]
    rows = len(saved["model_state"]["obj_embeddings.weight"])
    last = max(words, key=words.get)
    index = words.pop(last)
    torch.save(saved, tmp_path / "file.pt")
    objects = convert(tmp_path / "file.pt", tmp_path / "out").config["vocabulary"]["objects"]
    assert len(objects) == rows - 1
    assert objects[index] == "NONE"
    assert "NONE" not in objects[:index]


def test_a_card_says_what_was_converted(tmp_path):
    convert(PARITY / "tiny_masks_noise.pt", tmp_path / "out")
    card = ModelCard.load(tmp_path / "out" / "README.md")
    assert card.data.library_name == "sg2im"
    assert "`tiny_masks_noise.pt`, a checkpoint of google/sg2im" in card.text


def test_a_bundle_is_replaced_only_if_told(tmp_path):
    convert(PARITY / "tiny_masks_noise.pt", tmp_path / "out")
    with pytest.raises(WeightsInputError, match="holds a bundle already"):
        convert(PARITY / "tiny_no_masks.pt", tmp_path / "out")
    assert (
        convert(PARITY / "tiny_no_masks.pt", tmp_path / "out", overwrite=True).config["generator"]["mask_size"] is None
    )


def test_a_small_storage_that_claims_more_values_than_memory_holds(tmp_path, saved):
    saved["model_state"]["box_net.0.weight"] = torch.zeros(1).expand(2**20, 2**30)
    torch.save(saved, tmp_path / "model.pt")
    with pytest.raises(WeightsInputError, match=r"claims far more values than it holds \(box_net\.0\.weight"):
        convert(tmp_path / "model.pt", tmp_path / "out")
    assert not (tmp_path / "out").exists()
