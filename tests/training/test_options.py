"""Options of a run: rehearsal, checkpoints, workers, precision, TensorBoard, what is refused when a run goes on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from sg2im_cli.cli.app import main
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.training.processes import Processes
from sg2im_cli.training.recipes import load_recipe, recipe_names, to_toml
from sg2im_cli.training.rehearsal import rehearse
from sg2im_cli.training.run import train
from sg2im_cli.training.step import Trainer
from sg2im_errors import InputError

from .conftest import Silent, options, tensors


def call(monkeypatch, *arguments):
    """The command in this process; its exit code."""
    monkeypatch.setattr(sys, "argv", ["sg2im", "train", "--device", "cpu", *map(str, arguments)])
    try:
        main()
    except SystemExit as leave:
        return int(leave.code or 0)
    return 0


def events(run, kind):
    lines = (run / "log.jsonl").read_text().splitlines()
    return [event for line in lines if (event := json.loads(line))["event"] == kind]


@pytest.mark.parametrize("name", recipe_names())
def test_a_recipe_printed_is_the_same_recipe(name, tmp_path):
    recipe = load_recipe(name)
    path = tmp_path / "printed.toml"
    path.write_text(to_toml(recipe), encoding="utf8")
    assert load_recipe(str(path)) == recipe


def test_strings_survive_toml(tmp_path):
    recipe = replace(load_recipe("tiny"), description='"quoted" \\ \x7f\n\tΣ 😀')
    path = tmp_path / "printed.toml"
    path.write_text(to_toml(recipe), encoding="utf8")
    assert load_recipe(str(path)) == recipe


def test_a_rehearsal_prints_a_recipe_and_writes_nothing(tiny_data, tmp_path, monkeypatch, capsys):
    run = tmp_path / "run"
    fixed = ("--data", tiny_data, "--recipe", "tiny", "--out", run)
    assert call(monkeypatch, *fixed, "--dry-run", "--steps", 50, "--checkpoint-every", 7, "--max-objects", 5) == 0
    printed, said = capsys.readouterr()
    assert not run.exists()
    path = tmp_path / "resolved.toml"
    path.write_text(printed)
    recipe = load_recipe(str(path))
    assert (recipe.training.steps, recipe.training.checkpoint_every, recipe.data.max_objects) == (50, 7, 5)
    for words in ("12 pictures, one process", "parameters: generator 0.0", "image discriminator", "MB of weights"):
        assert words in said
    assert "s with pictures" in said and "d_image" in said and "Nothing was written." in said


def test_a_rehearsal_counts_and_refuses_as_a_run_would(tiny_data, tmp_path, finished):
    found = rehearse(options(tiny_data, tmp_path / "run"), Silent())
    trainer = Trainer(load_recipe("tiny"), load_words(tiny_data), torch.device("cpu"))
    assert found.parameters["generator"] == sum(p.numel() for p in trainer.generator.parameters())
    assert found.state_bytes == 4 * (4 * sum(found.parameters.values()) + found.parameters["generator"])
    assert 0 < found.hours < 1 and found.picture_seconds > 0 and found.layout_seconds > 0
    with pytest.raises(InputError, match="another seed"):
        rehearse(options(tiny_data, finished, seed=5), Silent())


def load_words(data):
    recipe = load_recipe("tiny")
    return load_scenes(data, "train", recipe.data, recipe.generator).vocabulary


def test_checkpoints_come_as_often_as_asked(tiny_data, tmp_path, finished):
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train(options(tiny_data, run, checkpoint_every=3), Silent(stop_after=4 + 5))
    state = torch.load(run / "checkpoint.pt", weights_only=True)
    assert state["position"]["step"] == 3
    assert train(options(tiny_data, run, checkpoint_every=1), Silent()).finished
    assert [event["step"] for event in events(run, "start")] == [0, 3]
    one, other = tensors(finished), tensors(run)
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_workers_change_no_weight(tiny_data, tmp_path, finished):
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train(options(tiny_data, run, workers=2), Silent(stop_after=7))
    assert train(options(tiny_data, run, workers=2), Silent()).finished
    one, other = tensors(finished), tensors(run)
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_other_data_are_refused(tiny_data, tmp_path, finished):
    other = Path(shutil.copytree(tiny_data, tmp_path / "scenes"))
    with pytest.raises(InputError, match="another data"):
        train(options(other, finished), Silent())


def test_a_run_of_an_older_version_goes_on(tiny_data, tmp_path):
    """Its record lacks the settings that came later, which leave it as it was."""
    run = tmp_path / "run"
    train(options(tiny_data, run, minutes=1e-9), Silent())
    record = json.loads((run / "run.json").read_text())
    del record["recipe"]["training"]["accumulate"], record["init"]
    (run / "run.json").write_text(json.dumps(record))
    assert train(options(tiny_data, run), Silent()).finished


def test_data_that_vanished_are_said_and_the_checkpoint_stays(tiny_data, tmp_path):
    data = Path(shutil.copytree(tiny_data, tmp_path / "scenes"))
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train(options(data, run), Silent(stop_after=4 + 3))
    before = (run / "checkpoint.pt").read_bytes()
    (data / "images" / "train" / "train_003.jpg").unlink()
    with pytest.raises(InputError, match=r"had 12 when the run in .*train_003\.jpg"):
        train(options(data, run), Silent())
    assert (run / "checkpoint.pt").read_bytes() == before
    shutil.copy(tiny_data / "images" / "train" / "train_003.jpg", data / "images" / "train")
    assert train(options(data, run), Silent()).finished


def test_half_precision_scales_its_losses(tiny_data, tmp_path):
    """The scale and its history are part of the state; weights move, and stay finite."""
    recipe = load_recipe("tiny")
    recipe = replace(recipe, training=replace(recipe.training, precision="float16"))
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert train(replace(options(tiny_data, whole), recipe=recipe), Silent()).finished
    with pytest.raises(KeyboardInterrupt):
        train(replace(options(tiny_data, broken), recipe=recipe), Silent(stop_after=4 + 3))
    state = torch.load(broken / "checkpoint.pt", weights_only=True)["trainer"]["scalers"]["generator"]
    assert 1 < state["scale"] < 2**16  # the first updates overflow, and lower it
    assert train(replace(options(tiny_data, broken), recipe=recipe), Silent()).finished
    one, other = tensors(whole), tensors(broken)
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert all(t.isfinite().all() for t in one.values())


def test_too_large_a_scale_skips_the_update(tiny_data):
    recipe = load_recipe("tiny")
    recipe = replace(recipe, training=replace(recipe.training, precision="float16"))
    scenes = load_scenes(tiny_data, "train", recipe.data, recipe.generator)
    trainer = Trainer(recipe, scenes.vocabulary, Processes(torch.device("cpu")))
    scaler = trainer.updates["generator"].scaler
    scaler.load_state_dict(scaler.state_dict() | {"scale": 2.0**120})
    before = {k: v.clone() for k, v in trainer.generator.named_parameters()}
    trainer.picture_step(next(scenes.batches(4)), 0, 0)
    assert all(torch.equal(v, before[k]) for k, v in trainer.generator.named_parameters())
    assert scaler.get_scale() == 2.0**119


def test_a_layout_step_without_average_keeps_none(tiny_data):
    recipe = load_recipe("tiny")
    recipe = replace(recipe, training=replace(recipe.training, ema_decay=0.0))
    scenes = load_scenes(tiny_data, "train", recipe.data, recipe.generator)
    trainer = Trainer(recipe, scenes.vocabulary, torch.device("cpu"))
    trainer.layout_step(next(scenes.batches(4, with_images=False)), 0)
    assert trainer.best_generator is trainer.generator and "average" not in trainer.state()


def test_too_many_parts_are_said(tiny_data, tmp_path):
    recipe = load_recipe("tiny")
    recipe = replace(recipe, training=replace(recipe.training, accumulate=5, layout_steps=0))
    with pytest.raises(InputError, match="too few for accumulate = 5"):
        train(replace(options(tiny_data, tmp_path / "run"), recipe=recipe), Silent())


def test_losses_and_sheets_are_on_the_board_once(tiny_data, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train(options(tiny_data, run), Silent(stop_after=4 + 5))
    assert train(options(tiny_data, run), Silent()).finished
    board = EventAccumulator(str(run / "tensorboard" / "pictures"))
    board.Reload()
    assert [event.step for event in board.Scalars("losses/pixels")] == [6]
    assert [event.step for event in board.Images("samples")] == [4, 6]
    logged = events(run, "pictures")[-1]
    assert board.Scalars("losses/pixels")[0].value == pytest.approx(logged["pixels"], abs=1e-5)


ALONE = """
import sys
from pathlib import Path
for name in ("accelerate", "tensorboard", "datasets", "pycocotools", "torchmetrics"):
    sys.modules[name] = None
from tests.training.conftest import Silent, options
from sg2im_cli.training.run import train
class Heard(Silent):
    def message(self, text):
        print(text)
train(options(Path(sys.argv[1]), Path(sys.argv[2])), Heard())
"""


def test_one_process_needs_nothing_of_the_extra(tiny_data, tmp_path):
    """But what reads segmentations of the raw layouts: these data have boxes alone."""
    data = Path(shutil.copytree(tiny_data, tmp_path / "scenes"))
    for path in (data / "annotations").iterdir():
        content = json.loads(path.read_text())
        for item in content["annotations"]:
            item["segmentation"] = []
        path.write_text(json.dumps(content))
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(data), str(tmp_path / "run")], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("for TensorBoard: pip install 'sg2im-cli[train]'") == 1
    assert not (tmp_path / "run" / "tensorboard").exists()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # torch's compiler warns of itself, and fails where that is an error
def test_a_compiled_run_leaves_weights_by_the_same_names(tiny_data, tmp_path, finished):
    run = tmp_path / "run"
    assert train(options(tiny_data, run, compiled=True), Silent()).finished
    one, other = tensors(finished), tensors(run)
    assert {k: v.shape for k, v in one.items()} == {k: v.shape for k, v in other.items()}
