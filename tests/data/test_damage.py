"""Pictures that are missing and masks that are damaged are left out and counted, whatever reads the files."""

from __future__ import annotations

import json

import pytest
import torch

from sg2im_cli.data.choosing import EVERYTHING
from sg2im_cli.data.prepared.options import PrepareOptions
from sg2im_cli.data.prepared.writing import prepare
from sg2im_cli.data.readers.coco_source import CocoOptions, coco_source
from sg2im_cli.data.readers.jsonl import JsonlOptions, jsonl_source
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_cli.data.readers.visual_genome import VisualGenomeOptions, visual_genome_source
from sg2im_cli.data.sources import has_split
from sg2im_cli.training.options import TrainOptions
from sg2im_cli.training.recipes import limit_objects, load_recipe
from sg2im_cli.training.rehearsal import rehearse
from sg2im_cli.training.run import train
from sg2im_errors import InputError
from tests.data.exports import BOXES, HEIGHT, WIDTH, cvat, picture, write

SIZES = PrepareOptions(image_size=(32, 32), mask_size=8)
SHORT = {"size": [HEIGHT, WIDTH], "counts": [5]}


@pytest.fixture
def damaged(tmp_path):
    """Four pictures with two objects each, of which one picture is missing and one is no picture."""
    root = cvat(tmp_path / "data")
    path = root / "annotations" / "instances_default.json"
    content = json.loads(path.read_text())
    crowd, mask, outside, unknown, *_ = content["annotations"]
    crowd.update(iscrowd=1, attributes={})
    mask.update(segmentation=SHORT)
    outside.update(bbox=[100, 100, 5, 5])
    unknown.update(category_id=99)
    content["categories"][0]["name"] = "Air_Plane"
    path.write_text(json.dumps(content))
    (root / "images" / "default" / "default3.jpg").unlink()
    (root / "images" / "default" / "default2.jpg").write_bytes(b"no picture")
    return root


def prepared(source, out):
    return prepare(source, out, SIZES, lambda *_: None, print)


def counted(notes):
    return {note.what: note.count for note in notes.kinds.values()}


EXPECTED = {
    "regions of many things (iscrowd): left out": 1,
    "boxes outside of their picture": 1,
    "entries that cannot be used": 1,
    "masks that cannot be used: taken as a box without an outline": 1,
    "pictures that are missing or cannot be read: left out": 2,
}


def test_coco_files_that_are_prepared(damaged, tmp_path):
    notes = Notes(Severity.DAMAGE)
    done = prepared(coco_source(damaged, CocoOptions(keep=EVERYTHING), notes), tmp_path / "out")
    assert counted(notes) == EXPECTED
    rows = done.rows("train")
    assert len(rows) == 1 and rows.cell(0, "names") == ["car"]
    assert not rows.array(0, "has_mask").any()


@pytest.mark.parametrize("run", [train, rehearse])
def test_training_from_files_says_the_same_counts(damaged, tmp_path, run):
    told = []

    class Reporter:
        def message(self, text):
            told.append(text)

        def progress(self, _):
            pass

    recipe = limit_objects(load_recipe("tiny"), 1, None)
    run(
        TrainOptions(
            data=damaged, recipe=recipe, recipe_name="tiny", out=tmp_path / "run", steps=1, device=torch.device("cpu")
        ),
        Reporter(),
    )
    assert all(
        any(line.startswith(f"{count} {what}, the first: ") for line in told) for what, count in EXPECTED.items()
    )
    assert "Changed names: 'Air_Plane' is 'air plane'." in told


def test_every_picture_is_missing(damaged, tmp_path):
    for path in (damaged / "images" / "default").iterdir():
        path.unlink()
    source = coco_source(damaged, CocoOptions(keep=EVERYTHING), Notes(Severity.DAMAGE))
    with pytest.raises(InputError, match="data has no picture that can be used, so nothing was prepared"):
        prepared(source, tmp_path / "out")


def test_lines(tmp_path):
    picture(tmp_path / "one.png")
    x, y, w, h = BOXES[0]
    good = {"image": "one.png", "objects": [{"name": "car", "box": [x, y, x + w, y + h], "rle": SHORT}]}
    lines = [good, {"image": "one.png"}, {**good, "image": "none.png"}]
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    notes = Notes(Severity.DAMAGE)
    done = prepared(jsonl_source(path, JsonlOptions(), notes), tmp_path / "out")
    assert done.splits["train"]["pictures"] == 1 and list(counted(notes).values()) == [1, 1, 1]
    with pytest.raises(InputError, match="mine.jsonl, line 2: lacks 'objects'"):
        jsonl_source(path, JsonlOptions(), Notes(Severity.NONE))


@pytest.fixture
def genome(tmp_path):
    """Three pictures in train and one in val, with a man on a horse each; 2 is missing, and so is all of val."""
    root = tmp_path / "genome"
    ids = (1, 2, 3, 4)
    boxes = {"man": (100, 20, 40, 100), "horse": (30, 120, 200, 150)}
    sides = {"width": 400, "height": 300}
    write(root / "image_data.json", [{"image_id": i, "url": f"https://x.org/VG_100K/{i}.jpg", **sides} for i in ids])
    things = [
        {"object_id": 10 * i + place, "names": [name], **dict(zip("xywh", box, strict=True))}
        for i in ids
        for place, (name, box) in enumerate(boxes.items())
    ]
    write(
        root / "objects.json",
        [{"image_id": i, "objects": things[2 * place : 2 * place + 2]} for place, i in enumerate(ids)],
    )
    said = [{"subject": {"object_id": 10 * i}, "predicate": "on", "object": {"object_id": 10 * i + 1}} for i in ids]
    write(root / "relationships.json", [{"image_id": i, "relationships": [r]} for i, r in zip(ids, said, strict=True)])
    for name in ("object_alias.txt", "relationship_alias.txt"):
        (root / name).write_text("")
    for i in (1, 3):
        picture(root / "images" / "VG_100K" / f"{i}.jpg")
    write(root / "splits.json", {"train": [1, 2, 3], "val": [4]})
    return root


def from_genome(root, bears):
    few = {"object_count": 1, "predicate_count": 1, "attribute_count": 1, "objects": (1, 30)}
    notes = Notes(bears)
    return visual_genome_source(root, VisualGenomeOptions(splits=root / "splits.json", **few), notes), notes


def test_pictures_of_visual_genome_that_are_missing(genome, tmp_path):
    """A split of which nothing is left is none to train or measure with."""
    source, notes = from_genome(genome, Severity.DAMAGE)
    done = prepared(source, tmp_path / "out")
    assert {split: said["pictures"] for split, said in done.splits.items()} == {"train": 2, "val": 0}
    assert has_split(tmp_path / "out", "train") and not has_split(tmp_path / "out", "val")
    assert counted(notes)["pictures that are missing or cannot be read: left out"] == 2
    with pytest.raises(InputError, match="2.jpg cannot be read"):
        prepared(from_genome(genome, Severity.NONE)[0], tmp_path / "strict")


def test_an_object_of_visual_genome_that_cannot_be_used(genome):
    """The others of its picture stay, and a single name is as good as a list of one."""
    path = genome / "objects.json"
    content = json.loads(path.read_text())
    content[0]["objects"][0]["w"] = "wide"
    horse = content[2]["objects"][1]
    horse["name"] = horse.pop("names")[0]
    path.write_text(json.dumps(content))
    source, notes = from_genome(genome, Severity.DAMAGE)
    names = [[item.name for item in image.annotations] for image in source.splits["train"]()]
    assert names == [["man", "horse"], ["man", "horse"]]  # the first has no relationship left
    assert counted(notes) == {"entries that cannot be used": 1}
    with pytest.raises(InputError, match="objects.json: entry 1 of image 1 cannot be used"):
        from_genome(genome, Severity.NONE)
