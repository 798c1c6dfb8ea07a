"""Weights from the Hub: the real client, in a process of its own, against a server on loopback."""

from __future__ import annotations

import json
import re
import resource
import shutil
import signal
import subprocess
import sys

import pytest

from .hub_server import COMMIT, FakeHub, hub_environment

MOVED = COMMIT[::-1]
NOBODY = "http://127.0.0.1:9"
"""Where no server listens."""

SCRIPT = """
import json, sys
from sg2im_weights import WeightsError, WeightsInputError, list_bundles, pull, resolve
try:
    if sys.argv[1] == "--list":
        print(json.dumps([[b.ref, b.revision] for b in list_bundles()]))
    else:
        bundle = (pull if "--pull" in sys.argv else resolve)(sys.argv[1])
        print(json.dumps({"revision": bundle.revision, "checksum": bundle.checksum(), "ref": bundle.ref}))
except WeightsInputError as error:
    print(error); sys.exit(2)
except WeightsError as error:
    print(error); sys.exit(1)
"""


def limit_files(largest):
    """Writing more fails, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))


def blob_of_weights(tmp_path, hub):
    return (tmp_path / "hf/hub/models--someone--scenes/snapshots" / hub.commit / "model.safetensors").resolve()


@pytest.fixture
def hub(tiny_bundle):
    with FakeHub(tiny_bundle) as server:
        yield server


@pytest.fixture
def ask(tmp_path, hub):
    """Resolve a reference in a fresh process with a cache of its own: (exit code, what it printed)."""

    def run(*words, offline=False, endpoint=None, largest_file=None):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", SCRIPT, *words],
            env=hub_environment(tmp_path / "hf", endpoint or hub.url, offline),
            preexec_fn=lambda: limit_files(largest_file) if largest_file else None,
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


@pytest.mark.parametrize("ref", ["someone/scenes", "someone/scenes@v1", f"someone/scenes@{COMMIT}"])
def test_the_cache_is_looked_at_first(ask, hub, ref):
    _, first = ask(ref)
    assert json.loads(first)["revision"] == COMMIT
    hub.requests.clear()
    assert ask(ref) == (0, first)
    assert ask(ref, offline=True) == (0, first)
    assert ask(ref, endpoint=NOBODY) == (0, first)
    assert hub.requests == []


def test_pulling_asks_whether_a_branch_has_moved_on(ask, hub):
    ask("someone/scenes")
    hub.commit = MOVED
    assert json.loads(ask("someone/scenes")[1])["revision"] == COMMIT
    assert json.loads(ask("someone/scenes", "--pull")[1])["revision"] == MOVED
    assert json.loads(ask("someone/scenes", offline=True)[1])["revision"] == MOVED
    assert json.loads(ask(f"someone/scenes@{COMMIT}", offline=True)[1])["revision"] == COMMIT


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
    assert text == (
        "someone/scenes is no directory and not in the cache, and HF_HUB_OFFLINE is set; unset it to download."
    )


def test_no_network_and_not_cached(ask):
    code, text = ask("someone/scenes", endpoint=NOBODY)
    assert code == 1
    assert text.startswith("someone/scenes is no directory and not in the cache, and the Hub cannot be reached")


@pytest.mark.parametrize(
    ("refusal", "code", "message"),
    [
        ((403, "GatedRepo"), 2, "someone/scenes asks for permission on the Hub"),
        ((503, "Unavailable"), 1, "The Hub did not send someone/scenes: .*503.*; try again later"),
    ],
)
def test_a_hub_that_refuses(ask, hub, refusal, code, message):
    hub.refusal = refusal
    found, text = ask("someone/scenes")
    assert found == code
    assert re.match(message, text), text
    assert "\n" not in text


@pytest.mark.slow
def test_a_download_that_breaks_off_is_said_and_the_next_one_succeeds(ask, hub):
    hub.break_off = 100
    code, text = ask("someone/scenes")
    assert code == 1
    assert "broke off" in text
    assert "try again" in text
    code, text = ask("someone/scenes", offline=True)
    assert (code, "is no directory and not in the cache" in text) == (1, True)
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


@pytest.mark.parametrize("checksums", [True, False])
def test_a_file_that_rots_in_the_cache_is_noticed(ask, hub, tmp_path, checksums):
    hub.checksums = checksums
    first = ask("someone/scenes")
    blob = blob_of_weights(tmp_path, hub)
    data = blob.read_bytes()
    blob.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if checksums else data[:-1])
    code, text = ask("someone/scenes", offline=True)
    assert (code, "the damaged file was removed from the cache" in text) == (1, True)
    assert ask("someone/scenes") == first


def test_a_full_disk_is_said(ask, hub):
    code, text = ask("someone/scenes", largest_file=8000)
    assert code == 1
    assert text.startswith("The download of someone/scenes could not be stored in")
    assert ask("someone/scenes")[0] == 0


def test_a_directory_hides_the_repository_of_its_name(ask, hub, tmp_path, monkeypatch):
    shutil.copytree(hub.folder, tmp_path / "someone/scenes")
    monkeypatch.chdir(tmp_path)
    assert json.loads(ask("someone/scenes")[1])["revision"] is None
    assert hub.requests == []


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
