"""A file or directory that has to be given otherwise is called by its name, with the command that takes it."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from sg2im_cli.data.checks import check_data
from sg2im_errors import InputError
from tests.data.exports import cvat, label_studio, roboflow, write

LABELME = {
    "version": "5.4.1",
    "flags": {},
    "shapes": [{"label": "car", "points": [[1, 2], [30, 40]], "shape_type": "rectangle"}],
    "imagePath": "a.jpg",
    "imageData": "A" * (3 << 20),
    "imageHeight": 48,
    "imageWidth": 64,
}
REGION = {"shape_attributes": {"name": "rect", "x": 1, "y": 2, "width": 3, "height": 4}, "region_attributes": {}}
VIA = {"a.jpg12": {"filename": "a.jpg", "size": 12, "regions": [REGION], "file_attributes": {}}}
TASK = {"id": 1, "data": {"image": "/data/upload/1/a.jpg"}, "annotations": [{"result": []}]}
LEAST = {"image": "/data/upload/1/a.jpg", "id": 1, "label": [{"x": 1}], "annotator": 1}
CAPTIONS = {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"id": 1, "image_id": 1, "caption": "a car"}]}


def said(path):
    with pytest.raises(InputError) as caught:
        check_data(path, lambda *_: None)
    text = str(caught.value)
    assert text.endswith(".") and "\n" not in text and len(text) < 400
    return text


@pytest.mark.parametrize(
    ("content", "what", "command"),
    [
        (LABELME, "what labelme writes for one picture", "sg2im data prepare labelme 'my data' --out DATA"),
        ({**LABELME, "shapes": []}, "what labelme writes for one picture", "sg2im data prepare labelme 'my data'"),
        (VIA, "a project of VIA", "sg2im data prepare via 'my data' --out DATA"),
        ({"_via_settings": {}, "_via_img_metadata": VIA}, "a project of VIA", "sg2im data prepare via 'my data'"),
        ([TASK, TASK], "what Label Studio calls JSON", "export as COCO there"),
        ([LEAST], "what Label Studio calls JSON", "export as COCO there"),
        ([{"image_id": 1, "objects": []}], "a file of Visual Genome", "sg2im data check 'my data'"),
        ([{"image_id": 1, "url": "1.jpg"}], "a file of Visual Genome", "sg2im data prepare vg 'my data' --out DATA"),
        (CAPTIONS, "a COCO file of captions", "the directory of the instances"),
        ({"format": "sg2im", "made_from": {}, "splits": {}}, "the description of prepared data", "give its directory"),
    ],
)
def test_a_file_is_called_by_its_kind(content, what, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "my data" / "some.json"
    write(path, content)
    text = said(path.relative_to(tmp_path))
    assert text.startswith(f"my data/some.json is {what}; ") and command in text


@pytest.mark.parametrize(
    ("make", "file"),
    [
        (roboflow, "train/_annotations.coco.json"),
        (roboflow, "valid/_annotations.coco.json"),
        (cvat, "annotations/instances_default.json"),
        (label_studio, "result.json"),
    ],
)
def test_a_coco_file_names_the_directory_that_works(make, file, tmp_path):
    root = make(tmp_path / "my data")
    text = said(root / file)
    assert f"{file} is a COCO annotation file; give its directory: sg2im data check " in text
    command = shlex.split(re.search("sg2im data check .*?(?=, or)", text)[0])
    assert command[-1] == str(root)
    assert not check_data(root, lambda *_: None, least=1).wrong


def test_a_coco_file_without_its_pictures(tmp_path):
    root = cvat(tmp_path / "data")
    lonely = tmp_path / "elsewhere" / "a" / "some.txt"
    lonely.parent.mkdir(parents=True)
    (root / "annotations" / "instances_default.json").rename(lonely)
    assert "is a COCO annotation file, and its directory is in no layout that is known: COCO" in said(lonely)


@pytest.mark.parametrize(("name", "layout"), [("a.json", "labelme"), ("data.yaml", "yolo")])
def test_a_directory_of_another_tool(name, layout, tmp_path):
    (tmp_path / name).write_text(json.dumps(LABELME))
    assert f"sg2im data prepare {layout} {tmp_path} --out DATA" in said(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[", "[1, 2]", "7", '{"a": [}', "\x00", "[" * 5000])
def test_what_is_nothing_that_is_known(text, tmp_path):
    path = tmp_path / "some.json"
    path.write_text(text)
    findings_or_sentence = None
    try:
        findings_or_sentence = check_data(path, lambda *_: None)
    except InputError as error:
        assert "line 1" in str(error)
    assert findings_or_sentence is None or findings_or_sentence.wrong
