"""COCO files as annotation tools write them, and as people put them together."""

from __future__ import annotations

import json
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pycocotools import mask as pycoco

from sg2im_cli.data.arrays import used_images
from sg2im_cli.data.checks import check_data
from sg2im_cli.data.choosing import EVERYTHING
from sg2im_cli.data.images import AnnotatedImage, Annotation
from sg2im_cli.data.names import spoken_name
from sg2im_cli.data.readers.coco import read_annotations
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_cli.data.readers.outlines import meant_outline
from sg2im_errors import InputError

WIDTH, HEIGHT = 64, 48
CAR, TREE, GRASS = 1, 2, 3


def box_of(category):
    return {CAR: [5, 20, 20, 15], TREE: [40, 5, 12, 30], GRASS: [0, 30, 64, 18]}[category]


def corners(box):
    x, y, w, h = box
    return [x, y, x + w, y, x + w, y + h, x, y + h]


@pytest.fixture
def write(tmp_path):
    """Two pictures with a car, a tree and grass each; a function changes the file before it is written."""

    def make(change=lambda content: None, name="data"):
        root = tmp_path / name
        (root / "images" / "train").mkdir(parents=True)
        (root / "annotations").mkdir()
        content = {
            "images": [{"id": i, "file_name": f"{i}.png", "width": WIDTH, "height": HEIGHT} for i in (1, 2)],
            "annotations": [
                {
                    "id": 10 * image + category,
                    "image_id": image,
                    "category_id": category,
                    "bbox": box_of(category),
                    "iscrowd": 0,
                    "segmentation": [corners(box_of(category))],
                }
                for image in (1, 2)
                for category in (CAR, TREE, GRASS)
            ],
            "categories": [{"id": i, "name": n} for i, n in ((CAR, "car"), (TREE, "tree"), (GRASS, "grass"))],
        }
        for image in content["images"]:
            pixels = np.random.default_rng(image["id"]).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / "images" / "train" / image["file_name"])
        change(content)
        (root / "annotations" / "instances_train.json").write_text(json.dumps(content))
        return root

    return make


def look(root, bears=Severity.DAMAGE):
    """The pictures, and how many of each kind were noted."""
    notes = Notes(bears)
    images = list(read_annotations(root, "train", notes=notes))
    return images, {what: note.count for what, note in notes.kinds.items()}


def names(images):
    return [[item.name for item in image.annotations] for image in images]


def refused(root, *parts):
    with pytest.raises(InputError) as caught:
        look(root)
    assert all(part in str(caught.value) for part in parts), caught.value
    findings = check_data(root, lambda *_: None, least=1)
    assert findings.wrong and "entries that contradict others" in findings.found


def test_two_files_put_together_by_hand_whose_pictures_share_ids(write):
    def merge(content):
        content["images"].append({"id": 1, "file_name": "other.png", "width": WIDTH, "height": HEIGHT})

    refused(
        write(merge), "the entry id 1 of images", "'other.png'", "'1.png'", "number the pictures of one of them anew"
    )


def test_two_annotations_of_one_id(write):
    def merge(content):
        content["annotations"].append({**content["annotations"][1], "id": 11, "image_id": 2})

    refused(write(merge), "annotation id 11 stands for 'car' of 1.png (number 1) and 'tree' of 2.png (number 7)")


def test_two_categories_of_one_id(write):
    refused(write(lambda c: c["categories"].append({"id": 1, "name": "dog"})), "'dog'", "'car'")


def test_ids_of_things_and_stuff_are_apart(write):
    """COCO-Stuff's two files may number their annotations alike."""
    root = write()
    path = root / "annotations" / "instances_train.json"
    (root / "annotations" / "stuff_train.json").write_text(path.read_text())
    assert [len(image.annotations) for image in look(root)[0]] == [6, 6]


def crowd(content):
    whole = {"size": [HEIGHT, WIDTH], "counts": [0, WIDTH * HEIGHT]}
    content["annotations"][2].update(category_id=CAR, iscrowd=1, bbox=[0, 0, WIDTH, HEIGHT], segmentation=whole)


def test_a_crowd_is_not_one_car(write):
    root = write(crowd)
    images, noted = look(root)
    assert names(images) == [["car", "tree"], ["car", "tree", "grass"]]
    assert noted == {"regions of many things (iscrowd): left out": 1}
    with pytest.raises(InputError, match="the entry id 13 of annotations is a region of many things"):
        look(root, Severity.NONE)
    papers = list(read_annotations(root, "train", with_crowds=True))
    assert names(papers)[0] == ["car", "tree", "car"]


def test_masks_that_were_painted_in_cvat(write):
    """CVAT writes iscrowd 1 for every painted mask."""

    def paint(content):
        crowd(content)
        content["annotations"][2]["attributes"] = {"occluded": False, "rotation": 0.0}

    images, noted = look(write(paint))
    assert names(images)[0] == ["car", "tree", "car"] and not noted


def test_boxes_that_are_nowhere(write):
    def move(content):
        content["annotations"][0]["bbox"] = [WIDTH + 2, 3, 10, 10]
        content["annotations"][1]["bbox"] = [4, 4, 0, 0]
        content["annotations"][3]["bbox"] = [-5, -5, 30, 30]  # in part

    images, noted = look(write(move))
    assert names(images) == [["grass"], ["car", "tree", "grass"]]
    assert noted == {"boxes outside of their picture": 1, "boxes without size": 1}


def test_names_as_tools_write_them_are_one(write):
    def rename(content):
        for entry, name in zip(content["categories"], ("Traffic_Light", "traffic light ", ""), strict=True):
            entry["name"] = name

    root = write(rename)
    notes = Notes(Severity.DAMAGE)
    found = read_annotations(root, "train", notes=notes)
    assert found.things == ("traffic light",)
    assert names(found) == [["traffic light"] * 2] * 2
    assert notes.renamed == {"Traffic_Light": "traffic light", "traffic light ": "traffic light"}
    assert {w: n.count for w, n in notes.kinds.items()} == {"objects of a category without a name: left out": 2}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Car", "car"),
        ("car ", "car"),
        ("traffic_light", "traffic light"),
        ("potted-plant", "potted plant"),
        ("DiningTable", "dining table"),
        ("trafficLight", "traffic light"),
        ("tvmonitor", "tvmonitor"),
        ("iPhone", "iphone"),
        ("T-shirt", "t-shirt"),
        ("wall-brick", "wall-brick"),
        ("sky-other", "sky-other"),
        ("mirror-stuff", "mirror-stuff"),
        ("hot  dog\n", "hot dog"),
        ("__image__", "image"),
        ("dog -", "dog"),
        (" _ ", ""),
    ],
)
def test_names_as_people_say_them(written, said):
    assert spoken_name(written) == said


@given(st.text(max_size=12))
def test_a_spoken_name_stays_as_it_is(name):
    assert spoken_name(spoken_name(name)) == spoken_name(name)


BOX = (10.0, 10.0, 20.0, 20.0)
TRIANGLE, SQUARE = [10, 10, 30, 10, 30, 30], corners([12, 14, 8, 9])
PARTS = st.sampled_from(
    [
        TRIANGLE,
        SQUARE,
        [10, 10, 12, 12],
        [10, 10],
        [],
        [1, 1, 2, 2, 3, 3],
        [1, 2, 3, 4, 5],
        ["a"] * 6,
        7,
        [float("nan")] * 6,
    ]
)


def cut(segmentation):
    item = Annotation("here", "car", (10, 10, 30, 30), segmentation)
    image = AnnotatedImage("none.png", WIDTH, HEIGHT, [item])
    (made,) = used_images([image], EVERYTHING, 16)
    return made.masks[0] if made.has_mask[0] else None


@settings(max_examples=60, deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=4))
def test_parts_of_an_outline_mean_the_same_in_any_order(parts):
    """Those with an area are drawn, the others are not; pycocotools alone says what the former look like."""
    drawn = [part for part in parts if part in (TRIANGLE, SQUARE)]
    for order in permutations(parts):
        if not any(isinstance(part, list) for part in order):
            continue
        kept, noted = meant_outline(list(order), BOX)
        assert (noted is None) == (len(drawn) == len(parts))
        if not drawn:
            assert kept is None
            continue
        whole = pycoco.decode(pycoco.merge(pycoco.frPyObjects(drawn, HEIGHT, WIDTH)))
        small = Image.fromarray(whole[10:30, 10:30] * np.uint8(255)).resize((16, 16), Image.Resampling.BILINEAR)
        np.testing.assert_array_equal(cut(kept), np.asarray(small) > 127)


@pytest.mark.parametrize("part", [[10, 10, 30, 30], [10, 10, 20, 20], [10.4, 10, 30, 29.5]])
def test_an_outline_that_is_the_box(part):
    assert meant_outline([part], BOX)[0] is meant_outline(part, BOX)[0] is None
    assert "only the box" in meant_outline([part], BOX)[1]


def test_a_polygon_as_a_flat_list():
    np.testing.assert_array_equal(cut(meant_outline(TRIANGLE, BOX)[0]), cut([TRIANGLE]))
    with pytest.raises(ValueError, match="polygons or run lengths are expected"):
        meant_outline("round", BOX)


def test_a_line_first_or_last_in_an_outline(write):
    """Two points first stopped everything, later they passed."""
    for name, place in (("first", 0), ("last", 1)):
        root = write(lambda c, p=place: c["annotations"][0]["segmentation"].insert(p, [5, 20, 5, 25]), name)
        images, noted = look(root)
        assert json.loads(images[0].annotations[0].segmentation) == [corners(box_of(CAR))]
        assert list(noted.values()) == [1]


def test_ids_as_text_floats_and_null(write):
    def change(content):
        for image in content["images"]:
            image["id"] = f"2024010100{image['id']}"
        for item in content["annotations"]:
            item["image_id"] = f"2024010100{item['image_id']}"
        content["annotations"][0].update(image_id=20240101001.0, category_id="1")
        content["annotations"][1].update(id=None)
        content["annotations"][4].update(category_id=None)

    images, noted = look(write(change))
    assert names(images) == [["car", "tree", "grass"], ["car", "grass"]]
    assert noted == {"entries that cannot be used": 1}


@pytest.mark.parametrize(
    "pattern",
    [
        r"..\..\label-studio\media\upload\4\{}",
        "https://somewhere.org/a/{}?download=1",
        "/home/someone/data/{}",
        "C:\\data\\{}",
        "sub/{}",
        "train/{}",
    ],
)
def test_pictures_named_on_another_machine(write, pattern):
    def change(content):
        for image in content["images"]:
            image["file_name"] = pattern.format(image["file_name"])

    root = write(change)
    assert [image.path for image in look(root)[0]] == [root / "images" / "train" / f"{i}.png" for i in (1, 2)]


def test_sizes_that_are_not_stated_come_from_the_picture(write):
    def change(content):
        for image in content["images"]:
            del image["width"], image["height"]
        content["images"].append({"id": 3, "file_name": "none.png"})

    images, noted = look(write(change))
    assert [(image.width, image.height) for image in images] == [(WIDTH, HEIGHT)] * 2
    assert noted == {"pictures without a stated size: taken from the file": 2, "entries that cannot be used": 1}


@pytest.mark.parametrize("missing", [None, []])
def test_a_box_that_is_not_stated_is_that_of_the_outline(write, missing):
    def change(content):
        content["annotations"][0]["bbox"] = missing
        content["annotations"][1].update(bbox=missing, segmentation=None)

    images, noted = look(write(change))
    assert names(images)[0] == ["car", "grass"]
    x, y, w, h = box_of(CAR)
    assert images[0].annotations[0].corners == (x, y, x + w, y + h)
    assert noted == {
        "objects without a stated box: taken from their outline": 1,
        "entries that cannot be used": 1,
    }
