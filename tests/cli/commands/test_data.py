"""``sg2im data``: its commands as a person calls them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from sg2im_weights import read_bundle
from tests.data import tool_files
from tests.data.exports import label_studio, roboflow
from tests.data.machine_scenes import mark

TOOLS = {
    "labelme": lambda root: tool_files.labelme(root),
    "yolo": lambda root: tool_files.yolo(root) / "data.yaml",
    "via": lambda root: tool_files.via2(root),
}
"""What to write, by the command that takes it."""


@pytest.fixture
def prepared(sg2im, tiny_data):
    done = sg2im("data", "prepare", "coco", tiny_data, "--out", "ready", "--image-size", 32, "--mask-size", 8)
    assert (done.code, done.out) == (0, "ready\n"), done.err
    assert "train: 12 pictures, 72 objects" in done.err
    return "ready"


def test_data_is_a_command_with_help(sg2im):
    assert "data" in sg2im("--help").out
    assert all(word in sg2im("data", "--help").out for word in ("prepare", "check", "show"))
    assert all(word in sg2im("data", "prepare", "--help").out for word in ("coco", "vg", "jsonl", *TOOLS))


def test_prepare_check_show(sg2im, prepared, files):
    again = sg2im("data", "prepare", "coco", "ready/../none", "--out", prepared)
    assert again.code == 2 and "There is no directory" in again.err
    done = sg2im("data", "check", prepared, "--least", 1)
    assert (done.code, done.out.splitlines()[-1]) == (0, "Nothing is wrong.")
    done = sg2im("data", "show", prepared, "--pictures", 2, "--output", "sheet.png")
    assert (done.code, done.out) == (0, "sheet.png\n")
    with Image.open("sheet.png") as sheet:
        assert sheet.size == (1424, 812)
        assert len(sheet.crop((0, 0, 400, 400)).getcolors(100_000)) > 100
    done = sg2im("data", "show", prepared, "--output", "sheet.png")
    assert done.code == 2 and "sheet.png exists; use --overwrite" in done.err


def test_show_of_files_that_are_not_prepared(sg2im, tiny_data):
    assert sg2im("data", "show", tiny_data, "--split", "val", "--relations", "paper", "-o", "a.png").code == 0


def test_a_machines_labels_are_counted(sg2im, tiny_data, tmp_path):
    root = mark(tiny_data, tmp_path / "marked", "train")
    done = sg2im("data", "check", root, "--least", 1)
    assert "    found: a machine made 16 of 16 boxes and 16 of 16 masks\n" in done.out
    assert "    outlined: a machine made 8 of 24 boxes and 16 of 16 masks\n" in done.out
    assert "drawn" not in done.out
    done = sg2im("data", "show", root, "--pictures", 12, "--output", "sheet.png")
    assert (done.code, done.out) == (0, "sheet.png\n") and "found: a machine made 16 of 16 boxes" in done.err
    done = sg2im("data", "show", root, "--split", "val", "--output", "other.png")
    assert done.code == 0 and "machine" not in done.err


def test_the_same_again(sg2im, prepared, tiny_data, files):
    before = files()
    same = ("data", "prepare", "coco", tiny_data, "--out", prepared, "--image-size", 32, "--mask-size")
    done = sg2im(*same, 8)
    assert done.code == 0 and "Everything is prepared already." in done.err
    other = sg2im(*same, 16)
    assert other.code == 2 and "with other options (mask size)" in other.err
    assert files() == before


def test_training_on_prepared_data_makes_the_same_weights(sg2im, tiny_data, prepared):
    for data, run in ((tiny_data, "one"), (prepared, "two")):
        how = ("--recipe", "tiny", "--device", "cpu", "--threads", 1)
        done = sg2im("train", "--data", data, "--out", run, *how)
        assert done.code == 0, done.err
    one, two = (read_bundle(Path(run) / "weights") for run in ("one", "two"))
    assert one.checksum() == two.checksum()
    assert two.config["trained"]["data"] == "scenes"


def test_training_on_data_of_another_size(sg2im, tiny_data):
    sizes = ("--image-size", 16, "--mask-size", 4)
    assert sg2im("data", "prepare", "coco", tiny_data, "--out", "small", *sizes).code == 0
    done = sg2im("train", "--data", "small", "--recipe", "tiny", "--out", "run", "--device", "cpu")
    assert done.code == 2
    assert "small was prepared for pictures of 16 x 16 pixels and masks of 4, and 32 x 32 and 8 are wanted" in done.err


def test_check_fails_where_something_is_wrong(sg2im, tiny_data, tmp_path):
    root = shutil.copytree(tiny_data, tmp_path / "scenes")
    (root / "images" / "train" / "train_001.jpg").unlink()
    done = sg2im("data", "check", root)
    assert done.code == 1 and "train_001.jpg cannot be read" in done.out
    done = sg2im("data", "check", root, "--json")
    found = json.loads(done.out)
    assert done.code == 1 and found["wrong"] and found["splits"]["train"]["pictures"] == 12


def test_own_pictures(sg2im, tmp_path):
    Image.new("RGB", (60, 40)).save(tmp_path / "one.png")
    line = {"image": "one.png", "objects": [{"name": "dog", "box": [1, 2, 30, 40]}]}
    (tmp_path / "mine.jsonl").write_text(f"{json.dumps(line)}\n" * 4)
    done = sg2im("data", "prepare", "jsonl", "mine.jsonl", "--val-share", 0.25, "--out", "mine")
    assert done.code == 0 and "train: 3 pictures" in done.err and "val: 1 pictures" in done.err
    line["objects"][0].pop("box")
    (tmp_path / "mine.jsonl").write_text(json.dumps(line))
    done = sg2im("data", "prepare", "jsonl", "mine.jsonl", "--out", "other")
    assert done.code == 2 and done.err.endswith("sg2im: mine.jsonl, line 1: objects[0] lacks 'box'.\n")
    assert not (tmp_path / "other").exists()


SMALL = ("--image-size", 32, "--mask-size", 8)


@pytest.mark.parametrize("tool", TOOLS)
def test_what_a_tool_exports_is_prepared_checked_shown_and_trained_on(sg2im, tool, tmp_path):
    path = TOOLS[tool](tmp_path / "mine")
    command = ("data", "prepare", tool, path, *SMALL, "--val-share", 0.5, "--strict", "--out", "ready")
    done = sg2im(*command)
    assert (done.code, done.out) == (0, "ready\n"), done.err
    assert "train: 1 pictures, 2 objects\nval: 1 pictures, 2 objects\n" in done.err
    assert "Everything is prepared already." in sg2im(*command).err
    assert sg2im("data", "check", "ready", "--least", 1).out.endswith("Nothing is wrong.\n")
    assert sg2im("data", "show", "ready", "--output", "sheet.png").code == 0
    how = ("--recipe", "tiny", "--device", "cpu", "--threads", 1, "--dry-run")
    done = sg2im("train", "--data", "ready", "--out", "run", *how)
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("tool", "changed"), [("labelme", "1.json"), ("yolo", "1.txt"), ("via", "via_region_data.json")]
)
def test_files_that_were_changed_are_not_the_same_data(sg2im, tool, changed, tmp_path):
    path = TOOLS[tool](tmp_path / "mine")
    command = ("data", "prepare", tool, path, *SMALL, "--out", "ready")
    assert sg2im(*command).code == 0
    (file,) = (tmp_path / "mine").rglob(changed)
    file.write_text(file.read_text() + "\n")
    done = sg2im(*command)
    assert done.code == 2 and "ready was prepared from other data" in done.err


def test_the_attribute_of_regions_that_names_is_asked_for(sg2im, tmp_path):
    path = tool_files.via2(tmp_path / "mine")
    content = json.loads(path.read_text())
    for picture in content.values():
        picture["regions"][0]["region_attributes"]["color"] = "red"
    path.write_text(json.dumps(content))
    done = sg2im("data", "prepare", "via", path, "--out", "ready")
    assert done.code == 2 and "say with --label-key which is the name" in done.err
    assert sg2im("data", "prepare", "via", path, "--label-key", "kind", "--out", "ready").code == 0


def test_the_schema_is_printed(sg2im):
    assert json.loads(sg2im("data", "prepare", "jsonl", "--schema").out)["required"] == ["image", "objects"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("coco", "none"), "There is no directory none"),
        (("coco", ".", "--paper", "--things-only"), "give one of them"),
        (("coco", ".", "--paper", "--min-objects", 2), "--paper says which pictures and objects are kept"),
        (("coco", ".", "--mask-size", 12), "--mask-size is 12 and must be a power of two"),
        (("coco", "."), ". is in no layout that is known: COCO and CVAT have annotations/instances_train.json"),
        (("vg", "none"), "There is no directory none"),
        (("vg", "."), "There is no file object_alias.txt"),
        (("jsonl", "none.jsonl"), "There is no file none.jsonl"),
        (("labelme", "none"), "There is no directory none"),
        (("labelme", "."), "has no JSON files; labelme writes one for each picture"),
        (("labelme", ".", "--images", "none"), "There is no directory none"),
        (("yolo", "none"), "There is no file none"),
        (("yolo", "."), "has neither data.yaml nor classes.txt"),
        (("via", "none"), "There is no file none"),
        (("via", "."), ". is a directory; give the file"),
        (("coco", "some.json"), "There is no directory some.json"),
        (("jsonl", "a", "--val", "b", "--val-share", 0.5), "give one of them"),
    ],
)
def test_mistakes_get_one_sentence(sg2im, files, options, message):
    done = sg2im("data", "prepare", *options, "--out", "out")
    assert done.code == 2
    assert message in done.err.splitlines()[-1]
    assert files() == []


def test_what_was_left_out_or_changed_stands_in_tables(sg2im, tiny_data, tmp_path):
    root = tmp_path / "odd"
    shutil.copytree(tiny_data, root)
    path = root / "annotations" / "instances_train.json"
    content = json.loads(path.read_text())
    content["categories"][0]["name"] = "Traffic_Light"
    content["annotations"][0]["iscrowd"] = 1
    content["annotations"][1]["bbox"] = None
    path.write_text(json.dumps(content))
    how = ("--out", "ready", "--image-size", 32, "--mask-size", 8)
    done = sg2im("data", "prepare", "coco", root, *how)
    assert (done.code, done.out) == (0, "ready\n")
    lines = [" ".join(line.split()) for line in done.err.splitlines()]
    assert "'Traffic_Light' traffic light" in lines
    left_out = [line for line in lines if line[:2] == "1 "]
    assert left_out[0].startswith("1 regions of many things (iscrowd): left out")
    assert left_out[1].startswith("1 entries that cannot be used") and str(path) in left_out[1]
    assert "train: 12 pictures, 70 objects" in done.err
    strict = sg2im("data", "prepare", "coco", root, "--strict", "--out", "other")
    assert strict.code == 2 and "is a region of many things (iscrowd)." in strict.err
    assert not Path("other").exists()


def test_an_export_is_checked_prepared_and_trained_on(sg2im, tmp_path):
    root = label_studio(tmp_path / "export", "/data/upload/1/{}")
    given = sg2im("data", "check", root / "result.json")
    assert given.code == 2 and f"give its directory: sg2im data check {root}, or sg2im data prepare coco" in given.err
    assert sg2im("data", "check", root, "--least", 1).code == 0
    how = ("--val-share", 0.25, "--image-size", 32, "--mask-size", 8, "--strict")
    done = sg2im("data", "prepare", "coco", root, "--out", "ready", *how)
    assert (done.code, done.out) == (0, "ready\n"), done.err
    assert "train: 3 pictures, 6 objects" in done.err and "val: 1 pictures, 2 objects" in done.err
    other = sg2im("data", "prepare", "coco", root, "--out", "ready", *how, "--seed", 1)
    assert other.code == 2 and "with other options (options)" in other.err
    for data, run in ((root, "one"), ("ready", "two")):
        done = sg2im("train", "--data", data, "--recipe", "tiny", "--min-objects", 1, "--out", run, "--steps", 1)
        assert done.code == 0, done.err


def test_strict_stops_at_a_picture_that_is_missing(sg2im, tmp_path):
    root = roboflow(tmp_path / "export")
    next((root / "train").glob("*.jpg")).unlink()
    done = sg2im("data", "prepare", "coco", root, "--out", "one")
    assert done.code == 0 and "train: 3 pictures" in done.err
    assert "pictures that are missing or cannot be read: left out" in " ".join(done.err.split())
    done = sg2im("data", "prepare", "coco", root, "--out", "two", "--strict")
    assert done.code == 2 and "cannot be read" in done.err.splitlines()[-1]
    done = sg2im("data", "prepare", "coco", root, "--out", "two", "--strict", "--skip-unreadable")
    assert done.code == 2 and "with other options (skip unreadable)" in done.err
    done = sg2im("data", "prepare", "coco", root, "--out", "three", "--strict", "--skip-unreadable")
    assert done.code == 0 and "train: 3 pictures" in done.err
