"""Annotation files: where they are looked for, and damage that is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sg2im_cli.config import DataConfig
from sg2im_cli.data.arrays import used_images
from sg2im_cli.data.pixels import load_image
from sg2im_cli.data.readers.coco import read_annotations
from sg2im_errors import InputError

COCO_SAMPLE = Path(__file__).parents[3] / "shared" / "coco_sample"


@pytest.fixture
def scenes(tmp_path, tiny_data):
    return Path(shutil.copytree(tiny_data, tmp_path / "scenes"))


def change(root, kind, key, number, **values):
    path = root / "annotations" / f"{kind}_train.json"
    data = json.loads(path.read_text())
    entry = data[key][number]
    entry.update(values)
    data[key][number] = {name: value for name, value in entry.items() if value is not ...}
    path.write_text(json.dumps(data))


def as_coco_unpacks(root):
    """COCO's archives: the folders stand beside annotations and have a year, as have the files."""
    for split in ("train", "val"):
        shutil.move(root / "images" / split, root / f"{split}2017")
        for kind in ("instances", "stuff"):
            path = root / "annotations" / f"{kind}_{split}.json"
            path.rename(path.with_name(f"{kind}_{split}2017.json"))
    (root / "images").rmdir()


def test_cocos_own_folders_are_found(scenes, tiny_data):
    as_coco_unpacks(scenes)
    expected, found = read_annotations(tiny_data, "train"), read_annotations(scenes, "train")
    assert found.things == expected.things and found.stuff == expected.stuff
    assert [p.path.name for p in found] == [p.path.name for p in expected]
    assert all(p.path.is_file() and p.path.parent.name == "train2017" for p in found)
    assert len(read_annotations(scenes, "val2017"))


@pytest.mark.skipif(not COCO_SAMPLE.is_dir(), reason="needs the sample of COCO beside the project")
def test_real_coco_is_read():
    annotations = read_annotations(COCO_SAMPLE, "val")
    used = list(used_images(annotations, DataConfig(min_objects=1, crowded="largest"), 16))
    assert len(annotations.things) == 80 and not annotations.stuff
    assert len(used) > 20
    assert all(item.has_mask.all() and item.masks.any((1, 2)).all() for item in used)
    assert all(load_image(item.path, (16, 16)).shape == (3, 16, 16) for item in used)


def test_a_category_of_both_files_is_one_thing(scenes):
    change(scenes, "stuff", "categories", 0, id=1, name="person")
    change(scenes, "stuff", "annotations", 0, category_id=1)
    path = scenes / "annotations" / "stuff_train.json"
    data = json.loads(path.read_text())
    data["annotations"] = data["annotations"][:1]
    path.write_text(json.dumps(data))
    found = read_annotations(scenes, "train")
    assert "person" in found.things and "person" not in found.stuff


def test_objects_must_cover_more_than_the_least_share(scenes):
    change(scenes, "instances", "annotations", 0, bbox=[0, 0, 8, 4], segmentation=[])  # 0.02 of 40 x 40
    counts = [
        len(next(used_images(read_annotations(scenes, "train"), DataConfig(min_objects=1, min_area=a), 8)).names)
        for a in (0.0199, 0.02)
    ]
    assert counts[0] == counts[1] + 1


def test_pictures_and_objects_keep_the_files_order_and_size(scenes):
    for item in used_images(read_annotations(scenes, "train"), DataConfig(), 8):
        areas = np.prod(item.boxes[:, 2:] - item.boxes[:, :2], axis=1)
        assert (np.diff(areas) <= 1e-6).all()


@pytest.mark.parametrize(
    ("kind", "key", "number", "values", "message"),
    [
        ("instances", "annotations", 2, {"bbox": ...}, "instances_train.json: the entry id .* it lacks 'bbox'"),
        ("instances", "annotations", 2, {"id": ..., "bbox": [1, 2]}, "entry number 3 of annotations cannot be used"),
        ("stuff", "annotations", 1, {"bbox": [1, 2, -3, 4]}, "stuff_train.json: .*its bbox is"),
        ("stuff", "annotations", 1, {"bbox": [1, float("nan"), 3, 4]}, "stuff_train.json: .*its bbox is"),
        ("stuff", "annotations", 1, {"bbox": "wide"}, "stuff_train.json: .*cannot be used"),
        ("stuff", "annotations", 1, {"image_id": 4711}, "stuff_train.json: .*image 4711, which no file lists"),
        ("stuff", "annotations", 1, {"image_id": [1]}, "stuff_train.json: .*cannot be used"),
        ("stuff", "annotations", 1, {"category_id": 4711}, "stuff_train.json: .*category 4711"),
        ("stuff", "annotations", 1, {"category_id": ...}, "stuff_train.json: .*it lacks 'category_id'"),
        ("stuff", "categories", 1, {"id": 1}, "stuff_train.json: .*'road', and another of the same id 'person'"),
        ("stuff", "categories", 1, {"name": None}, "stuff_train.json: .*None is not of type str"),
        ("instances", "images", 0, {"width": 0}, "instances_train.json: .*its size is 0x40"),
        ("instances", "images", 0, {"width": 2**64}, "instances_train.json: .*its size is 18446744073709551616x40"),
        ("instances", "images", 0, {"height": "tall"}, "instances_train.json: .*'tall' is not of type int"),
        ("instances", "images", 0, {"file_name": ...}, "instances_train.json: .*it lacks 'file_name'"),
    ],
)
def test_a_damaged_entry_is_named_with_its_file(scenes, kind, key, number, values, message):
    change(scenes, kind, key, number, **values)
    with pytest.raises(InputError, match=message):
        read_annotations(scenes, "train")


def test_entries_that_are_no_objects(scenes):
    path = scenes / "annotations" / "stuff_train.json"
    path.write_text(json.dumps({"images": [3], "annotations": [], "categories": []}))
    with pytest.raises(InputError, match="stuff_train.json: the entry number 1 of images cannot be used"):
        read_annotations(scenes, "train")
    path.write_text(json.dumps({"images": {}, "annotations": [], "categories": []}))
    with pytest.raises(InputError, match="stuff_train.json is not a COCO annotation file"):
        read_annotations(scenes, "train")


def test_a_damaged_segmentation_is_named_with_its_file(scenes):
    change(scenes, "stuff", "annotations", 1, segmentation={"size": [40, 40], "counts": [3]})
    with pytest.raises(InputError, match="stuff_train.json: annotation 114 has a segmentation that cannot be read"):
        list(used_images(read_annotations(scenes, "train"), DataConfig(), 8))


def test_a_picture_is_squeezed_to_height_and_width(tmp_path):
    pixels = np.zeros((20, 40, 3), dtype=np.uint8)
    pixels[:, :20, 0] = 255  # the left half is red
    pixels[10:, :, 2] = 255  # the lower half is blue
    Image.fromarray(pixels).save(tmp_path / "flag.png")
    small = load_image(tmp_path / "flag.png", (8, 16))
    assert small.shape == (3, 8, 16) and small.dtype == np.uint8
    assert small[0, :, :7].min() == 255 and small[0, :, 9:].max() == 0
    assert small[2, 5:].min() == 255 and small[2, :3].max() == 0


@pytest.mark.parametrize("mode", ["L", "RGBA", "CMYK", "P", "1"])
def test_any_kind_of_picture(tmp_path, mode):
    path = tmp_path / ("picture.tif" if mode == "CMYK" else "picture.png")
    Image.new(mode, (9, 7)).save(path)
    assert load_image(path, (4, 4)).shape == (3, 4, 4)
