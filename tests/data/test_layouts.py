"""Exports of annotation tools are recognised by their files and read as they lie."""

from __future__ import annotations

import json
import shutil

import pytest

from sg2im_cli.data.checks import check_data
from sg2im_cli.data.choosing import EVERYTHING
from sg2im_cli.data.prepared.options import PrepareOptions
from sg2im_cli.data.prepared.writing import prepare
from sg2im_cli.data.readers.coco import read_annotations
from sg2im_cli.data.readers.coco_source import CocoOptions, coco_source
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_cli.data.sources import has_split
from sg2im_errors import InputError
from tests.data.exports import LABEL_STUDIO_NAMES, coco, cvat, label_studio, picture, roboflow, write


def cvat_subsets(root):
    for subset in ("Train", "Validation"):
        cvat(root, subset)
    return root


def one_file_a_split(root):
    for split in ("train", "val"):
        names = [f"{split}{i}.jpg" for i in range(4)]
        for name in names:
            picture(root / split / name)
        write(root / f"{split}.json", coco(names, [{"id": 7, "name": "airplane"}, {"id": 8, "name": "car"}]))
    return root


def fiftyone(root):
    for i in range(4):
        picture(root / "data" / f"{i}.jpg")
    categories = [{"id": i, "name": name, "supercategory": None} for i, name in enumerate(("airplane", "car"))]
    write(root / "labels.json", coco([f"{i}.jpg" for i in range(4)], categories))
    return root


LAYOUTS = {
    "roboflow": (roboflow, {"train": 4, "val": 2, "test": 1}),
    "roboflow, undivided": (lambda root: roboflow(root, {"train": 4}), {"train": 4}),
    "roboflow, one folder": (lambda root: roboflow(root, {".": 4}), {"train": 4}),
    "cvat": (cvat, {"train": 4}),
    "cvat, flat": (lambda root: cvat(root, flat=True), {"train": 4}),
    "cvat, subset in names": (lambda root: cvat(root, prefix="default/"), {"train": 4}),
    "cvat, subsets": (cvat_subsets, {"train": 4, "val": 4}),
    "one file a split": (one_file_a_split, {"train": 4, "val": 4}),
    "fiftyone": (fiftyone, {"train": 4}),
    **{
        f"label studio, names {name}": (lambda root, pattern=pattern: label_studio(root, pattern), {"train": 4})
        for name, pattern in LABEL_STUDIO_NAMES.items()
    },
    "label studio, own pictures": (lambda root: label_studio(root, "/data/upload/1/{}", own=True), {"train": 4}),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_is_read_as_it_lies(layout, tmp_path):
    """Every picture is found, with both of its objects; nothing is noted, and `check` finds nothing wrong."""
    make, expected = LAYOUTS[layout]
    root = make(tmp_path / "my data")
    source = coco_source(root, CocoOptions(keep=EVERYTHING), Notes(Severity.NONE))
    images = {split: list(there()) for split, there in source.splits.items()}
    assert {split: len(there) for split, there in images.items()} == expected == dict(source.counts)
    assert source.things == ("airplane", "car")
    for image in (image for there in images.values() for image in there):
        assert image.path.is_file()
        assert [item.name for item in image.annotations] == ["airplane", "car"]
    findings = check_data(root, lambda *_: None, least=1)
    assert not findings.wrong and findings.splits.keys() == expected.keys()
    assert all(has_split(root, split) == (split in expected) for split in ("train", "val", "test"))


@pytest.mark.parametrize("layout", [name for name, (_, expected) in LAYOUTS.items() if expected.keys() == {"train"}])
def test_a_share_of_train_becomes_val(layout, tmp_path):
    """Both together are all pictures, the same seed divides them alike, and another otherwise."""
    root = LAYOUTS[layout][0](tmp_path)
    whole = [image.path for image in read_annotations(root, "train")]

    def divided(seed):
        source = coco_source(root, CocoOptions(keep=EVERYTHING, val_share=0.5, seed=seed))
        found = {split: [image.path for image in there()] for split, there in source.splits.items()}
        assert {split: len(paths) for split, paths in found.items()} == dict(source.counts)
        return found

    found = divided(0)
    assert len(found["val"]) == 2 and sorted(found["train"] + found["val"]) == sorted(whole)
    assert found == divided(0) and any(divided(seed) != found for seed in range(1, 6))


def test_a_share_beside_a_val_split(tmp_path):
    with pytest.raises(InputError, match="has train, val, test, and --val-share draws val from train alone"):
        coco_source(roboflow(tmp_path), CocoOptions(keep=EVERYTHING, val_share=0.5))


def test_files_of_one_name_are_told_apart(tmp_path):
    """Roboflow calls all of them alike; another val is other data."""
    root, out = roboflow(tmp_path / "data"), tmp_path / "out"
    options = PrepareOptions(image_size=(32, 32), mask_size=8)

    def make():
        return prepare(coco_source(root, CocoOptions(keep=EVERYTHING)), out, options, lambda *_: None, print)

    assert len(make().metadata["made_from"]["files"]) == 3
    path = root / "valid" / "_annotations.coco.json"
    path.write_text(path.read_text() + " ")
    with pytest.raises(InputError, match="holds something else|from other data"):
        (out / "sg2im.json").rename(out / "preparing.json")
        make()


def test_names_that_say_no_split(tmp_path):
    for subset in ("batch1", "batch2"):
        cvat(tmp_path, subset)
    with pytest.raises(InputError, match="annotations called batch1, batch2, and none of them says which split it is"):
        read_annotations(tmp_path, "train")
    (tmp_path / "annotations" / "instances_batch2.json").unlink()
    assert len(read_annotations(tmp_path, "train")) == 4


def test_folders_before_names_alone(tmp_path):
    """A picture of the same name elsewhere is not the one that is meant."""
    root = cvat(tmp_path)
    path = root / "annotations" / "instances_default.json"
    content = json.loads(path.read_text())
    content["images"][0]["file_name"] = "other/default0.jpg"
    path.write_text(json.dumps(content))
    picture(root / "images" / "other" / "default0.jpg")
    assert next(iter(read_annotations(root, "train"))).path == root / "images" / "other" / "default0.jpg"


def test_a_group_without_objects_is_no_name(tmp_path):
    """Roboflow lists the project as a category; COCO's "person" is of the group "person" and has objects."""
    root = roboflow(tmp_path)
    assert read_annotations(root, "train").things == ("airplane", "car")
    path = root / "train" / "_annotations.coco.json"
    content = json.loads(path.read_text())
    content["annotations"][0]["category_id"] = 0
    path.write_text(json.dumps(content))
    assert read_annotations(root, "train").things == ("vehicles", "airplane", "car")


def test_stuff_alone(tmp_path):
    root = cvat(tmp_path, "train", kind="stuff")
    notes = Notes(Severity.DAMAGE)
    found = read_annotations(root, "train", notes=notes)
    assert (found.things, found.stuff, len(found)) == ((), ("airplane", "car"), 4)
    assert [note.count for note in notes.kinds.values()] == [1]
    strict = Notes(Severity.NONE)  # who asks for it is not told
    assert len(read_annotations(root, "train", stuff_only=True, notes=strict)) == 4
    with pytest.raises(InputError, match="There is no file instances_train.json"):
        read_annotations(root, "train", kinds=("instances",))
    with pytest.raises(InputError, match="has no split called val; it has train"):
        read_annotations(root, "val")


def test_what_is_no_layout(tmp_path):
    shutil.copytree(
        roboflow(tmp_path / "data") / "train", tmp_path / "pictures", ignore=lambda *_: ["_annotations.coco.json"]
    )
    with pytest.raises(
        InputError, match=r"in no layout that is known: COCO and CVAT have .*, Roboflow has .*, and Label"
    ):
        read_annotations(tmp_path / "pictures", "train")
