"""From what a user writes to a bundle, without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sg2im_errors
import sg2im_weights
from sg2im_weights import WeightsInputError, list_bundles, pull, resolve


@pytest.fixture(autouse=True)
def here(tiny_bundle, monkeypatch):
    """In the directory that holds the bundle `tiny`."""
    monkeypatch.chdir(tiny_bundle.parent)
    monkeypatch.setenv("HOME", str(tiny_bundle.parent))


def test_a_directory_by_any_of_its_names(tiny_bundle):
    for ref in ("tiny", "./tiny", "tiny/", "../weights0/tiny", "~/tiny", str(tiny_bundle)):
        ref = ref.replace("weights0", tiny_bundle.parent.name)
        bundle = resolve(ref)
        assert (bundle.path.resolve(), bundle.ref, bundle.revision) == (tiny_bundle.resolve(), ref, None)
        assert pull(ref) == bundle


@pytest.mark.parametrize("ref", ["nothing", "a b/c", "a/b/c", "@v1", "", "owner/name@", "x\0y", "a" * 300])
def test_what_names_nothing_says_how_names_look(ref):
    with pytest.raises(WeightsInputError, match="There are no weights .* look like owner/name or owner/name@revision"):
        resolve(ref)


@pytest.mark.parametrize("ref", ["./missing", "/missing/path", "~/missing", "~nobody-of-that-name/x"])
def test_what_looks_like_a_path_is_one(ref):
    with pytest.raises(WeightsInputError, match="is not a directory with config.json and model.safetensors"):
        resolve(ref)


def test_a_training_run_says_where_its_weights_are(tiny_bundle, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_text("{}")
    with pytest.raises(WeightsInputError, match=r"run is a training run that has saved no weights yet"):
        resolve(str(run))
    shutil.copytree(tiny_bundle, run / "weights")
    with pytest.raises(WeightsInputError, match=r"run is a training run; its weights are in .*run/weights"):
        resolve(str(run))
    assert resolve(str(run / "weights")).path == run / "weights"


def test_a_file_is_said_to_be_one(tmp_path):
    with pytest.raises(WeightsInputError, match="is a file; name the directory"):
        resolve("tiny/model.safetensors")
    (tmp_path / "vg64.pt").touch()
    with pytest.raises(WeightsInputError, match=r"is a checkpoint; .* sg2im weights convert .*vg64.pt OUT"):
        resolve(str(tmp_path / "vg64.pt"))


@pytest.mark.parametrize("ref", ["-x/--y", "ünï/cödé"])
def test_names_that_the_hub_does_not_allow(ref):
    with pytest.raises(WeightsInputError, match="is no directory that exists, and no name on the Hub"):
        resolve(ref)


def test_the_default_comes_with_the_package():
    bundle = resolve("default")
    assert bundle.ref == "default"
    assert bundle.path.parent == Path(sg2im_weights.__file__).parent
    assert list_bundles()[0] == bundle


WITHOUT = """
from sg2im_weights import WeightsInputError, list_bundles, resolve
assert list_bundles() == []
try:
    resolve("default")
except WeightsInputError as error:
    print(error)
"""


def test_an_installation_without_the_default_says_so(tmp_path):
    source = Path(sg2im_weights.__file__).parent
    shutil.copytree(source, tmp_path / "sg2im_weights", ignore=shutil.ignore_patterns("default"))
    shutil.copytree(Path(sg2im_errors.__file__).parent, tmp_path / "sg2im_errors")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "HF_HOME": str(tmp_path / "hf")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "This installation has no embedded weights; name others with --weights.\n"


def test_looking_at_weights_loads_no_torch():
    script = "import sys; from sg2im_weights import *; describe(resolve('tiny')); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
