"""``sg2im doctor``: whether everything works, and what still is told when something does not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from sg2im_cli.doctor import files, machine, pictures, works
from sg2im_cli.doctor.finding import Finding, examine
from sg2im_cli.version import __version__

ROOT = Path(__file__).parents[3]
NAMES = ["python", "packages", "extras", "language", "devices", "hub cache", "weights", "picture"]


def by_name(done):
    answer = json.loads(done.stdout if hasattr(done, "stdout") else done.out)
    assert [check["name"] for check in answer["checks"]] == NAMES
    return answer["works"], {check["name"]: check for check in answer["checks"]}


def test_here_everything_works(sg2im, tiny_bundle):
    done = sg2im("doctor", "--weights", tiny_bundle, "--device", "cpu", "--json")
    fine, checks = by_name(done)
    assert (done.code, done.err, fine) == (0, "", True)
    assert all(check["status"] != "fail" for check in checks.values())
    assert checks["packages"]["facts"]["sg2im"] == __version__
    assert checks["packages"]["facts"]["torch"] == metadata.version("torch")
    assert checks["picture"]["facts"]["size"] == [32, 32] and checks["picture"]["facts"]["milliseconds"] > 0
    assert checks["weights"]["facts"]["path"] == str(tiny_bundle)
    assert checks["devices"]["facts"]["threads"] >= 1


def test_what_a_person_sees(sg2im, tiny_bundle):
    done = sg2im("doctor", "--weights", tiny_bundle, "--device", "cpu")
    lines = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert [line[5:16].strip() for line in lines] == NAMES
    assert all(line.split()[0] in ("ok", "warn") for line in lines)


@pytest.fixture
def broken(tmp_path):
    """The doctor in a process of its own, with packages that cannot be imported."""

    def call(*modules, **variables):
        for name in modules:
            (tmp_path / "broken" / name).mkdir(parents=True)
            (tmp_path / "broken" / name / "__init__.py").write_text("raise ImportError('a library\\nis not there')")
        path = os.pathsep.join(map(str, (tmp_path / "broken", ROOT, ROOT / "parsers", ROOT / "weights")))
        environment = {**os.environ, "PYTHONPATH": path, "HF_HOME": str(tmp_path / "hub"), **variables}
        command = [sys.executable, "-m", "sg2im_cli", "doctor", "--device", "cpu", "--json"]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    return call


def test_without_torch_all_else_is_still_looked_at(broken):
    done = broken("torch")
    fine, checks = by_name(done)
    assert (done.returncode, done.stderr, fine) == (1, "", False)
    assert {name for name, check in checks.items() if check["status"] == "fail"} == {"devices", "weights", "picture"}
    assert checks["devices"]["found"] == "ImportError: a library is not there"
    assert "pip install" in checks["devices"]["advice"]


def test_without_spacy_and_the_hub(broken):
    done = broken("spacy", "huggingface_hub")
    fine, checks = by_name(done)
    assert (done.returncode, done.stderr, fine) == (1, "", False)
    failed = {name for name, check in checks.items() if check["status"] == "fail"}
    assert failed == {"language", "hub cache", "picture"}


def test_a_device_and_weights_that_are_not_there(sg2im, tiny_bundle):
    done = sg2im("doctor", "--weights", "nowhere", "--device", "tpu", "--json")
    fine, checks = by_name(done)
    assert (done.code, fine) == (1, False)
    assert "There are no weights 'nowhere'" in checks["weights"]["found"]
    assert checks["picture"]["status"] == "fail" and checks["language"]["status"] == "ok"
    done = sg2im("doctor", "--weights", tiny_bundle, "--device", "tpu")
    assert done.code == 1
    assert "There is no device 'tpu' here" in done.out and "-> " in done.out


def test_damaged_weights(sg2im, tiny_bundle, tmp_path):
    shutil.copytree(tiny_bundle, tmp_path / "bad")
    data = (tmp_path / "bad" / "model.safetensors").read_bytes()
    (tmp_path / "bad" / "model.safetensors").write_bytes(data[:-100])
    _, checks = by_name(sg2im("doctor", "--weights", "bad", "--device", "cpu", "--json"))
    assert [checks[name]["status"] for name in ("weights", "picture", "language")] == ["fail", "fail", "ok"]


@pytest.mark.parametrize("error", [ValueError("no\n reason"), SystemExit(3), MemoryError(), RecursionError("deep")])
def test_whatever_a_check_raises_is_a_finding(error):
    def check():
        raise error

    found = examine("it", check, "mend it")
    assert (found.name, found.status, found.advice) == ("it", "fail", "mend it")
    assert found.found.startswith(type(error).__name__) and "\n" not in found.found
    assert not works([Finding("a", "ok", ""), found]) and works([Finding("a", "warn", "")])


def test_ctrl_c_is_no_finding():
    def check():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examine("it", check, "")


def test_versions_are_held_to_what_was_asked_for(monkeypatch):
    found = machine.packages()
    assert found.status == "ok"
    needed = {name.split(">")[0].split("<")[0].strip() for name in metadata.requires("sg2im-cli") if ";" not in name}
    assert set(found.facts) == {"sg2im", *needed}
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.1" if name == "rich" else real(name))
    found = machine.packages()
    assert found.status == "fail" and found.found.startswith("rich 0.1 is installed, and ")
    assert found.advice.startswith("pip install 'rich")


def test_extras_that_are_not_there_are_no_mistake(monkeypatch):
    assert machine.extras().advice == ""
    real = metadata.version

    def version(name):
        if name == "pyarrow":
            raise metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(metadata, "version", version)
    found = machine.extras()
    assert (found.status, found.facts["lacking"]) == ("ok", {"train": ["pyarrow"]})
    assert "pip install 'sg2im-cli[train]'" in found.advice


def test_the_cache_is_measured_once_for_each_file(monkeypatch, tmp_path):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    found = files.hub_cache()
    assert (found.status, found.facts["bytes"], found.facts["writable"]) == ("ok", 0, True)
    model = tmp_path / "hub" / "models--a--b"
    (model / "blobs").mkdir(parents=True)
    (model / "blobs" / "x").write_bytes(b"12345")
    (model / "snapshots").mkdir()
    (model / "snapshots" / "y").symlink_to("../blobs/x")
    (model / "snapshots" / "gone").symlink_to("../blobs/gone")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    found = files.hub_cache()
    assert (found.facts["bytes"], found.facts["models"], found.facts["offline"]) == (5, 1, True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(model / "blobs" / "x" / "hub"))
    assert files.hub_cache().status == "warn"


def test_a_pipeline_that_reads_otherwise_is_found(monkeypatch):
    assert pictures.language().status == "ok"
    monkeypatch.setattr(pictures, "OBJECTS", ["a car"])
    assert pictures.language().status == "fail"


def test_weights_are_compared_with_what_was_installed(monkeypatch):
    """A wheel writes down the checksum of each of its files; an editable install has none."""
    from base64 import urlsafe_b64encode

    from sg2im_weights import resolve

    bundle = resolve("default")
    right = urlsafe_b64encode(bytes.fromhex(bundle.checksum())).rstrip(b"=").decode()
    for digest, status in ((right, "ok"), ("A" * 43, "warn")):
        entry = metadata.PackagePath(bundle.tensors_path)
        entry.hash, entry.dist = metadata.FileHash(f"sha256={digest}"), metadata.distribution("sg2im-cli")
        monkeypatch.setattr(metadata, "files", lambda name, entry=entry: [entry])
        assert files.weights("default").status == status
