"""Laws of several processes, with two real ones on the CPU: they are one, with half of each batch."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from sg2im_cli.training.processes import Processes, join
from sg2im_errors import InputError

from .conftest import tensors
from .two_processes import gradients, recipes

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def found(tiny_data, tmp_path_factory):
    """What two processes found, and where their runs are."""
    out = tmp_path_factory.mktemp("two")
    shared = {
        **os.environ,
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(free_port()),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "parsers"), str(ROOT / "weights")]),
    }
    command = [sys.executable, "-m", "tests.training.two_processes", str(tiny_data), str(out)]
    started = [
        subprocess.Popen(command, env={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)}, cwd=ROOT)
        for rank in range(2)
    ]
    try:
        assert [process.wait(600) for process in started] == [0, 0]
    finally:
        for process in started:
            process.kill()
    return [torch.load(out / f"found{rank}.pt", weights_only=True) for rank in range(2)], out


@pytest.fixture(scope="module")
def whole(tiny_data):
    alone = Processes(torch.device("cpu"))
    return {name: gradients(tiny_data, recipe, alone) for name, recipe in recipes().items()}


def assert_same(found, expected):
    """Each network's whole gradient to 1e-5 of its length, and each tensor to 1e-4 of its largest value.

    A sum in another order differs in the last digits, and now and then one of them decides the sign of a difference
    (L1, leaky ReLU), which a single bias shows.
    """
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        bound = 1e-4 * max(float(value.abs().max()), 1e-6)
        assert float((found[name] - value).abs().max()) <= bound, name
    for network in {tuple(name.split()[:2]) for name in expected}:
        names = [name for name in expected if tuple(name.split()[:2]) == network]
        off, whole = (
            torch.cat([tensor.flatten() for tensor in tensors])
            for tensors in ([found[name] - expected[name] for name in names], [expected[name] for name in names])
        )
        assert off.norm() <= 1e-5 * whole.norm(), network


@pytest.mark.slow
@pytest.mark.parametrize("parts", [1, 2], ids=["", "in two parts each"])
@pytest.mark.parametrize("name", recipes())
def test_two_processes_have_the_gradients_of_one(found, whole, name, parts):
    """2 and 3 pictures, or 1, 1, 1 and 2, with unlike numbers of objects, masks and predicted layouts."""
    for process in found[0]:
        assert_same(process[f"{name} {parts}"], whole[name])


@pytest.mark.parametrize("name", recipes())
def test_parts_have_the_gradients_of_the_whole(tiny_data, whole, name):
    alone = Processes(torch.device("cpu"))
    assert_same(gradients(tiny_data, recipes()[name], alone, accumulate=3), whole[name])


def test_gradients_are_not_all_zero(whole):
    assert any("layout generator" in name and value.abs().max() > 1e-4 for name, value in whole["plain"].items())
    for gradient in whole.values():
        for part in ("pictures generator", "image_discriminator", "object_discriminator"):
            assert any(part in name and value.abs().max() > 1e-4 for name, value in gradient.items())


@pytest.mark.slow
def test_two_processes_stop_at_one_step_and_go_on(found):
    """The second was told to stop; with batch norm, too, the resumed run equals the uninterrupted one."""
    assert [process["stopped"] for process in found[0]] == [3, 3]
    assert all(process["finished"] for process in found[0])
    one, other = (tensors(found[1] / name) for name in ("whole", "resumed"))
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.slow
def test_one_log_is_written(found):
    lines = (found[1] / "whole" / "log.jsonl").read_text().splitlines()
    assert [line for line in lines if "start" in line] == ['{"event": "start", "step": 0, "layout_step": 0}']
    assert sum('"finished"' in line for line in lines) == 1


@pytest.mark.slow
def test_what_fails_in_one_process_ends_both(found):
    """The one that failed says why, or the first, if the fault is common; the other leaves with its exit code."""
    assert [process["failed"] for process in found[0]] == ["StoppedElsewhereError 2", "InputError "]
    assert [process["refused"] for process in found[0]] == ["InputError", "StoppedElsewhereError"]


@pytest.mark.slow
def test_torchrun_starts_the_command(tiny_data, tmp_path):
    command = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(free_port())]
    train = ["-m", "sg2im_cli", "train", "--recipe", "tiny", "--device", "cpu", "--threads", "1"]
    done = subprocess.run(
        [sys.executable, *command, *train, "--data", tiny_data, "--out", tmp_path / "run", "--checkpoint-every", "3"],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path / 'run' / 'weights'}\n"
    assert done.stderr.count("12 pictures, in 2 processes; starting anew.") == 1
    assert done.stderr.count("Finished after 6 steps.") == 1


def test_without_accelerate_the_extra_is_named(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setitem(sys.modules, "accelerate", None)
    with pytest.raises(InputError, match=r"needs accelerate: pip install 'sg2im-cli\[train\]'"):
        join(torch.device("cpu"))


def test_a_wrong_number_of_processes_is_named(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "many")
    with pytest.raises(InputError, match="WORLD_SIZE is 'many'"):
        join(torch.device("cpu"))
