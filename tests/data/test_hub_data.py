"""Prepared data on the Hub: the real client, in a process of its own, against a server on loopback."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from sg2im_cli.data.choosing import EVERYTHING
from sg2im_cli.data.prepared.options import PrepareOptions
from sg2im_cli.data.prepared.writing import prepare
from sg2im_cli.data.readers.coco_source import CocoOptions, coco_source

from ..weights.hub_server import COMMIT, FakeHub

SCRIPT = """
import sys
from pathlib import Path
from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.sources import find_data, has_split
from sg2im_errors import InputError
from sg2im_weights.errors import WeightsError
data = Path(sys.argv[1])
try:
    generator = GeneratorConfig(image_size=(32, 32), refinement_dims=(8, 8), mask_size=8)
    scenes = load_scenes(data, "val", DataConfig(), generator)
    print(len(scenes), scenes.scenes[0].image.shape, has_split(data, "test"), find_data(data).name)
except (InputError, WeightsError) as error:
    print(error)
    sys.exit(2)
"""


@pytest.fixture(scope="module")
def ready(tiny_data, tmp_path_factory):
    options = PrepareOptions(image_size=(32, 32), mask_size=8)
    out = tmp_path_factory.mktemp("hub") / "tiny"
    return prepare(coco_source(tiny_data, CocoOptions(keep=EVERYTHING)), out, options, lambda *_: None, print).path


@pytest.fixture
def hub(ready):
    with FakeHub(ready, kind="dataset") as server:
        yield server


@pytest.fixture
def ask(tmp_path, hub):
    def run(ref, offline=False):
        settings = {
            "HF_HOME": str(tmp_path / "hf"),
            "HF_ENDPOINT": hub.url,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_OFFLINE": "1" if offline else "0",
        }
        kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", SCRIPT, ref],
            env={**kept, **settings},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout.strip()

    return run


def test_data_is_fetched_once_and_kept(ask, hub):
    expected = (0, f"5 (3, 32, 32) False {COMMIT}")
    assert ask("someone/scenes") == expected
    asked = len(hub.requests)
    assert ask("someone/scenes@v1")[0] == 0
    assert ask("someone/scenes") == expected and ask("someone/scenes", offline=True) == expected
    assert not [path for _, path in hub.requests[asked:] if path.endswith(".arrow") and "/resolve/" not in path]


def test_a_download_that_broke_off_is_taken_up(ask, hub):
    hub.break_off = 100
    code, said = ask("someone/scenes")
    assert code == 2 and "broke off" in said
    hub.break_off = 0
    assert ask("someone/scenes")[0] == 0


def test_what_is_not_there(ask, hub, tmp_path):
    assert ask("someone/else")[0] == 2
    assert "There is no repository someone/else on the Hub" in ask("someone/else")[1]
    assert "has no revision 'v9'" in ask("someone/scenes@v9")[1]
    assert "There is no directory scenes" in ask("scenes")[1]
    assert "HF_HUB_OFFLINE is set" in ask("someone/scenes", offline=True)[1]


def test_a_repository_of_something_else(ask, hub, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "README.md").write_text("words")
    hub.folder = other
    assert ask("someone/scenes") == (2, "someone/scenes on the Hub holds no data that was prepared by sg2im.")
