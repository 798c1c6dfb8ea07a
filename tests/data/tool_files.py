"""One scene as each annotation tool would export it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 64, 48
NAMES = ("car", "tree")
TRIANGLE = [(40, 5), (56, 5), (48, 33)]
BOXED = (5, 20, 20, 15)
"""x, y, width, height."""

SCENE = [("car", BOXED, None), ("tree", (40, 5, 16, 28), TRIANGLE)]
"""A car that has only a box, and a tree with an outline."""


def write_pictures(folder: Path, names=("1.png", "2.png")) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for seed, name in enumerate(names):
        pixels = np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / name)


def write_json(path: Path, content) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def flat(points):
    return [value for point in points for value in point]


def coco(root: Path) -> Path:
    write_pictures(root / "images" / "train")
    items = [
        {
            "id": 10 * image + place,
            "image_id": image,
            "category_id": NAMES.index(name),
            "bbox": list(box),
            "segmentation": [flat(points)] if points else [],
        }
        for image in (1, 2)
        for place, (name, box, points) in enumerate(SCENE)
    ]
    content = {
        "images": [{"id": i, "file_name": f"{i}.png", "width": WIDTH, "height": HEIGHT} for i in (1, 2)],
        "annotations": items,
        "categories": [{"id": i, "name": name} for i, name in enumerate(NAMES)],
    }
    write_json(root / "annotations" / "instances_train.json", content)
    return root


def labelme_shape(label, points, kind="polygon", **more):
    """As labelme 5 writes it."""
    return {
        "label": label,
        "points": [list(map(float, point)) for point in points],
        "group_id": None,
        "description": "",
        "shape_type": kind,
        "flags": {},
        "mask": None,
        **more,
    }


def labelme_content(shapes, picture="1.png", **more):
    return {
        "version": "5.5.0",
        "flags": {},
        "shapes": shapes,
        "imagePath": picture,
        "imageData": None,
        "imageHeight": HEIGHT,
        "imageWidth": WIDTH,
        **more,
    }


def labelme(root: Path) -> Path:
    write_pictures(root)
    shapes = [
        labelme_shape(name, points)
        if points
        else labelme_shape(name, [box[:2], (box[0] + box[2], box[1] + box[3])], "rectangle")
        for name, box, points in SCENE
    ]
    for number in (1, 2):
        write_json(root / f"{number}.json", labelme_content(shapes, f"{number}.png"))
    return root


def as_text(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


YAML = """\
path: ../datasets/mine  # dataset root dir
train: images/train
val:

nc: 2
names:
  0: car
  1: tree
"""


def yolo_line(name, box, points):
    x, y, w, h = box
    values = flat(points) if points else (x + w / 2, y + h / 2, w, h)
    shares = (value / (WIDTH, HEIGHT)[i % 2] for i, value in enumerate(values))
    return " ".join([str(NAMES.index(name)), *(f"{share:.12g}" for share in shares)])


def yolo(root: Path, text: str = YAML) -> Path:
    write_pictures(root / "images" / "train")
    (root / "labels" / "train").mkdir(parents=True)
    for number in (1, 2):
        lines = "\n".join(yolo_line(*item) for item in SCENE)
        (root / "labels" / "train" / f"{number}.txt").write_text(lines + "\n")
    (root / "data.yaml").write_text(text)
    return root


def via_region(shape, **attributes):
    return {"shape_attributes": shape, "region_attributes": attributes}


def via_shape(box, points):
    if points:
        xs, ys = zip(*points, strict=True)
        return {"name": "polygon", "all_points_x": list(xs), "all_points_y": list(ys)}
    return dict(zip(("name", "x", "y", "width", "height"), ("rect", *box), strict=True))


def via2(root: Path, project: bool = False) -> Path:
    write_pictures(root)
    regions = [via_region(via_shape(box, points), kind=name) for name, box, points in SCENE]
    pictures = {
        f"{number}.png9000": {"filename": f"{number}.png", "size": 9000, "regions": regions, "file_attributes": {}}
        for number in (1, 2)
    }
    if not project:
        return write_json(root / "via_region_data.json", pictures)
    content = {
        "_via_settings": {"ui": {}, "core": {"buffer_size": 18, "default_filepath": ""}, "project": {"name": "p"}},
        "_via_img_metadata": pictures,
        "_via_attributes": {"region": {"kind": {"type": "dropdown", "options": {"car": ""}}}, "file": {}},
        "_via_data_format_version": "2.0.10",
        "_via_image_id_list": list(pictures),
    }
    return write_json(root / "project.json", content)


def via2_project(root: Path) -> Path:
    return via2(root, project=True)


def via1(root: Path) -> Path:
    path = via2(root)
    content = json.loads(path.read_text())
    for picture in content.values():
        picture["regions"] = {str(i): region for i, region in enumerate(picture["regions"])}
    return write_json(path, content)


def via3(root: Path) -> Path:
    write_pictures(root)
    placed = [[7, *flat(points)] if points else [2, *box] for _, box, points in SCENE]
    keys = [str(NAMES.index(name)) for name, _, _ in SCENE]
    content = {
        "project": {"pid": "__VIA_PROJECT_ID__", "rev": "1", "data_format_version": "3.1.1", "vid_list": ["1", "2"]},
        "config": {"file": {"loc_prefix": {"1": "", "2": "", "3": "", "4": ""}}},
        "attribute": {
            "1": {
                "aname": "kind",
                "anchor_id": "FILE1_Z0_XY1",
                "type": 4,
                "desc": "",
                "options": {str(i): name for i, name in enumerate(NAMES)},
                "default_option_id": "",
            }
        },
        "file": {str(i): {"fid": str(i), "fname": f"{i}.png", "type": 2, "loc": 1, "src": ""} for i in (1, 2)},
        "view": {str(i): {"fid_list": [str(i)]} for i in (1, 2)},
        "metadata": {
            f"{image}_{place}": {"vid": str(image), "flg": 0, "z": [], "xy": xy, "av": {"1": key}}
            for image in (1, 2)
            for place, (xy, key) in enumerate(zip(placed, keys, strict=True))
        },
    }
    return write_json(root / "project.json", content)
