"""``parse``, ``weights``, ``train`` and ``eval`` as a person calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sg2im_cli.checkpoint import save_generator
from sg2im_cli.data.relations import SPOKEN_RELATIONS
from sg2im_cli.model.generator import Generator
from sg2im_parsers.graph_json import graph_from_json
from sg2im_parsers.vocabulary import Vocabulary
from tests.weights.hub_server import FakeHub

PARITY = Path(__file__).parents[2] / "golden" / "parity"


def test_parse_shows_tables(sg2im, tiny_bundle):
    out = sg2im("parse", "two dogs near a red sedan", "--weights", tiny_bundle).out
    for expected in ("0  dog", "1  dog", "2  car", "0 dog", "near", "kind of", "red"):
        assert expected in out


def test_parse_shows_remarks(sg2im, tiny_bundle):
    assert "8 are drawn" in sg2im("parse", "thirty sheep", "--weights", tiny_bundle).out


def test_parse_open_json(sg2im):
    graph = json.loads(sg2im("parse", "several white traffic lights on a pole", "--open", "--json").out)
    assert graph["objects"][0]["text"] == "traffic lights"
    assert graph["objects"][0]["attributes"] == ["white"]
    assert graph["objects"][0]["quantity"] is None
    assert graph["relationships"] == [[0, "on", 1]]


def test_parse_json_can_be_read_as_a_graph(sg2im, draw, tiny_bundle, tmp_path):
    out = sg2im("parse", "a boat on the sea", "--json", "--weights", tiny_bundle).out
    graph = graph_from_json(json.loads(out))
    assert [item.name for item in graph.objects] == ["boat", "sea"]
    assert draw("--scene-graph", "-", "-q", stdin=out).code == 0


def test_a_json_line_for_each_line_of_input(sg2im, tmp_path):
    lines = ["a cat on a mat", "", "   ", "???", "a dog\r", "\x00\x07 \u2028 boat", "a tree"]
    (tmp_path / "captions.txt").write_bytes("\n".join([*lines, "a car"]).encode() + b"\n")
    done = sg2im("parse", "--open", "--jsonl", "--file", "captions.txt")
    assert done.code == 0
    graphs = [json.loads(line) for line in done.out.split("\n")[:-1]]
    assert len(graphs) == len(lines) + 1
    assert [bool(g["objects"]) for g in graphs[:4]] == [True, False, False, False]
    again = sg2im("parse", "--open", "--jsonl", "--file", "-", stdin=(tmp_path / "captions.txt").read_bytes())
    assert again.out == done.out


def test_a_closed_standard_input_is_an_empty_one():
    call = [sys.executable, "-m", "sg2im_cli", "parse", "--open", "--jsonl", "--file", "-"]
    done = subprocess.run(["sh", "-c", '"$@" <&-', "sh", *call], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_byte_order_mark_is_no_word(sg2im, tmp_path):
    (tmp_path / "captions.txt").write_text("cats on a mat\n", encoding="utf-8-sig")
    (graph,) = map(json.loads, sg2im("parse", "--open", "--jsonl", "--file", "captions.txt").out.splitlines())
    assert (graph["text"], graph["objects"][0]["text"]) == ("cats on a mat", "cats")


def test_an_empty_file_gives_no_line(sg2im, tmp_path):
    (tmp_path / "none.txt").write_bytes(b"")
    assert sg2im("parse", "--open", "--jsonl", "--file", "none.txt").out == ""


def test_parse_saves_the_graph(sg2im, tiny_bundle, files):
    assert sg2im("parse", "a dog on a bench", "--weights", tiny_bundle, "--save-graph", "g.svg").code == 0
    assert files() == ["g.svg"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Give either a sentence"),
        (("",), "The text is empty"),
        (("a cat", "--file", "x"), "Give either a sentence"),
        (("a cat", "--open", "--jsonl"), "--jsonl goes with --file"),
        (("--open", "--file", "none.txt"), "none.txt cannot be read"),
        (("quickly", "--open"), "No object was found"),
        (("a unicorn", "--save-graph", "g.json"), "This model cannot draw 'unicorn'"),
        (("a cat", "--open", "--save-graph", "g.gif"), "g.gif must end in .json"),
        (("a cat", "--open", "--nlp", "./nowhere"), "No spaCy pipeline named './nowhere'"),
    ],
)
def test_wrong_calls_of_parse(sg2im, files, arguments, message):
    done = sg2im("parse", *arguments)
    assert (done.code, files()) == (2, [])
    assert message in done.err


def test_weights_convert_and_show(sg2im, files, monkeypatch):
    done = sg2im("weights", "convert", PARITY / "tiny_masks_noise.pt", "tiny")
    assert (done.code, done.out) == (0, "tiny\n")
    facts = json.loads(sg2im("weights", "show", "./tiny", "--json").out)
    assert facts["image_size"] == [32, 32]
    monkeypatch.setenv("COLUMNS", "80")
    shown = sg2im("weights", "show", "./tiny").out
    assert "tiny_masks_noise.pt" in shown
    assert facts["checksum"] in "".join(shown.split())  # whole, though on two lines
    monkeypatch.delenv("COLUMNS")
    assert facts["checksum"] in sg2im("weights", "show", "./tiny").out  # in a pipe on one
    again = sg2im("weights", "convert", PARITY / "tiny_masks_noise.pt", "tiny")
    assert again.code == 2


def test_weights_list_has_the_default(sg2im, monkeypatch, tmp_path):
    assert sg2im("weights", "list").out.startswith("default\t")


def test_a_download_says_nothing_but_what_was_asked_for(sg2im, tiny_bundle, tmp_path):
    """In a process of its own: huggingface_hub reads its settings when it is imported."""
    call = [sys.executable, "-m", "sg2im_cli", "weights", "pull", "someone/scenes"]
    with FakeHub(tiny_bundle, spoil=True) as hub:
        environment = {**os.environ, "HF_HOME": str(tmp_path), "HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0"}
        spoilt = subprocess.run(call, env=environment, capture_output=True, text=True)
        hub.spoil, hub.break_off = False, 1
        done = subprocess.run(call, env=environment, capture_output=True, text=True)
    assert (spoilt.returncode, spoilt.stderr.count("\n")) == (1, 1)
    assert spoilt.stderr.startswith("sg2im: model.safetensors has checksum")
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()).name == hub.commit


def test_weights_that_are_none(sg2im, tmp_path):
    (tmp_path / "empty").mkdir()
    assert sg2im("weights", "show", "empty").code == 2
    done = sg2im("weights", "convert", "none.pt", "out")
    assert (done.code, done.err) == (2, "sg2im: There is no file none.pt.\n")


def test_train_then_draw_then_measure(sg2im, tiny_data, files):
    done = sg2im("train", "--data", tiny_data, "--recipe", "tiny", "--out", "run", "--device", "cpu")
    assert (done.code, done.out) == (0, "run/weights\n")
    assert "Finished after 6 steps" in done.err
    assert sg2im("a car on the road", "--weights", "run/weights", "-q", "-o", "a.png").code == 0
    done = sg2im("eval", "--weights", "run/weights", "--data", tiny_data)
    assert (done.code, done.out) == (0, "eval/eval.json\neval/eval.md\neval/eval.html\n")
    report = json.loads(Path("eval/eval.json").read_text())
    assert report["pictures"] == 5
    assert "R@0.5" in done.err
    assert sg2im("eval", "--weights", "run/weights", "--data", tiny_data).code == 2  # the files exist


def test_eval_says_which_words_the_weights_lack(sg2im, tiny_data, tmp_path, small_config):
    vocabulary = Vocabulary.from_names(("car", "road", "sky"), SPOKEN_RELATIONS, ("road", "sky"))
    generator = Generator(small_config, len(vocabulary.objects), len(vocabulary.predicates)).eval()
    save_generator(tmp_path / "few", generator, vocabulary, {}, "few")
    done = sg2im("eval", "--weights", "./few", "--data", tiny_data, "--only", "layout", "-o", "eval.json")
    unknown = json.loads(Path("eval.json").read_text())["unknown"]
    assert unknown
    for name, count in unknown.items():
        assert f"{name} ({count})" in done.err


def test_steps_and_minutes(sg2im, tiny_data):
    call = ("train", "--data", tiny_data, "--recipe", "tiny", "--out", "run", "--device", "cpu", "--steps", 3)
    done = sg2im(*call, "--minutes", 0.00001)
    assert done.code == 0
    assert "the same command goes on from there" in done.err
    assert "Finished after 3 steps" in sg2im(*call).err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"--data": "nowhere"}, "There is no directory nowhere"),
        ({"--recipe": "tiyn"}, "did you mean 'tiny'"),
        ({"--device": "tpu"}, "There is no device 'tpu'"),
        ({"--minutes": "0"}, "--minutes must be above 0"),
        ({"--out": "."}, "is not empty"),
    ],
)
def test_wrong_calls_of_train(sg2im, tiny_data, tmp_path, change, message):
    (tmp_path / "precious.txt").write_text("mine")
    options = {"--data": tiny_data, "--recipe": "tiny", "--out": "run", "--device": "cpu", **change}
    done = sg2im("train", *(part for pair in options.items() for part in pair))
    assert done.code == 2
    assert message in done.err
    assert (tmp_path / "precious.txt").read_text() == "mine"
