"""What goes wrong in a run is said in a sentence, and what was good stays good."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from sg2im_cli.training.checkpoint import RunDirectory
from sg2im_cli.training.guard import guarded
from sg2im_cli.training.objectives import Objectives
from sg2im_cli.training.recipes import load_recipe
from sg2im_cli.training.rehearsal import rehearse
from sg2im_cli.training.run import train
from sg2im_cli.training.samples import save_sheet
from sg2im_cli.training.step import Trainer
from sg2im_cli.training.update import NotFiniteError
from sg2im_errors import InputError, Sg2imError

from .conftest import Silent, options, tensors


def barely_started(data, run):
    train(options(data, run, minutes=1e-9), Silent())
    return run


@pytest.mark.parametrize("place", ["", "run", "deeper/run"])
def test_a_file_where_the_run_should_be_is_named(tmp_path, place):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="file is a file, where --out needs a directory"):
        train(options(tmp_path / "never read", tmp_path / "file" / place), Silent())
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("text", ["{", "[]", "\xff"])
def test_a_damaged_record_is_named(tiny_data, tmp_path, text):
    run = barely_started(tiny_data, tmp_path / "run")
    (run / "run.json").write_text(text, encoding="latin1")
    with pytest.raises(InputError, match="run.json is damaged"):
        train(options(tiny_data, run), Silent())


def poison(monkeypatch, at, after):
    """Break the generator's weights at one step, before the update or after it."""
    step = Trainer.picture_step

    def poisoned(self, batch, number, seed):
        def spoil():
            if number == at:
                rows = slice(1, 2) if after else slice(None)  # one category alone may not be in the next batch
                self.generator.obj_embeddings.weight.data[rows] = float("nan")

        if not after:
            spoil()
        losses = step(self, batch, number, seed)
        if after:
            spoil()
        return losses

    monkeypatch.setattr(Trainer, "picture_step", poisoned)


@pytest.mark.parametrize(("at", "after"), [(3, False), (3, True)], ids=["in a loss", "in weights about to be saved"])
def test_not_a_number_stops_and_leaves_what_was_last_good(tiny_data, tmp_path, monkeypatch, at, after):
    run = tmp_path / "run"
    poison(monkeypatch, at, after)
    if not after:
        monkeypatch.setattr(Trainer, "check_finite", lambda self: None)  # the loss alone must do
    with pytest.raises(NotFiniteError, match="have what was good at step 2"):
        train(options(tiny_data, run), Silent())
    state = torch.load(run / "checkpoint.pt", weights_only=True)
    assert state["position"]["step"] == 2
    assert all(t.isfinite().all() for t in state["trainer"]["generator"].values())
    exported = tensors(run)
    assert all(torch.equal(exported[k], v) for k, v in state["trainer"]["average"].items() if k in exported)
    assert json.loads((run / "log.jsonl").read_text().splitlines()[-1])["event"] == "not finite"


def test_not_a_number_before_anything_was_saved(tiny_data, tmp_path, monkeypatch):
    def endless(self, part):
        return {"boxes": self.generator.box_net[0].weight.sum() * float("inf")}

    monkeypatch.setattr(Objectives, "of_layout", endless)
    with pytest.raises(NotFiniteError, match="nothing had been saved yet"):
        train(options(tiny_data, tmp_path / "run"), Silent())
    assert not (tmp_path / "run" / "weights").exists()


def test_a_run_that_met_no_number_goes_on_from_what_was_good(tiny_data, tmp_path, monkeypatch, finished):
    run = tmp_path / "run"
    with monkeypatch.context() as patch:
        poison(patch, 3, False)
        with pytest.raises(NotFiniteError):
            train(options(tiny_data, run), Silent())
    assert train(options(tiny_data, run), Silent()).finished
    whole, resumed = tensors(finished), tensors(run)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_a_damaged_checkpoint_is_named(tiny_data, tmp_path):
    run = barely_started(tiny_data, tmp_path / "run")
    (run / "checkpoint.pt").write_bytes(b"half")
    with pytest.raises(Sg2imError, match="checkpoint.pt cannot be read"):
        train(options(tiny_data, run), Silent())


def test_a_byte_that_was_flipped_is_noticed(tmp_path):
    run = RunDirectory(tmp_path)
    state = {"step": 3, "weights": torch.arange(2000.0), "text": "abc"}
    run.save(state)
    path = tmp_path / "checkpoint.pt"
    whole = path.read_bytes()
    rng, refused = random.Random(0), 0
    for _ in range(200):
        data = bytearray(whole)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        try:
            found = run.load()
        except Sg2imError as error:
            refused += 1
            assert "remove it to start anew" in str(error)
        else:  # a byte that says nothing: padding, or a date
            assert found is not None
            assert found["step"] == 3
            assert found["text"] == "abc"
            assert torch.equal(found["weights"], state["weights"])
    assert refused > 150


def test_data_that_changed_since_the_checkpoint_is_said(tiny_data, tmp_path):
    data = Path(shutil.copytree(tiny_data, tmp_path / "scenes"))
    run = barely_started(data, tmp_path / "run")
    path = data / "annotations" / "instances_train.json"
    content = json.loads(path.read_text())
    content["categories"].append({"id": 900, "name": "unicorn"})
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match="does not fit this recipe and data"):
        train(options(data, run), Silent())


FULL = """
import sys
from pathlib import Path
import sg2im_cli.training.checkpoint as checkpoint
from sg2im_cli.training.checkpoint import RunDirectory
import resource, signal, torch
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    RunDirectory(Path(sys.argv[1])).save({"weights": torch.zeros(100_000)})
except checkpoint.Sg2imError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of the system")
@pytest.mark.parametrize("room", [0, 1_000, 200_000, 400_500])
def test_without_room_the_checkpoint_before_is_kept(tmp_path, room):
    """The system itself refuses to write more than so many bytes."""
    (tmp_path / "checkpoint.pt").write_bytes(b"the one before")
    said = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), str(room)], check=True, capture_output=True, text=True
    ).stdout
    assert "checkpoint.pt could not be written: File too large. The one before is kept." in said
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint.pt"]
    assert (tmp_path / "checkpoint.pt").read_bytes() == b"the one before"


def test_a_sheet_or_log_without_a_place_is_said(tmp_path):
    (tmp_path / "samples").write_text("a file")
    with pytest.raises(Sg2imError, match="sheet.png could not be written: File exists"):
        save_sheet(Image.fromarray(np.zeros((2, 2, 3), dtype=np.uint8)), tmp_path / "samples" / "sheet.png")


@pytest.mark.skipif(sys.platform == "win32", reason="has no such locks")
def test_a_second_process_is_kept_out(tiny_data, tmp_path):
    run = barely_started(tiny_data, tmp_path / "run")
    before = (run / "checkpoint.pt").read_bytes()
    with RunDirectory(run).locked(), pytest.raises(InputError, match="Another process is training in"):
        train(options(tiny_data, run), Silent())
    assert (run / "checkpoint.pt").read_bytes() == before
    assert train(options(tiny_data, run), Silent()).finished


KILLED = """
import os, signal, sys, torch
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from tests.training.conftest import Silent, options
from sg2im_cli.training.rehearsal import rehearse
from sg2im_cli.training.run import train
save, calls = torch.save, []
def half(state, file):
    calls.append(1)
    if len(calls) == 3:
        file.write(b"half of it")
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    save(state, file)
torch.save = half
torch.set_num_threads(int(sys.argv[4]))
train(options(Path(sys.argv[1]), Path(sys.argv[2])), Silent())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_killed_while_saving_it_goes_on_from_the_checkpoint_before(tiny_data, tmp_path, finished):
    run, root = tmp_path / "run", Path(__file__).parents[2]
    threads = torch.get_num_threads()  # other sums, in their last digits, with other numbers of them
    call = [sys.executable, "-c", KILLED, str(tiny_data), str(run), str(root), str(threads)]
    ended = subprocess.run(call, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert (run / "checkpoint.part").exists() and not (run / "weights").exists()
    reporter = Silent()
    assert train(options(tiny_data, run), reporter).finished
    assert reporter.seen[0].step == 1 and reporter.seen[0].phase == "pictures"
    whole, resumed = tensors(finished), tensors(run)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    assert not list(run.rglob("*.part"))


def test_too_little_to_normalize_is_said(tiny_data, tmp_path):
    tiny = load_recipe("tiny")
    recipe = replace(
        tiny,
        generator=replace(tiny.generator, mlp_normalization="batch"),
        data=replace(tiny.data, object_dropout=1.0),
        training=replace(tiny.training, layout_batch_size=1, layout_steps=60),
    )
    with pytest.raises(InputError, match="normalization has only one value to work on; make its batch_size larger"):
        train(replace(options(tiny_data, tmp_path / "run"), recipe=recipe), Silent())
    asked = replace(options(tiny_data, tmp_path / "rehearsed"), recipe=recipe)
    with pytest.raises(InputError, match="normalization has only one value to work on"):
        for seed in range(60):  # until a graph has one object
            rehearse(replace(asked, seed=seed), Silent())


def test_where_torch_cannot_compile_is_said():
    def broken(*_):
        raise FileNotFoundError("No working C++ compiler found.\nAnd more.")

    compiled = torch.compile(lambda x: x + 1, backend=broken)
    with pytest.raises(
        Sg2imError, match=r"torch cannot compile here \(.*No working C\+\+ compiler found\); leave --comp"
    ):
        guarded(lambda: {"loss": float(compiled(torch.zeros(1)))}, compiled=True)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        guarded(lambda: {"loss": float(torch.zeros(2, 3) @ torch.zeros(2, 3))}, compiled=True)
