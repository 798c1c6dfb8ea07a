"""Where the judge and feature networks come from; the Hub is the real client's, against a server on loopback."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from sg2im_weights import WeightsInputError
from sg2im_weights.measuring import find_judge, find_network

from .hub_server import FakeHub

SCRIPT = """
import sys
from sg2im_weights import WeightsError
from sg2im_weights.measuring import find_network
try:
    path = find_network(sys.argv[1])
    print(path.name, path.read_bytes().decode())
except WeightsError as error:
    print(error); sys.exit(2)
"""


@pytest.fixture
def hub(tmp_path):
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "inception.pt").write_text("network")
    (tmp_path / "repo" / "README.md").write_text("card")
    with FakeHub(tmp_path / "repo", repo="someone/inception") as server:
        yield server


@pytest.fixture
def ask(tmp_path, hub):
    def run(ref):
        proxies = ("http_proxy", "https_proxy", "all_proxy")
        environment = {
            **{k: v for k, v in os.environ.items() if k.lower() not in proxies},
            "HF_HOME": str(tmp_path / "hf"),
            "HF_ENDPOINT": hub.url,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        }
        command = [sys.executable, "-W", "error", "-c", SCRIPT, ref]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout.strip()

    return run


def test_a_network_from_the_hub_and_then_from_the_cache(ask, hub):
    assert ask("someone/inception") == (0, "inception.pt network")
    assert not [path for _, path in hub.requests if path.endswith("README.md")]
    hub.requests.clear()
    assert ask("someone/inception") == (0, "inception.pt network")
    assert hub.requests == []


@pytest.mark.parametrize("files", [[], ["a.pt", "b.pt"]])
def test_a_repository_without_one_file_to_take(ask, hub, files):
    (hub.folder / "inception.pt").unlink()
    for name in files:
        (hub.folder / name).write_text("x")
    code, text = ask("someone/inception")
    assert code == 2 and f"has {len(files)} TorchScript files" in text


def test_a_repository_that_is_not_there(ask):
    code, text = ask("nobody/nothing")
    assert code == 2 and "There is no repository nobody/nothing on the Hub" in text


@pytest.mark.parametrize("ref", ["", "nowhere.pt", "folder/nowhere.pt", "a b"])
def test_files_that_are_not_there(ref):
    with pytest.raises(WeightsInputError, match="--inception takes a TorchScript file"):
        find_network(ref)


def test_a_file_that_is_there(tmp_path):
    (tmp_path / "net.ts").write_text("x")
    assert find_network(str(tmp_path / "net.ts")) == tmp_path / "net.ts"


def test_the_embedded_judge_is_whole():
    folder = find_judge()
    assert {path.name for path in folder.iterdir()} >= {"config.json", "model.safetensors", "README.md"}


def test_a_judge_that_is_not_there(tmp_path):
    with pytest.raises(WeightsInputError, match="--judge takes one that sg2im judge made"):
        find_judge(str(tmp_path / "none"))
