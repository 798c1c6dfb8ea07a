"""``sg2im eval`` and ``sg2im judge`` as a person calls them."""

from __future__ import annotations

import json
import shutil
import sys
import warnings
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

LAYOUT = ("--only", "layout", "--device", "cpu")


@pytest.fixture
def measure(sg2im, tiny_bundle, tiny_data):
    """Measure the weights that the tests made."""
    return lambda *arguments: sg2im("eval", tiny_bundle, "--data", tiny_data, *arguments)


def test_everything_is_measured_and_saved(measure, files):
    done = measure("--device", "cpu", "--samples", 2)
    assert (done.code, done.out) == (0, "eval/eval.json\neval/eval.md\neval/eval.html\n")
    report = json.loads(Path("eval/eval.json").read_text())
    assert list(report["sections"]) == ["layout", "objects", "pictures", "diversity", "colors", "sentences"]
    assert report["checksum"] and report["split_hash"] and report["objects"] == 25
    assert {figure["name"].split("_")[0] for figure in report["sections"]["pictures"]["figures"]} == {"lite1"}
    shown = ("R@0.5", "object accuracy", "judge distance", "relationships that are read again", "--inception FILE")
    for text in (*shown, "mask distance", "Lite1 distance, pictures", "Lite1 probe accuracy", "different graphs"):
        assert text in done.err
        assert text in Path("eval/eval.md").read_text()
        assert text in Path("eval/eval.html").read_text()
    assert len(files()) == 3


def test_the_same_seed_gives_the_same_file(measure):
    for name in ("one", "two"):
        assert measure(*LAYOUT, "--seed", 4, "-o", f"{name}.json").code == 0
    assert Path("one.json").read_bytes() == Path("two.json").read_bytes()
    assert measure(*LAYOUT, "--seed", 5, "-o", "three.json").code == 0
    assert Path("one.json").read_bytes() != Path("three.json").read_bytes()


@pytest.mark.parametrize(("output", "made"), [("a.md", ["a.md"]), ("a.html", ["a.html"]), ("x/a.json", ["x/a.json"])])
def test_one_file_of_the_kind_that_is_named(measure, files, output, made):
    assert measure(*LAYOUT, "-o", output).code == 0
    assert files() == made


def test_json_is_printed_and_saved(measure):
    done = measure(*LAYOUT, "--json")
    assert json.loads(done.out) == json.loads(Path("eval/eval.json").read_text())


def test_nothing_is_overwritten_unless_told(measure):
    Path("eval").mkdir()
    Path("eval/eval.md").write_text("mine")
    done = measure(*LAYOUT)
    assert done.code == 2 and "eval/eval.md exists; use --overwrite" in done.err
    assert [p.name for p in Path("eval").iterdir()] == ["eval.md"] and Path("eval/eval.md").read_text() == "mine"
    assert measure(*LAYOUT, "--overwrite").code == 0
    assert Path("eval/eval.md").read_text() != "mine"


def test_one_against_another(measure, tiny_bundle):
    done = measure("--only", "layout,objects", "--against", tiny_bundle, "--device", "cpu")
    assert done.code == 0
    comparison = json.loads(Path("eval/eval.json").read_text())
    assert comparison["a"]["split_hash"] == comparison["b"]["split_hash"]
    assert comparison["differences"]
    assert {d["difference"] for d in comparison["differences"]} == {0}
    assert "against" in done.err and "difference" in done.err
    assert Path("eval/eval.html").read_text().count("<img ") == 25  # five graphs: the real one, two of each model


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--weights", "default"), "The weights are named twice"),
        (("--only", "colour"), "There is nothing called 'colour' to measure; --only takes layout, objects"),
        (("--only", ","), "--only is empty"),
        (("-o", "a.txt"), "a.txt must end in .json, .md, .html, or be a directory"),
        (("-o", ""), "--output is empty"),
        (("--judge", "nowhere"), "There is no directory nowhere; --judge takes one"),
        (("--judge", "."), "config.json cannot be read"),
        (("--inception", "none.pt"), "There is no file none.pt; --inception takes a TorchScript file"),
        (("--split", "test"), "has no split called test; it has train, val"),
        (("--against", "nowhere"), "There are no weights 'nowhere'"),
        (("--samples", 1), "Invalid value for '--samples'"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(measure, files, arguments, message):
    done = measure(*arguments, "--device", "cpu")
    assert done.code == 2
    assert message in done.err and done.err.count("sg2im: ") == 1
    assert files() == []


class Net(nn.Module):
    def forward(self, images: Tensor, return_features: bool = False, no_output_bias: bool = False) -> Tensor:
        means = images.float().mean((2, 3)) / 255
        return means if return_features else means.softmax(1)


@pytest.fixture
def network(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(Net()).save(str(tmp_path / "net.pt"))
    return tmp_path / "net.pt"


def test_with_a_feature_network(measure, network):
    done = measure("--only", "pictures", "--inception", network, "--device", "cpu", "-o", "eval.json")
    assert done.code == 0
    figures = json.loads(Path("eval.json").read_text())["sections"]["pictures"]["figures"]
    assert {figure["title"] for figure in figures} >= {"FID", "KID", "Inception Score, 5 groups"}
    assert "net.pt" in done.err


def test_all_pictures(sg2im, tiny_bundle, tmp_path, tiny_data):
    """With one object or with ten, too; the report says that they were measured."""
    data = tmp_path / "few"
    shutil.copytree(tiny_data, data)
    path = data / "annotations" / "instances_val.json"
    document = json.loads(path.read_text())
    document["annotations"] = [a for a in document["annotations"] if a["image_id"] != 1]
    path.write_text(json.dumps(document))
    call = ("eval", tiny_bundle, "--data", data, *LAYOUT, "-o")
    assert sg2im(*call, "few.json").code == sg2im(*call, "all.md", "--all-pictures").code == 0
    assert json.loads(Path("few.json").read_text())["pictures"] == 4
    assert (
        "val (all, with at most their eight largest objects): 5 pictures with 22 objects" in Path("all.md").read_text()
    )


def test_what_needs_the_train_split_is_left_out_without_it(sg2im, tiny_bundle, tmp_path, tiny_data):
    data = tmp_path / "alone"
    shutil.copytree(tiny_data, data)
    call = ("eval", tiny_bundle, "--data", data, *LAYOUT, "--overwrite", "-o", "eval.md")
    (data / "annotations" / "instances_train.json").unlink()
    assert sg2im(*call).code == 0
    text = " ".join(Path("eval.md").read_text().split())
    assert "Masks are not measured: the train split cannot be used (" in text and "instances_train.json" in text
    shutil.rmtree(data / "images" / "train")
    assert sg2im(*call).code == 0
    assert "Masks are not measured: the data has no train split." in Path("eval.md").read_text()
    assert sg2im("eval", tiny_bundle, "--data", tiny_data, "--split", "train", *call[4:]).code == 0
    assert "Masks are not measured: the split that is measured is" in Path("eval.md").read_text()


def test_without_torchmetrics_only_those_figures_are_refused(measure, network, monkeypatch):
    monkeypatch.setitem(sys.modules, "torchmetrics.image.fid", None)
    done = measure("--only", "pictures", "--inception", network, "--device", "cpu")
    assert done.code == 1 and "pip install 'sg2im-cli[train]'" in done.err
    assert measure("--only", "layout,objects", "--device", "cpu").code == 0


def test_a_judge_of_ones_own(sg2im, measure, tiny_data, files):
    call = ("judge", "--data", tiny_data, "--out", "judge", "--epochs", 1, "--least", 5, "--device", "cpu")
    done = sg2im(*call)
    assert (done.code, done.out) == (0, "judge\n")
    assert "epoch 1/1" in done.err
    assert files() == ["judge/README.md", "judge/config.json", "judge/model.safetensors"]
    trained = json.loads(Path("judge/config.json").read_text())["trained"]
    assert trained["val"]["all"]["objects"] > 0 and trained["pictures"] == 12
    card = Path("judge/README.md").read_text()
    assert "--epochs 1 --least 5 --seed 0" in card
    done = measure("--only", "objects", "--judge", "judge", "--device", "cpu", "-o", "eval.json")
    assert done.code == 0
    found = json.loads(Path("eval.json").read_text())["sections"]["objects"]
    real = [f for f in found["figures"] if (f["name"], f["layout"]) == ("object_accuracy", "real")]
    assert real[0]["value"] == pytest.approx(trained["val"]["all"]["top1"], abs=0.1)  # half precision, other pixels
    done = sg2im(*call)
    assert done.code == 2 and "judge exists; name another place" in done.err
