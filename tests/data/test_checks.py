"""Everything that a training run would choke on is found, and nothing in data that is whole."""

from __future__ import annotations

import json
import math
import shutil

import pyarrow as pa
import pytest
from PIL import Image

from sg2im_cli.config import DataConfig
from sg2im_cli.data.checks import check_data
from sg2im_cli.data.choosing import EVERYTHING
from sg2im_cli.data.prepared.options import PrepareOptions
from sg2im_cli.data.prepared.reading import open_prepared
from sg2im_cli.data.prepared.writing import prepare
from sg2im_cli.data.readers.coco_source import CocoOptions, coco_source
from sg2im_errors import InputError

SIZES = PrepareOptions(image_size=(32, 32), mask_size=8)


def silent(*_):
    pass


def look(path, **options):
    return check_data(path, silent, **{"least": 1, **options})


def wrong(findings):
    return {item.what: item.count for item in findings.found.values() if item.wrong}


@pytest.fixture
def scenes(tmp_path, tiny_data):
    return shutil.copytree(tiny_data, tmp_path / "scenes")


@pytest.fixture
def ready(tiny_data, tmp_path):
    out = tmp_path / "ready"
    return prepare(coco_source(tiny_data, CocoOptions(keep=EVERYTHING)), out, SIZES, silent, print).path


def edit(root, name, change):
    path = root / "annotations" / f"{name}.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_whole_data(scenes, ready):
    for path in (scenes, ready):
        findings = look(path)
        assert not findings.wrong and wrong(findings) == {}
        assert {name: split["pictures"] for name, split in findings.splits.items()} == {"train": 12, "val": 5}
    assert look(scenes).splits == look(ready).splits


def test_rare_names_are_a_remark(ready):
    findings = look(ready, least=12)
    rare = next(item for item in findings.found.values() if "fewer than 12 objects" in item.what)
    assert not rare.wrong and not findings.wrong
    assert rare.count == 17  # a person, the sky and a road are in each of the twelve pictures
    assert len(rare.examples) == 3 and rare.examples[0].startswith("car (")


def remove_picture(root):
    (root / "images" / "train" / "train_003.jpg").unlink()


def spoil_picture(root):
    (root / "images" / "val" / "val_003.jpg").write_bytes(b"no picture")


def same_picture(root):
    shutil.copy(root / "images" / "train" / "train_003.jpg", root / "images" / "val" / "val_003.jpg")


def box_outside(root):
    edit(root, "instances_train", lambda c: c["annotations"][0].update(bbox=[35, 3, 20, 20], segmentation=[]))


def box_without_size(root):
    edit(root, "instances_train", lambda c: c["annotations"][0].update(bbox=[3, 3, 0, 20], segmentation=[]))


def mask_of_another_size(root):
    edit(root, "stuff_train", lambda c: c["annotations"][0].update(segmentation={"size": [9, 9], "counts": [81]}))


def unknown_category(root):
    edit(root, "stuff_val", lambda c: c["annotations"][0].update(category_id=999))
    edit(root, "instances_val", lambda c: c["annotations"][0].update(image_id=999))


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (remove_picture, {"pictures that are missing or cannot be read": 1}),
        (spoil_picture, {"pictures that are missing or cannot be read": 1}),
        (same_picture, {"pictures that are in two splits": 1}),
        (box_outside, {"boxes that leave their picture": 1}),
        (box_without_size, {"boxes without size": 1}),
        (mask_of_another_size, {"masks that cannot be used": 1}),
        (unknown_category, {"entries that cannot be used": 2}),
    ],
)
def test_damage_in_coco_files(scenes, damage, found):
    damage(scenes)
    findings = look(scenes)
    assert wrong(findings) == found and findings.wrong
    assert all(item.examples[0] for item in findings.found.values())


def change_row(ready, split, place, **columns):
    """Write a shard again with other values in one row."""
    path = ready / split / "data-00000.arrow"
    with pa.ipc.open_stream(path.read_bytes()) as reader:
        table = reader.read_all()
    rows = table.to_pylist()
    rows[place].update(columns)
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(pa.Table.from_pylist(rows, table.schema))


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"image": {"bytes": b"123", "path": None}}, "pictures of the wrong size"),
        ({"masks": [1, 2, 3]}, "masks of the wrong size"),
        ({"boxes": [[0, 0, 1, 1]]}, "boxes of the wrong size"),
        ({"boxes": [[0.0] * 4] * 6}, "boxes without size"),
        ({"boxes": [[math.nan] * 4] * 6}, "boxes that leave their picture"),
        ({"names": ["person"] * 5 + ["ghost"]}, "names that the vocabulary lacks"),
        (
            {"subjects": [0], "predicates": ["on"], "objects": [9]},
            "relationships between objects that are not there",
        ),
        (
            {"subjects": [0], "predicates": ["on"], "objects": [1]},
            "relationships in words that the vocabulary lacks",
        ),
    ],
)
def test_damage_in_prepared_data(ready, columns, found):
    change_row(ready, "train", 2, **columns)
    counts = wrong(look(ready))
    assert counts.pop("splits that were changed since they were prepared") == 1
    assert counts[found] == 1


def test_a_prepared_picture_in_two_splits(ready):
    prepared = open_prepared(ready)
    change_row(ready, "val", 1, image=prepared.rows("train").cell(4, "image"))
    assert wrong(look(ready))["pictures that are in two splits"] == 1


def test_a_shard_that_is_gone(ready):
    (ready / "val" / "data-00000.arrow").unlink()
    assert wrong(look(ready)) == {"shards that are missing or damaged": 1}


def test_counts_of_the_paper(scenes, tmp_path):
    options = PrepareOptions(image_size=(32, 32), mask_size=8, keep=DataConfig())
    source = coco_source(scenes, CocoOptions(keep=DataConfig(), stuff_only=True, divide_val=1024, paper=True))
    prepare(source, tmp_path / "paper", options, silent, print)
    findings = look(tmp_path / "paper")
    assert wrong(findings) == {"counts that are not the published ones": 3}
    examples = findings.found["counts that are not the published ones"].examples
    assert examples[0] == "train: 12 pictures, and 24,972 in the paper"


def test_lines_of_a_users_file(tmp_path):
    Image.new("RGB", (60, 40)).save(tmp_path / "one.png")
    good = {"image": "one.png", "objects": [{"name": "dog", "box": [1, 2, 30, 40]}]}
    lines = [good, {"image": "one.png"}, {**good, "image": "two.png"}, {**good, "objects": []}]
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    findings = look(path)
    assert wrong(findings) == {"entries that cannot be used": 2, "pictures that are missing or cannot be read": 1}
    assert "mine.jsonl, line 2: lacks 'objects'" in findings.found["entries that cannot be used"].examples[0]


def test_what_is_no_data(tmp_path):
    with pytest.raises(InputError, match="is in no layout that is known: COCO and CVAT have"):
        look(tmp_path)
    with pytest.raises(InputError, match="There is no directory and no file"):
        look(tmp_path / "none")
