"""Bundles on disk: what is wrong with one is said by name, and writing is whole or not at all."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
import torch
from huggingface_hub import ModelCard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sg2im_cli.checkpoint import load_generator
from sg2im_weights import WeightsInputError, describe, read_bundle, write_bundle
from sg2im_weights.card import build_card

CONFIG = {"generator": {}, "vocabulary": {"objects": ["__image__"], "predicates": ["__in_image__"]}, "trained": {}}


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


def no_words(path):
    edit(path, vocabulary={"objects": 5, "predicates": []})


def odd_training(path):
    edit(path, trained=[1])


def deep_config(path):
    (path / "config.json").write_text("[" * 100_000)


def deep_header(path):
    header = b"[" * 100_000
    (path / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)


def no_shape(path):
    data = (path / "model.safetensors").read_bytes()
    (path / "model.safetensors").write_bytes(data.replace(b'"shape"', b'"shade"', 1))


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
        (no_words, "config.json: 'objects' of its vocabulary must be a list of names"),
        (odd_training, "config.json: 'trained' must be an object"),
        (deep_config, "config.json cannot be read as JSON"),
        (deep_header, "model.safetensors is not a whole safetensors file"),
        (no_shape, "model.safetensors is not a whole safetensors file"),
        (shutil.rmtree, "is not a directory"),
    ],
)
def test_a_damaged_bundle_is_named(bundle, damage, message):
    damage(bundle)
    with pytest.raises(WeightsInputError, match=message):
        read_bundle(bundle)


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


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 10**6), byte=st.integers(0, 255), cut=st.booleans())
def test_any_damage_to_a_header_is_noticed_or_harmless(tiny_bundle, tmp_path, where, byte, cut):
    data = bytearray((tiny_bundle / "model.safetensors").read_bytes())
    header = 8 + int.from_bytes(data[:8], "little")
    data[where % header] = byte
    shutil.copytree(tiny_bundle, tmp_path / "b", dirs_exist_ok=True)
    (tmp_path / "b" / "model.safetensors").write_bytes(data[: where % len(data)] if cut else data)
    try:
        read_bundle(tmp_path / "b").tensors()
    except WeightsInputError as error:
        assert "model.safetensors" in str(error)


@pytest.fixture
def written(tmp_path):
    """A bundle with the weight 0."""
    return write_bundle(tmp_path / "b", CONFIG, {"a": torch.zeros(2)}, "card")


def replace(path):
    """Write the weight 1 over it."""
    return write_bundle(path, CONFIG, {"a": torch.ones(2)}, "card", overwrite=True)


def test_everybody_may_read_what_others_may_read(written):
    modes = {path.stat().st_mode for path in written.path.iterdir()}
    assert len(modes) == 1


def test_replacing_keeps_what_else_is_there(written):
    (written.path / "notes.txt").write_text("precious")
    assert replace(written.path).tensors()["a"].tolist() == [1, 1]
    assert (written.path / "notes.txt").read_text() == "precious"
    assert [p.name for p in written.path.parent.iterdir()] == ["b"]


def test_another_projects_config_is_no_bundle_to_replace(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(WeightsInputError, match="is no sg2im bundle"):
        replace(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["config.json"]


def test_a_link_stays_a_link(written):
    link = written.path.with_name("link")
    link.symlink_to(written.path)
    replace(link)
    assert link.is_symlink()
    assert read_bundle(written.path).tensors()["a"].tolist() == [1, 1]


def test_an_empty_directory_is_filled_where_it_is(tmp_path, monkeypatch):
    """It may be a mounted volume, or where the user stands."""
    (tmp_path / "out").mkdir()
    before = (tmp_path / "out").stat().st_ino
    monkeypatch.chdir(tmp_path / "out")
    replace(tmp_path / "out")
    assert (tmp_path / "out").stat().st_ino == before
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["README.md", "config.json", "model.safetensors"]


FULL_DISK = """
import resource, signal, sys, torch
from pathlib import Path
from sg2im_weights import WeightsError, write_bundle
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write_bundle(Path(sys.argv[1]), {"generator": {}, "vocabulary": {}}, {"a": torch.ones(4096)}, "card", True)
except WeightsError as error:
    print(error)
"""


def test_a_full_disk_leaves_what_was_there(written):
    """The system refuses to make the file longer, as on a full disk."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL_DISK, str(written.path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"The bundle {written.path} could not be written: ")
    assert done.stdout.count("\n") == 1
    assert read_bundle(written.path).tensors()["a"].tolist() == [0, 0]
    assert [p.name for p in written.path.parent.iterdir()] == ["b"]


CRASH = """
import json, os, shutil, sys, torch
from pathlib import Path
from sg2im_weights import WeightsInputError, read_bundle, write_bundle

root, waiting = Path(sys.argv[1]), sys.argv[2]
config = json.loads(sys.argv[3])
steps = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "open", "shutil.rmtree"}
found, last = [], 0
sys.setswitchinterval(1)
while True:
    last += 1
    target = root / str(last) / "b"
    target.parent.mkdir()
    if waiting == "empty":
        target.mkdir()
    elif waiting == "bundle":
        write_bundle(target, config, {"a": torch.zeros(2)}, "card")
    child = os.fork()
    if child == 0:
        count = 0
        def audit(event, arguments):
            global count
            if event in steps and str(target.parent) in str(arguments[:1]):
                count += 1
                if count == last:
                    os._exit(1)
        sys.addaudithook(audit)
        write_bundle(target, config, {"a": torch.ones(2)}, "card", True)
        os._exit(0)
    finished = os.waitpid(child, 0)[1] == 0
    try:
        found.append(read_bundle(target).tensors()["a"].tolist())
    except WeightsInputError as error:
        found.append("none" if "not a directory" in str(error) or "has no config.json" in str(error) else str(error))
    if finished:
        break
print(json.dumps(found))
"""


@pytest.mark.parametrize("waiting", ["nothing", "empty", "bundle"])
def test_a_crash_at_any_step_leaves_a_whole_bundle_or_none(tmp_path, waiting):
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path), waiting, json.dumps(CONFIG)],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert len(found) > 5
    assert found[-1] == [1, 1]
    assert all(state in ("none", [0, 0], [1, 1]) for state in found)
    assert found[0] == ([0, 0] if waiting == "bundle" else "none")


def test_a_card_is_one_that_the_hub_reads():
    card = ModelCard(build_card("A title", "Some words."))
    assert card.data.library_name == "sg2im"
    assert card.data.pipeline_tag == "text-to-image"
    assert card.text.strip().startswith("# A title")


def test_description(tiny_bundle):
    bundle = read_bundle(tiny_bundle)
    facts = describe(bundle)
    assert facts["image_size"] == [32, 32]
    assert (facts["objects"], facts["predicates"]) == (20, 12)
    assert facts["parameters"] == sum(p.numel() for p in load_generator(bundle).generator.parameters())
    assert len(facts["checksum"]) == 64
    assert json.loads(json.dumps(facts)) == facts
