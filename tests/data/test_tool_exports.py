"""What labelme, YOLO and VIA export: their own shapes, and what people do to the files."""

from __future__ import annotations

import json
import shutil
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from sg2im_cli.data.arrays import used_images
from sg2im_cli.data.choosing import EVERYTHING, choose_objects
from sg2im_cli.data.pixels import load_image
from sg2im_cli.data.readers.coco_source import CocoOptions, coco_source
from sg2im_cli.data.readers.exports import ExportOptions
from sg2im_cli.data.readers.labelme import labelme_source
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_cli.data.readers.via import via_source
from sg2im_cli.data.readers.yolo import yolo_source
from sg2im_errors import InputError
from tests.data import tool_files as tools
from tests.data.tool_files import BOXED, HEIGHT, WIDTH, labelme_content, labelme_shape, via_region, write_json

READERS = {
    tools.labelme: labelme_source,
    tools.yolo: yolo_source,
    tools.via1: via_source,
    tools.via2: via_source,
    tools.via2_project: via_source,
    tools.via3: via_source,
}
CAR = (5.0, 20.0, 25.0, 35.0)


def look(read, path, strict=False, **more):
    """The source, and how many of each kind were noted."""
    options = ExportOptions(**{key: more.pop(key) for key in ("val_share", "seed", "stuff") if key in more})
    source = read(path, options, Notes(Severity.NONE if strict else Severity.DAMAGE), **more)
    return source, {what: note.count for what, note in source.notes.kinds.items()}


def images(read, path, **more):
    source, noted = look(read, path, **more)
    return list(source.splits["train"]()), noted


def names(found):
    return [[item.name for item in image.annotations] for image in found]


def whole_mask(item):
    """Of the picture, pixel by pixel."""
    from pycocotools import mask as coco

    shape = item.segmentation
    packed = shape if isinstance(shape, dict) and isinstance(shape["counts"], bytes | str) else None
    packed = packed or coco.frPyObjects(shape, HEIGHT, WIDTH)
    return coco.decode(coco.merge(packed) if isinstance(packed, list) else packed).astype(bool)


@pytest.mark.parametrize("write", READERS, ids=lambda write: write.__name__)
def test_a_scene_is_the_same_whichever_tool_wrote_it(write, tmp_path):
    expected = coco_source(tools.coco(tmp_path / "coco"), CocoOptions(keep=EVERYTHING))
    source, noted = look(READERS[write], write(tmp_path / "mine"), strict=True)
    assert (source.things, source.stuff, source.counts, noted) == (("car", "tree"), (), {"train": 2}, {})
    for ours, theirs in zip(
        used_images(source.splits["train"](), EVERYTHING, 16),
        used_images(expected.splits["train"](), EVERYTHING, 16),
        strict=True,
    ):
        assert ours.names == theirs.names and ours.stated == theirs.stated
        np.testing.assert_allclose(ours.boxes, theirs.boxes, atol=1e-6)
        np.testing.assert_array_equal(ours.has_mask, theirs.has_mask)
        np.testing.assert_array_equal(ours.masks, theirs.masks)
        np.testing.assert_array_equal(load_image(ours.path, (9, 9)), load_image(theirs.path, (9, 9)))


@pytest.mark.parametrize("write", READERS, ids=lambda write: write.__name__)
def test_val_is_drawn_and_train_is_the_rest(write, tmp_path):
    path = write(tmp_path / "mine")
    halves = [look(READERS[write], path, val_share=0.5, seed=4)[0] for _ in "ab"]
    drawn = [{split: [image.path for image in half.splits[split]()] for split in half.splits} for half in halves]
    assert drawn[0] == drawn[1] and len({*drawn[0]["train"], *drawn[0]["val"]}) == 2
    assert halves[0].counts == {"train": 1, "val": 1}


@pytest.mark.parametrize("write", READERS, ids=lambda write: write.__name__)
def test_names_that_are_stuff(write, tmp_path):
    path = write(tmp_path / "mine")
    source, _ = look(READERS[write], path, stuff=("Tree",))
    assert (source.things, source.stuff) == (("car",), ("tree",))
    with pytest.raises(InputError, match="No object is called 'sky', which --stuff names"):
        look(READERS[write], path, stuff=("sky",))


@pytest.mark.parametrize("write", READERS, ids=lambda write: write.__name__)
def test_a_missing_picture_is_left_out(write, tmp_path):
    path = write(tmp_path / "mine")
    (picture,) = (tmp_path / "mine").rglob("1.png")
    picture.write_bytes(b"no picture")
    found, noted = images(READERS[write], path)
    assert [image.path.name for image in found] == ["2.png"]
    assert noted == {"pictures that are missing or cannot be read: left out with their objects": 1}
    with pytest.raises(InputError, match=r"1\.(png|json)"):
        look(READERS[write], path, strict=True)


# labelme


def one(tmp_path, shapes, **more):
    tools.write_pictures(tmp_path, ["1.png"])
    write_json(tmp_path / "1.json", labelme_content(shapes, **more))
    return tmp_path


def only_item(found):
    ((item,),) = (image.annotations for image in found)
    return item


def test_labelme_shapes_of_one_group_are_one_object(tmp_path):
    square, other = [(2, 2), (6, 2), (6, 6), (2, 6)], [(20, 10), (30, 10), (30, 20), (20, 20)]
    shapes = [
        labelme_shape("car", square, group_id=1),
        labelme_shape("car", other, group_id=1),
        labelme_shape("tree", other, group_id=1),
        labelme_shape("car", [(2, 2), (9, 9)], "line", group_id=1),
    ]
    found, noted = images(labelme_source, one(tmp_path, shapes))
    assert names(found) == [["car", "tree"]]
    car = found[0].annotations[0]
    assert car.corners == (2, 2, 30, 20)
    mask = whole_mask(car)
    assert mask[3, 3] and mask[15, 25] and not mask[5, 15] and mask.sum() == 16 + 100
    assert list(noted.values()) == [1]  # the line


def painted(tmp_path, **more):
    mask = Image.new("1", (5, 4))
    mask.putpixel((0, 3), 1)
    mask.putpixel((4, 0), 1)
    file = BytesIO()
    mask.save(file, "PNG")
    (tmp_path / "mask").write_bytes(file.getvalue())
    return labelme_shape("car", [(7, 9), (11, 12)], "mask", mask=tools.as_text(tmp_path / "mask"), **more)


def test_labelme_painted_masks_lie_where_they_were_painted(tmp_path):
    found, noted = images(labelme_source, one(tmp_path, [painted(tmp_path)]))
    item = only_item(found)
    assert item.corners == (7, 9, 12, 13) and not noted
    assert np.argwhere(whole_mask(item)).tolist() == [[9, 11], [12, 7]]


def test_labelme_painted_masks_and_outlines_join(tmp_path):
    square = labelme_shape("car", [(30, 30), (34, 30), (34, 34), (30, 34)], group_id=5)
    item = only_item(images(labelme_source, one(tmp_path, [painted(tmp_path, group_id=5), square]))[0])
    mask = whole_mask(item)
    assert item.corners == (7, 9, 34, 34) and mask[9, 11] and mask[12, 7] and mask[30:34, 30:34].all()
    assert mask.sum() == 18


def test_labelme_masks_that_claim_more_than_the_picture(tmp_path):
    Image.new("1", (WIDTH + 10, 4), 1).save(tmp_path / "big.png")
    shapes = [labelme_shape("car", [(0, 0), (9, 9)], "mask", mask=tools.as_text(tmp_path / "big.png"))]
    (tmp_path / "big.png").unlink()
    source, noted = look(labelme_source, one(tmp_path, [*shapes, labelme_shape("car", [(1, 1), (9, 9)], "rectangle")]))
    assert source.counts == {"train": 1} and noted == {"shapes that cannot be used: left out": 1}


def test_labelme_circles(tmp_path):
    found, _ = images(labelme_source, one(tmp_path, [labelme_shape("ball", [(20, 20), (23, 24)], "circle")]))
    item = only_item(found)
    np.testing.assert_allclose(item.corners, (15, 15, 25, 25))
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    far = np.hypot(x - 20, y - 20)
    assert whole_mask(item)[far < 4.3].all() and not whole_mask(item)[far > 5.7].any()


def test_labelme_rectangles_of_four_points_and_any_corners(tmp_path):
    x0, y0, x1, y1 = CAR
    for name, points in (("a", [(x1, y0), (x0, y1)]), ("b", [(x0, y0), (x1, y0), (x1, y1), (x0, y1)])):
        (tmp_path / name).mkdir()
        item = only_item(images(labelme_source, one(tmp_path / name, [labelme_shape("car", points, "rectangle")]))[0])
        assert item.corners == CAR and item.segmentation is None


def test_labelme_shapes_that_mean_nothing(tmp_path):
    shapes = [
        labelme_shape("car", [(1, 1)], "point"),
        labelme_shape("car", [(1, 1), (9, 9)], "line"),
        labelme_shape("car", [(1, 1), (9, 9), (12, 3)], "linestrip"),
        labelme_shape("car", [(1, 1), (9, 9)]),
        labelme_shape("car", [(1, 1), (5, 5), (9, 9)]),
        labelme_shape(" ", [(1, 1), (9, 9)], "rectangle"),
        labelme_shape("__ignore__", [(1, 1), (9, 9)], "rectangle"),
        labelme_shape("car", [(70, 1), (90, 9)], "rectangle"),
        labelme_shape("car", [(1, 1), (1, 9)], "rectangle"),
        labelme_shape("car", [(1, 1), (1e9, 1), (1e9, 1e9)]),
        labelme_shape("car", [(1, 1), (float("nan"), 9)], "rectangle"),
        labelme_shape("car", [(1, 1, 1), (2, 2, 2)], "cuboid"),
        labelme_shape("car", [(1, 1), (2, 2)], "spline"),
        {"label": "car"},
        {"label": 7, "points": []},
        "car",
        labelme_shape("Car", [BOXED[:2], CAR[2:]], "rectangle"),
    ]
    found, noted = images(labelme_source, one(tmp_path, shapes))
    assert names(found) == [["car"]] and only_item(found).corners == CAR
    assert noted == {
        "shapes without area (points, lines, outlines of fewer than three corners): left out": 5,
        "objects of a category without a name: left out": 1,
        "objects called other or ignore: left out": 1,
        "boxes outside of their picture": 1,
        "boxes without size": 1,
        "shapes that cannot be used: left out": 6,
        "shapes of another kind: left out": 1,
    }


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("1.png", "labels"),
        (r"..\photos\1.png", "photos"),
        ("../photos/1.png", "photos"),
        (r"C:\Users\me\photos\1.png", "photos"),
        ("/home/me/1.png", "labels"),
    ],
)
def test_labelme_pictures_named_on_another_machine(tmp_path, written, place):
    root = one(tmp_path / "labels", [labelme_shape("car", [(5, 20), (25, 35)], "rectangle")], imagePath=written)
    (tmp_path / "photos").mkdir()
    if place == "photos":
        shutil.move(root / "1.png", tmp_path / "photos" / "1.png")
    more = {"images": tmp_path / "photos"} if ":" in written else {}
    found, noted = images(labelme_source, root, **more)
    assert found[0].path.resolve() == tmp_path / place / "1.png" and not noted


def test_labelme_pictures_in_the_file(tmp_path):
    """The files alone, as people send them; what lies outside of them in a temporary folder is gone afterwards."""
    root = tools.labelme(tmp_path / "mine")
    expected = [load_image(root / f"{i}.png", (8, 8)) for i in (1, 2)]
    for path in root.glob("*.json"):
        content = json.loads(path.read_text())
        content |= {"imageData": tools.as_text(path.with_suffix(".png")), "imagePath": rf"D:\x\{path.stem}.png"}
        content["imageHeight"] = content["imageWidth"] = None
        write_json(path, content)
        path.with_suffix(".png").unlink()
    source, noted = look(labelme_source, root)
    for image, pixels in zip(source.splits["train"](), expected, strict=True):
        np.testing.assert_array_equal(load_image(image.path, (8, 8)), pixels)
        assert (image.width, image.height) == (WIDTH, HEIGHT) and image.path.parent.name == "mine"
        scratch = image.path.parents[1]
    assert noted == {"pictures without a stated size: taken from the file": 2}
    del source
    assert not scratch.exists()


def test_labelme_pictures_that_were_renamed_with_their_files(tmp_path):
    root = one(tmp_path, [labelme_shape("car", [(5, 20), (25, 35)], "rectangle")], imagePath="old.jpg")
    found, noted = images(labelme_source, root)
    assert found[0].path.name == "1.png" and sum(noted.values()) == 1


def test_labelme_folders_are_splits_and_other_files_are_none(tmp_path):
    tools.labelme(tmp_path / "train")
    tools.labelme(tmp_path / "valid")
    write_json(tmp_path / "train" / "coco.json", {"images": []})
    (tmp_path / "train" / "bad.json").write_text('{"shapes": [\n}')
    source, noted = look(labelme_source, tmp_path)
    assert source.counts == {"train": 2, "val": 2}
    assert noted == {"JSON files that are not labelme's: left out": 1, "entries that cannot be used": 1}
    assert "bad.json, line 2 is not JSON" in source.notes.kinds["entries that cannot be used"].examples[0]
    with pytest.raises(InputError, match="The data has a val split; leave --val-share out"):
        look(labelme_source, tmp_path, val_share=0.1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "has no JSON files; labelme writes one for each picture"),
        ({"images": []}, "None of the JSON files in .* is labelme's"),
    ],
)
def test_labelme_folders_of_something_else(tmp_path, content, message):
    if content is not None:
        write_json(tmp_path / "a.json", content)
    with pytest.raises(InputError, match=message):
        look(labelme_source, tmp_path)


# YOLO


def test_yolo_lines_that_cannot_be_meant(tmp_path):
    root = tools.yolo(tmp_path)
    lines = [
        "0 0.5 0.5 0.2 0.2",
        "7 0.5 0.5 0.2 0.2",
        "0.5 0.5 0.5 0.2 0.2",
        "0 320 240 64 48",
        "0 0.5 0.5 0.2",
        "0 0.5 0.5 0.2 0.2 0.93",
        "car 0.5 0.5 0.2 0.2",
        "0 nan 0.5 0.2 0.2",
        "",
        "1 0.1 0.1 0.2 0.2 0.3 0.3",
        "1 0.5 0.5 0 0.2",
        "1.0 0.999 0.5 0.1 1.005",
    ]
    (root / "labels" / "train" / "1.txt").write_text("\r\n".join(lines))
    (root / "labels" / "train" / "2.txt").write_text("")
    source, noted = look(yolo_source, root)
    (image,) = source.splits["train"]()
    assert [item.name for item in image.annotations] == ["car", "tree"]
    np.testing.assert_allclose(image.annotations[0].corners, (25.6, 19.2, 38.4, 28.8))
    assert noted == {
        "lines that cannot be used: left out": 7,
        "shapes without area (points, lines, outlines of fewer than three corners): left out": 1,
        "boxes without size": 1,
    }
    first = source.notes.kinds["lines that cannot be used: left out"].examples[0]
    assert first.endswith("1.txt, line 2 cannot be used: its class is '7', and names are there for 0 to 1.")


def test_yolo_pictures_without_labels_are_remarks(tmp_path):
    root = tools.yolo(tmp_path)
    (root / "labels" / "train" / "1.txt").unlink()
    found, noted = images(yolo_source, root)
    assert len(found) == 1 and noted == {"pictures without a file of labels: nothing is in them": 1}
    (root / "labels" / "train" / "2.txt").unlink()
    with pytest.raises(InputError, match="no files of labels for its pictures; the first is expected at .*/1.txt"):
        look(yolo_source, root)


@pytest.mark.parametrize(
    "train",
    [
        "images/train",
        "../images/train",
        "[images/train]",
        "./images/train/",
        "/content/datasets/mine/images/train",
        r"'D:\mine\images\train'",
        "train.txt",
        "\n  - images/train",
    ],
)
@pytest.mark.parametrize("path", ["", "path: .", "path: /content/datasets/mine", "path: ../mine"])
def test_yolo_splits_as_people_write_them(tmp_path, train, path):
    root = tools.yolo(tmp_path / "mine", f"{path}\ntrain: {train}\nnames: [car, tree]\n")
    (root / "train.txt").write_text("./images/train/1.png\n/content/datasets/mine/images/train/2.png\n")
    for given in (root, root / "data.yaml"):
        found, noted = images(yolo_source, given)
        assert [image.path.name for image in found] == ["1.png", "2.png"] and not noted


def test_yolo_folders_of_roboflow(tmp_path):
    for split in ("train", "valid"):
        tools.yolo(tmp_path / "there")
        shutil.move(tmp_path / "there" / "images" / "train", tmp_path / split / "images")
        shutil.move(tmp_path / "there" / "labels" / "train", tmp_path / split / "labels")
        shutil.rmtree(tmp_path / "there")
    text = "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 2\nnames: ['car', 'tree']\n"
    (tmp_path / "data.yaml").write_text(text)
    with pytest.raises(InputError, match=r"data.yaml names \.\./test/images, and there is no such folder"):
        look(yolo_source, tmp_path)
    (tmp_path / "data.yaml").write_text(text.replace("test: ../test/images", ""))
    source, _ = look(yolo_source, tmp_path)
    assert source.counts == {"train": 2, "val": 2}
    assert {image.path.parent.parent.name for image in source.splits["val"]()} == {"valid"}


def test_yolo_val_that_is_train(tmp_path):
    root = tools.yolo(tmp_path, "train: images/train\nval: images/train\nnames: [car, tree]\n")
    source, noted = look(yolo_source, root, val_share=0.5)
    assert source.counts == {"train": 1, "val": 1} and noted == {"splits that are the train split: left out": 1}


def test_yolo_names_that_yaml_takes_for_something_else(tmp_path):
    root = tools.yolo(tmp_path, "train: images/train\nnames: {0: no, 1: 1e3}\n")
    assert look(yolo_source, root)[0].things == ("no", "1e3")


def test_yolo_poses_have_boxes(tmp_path):
    root = tools.yolo(tmp_path, tools.YAML + "kpt_shape: [2, 3]\n")
    (root / "labels" / "train" / "1.txt").write_text("0 0.5 0.5 0.25 0.5 0.4 0.4 2 0.6 0.6 1\n")
    found, noted = images(yolo_source, root)
    assert found[0].annotations[0].corners == (24, 12, 40, 36) and not noted


def test_yolo_with_a_list_of_classes(tmp_path):
    root = tools.yolo(tmp_path)
    (root / "data.yaml").unlink()
    (root / "classes.txt").write_text("car\ntree\n")
    assert look(yolo_source, root)[0].counts == {"train": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("names: [car", "data.yaml, line 1 is not YAML"),
        ("train: images/train\nnames:\n\t- car", "data.yaml, line 3 is not YAML"),
        ("train: images/train", "data.yaml is no data.yaml of YOLO: it has no names"),
        ("- car", "is no data.yaml of YOLO"),
        ("names: [car]\nnc: 3\ntrain: images/train", r"says that there are 3 classes \(nc\) and names 1"),
        ("names: {a: car}", "names must be a list, or have a whole number for each"),
        ("names: [car, [tree]]", "names must be a list"),
        ("names: []", "names must be a list"),
        ("names: [car]", "names no train split"),
        ("names: [car]\ntrain: {a: b}", "train must be a folder, a .txt file, or a list of them"),
        ("names: [car]\ntrain: none", "data.yaml names none, and there is no such folder or file"),
        ("names: [car]\ntrain: data.yaml", "which is neither a folder nor a .txt file"),
        ("names: [car]\ntrain: " + "[" * 5000, "is not YAML"),
        ("names: &a [*a]", "is not YAML"),
        ('names: !!python/object/apply:os.system ["touch pwned"]\ntrain: images/train', None),
    ],
)
def test_yolo_descriptions_that_cannot_be_used(tmp_path, monkeypatch, text, message):
    monkeypatch.chdir(tmp_path)
    root = tools.yolo(tmp_path / "mine", text)
    if message is None:
        look(yolo_source, root)
        assert not (tmp_path / "pwned").exists()
        return
    with pytest.raises(InputError, match=message):
        look(yolo_source, root)


# VIA


def one_via(tmp_path, *regions):
    tools.write_pictures(tmp_path, ["1.png"])
    return write_json(tmp_path / "via.json", {"1.png1": {"filename": "1.png", "size": 1, "regions": list(regions)}})


RECT = {"name": "rect", "x": 5, "y": 20, "width": 20, "height": 15}


def test_via_shapes(tmp_path):
    ellipse = {"name": "ellipse", "cx": 30, "cy": 20, "rx": 10, "ry": 5}
    path = one_via(
        tmp_path,
        via_region(ellipse, a="flat"),
        via_region({**ellipse, "theta": np.pi / 2}, a="tall"),
        via_region({"name": "circle", "cx": 30, "cy": 20, "r": 4.5}, a="ball"),
        via_region(RECT, a="car"),
    )
    found, noted = images(via_source, path)
    corners = {item.name: item.corners for item in found[0].annotations}
    np.testing.assert_allclose(corners["flat"], (20, 15, 40, 25), atol=1e-5)
    np.testing.assert_allclose(corners["tall"], (25, 10, 35, 30), atol=1e-5)
    np.testing.assert_allclose(corners["ball"], (25.5, 15.5, 34.5, 24.5), atol=1e-5)
    assert corners["car"] == CAR and not noted
    flat, tall = (whole_mask(item) for item in found[0].annotations[:2])
    assert flat.sum() == pytest.approx(50 * np.pi, rel=0.1) and flat[20, 21] and not flat[12, 30]
    assert tall[12, 30] and not tall[20, 21]


@pytest.mark.parametrize("said", ["car", {"car": True}, {"car": True, "tree": False}, {"Car ": "true"}])
def test_via_names_from_fields_choices_and_ticks(tmp_path, said):
    assert names(images(via_source, one_via(tmp_path, via_region(RECT, kind=said)))[0]) == [["car"]]


def test_via_regions_that_mean_nothing(tmp_path):
    path = one_via(
        tmp_path,
        via_region(RECT, kind={"car": True, "tree": True}),
        via_region(RECT, kind=""),
        via_region({"name": "point", "cx": 3, "cy": 4}, kind="car"),
        via_region({"name": "polyline", "all_points_x": [1, 9, 5], "all_points_y": [1, 1, 9]}, kind="car"),
        via_region({"name": "polygon", "all_points_x": [1, 9, 5], "all_points_y": [1, 1]}, kind="car"),
        via_region({"name": "polygon", "all_points_x": [1, 9], "all_points_y": [1, 1]}, kind="car"),
        via_region({"name": "circle", "cx": 3, "cy": 4, "r": 0}, kind="car"),
        via_region({"name": "cuboid"}, kind="car"),
        via_region({"name": "rect", "x": 1}, kind="car"),
        "car",
        via_region(RECT, kind="car"),
    )
    found, noted = images(via_source, path)
    assert names(found) == [["car"]]
    assert noted == {
        "objects with several names: left out": 1,
        "objects of a category without a name: left out": 1,
        "shapes without area (points, lines, outlines of fewer than three corners): left out": 4,
        "shapes of another kind: left out": 1,
        "regions that cannot be used: left out": 3,
    }


def test_via_the_attribute_that_names(tmp_path):
    path = one_via(tmp_path, via_region(RECT, kind="car", color="red"), via_region(RECT, kind="tree"))
    with pytest.raises(InputError, match=r"several attributes: 'kind' \(2\), 'color' \(1\); say with --label-key"):
        look(via_source, path)
    assert names(images(via_source, path, label_key="kind")[0]) == [["car", "tree"]]
    with pytest.raises(InputError, match=r"no region with an attribute 'name'; they have 'kind' \(2\)"):
        look(via_source, path, label_key="name")


def test_via_pictures_elsewhere(tmp_path):
    path = tools.via2_project(tmp_path / "there")
    (tmp_path / "photos").mkdir()
    for number in (1, 2):
        shutil.move(tmp_path / "there" / f"{number}.png", tmp_path / "photos")
    assert names(images(via_source, path, images=tmp_path / "photos")[0]) == [["car", "tree"]] * 2
    content = json.loads(path.read_text())
    content["_via_settings"]["core"]["default_filepath"] = "../photos/"
    assert names(images(via_source, write_json(path, content))[0]) == [["car", "tree"]] * 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "via.json, line 1 is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("3", "is no file of VIA"),
        ("{}", "is no file of VIA"),
        ('{"images": [], "annotations": []}', "is no file of VIA"),
        ('{"a": {"filename": "1.png", "regions": []}}', "names nothing: no region has an attribute"),
        (b"\xff\xfe{\x00}\x00", "via.json is not in UTF-8"),
    ],
)
def test_via_files_of_something_else(tmp_path, content, message):
    (tmp_path / "via.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=message):
        look(via_source, tmp_path / "via.json")


def test_pictures_that_are_kept_are_those_with_objects(tmp_path):
    """Counts are what a person sees of progress, and what val is drawn from."""
    for write, read in READERS.items():
        source, _ = look(read, write(tmp_path / write.__name__))
        kept = [choose_objects(image, EVERYTHING) for image in source.splits["train"]()]
        assert len(kept) == source.counts["train"] and all(kept)
