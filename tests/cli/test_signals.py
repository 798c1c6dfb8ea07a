"""Ctrl-C and SIGTERM, as real signals to real processes, at moments that an audit hook finds again."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from .conftest import heed_ctrl_c

SCRIPT = """
import os, signal, sys

event, name, kind = sys.argv.pop(1), sys.argv.pop(1), int(sys.argv.pop(1))

def send(happened, arguments):
    global name
    if happened == event and name and str(arguments[0]).endswith(name):
        name = ""
        os.kill(os.getpid(), kind)

sys.addaudithook(send)
from sg2im_cli.__main__ main
main()
""".replace("__main__ main", "__main__ import main")


def sent(kind, event, name, *arguments, cwd):
    """What a call ends with to which a signal comes at the first event of a name."""
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, event, name, str(int(kind)), *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        preexec_fn=heed_ctrl_c,
        timeout=300,
    )


@pytest.mark.parametrize("module", ["sg2im_cli.cli.request", "torch._C", "torch.nn", "spacy.tokens"])
def test_ctrl_c_while_modules_load_is_silent(module, tmp_path, tiny_bundle):
    done = sent(signal.SIGINT, "import", module, "a cat on a bed", "--weights", tiny_bundle, "-q", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_between_modules_is_one_line(tmp_path, tiny_bundle):
    done = sent(signal.SIGINT, "open", "config.json", "words", "--weights", tiny_bundle, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "sg2im: Stopped.\n")


def test_sigterm_while_training_reads_its_data(tmp_path, tiny_data):
    call = ("train", "--data", tiny_data, "--recipe", "tiny", "--out", tmp_path / "run", "--device", "cpu")
    done = sent(signal.SIGTERM, "open", "instances_train.json", *call, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (143, "")
    said = done.stderr.splitlines()
    assert said == [f"Reading {tiny_data} ...", "sg2im: Stopped by SIGTERM."]
    assert not (tmp_path / "run" / "weights").exists()


def test_sigterm_in_training_ends_the_update_at_hand_and_the_workers(tmp_path, tiny_data):
    call = [sys.executable, "-m", "sg2im_cli", "train", "--data", tiny_data, "--recipe", "tiny", "--out", "run"]
    with subprocess.Popen(
        [*call, "--device", "cpu", "--steps", "100000", "--workers", "2"], cwd=tmp_path, stdout=-1, stderr=-1, text=True
    ) as process:
        while (line := process.stderr.readline()) and "/s " not in line:
            pass
        process.send_signal(signal.SIGTERM)
        out, said = process.communicate(timeout=300)  # which waits for the workers, who have the same standard error
    assert (process.returncode, out) == (0, "run/weights\n"), said
    assert "Stopping after this step" in said
    assert said.splitlines()[-1].endswith("the same command goes on from there.")
