"""What ``sg2im train`` shows while it runs, and the options that change a recipe."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import subprocess
import sys

import pytest

from sg2im_cli.cli.app import main
from sg2im_weights import read_bundle

COMMAND = [sys.executable, "-m", "sg2im_cli", "train", "--recipe", "tiny", "--device", "cpu", "--threads", "1"]
SHOWN = (r"\d/6", r"\d:\d\d:\d\d left", r"\d pictures/s", r"pixels \d\.\d", r"d_image \d\.\d")
"""Place, time left, rate and losses, from the first to the last."""


def test_lines_for_a_file(tiny_data, tmp_path):
    done = subprocess.run(
        [*COMMAND, "--data", tiny_data, "--out", tmp_path / "run"], check=True, capture_output=True, text=True
    )
    assert done.stdout == f"{tmp_path / 'run' / 'weights'}\n"
    line = next(line for line in done.stderr.splitlines() if line.startswith("pictures"))
    assert all(re.search(pattern, line) for pattern in SHOWN)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_bars_in_a_terminal_of_eighty_columns(tiny_data, tmp_path):
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 80, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, "--data", tiny_data, "--out", tmp_path / "run"],
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")} | {"TERM": "xterm"},
    )
    os.close(theirs)
    shown = read_all(ours)
    assert process.wait() == 0
    for pattern in SHOWN:
        assert re.search(pattern, shown)
    assert "…" not in shown


def read_all(terminal):
    parts = []
    while select.select([terminal], [], [], 60)[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not part:
            break
        parts.append(part)
    os.close(terminal)
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", b"".join(parts).decode())


def test_limits_on_objects_are_options(tiny_data, tmp_path, monkeypatch, capsys):
    run = tmp_path / "run"

    def call(*limits):
        fixed = ("train", "--recipe", "tiny", "--device", "cpu", "--steps", "1", "--data", tiny_data, "--out", run)
        monkeypatch.setattr(sys, "argv", ["sg2im", *map(str, (*fixed, *limits))])
        try:
            main()
        except SystemExit as leave:
            return int(leave.code or 0), capsys.readouterr().err
        return 0, capsys.readouterr().err

    assert call("--min-objects", 5, "--max-objects", 4) == (
        2,
        "sg2im: max_objects is 4 and must be at least min_objects.\n",
    )
    code, said = call("--max-objects", 0)
    assert code == 2 and "--max-objects" in said
    assert not run.exists()
    assert call("--min-objects", 2, "--max-objects", 4)[0] == 0
    settings = read_bundle(run / "weights").config["trained"]["recipe_settings"]["data"]
    assert (settings["min_objects"], settings["max_objects"]) == (2, 4)
    assert json.loads((run / "run.json").read_text())["recipe"]["data"]["max_objects"] == 4


def test_a_former_name_of_a_setting_is_told_in_one_line_and_the_run_goes_on_under_the_new_one(
    tiny_data, tmp_path, monkeypatch, capsys
):
    path, run = tmp_path / "own.toml", tmp_path / "run"
    text = 'base = "tiny"\n[training]\nsteps = 2\n{} = 0.5\n'
    fixed = ("train", "--recipe", path, "--device", "cpu", "--data", tiny_data, "--out", run, "--steps", "1")
    monkeypatch.setattr(sys, "argv", ["sg2im", *map(str, fixed)])

    def said(name):
        path.write_text(text.format(name))
        with contextlib.suppress(SystemExit):
            main()
        return capsys.readouterr().err

    assert said("averaging").count("averaging is now called ema_decay.") == 1
    again = said("ema_decay")
    assert "is now called" not in again
    assert "going on from step 1" in again
