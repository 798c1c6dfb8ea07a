"""Count what there is in pictures of scenes, for words like "kitchen" that are no thing of their own.

usage: python scenes.py ANNOTATIONS [../sg2im_parsers/data/scenes.toml]

ANNOTATIONS is a folder in COCO's layout with instances_train.json and stuff_train.json, whose images say their class
as "scene". Pictures that a person labelled count where there are enough of a class, else all of them: machines miss
most furniture. `scene_words.toml` says what people call the classes. The output is the same each time.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Box = tuple[float, float, float, float]
Picture = dict[str, Box]
"""The box around all of each category; x0, y0, x1, y1 as shares of the picture."""

LEAST_AREA = 0.02
"""Of a picture: what is smaller does not make a scene."""

LEAST_SHARE, LEAST_BY_MACHINE = 0.3, 0.35
"""Of a class's pictures: what fewer of them have is not brought; more of those that a machine labelled."""

LEAST_ALONE = 0.5
"""The same of scenes whose word is an object, too: that should be seen ("city": trees hide the buildings)."""

MOST_OBJECTS = 7
FRAME = 3
"""So many come by how frequent they are, the others by how much more frequent they are than in any picture."""

LEAST_PICTURES = 15
"""So many that a person labelled are enough."""

LEAST_PAIRS = 0.8
"""Of the pictures that have both: where one is above another in fewer, nothing is said of the two."""

NEVER = frozenset({"person"})
"""Who is there is for the sentence to say."""

INDOORS = frozenset({"ceiling", "floor", "wall"})
"""Not counted in pictures that a machine labelled if they have a sky: it takes ground for floor."""


@dataclass
class SceneClass:
    """Pictures of one class, by who labelled them."""

    by_people: list[Picture] = field(default_factory=list)
    by_machine: list[Picture] = field(default_factory=list)

    @property
    def counted(self) -> tuple[list[Picture], float]:
        """Those to count, and of how many of them a thing must be."""
        if len(self.by_people) >= LEAST_PICTURES:
            return self.by_people, LEAST_SHARE
        return self.by_people + self.by_machine, LEAST_BY_MACHINE


def read_classes(folder: Path) -> dict[str, SceneClass]:
    """The pictures of every class."""
    data = [json.loads((folder / f"{kind}_train.json").read_text()) for kind in ("instances", "stuff")]
    pictures: dict[int, Picture] = defaultdict(dict)
    images = {image["id"]: image for image in data[0]["images"] if image["source"].startswith("places")}
    for name, annotation in _labelled(data):
        image = images.get(annotation["image_id"])
        if image is not None:
            picture = pictures[image["id"]]
            picture[name] = _around(picture.get(name), annotation["bbox"], image)
    classes: dict[str, SceneClass] = defaultdict(SceneClass)
    for number, image in images.items():
        found = classes[image["scene"].replace("-", "/")]
        if image["source"] == "places":
            found.by_people.append(pictures[number])
        else:
            found.by_machine.append(_outdoors(pictures[number]))
    return classes


def _labelled(data: Sequence[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    names = {category["id"]: category["name"] for part in data for category in part["categories"]}
    for part in data:
        for annotation in part["annotations"]:
            yield names[annotation["category_id"]], annotation


def _around(before: Box | None, bbox: Sequence[float], image: dict[str, Any]) -> Box:
    x, y, w, h = bbox
    box = (x / image["width"], y / image["height"], (x + w) / image["width"], (y + h) / image["height"])
    if before is None:
        return box
    return (min(before[0], box[0]), min(before[1], box[1]), max(before[2], box[2]), max(before[3], box[3]))


def _outdoors(picture: Picture) -> Picture:
    return {name: box for name, box in picture.items() if not ("sky" in picture and name in INDOORS)}


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def shares(pictures: Sequence[Picture]) -> dict[str, float]:
    """Of how many pictures each category is in."""
    counts = Counter(name for picture in pictures for name, box in picture.items() if _area(box) >= LEAST_AREA)
    return {name: count / len(pictures) for name, count in counts.items()}


def usual_objects(pictures: Sequence[Picture], least: float, everywhere: Mapping[str, float]) -> list[str]:
    """What most pictures have: the most frequent, then what marks the scene; equal ones by the alphabet.

    Args:
        pictures: of a class.
        least: share of them.
        everywhere: shares of all pictures, so that a bathroom has its toilet before its ceiling.
    """
    found = {name: share for name, share in shares(pictures).items() if share >= least and name not in NEVER}
    often = sorted(found, key=lambda name: (-found[name], name))
    marks = sorted(often[FRAME:], key=lambda name: (-found[name] / everywhere.get(name, 1), name))
    return (often[:FRAME] + marks)[:MOST_OBJECTS]


def usual_places(pictures: Sequence[Picture], names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Which of them is above which: for each the one that is most surely so, of those that come before it."""
    found = []
    for i, name in enumerate(names):
        above = [(_share_above(pictures, name, other), other) for other in names[:i]]
        below = [(1 - share, other) for share, other in above]
        up, down = max(above, default=(0.0, "")), max(below, default=(0.0, ""))
        if max(up, down)[0] >= LEAST_PAIRS:
            found.append((name, "above", up[1]) if up >= down else (name, "below", down[1]))
    return found


def _share_above(pictures: Sequence[Picture], name: str, other: str) -> float:
    """Of the pictures of both those in which the first's middle is above the other's; 1/2 where there are too few."""
    both = [(p[name], p[other]) for p in pictures if name in p and other in p]
    if len(both) < LEAST_PICTURES:
        return 0.5
    return sum(one[1] + one[3] < two[1] + two[3] for one, two in both) / len(both)


def lines(classes: dict[str, SceneClass], words: dict[str, dict[str, list[str]]]) -> Iterator[str]:
    """The table."""
    yield "# What there is in scenes, counted by parsers/training/scenes.py: the most frequent, then what marks them."
    everywhere = shares([picture for found in classes.values() for picture in found.by_people])
    for kind, named in words.items():
        for name, spoken in named.items():
            pictures, least = classes[name].counted
            objects = usual_objects(pictures, max(least, LEAST_ALONE) if kind == "alone" else least, everywhere)
            yield f"\n[{json.dumps(name)}]\nwords = {json.dumps(spoken)}\nalone = {json.dumps(kind == 'alone')}"
            yield f"pictures = {len(pictures)}\nobjects = {json.dumps(objects)}"
            yield f"relationships = {json.dumps(usual_places(pictures, objects))}"


def main() -> None:
    """See the module's text."""
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotations", type=Path)
    parser.add_argument("output", type=Path, nargs="?", default=here.parent / "sg2im_parsers" / "data" / "scenes.toml")
    args = parser.parse_args()
    words = tomllib.loads((here / "scene_words.toml").read_text(encoding="utf8"))
    text = "\n".join(lines(read_classes(args.annotations), words)) + "\n"
    args.output.write_text(text, encoding="utf8")
    print(f"{args.output}: {text.count('words = ')} scenes")


if __name__ == "__main__":
    main()
