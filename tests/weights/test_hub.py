"""Weights from the Hub: the real client, in a process of its own, against a server on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from .hub_server import COMMIT, FakeHub

SCRIPT = """
import json, sys
from sg2im_weights import WeightsError, WeightsInputError, resolve, list_bundles
try:
    if sys.argv[1] == "--list":
        print(json.dumps([[b.ref, b.revision] for b in list_bundles()]))
    else:
        bundle = resolve(sys.argv[1])
        print(json.dumps({"revision": bundle.revision, "checksum": bundle.checksum(), "ref": bundle.ref}))
except WeightsInputError as error:
    print(error); sys.exit(2)
except WeightsError as error:
    print(error); sys.exit(1)
"""


@pytest.fixture
def hub(tiny_bundle):
    with FakeHub(tiny_bundle) as server:
        yield server


@pytest.fixture
def ask(tmp_path, hub):
    """Resolve a reference in a fresh process with a cache of its own: (exit code, what it printed)."""

    def run(ref, offline=False, endpoint=None):
        environment = {
            **os.environ,
            "HF_HOME": str(tmp_path / "hf"),
            "HF_ENDPOINT": endpoint or hub.url,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_OFFLINE": "1" if offline else "0",
        }
        environment = {
            k: v for k, v in environment.items() if k.lower() not in ("http_proxy", "https_proxy", "all_proxy")
        }
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", SCRIPT, ref],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout.strip()

    return run


def test_a_download_records_the_commit(ask, hub):
    code, text = ask("someone/scenes")
    assert code == 0, text
    assert json.loads(text)["revision"] == COMMIT
    assert json.loads(text)["ref"] == "someone/scenes"


def test_the_cache_serves_when_the_hub_is_gone(ask, hub):
    _, first = ask("someone/scenes")
    hub.requests.clear()
    assert ask("someone/scenes", offline=True) == (0, first)
    assert ask("someone/scenes", endpoint="http://127.0.0.1:9") == (0, first)
    assert hub.requests == []


def test_a_pinned_commit_in_the_cache_asks_nothing(ask, hub):
    ask(f"someone/scenes@{COMMIT}")
    hub.requests.clear()
    code, text = ask(f"someone/scenes@{COMMIT}")
    assert (code, hub.requests) == (0, [])
    assert json.loads(text)["revision"] == COMMIT


def test_a_tag(ask):
    code, text = ask("someone/scenes@v1")
    assert code == 0
    assert json.loads(text)["ref"] == "someone/scenes@v1"


def test_what_is_cached_is_listed(ask):
    ask("someone/scenes")
    code, text = ask("--list", offline=True)
    assert code == 0
    assert ["someone/scenes", COMMIT] in json.loads(text)


def test_a_missing_revision(ask):
    assert ask("someone/scenes@v9") == (2, "someone/scenes has no revision 'v9' on the Hub.")


def test_a_missing_repository(ask):
    code, text = ask("someone/else")
    assert code == 2
    assert text.startswith("There is no repository someone/else on the Hub")


def test_offline_and_not_cached(ask):
    code, text = ask("someone/scenes", offline=True)
    assert code == 1
    assert text == "someone/scenes is not in the cache, and HF_HUB_OFFLINE is set; unset it to download."


def test_no_network_and_not_cached(ask):
    code, text = ask("someone/scenes", endpoint="http://127.0.0.1:9")
    assert code == 1
    assert text.startswith("someone/scenes is not in the cache and the Hub cannot be reached")


@pytest.mark.slow
def test_a_download_that_breaks_off_is_said_and_the_next_one_succeeds(ask, hub):
    hub.break_off = 100
    code, text = ask("someone/scenes")
    assert code == 1
    assert "try again" in text
    hub.break_off = 0
    assert ask("someone/scenes")[0] == 0


def test_a_download_that_breaks_off_once_is_taken_up_again(ask, hub):
    hub.break_off = 1
    assert ask("someone/scenes")[0] == 0


def test_a_wrong_checksum_is_removed_from_the_cache(ask, hub):
    hub.spoil = True
    code, text = ask("someone/scenes")
    assert code == 1
    assert "the damaged file was removed from the cache" in text
    hub.spoil = False
    assert ask("someone/scenes")[0] == 0


@pytest.mark.parametrize("missing", ["model.safetensors", "config.json"])
def test_a_repository_that_is_something_else(ask, hub, tmp_path, missing):
    folder = tmp_path / "other"
    folder.mkdir()
    for path in hub.folder.iterdir():
        if path.name != missing:
            (folder / path.name).write_bytes(path.read_bytes())
    hub.folder = folder
    code, text = ask("someone/scenes")
    assert code == 2
    assert "holds no sg2im weights" in text
