"""Small data sets laid out as annotation tools export them: an aeroplane and a car in each picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 64, 48
BOXES = ([5, 20, 20, 15], [40, 5, 12, 30])


def picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(sum(path.name.encode())).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf8")


def coco(names: list[str], categories: list[dict[str, Any]], first: int = 0, **more: Any) -> dict[str, Any]:
    """COCO's lists, of which the last two categories are those of the objects."""
    objects = [
        (image, c["id"], box) for image in range(len(names)) for c, box in zip(categories[-2:], BOXES, strict=True)
    ]
    return {
        "info": {"description": ""},
        "licenses": [],
        "categories": categories,
        "images": [
            {"id": first + i, "file_name": name, "width": WIDTH, "height": HEIGHT} for i, name in enumerate(names)
        ],
        "annotations": [
            {
                "id": first + i,
                "image_id": first + image,
                "category_id": category,
                "bbox": [x, y, w, h],
                "area": w * h,
                "segmentation": [[x, y, x + w, y, x + w, y + h]],
                "iscrowd": 0,
                **more,
            }
            for i, (image, category, (x, y, w, h)) in enumerate(objects)
        ],
    }


def roboflow(root: Path, splits: dict[str, int] | None = None) -> Path:
    """A folder a split; the project itself is a category, too, without objects."""
    for split, count in (splits or {"train": 4, "valid": 2, "test": 1}).items():
        names = [f"{split}{i}_jpg.rf.{'0f' * 16}.jpg" for i in range(count)]
        for name in names:
            picture(root / split / name)
        categories = [
            {"id": 0, "name": "vehicles", "supercategory": "none"},
            {"id": 1, "name": "airplane", "supercategory": "vehicles"},
            {"id": 2, "name": "car", "supercategory": "vehicles"},
        ]
        write(root / split / "_annotations.coco.json", coco(names, categories))
    return root


def cvat(root: Path, subset: str = "default", flat: bool = False, prefix: str = "", kind: str = "instances") -> Path:
    """Pictures in a folder of the subset, or in none."""
    names = [f"{subset}{i}.jpg" for i in range(4)]
    for name in names:
        picture(root / "images" / name if flat else root / "images" / subset / name)
    categories = [{"id": i, "name": name, "supercategory": ""} for i, name in ((1, "airplane"), (2, "car"))]
    content = coco([prefix + name for name in names], categories, 1, attributes={"occluded": False, "rotation": 0.0})
    write(root / "annotations" / f"{kind}_{subset}.json", content)
    return root


LABEL_STUDIO_NAMES = {
    "with the folder": "images/{}",
    "of Windows": "images\\{}",
    "with the project": "images\\1/{}",
    "as uploaded": "/data/upload/1/{}",
    "of 1.16": "..\\..\\label-studio\\media\\upload\\4\\{}",
    "of local files": "/data/local-files/?d=photos/{}",
    "as an address": "https://bucket.example.org/photos/{}?X-Amz-Date=1",
    "of S3": "s3://bucket/photos/{}",
}


def label_studio(root: Path, pattern: str = "images/{}", own: bool = False) -> Path:
    """Hashed names, and paths to them as its versions write them; or a person's own pictures beside its file."""
    names = [f"{i:08x}-my photo {i}.jpg" for i in range(4)]
    for name in names:
        picture(root / "images" / (name.split("-", 1)[1] if own else name))
    encoded = quote if pattern.startswith(("/data/upload", "https")) else str
    content = coco(
        [pattern.format(encoded(name)) for name in names],
        [{"id": 0, "name": "airplane"}, {"id": 1, "name": "car"}],
        ignore=0,
    )
    write(root / "result.json", content)
    return root
