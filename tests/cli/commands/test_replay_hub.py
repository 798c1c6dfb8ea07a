"""A picture of somebody else names weights on the Hub: they are fetched only if the user agrees."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from sg2im_cli.provenance.read import read_record
from tests.weights.hub_server import COMMIT, FakeHub, hub_environment

NAMED = f"hub.png names the weights someone/scenes@{COMMIT} of the Hub, which are not here"


@pytest.fixture
def hub(tiny_bundle):
    with FakeHub(tiny_bundle) as server:
        yield server


@pytest.fixture
def replay(draw, hub, tmp_path):
    """Replay a picture that names the loopback Hub's weights: in a terminal where something is typed, or in none."""
    draw("a car on the road", "--seed", 3, "-o", "a.png")
    record = read_record(Path("a.png"))
    theirs = replace(record, weights=replace(record.weights, ref="someone/scenes", revision=COMMIT))
    with Image.open("a.png") as image:
        image.save("hub.png", pnginfo=theirs.png_info())

    def run(*options, typed=None):
        keyboard, terminal = pty.openpty()
        os.write(keyboard, (typed or "").encode())
        done = subprocess.run(
            [sys.executable, "-m", "sg2im_cli", "replay", "hub.png", "-o", "b.png", "--device", "cpu", *options],
            env=hub_environment(tmp_path / "hf", hub.url),
            stdin=subprocess.DEVNULL if typed is None else terminal,
            capture_output=True,
            text=True,
            timeout=300,
        )
        os.close(keyboard)
        os.close(terminal)
        return done

    return run


def test_without_a_terminal_nothing_is_fetched_until_the_user_says_so(replay, hub):
    done = replay()
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"sg2im: {NAMED}; fetch them with --yes.\n")
    assert (hub.requests, Path("b.png").exists()) == ([], False)
    done = replay("--yes")
    assert (done.returncode, done.stdout) == (0, "b.png\n"), done.stderr
    assert "The same pixels as hub.png." in done.stderr
    hub.requests.clear()
    assert replay("--overwrite").returncode == 0  # they are here now
    assert hub.requests == []


def test_in_a_terminal_the_user_is_asked(replay, hub):
    done = replay(typed="n\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{NAMED}. Fetch them? [y/N] ")
    assert done.stderr.endswith("sg2im: Nothing was fetched; name other weights with --weights.\n")
    assert (hub.requests, Path("b.png").exists()) == ([], False)
    done = replay(typed="y\n")
    assert (done.returncode, done.stdout) == (0, "b.png\n"), done.stderr
    assert hub.requests
