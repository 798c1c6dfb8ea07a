"""The wheel, installed outside the checkout, draws a picture without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = {
    "sg2im_cli/py.typed",
    "sg2im_errors/py.typed",
    "sg2im_parsers/py.typed",
    "sg2im_weights/py.typed",
    "sg2im_cli/data/readers/annotations.schema.json",
    "sg2im_cli/data/readers/visual_genome_splits.txt.xz",
    "sg2im_cli/drawing/page.html",
    "sg2im_cli/evaluation/report.html",
    "sg2im_cli/painter/cell.html",
    "sg2im_cli/recipes/tiny.toml",
    "sg2im_cli/recipes/scenes64.toml",
    "sg2im_parsers/data/conventions.tsv",
    "sg2im_parsers/data/lexicon.toml",
    "sg2im_cli/output/batch/batch_line.schema.json",
    "sg2im_cli/output/batch/manifest.schema.json",
    "sg2im_cli/provenance/record.schema.json",
    "sg2im_parsers/data/conventions.toml",
    "sg2im_parsers/data/rules.toml",
    "sg2im_parsers/data/scene_graph.schema.json",
    "sg2im_parsers/data/scenes.toml",
    "sg2im_parsers/data/speech.toml",
    "sg2im_parsers/data/spelling.tsv",
    "sg2im_parsers/data/styles.toml",
    "sg2im_parsers/data/pipeline/meta.json",
    "sg2im_parsers/data/pipeline/parser/model",
    "sg2im_weights/default/config.json",
    "sg2im_weights/default/model.safetensors",
    "sg2im_weights/default/README.md",
    "sg2im_weights/judge/config.json",
    "sg2im_weights/judge/model.safetensors",
    "sg2im_weights/judge/README.md",
}
PACKAGES = {"sg2im_cli", "sg2im_errors", "sg2im_parsers", "sg2im_weights"}
MEGABYTE = 1_000_000

NO_NETWORK = """
import socket

def refuse(*args, **kwargs):
    raise OSError("no network in this test")

socket.socket.connect = refuse
socket.getaddrinfo = refuse
"""


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    hidden = ("PYTHONPATH", "VIRTUAL_ENV", "COLUMNS")
    environment = {k: v for k, v in os.environ.items() if k not in hidden}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A virtual environment with the wheel; dependencies are those of the running one, but not the checkout.

    A path in a .pth file is searched, but the .pth files that lie there (the editable install's) are not read.
    """
    home = tmp_path_factory.mktemp("elsewhere") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", home)
    python = home / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip())
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (site / "sitecustomize.py").write_text(NO_NETWORK)
    return home


def test_what_the_wheel_holds(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert names >= NEEDED
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "sg2im_cli",
        "sg2im_errors",
        "sg2im_parsers",
        "sg2im_weights",
    }
    assert {Path(name).name for name in names if ".dist-info/licenses/" in name} == {"LICENSE", "NOTICE"}
    assert not [name for name in names if "__pycache__" in name or "test" in name]
    assert wheel.stat().st_size < 60 * MEGABYTE


def test_nothing_of_the_checkout_can_be_imported(installed, tmp_path):
    script = (
        "import json, sys, sg2im_cli, sg2im_errors, sg2im_parsers, sg2im_weights;"
        "print(json.dumps([sys.path, [m.__file__ for m in (sg2im_cli, sg2im_errors, sg2im_parsers, sg2im_weights)]]))"
    )
    paths, files = json.loads(run(installed / "bin" / "python", "-c", script, cwd=tmp_path).stdout)
    assert str(ROOT) not in paths
    assert all(Path(file).is_relative_to(installed) for file in files)


def test_a_picture_is_made_there(installed, tmp_path):
    sentence = "a car on the street beside buildings"
    done = run(installed / "bin" / "sg2im", sentence, "--seed", "7", "--device", "cpu", "--json", cwd=tmp_path)
    made = json.loads(done.stdout)
    assert made["weights"] == "default"
    assert [item["name"] for item in made["graph"]["objects"]] == ["car", "road", "building"]
    assert (tmp_path / made["outputs"][0]["path"]).read_bytes().startswith(b"\x89PNG")


def test_it_works_with_python_m(installed, tmp_path):
    assert run(installed / "bin" / "python", "-m", "sg2im_cli", "--version", cwd=tmp_path).stdout.startswith("sg2im ")
