"""What data says of its own licence."""

from __future__ import annotations

import json

import pytest

from sg2im_cli.data.licence import LONGEST, METADATA, stated_licence

LICENCES = [{"id": 1, "url": "http://x", "name": "Attribution License"}, {"id": 2, "name": "No known restrictions"}]


def coco(folder, **content):
    (folder / "annotations").mkdir(exist_ok=True)
    (folder / "annotations" / "instances_train.json").write_text(json.dumps(content))


def test_data_that_says_nothing(tiny_data, tmp_path):
    assert stated_licence(tiny_data) is None
    assert stated_licence(tmp_path) is None
    assert stated_licence(tmp_path / "missing") is None


@pytest.mark.parametrize("images", [[], [{"id": 1, "license": 3, "file_name": "licenses"}] * 5000])
def test_cocos_own_list(tmp_path, images):
    said = "one of these for each picture, says instances_train.json: Attribution License; No known restrictions"
    coco(tmp_path, info={"licenses?": "no"}, images=images, licenses=LICENCES, annotations=[])
    assert stated_licence(tmp_path) == said
    coco(tmp_path, licenses=LICENCES, images=images)
    assert stated_licence(tmp_path) == said


@pytest.mark.parametrize("licences", [[], {}, None, [3], [{"id": 1}], ["x" * LONGEST]])
def test_a_list_that_says_nothing(tmp_path, licences):
    coco(tmp_path, licenses=licences)
    assert stated_licence(tmp_path) is None


def test_files_that_cannot_be_read_say_nothing(tmp_path):
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "instances_train.json").write_bytes(b"")
    (tmp_path / "annotations" / "stuff_train.json").write_bytes(b'\xff"licenses": [')
    assert stated_licence(tmp_path) is None


def test_prepared_data_says_it_first(tmp_path):
    coco(tmp_path, licenses=LICENCES)
    (tmp_path / METADATA).write_text(json.dumps({"licence": "CC BY 4.0"}))
    assert stated_licence(tmp_path) == "CC BY 4.0"
    (tmp_path / METADATA).write_text("{")
    assert stated_licence(tmp_path).endswith("No known restrictions")
