"""Every kind of input: a document of its kind, damaged, and the command that reads it."""

from __future__ import annotations

import json
import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from random import Random
from typing import Any

from sg2im_cli.evaluation.judge import load_judge
from sg2im_cli.provenance.png_text import png_info, read_png_text
from sg2im_cli.provenance.record import KEY
from sg2im_errors import InputError, Sg2imError
from tests.fuzz.materials import Materials, annotations
from tests.fuzz.mutation import damaged_bytes, damaged_json, damaged_toml, damaged_words

SENTENCES = (
    "a car on the street beside buildings",
    "two brown dogs next to a red boat under a cloudy sky",
    "a person with a hat in front of the wall, and a small white cat on a bed",
    "draw me three sheep in a field behind a bench",
    "the tallest building is to the left of a tree; a bus that is yellow stands below the sky",
)
STORY = (
    "a sheep on grass under the sky",
    "and another sheep beside it",
    "and a tree behind it",
    "add a boat on the sea",
    "the boat is left of the tree",
    "without the tree",
    "replace the boat with a car",
)
GRAPH: dict[str, Any] = {
    "objects": [
        {"name": "boat", "attributes": ["red"], "quantity": 2},
        "sea",
        {"name": "sky", "place": "at the top"},
        {"name": "person", "place": "on the left"},
    ],
    "relationships": [[0, "on", 1], [2, "above", 1], [3, "beside", 0]],
}
LAYOUT: dict[str, Any] = {
    "seed": 3,
    "objects": [
        {"name": "boat", "box": [0.55, 0.45, 0.85, 0.62], "seed": 4},
        {"name": "sea", "box": [0.0, 0.55, 1.0, 1.0], "pin": True},
        {"name": "sky"},
        {"name": "car", "box": [0.1, 0.1, 0.4, 0.5], "mask": [[0.0, 1.0], [0.5, 1.0]]},
    ],
    "relationships": [[0, "on", 1], [2, "above", 1]],
}
LINES: tuple[dict[str, Any], ...] = (
    {"text": "a boat on the sea under clouds", "seed": 3, "output": "out/boat.png"},
    {"text": "two people on the road", "seed": 3, "samples": 2, "output": "out/people-{seed}.png"},
    {"graph": {"objects": ["car", "road"], "relationships": [[0, "on", 1]]}, "output": "out/car.png"},
    {"layout": LAYOUT},
)
SCENE: dict[str, Any] = {
    "image": "0.png",
    "objects": [
        {"name": "dog", "box": [3, 4, 20, 22], "attributes": ["brown"]},
        {"name": "field", "box": [0, 20, 40, 40], "polygon": [0, 20, 40, 20, 40, 40, 0, 40]},
        {"name": "cat", "box": [0, 0, 40, 40], "rle": {"size": [40, 40], "counts": [100, 500, 1000]}},
    ],
    "relationships": [[0, "on", 1]],
    "source": "mine",
}


@dataclass(frozen=True)
class Input:
    """What a call is given.

    Attributes:
        arguments: of the command line.
        files: by their path in the directory where it runs.
        stdin: standard input.
        call: what runs in place of the command.
    """

    arguments: tuple[str, ...]
    files: dict[str, bytes] = field(default_factory=dict)
    stdin: bytes = b""
    call: Callable[[], None] | None = None

    def write(self, folder: Path) -> None:
        """Lay the files out."""
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


Maker = Callable[[Materials, Random], Input]


def _drawing(made: Materials) -> tuple[str, ...]:
    return "--weights", str(made.weights), "--device", "cpu", "--seed", "1"


def graph(made: Materials, random: Random) -> Input:
    data = damaged_json(random.choice((GRAPH, LAYOUT)), random)
    more = (*_drawing(made), *random.choice(((), ("--enforce",), ("--save-layout", "l.json"), ("--json",))))
    if random.random() < 0.2:
        return Input(("--scene-graph", "-", "-o", "p.png", *more), stdin=data)
    return Input(("--scene-graph", "g.json", "-o", "p.png", *more), {"g.json": data})


def layout(made: Materials, random: Random) -> Input:
    more = random.choice(((), ("--enforce",), ("--save-graph", "g.svg"), ("--save-masks", "--save-layout", "m.json")))
    return Input(("render", "l.json", "-o", "p.png", *_drawing(made), *more), {"l.json": damaged_json(LAYOUT, random)})


def record(made: Materials, random: Random) -> Input:
    data = made.record.read_bytes()
    if random.random() < 0.3:
        data = damaged_bytes(data, random)
    else:
        text = damaged_json(json.loads(read_png_text(made.record, KEY) or ""), random)
        data = _with_text(data, text.decode(errors="replace"))
    again = ("replay", "p.png", "-o", "q.png")
    command = random.choice((again, (*again, "--weights", str(made.weights)), ("show", "p.png")))
    return Input(command, {"p.png": data})


def _with_text(png: bytes, text: str) -> bytes:
    """A PNG with another text in place of its own: after its first chunk, where readers find the first of a key."""
    head = 8 + 12 + struct.unpack(">I", png[8:12])[0]
    info = png_info(KEY, text)
    chunks = b"".join(_chunk(kind, data) for kind, data, *_ in info.chunks)
    return png[:head] + chunks + png[head:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def batch(made: Materials, random: Random) -> Input:
    lines = [damaged_json(line, random) for line in random.sample(LINES, random.randrange(1, 4))]
    arguments = ("--file", "lines.jsonl", "-o", "out/", *_drawing(made))
    return Input(arguments, {"lines.jsonl": b"\n".join(lines)})


def captions(made: Materials, random: Random) -> Input:
    lines = [damaged_words(random.choice(SENTENCES), random) for _ in range(random.randrange(1, 4))]
    data = "\n".join(lines).encode(errors="surrogatepass")
    if random.random() < 0.3:
        data = damaged_bytes(data, random)
    if random.random() < 0.5:
        return Input(("parse", "--file", "c.txt", "--jsonl", "--weights", str(made.weights)), {"c.txt": data})
    return Input(("--file", "c.txt", "-o", "out/", *_drawing(made)), {"c.txt": data})


def sentence(made: Materials, random: Random) -> Input:
    text = (
        damaged_words(random.choice(SENTENCES), random).encode(errors="surrogatepass").decode(errors="surrogateescape")
    )
    text = text.replace("\0", "").removeprefix("-") or "a car"  # no argument of a command line has a zero byte
    ways = (
        ("parse", text, "--weights", str(made.weights)),
        ("parse", text, "--open", "--json"),
        ("parse", text, "--tree", "--weights", str(made.weights)),
        ("generate", text, "-o", "p.png", *_drawing(made)),
        ("words", text, "--weights", str(made.weights)),
        ("diff", text, SENTENCES[0], "-o", "d.png", *_drawing(made)),
    )
    return Input(random.choice(ways))


def story(made: Materials, random: Random) -> Input:
    more = (
        "-o",
        random.choice(("s.png", "s.html")),
        *_drawing(made),
        *random.choice(((), ("--enforce",), ("--json",))),
    )
    if random.random() < 0.4:
        return Input(("story", "s.json", *more), {"s.json": damaged_json([GRAPH, LAYOUT, GRAPH], random)})
    lines = random.sample(STORY, random.randrange(2, 5)) if random.random() < 0.3 else list(STORY[:4])
    for _ in range(random.choice((1, 2, 3))):
        at = random.randrange(len(lines))
        lines[at] = damaged_words(lines[at], random)
    data = "\n".join(lines).encode(errors="surrogatepass")
    return Input(("story", "s.txt", *more), {"s.txt": damaged_bytes(data, random) if random.random() < 0.2 else data})


def recipe(made: Materials, random: Random) -> Input:
    names = ("tiny",) if random.random() < 0.5 else ("scenes64", "paper64", "scenes_gpu")
    text = (resources.files("sg2im_cli") / "recipes" / f"{random.choice(names)}.toml").read_text(encoding="utf8")
    if names == ("tiny",):
        arguments = (
            "train",
            "--recipe",
            "r.toml",
            "--data",
            str(made.data),
            "--out",
            "run",
            "--dry-run",
            "--device",
            "cpu",
        )
        return Input(arguments, {"r.toml": damaged_toml(text, random)})
    return Input((), {"r.toml": damaged_toml(text, random)}, call=_load_recipe)


def _load_recipe() -> None:
    from sg2im_cli.training.recipes import load_recipe, to_toml

    _as_main(lambda: print(to_toml(load_recipe("r.toml"))))


def config(made: Materials, random: Random) -> Input:
    data, tensors = (made.weights / "config.json").read_bytes(), (made.weights / "model.safetensors").read_bytes()
    if random.random() < 0.15:
        tensors = damaged_bytes(tensors[:2000], random) + tensors[2000:]
    else:
        data = damaged_json(json.loads(data), random)
    files = {"w/config.json": data, "w/model.safetensors": tensors, "w/README.md": b"# w\n"}
    ways = (
        ("a car on the road", "-o", "p.png", "--weights", "w", "--device", "cpu", "--seed", "1"),
        ("weights", "show", "w"),
        ("parse", "a car on the road", "--weights", "w"),
    )
    return Input(random.choice((ways[0], *ways)), files)


def judge(made: Materials, random: Random) -> Input:
    files = {f"j/{path.name}": path.read_bytes() for path in made.judge.iterdir()}
    if random.random() < 0.15:
        files["j/model.safetensors"] = damaged_bytes(files["j/model.safetensors"], random)
    else:
        files["j/config.json"] = damaged_json(json.loads(files["j/config.json"]), random)
    return Input((), files, call=lambda: _as_main(lambda: load_judge(Path("j"))))


def coco(made: Materials, random: Random) -> Input:
    files = {f"d/images/train/{path.name}": path.read_bytes() for path in (made.data / "images" / "train").iterdir()}
    for kind in ("instances", "stuff"):
        files[f"d/annotations/{kind}_train.json"] = json.dumps(annotations(made.data, kind)).encode()
    wrong = random.choice(("instances", "stuff"))
    files[f"d/annotations/{wrong}_train.json"] = damaged_json(annotations(made.data, wrong), random)
    return Input(
        random.choice((("data", "check", "d"), ("data", "show", "d", "-o", "s.png"), _prepare("coco", "d"))), files
    )


def _prepare(kind: str, source: str) -> tuple[str, ...]:
    return "data", "prepare", kind, source, "--out", "o", "--image-size", "16", "--mask-size", "8"


def genome(made: Materials, random: Random) -> Input:
    documents = _genome()
    wrong = random.choice(list(documents))
    files = {
        f"d/{name}.json": damaged_json(document, random) if name == wrong else json.dumps(document).encode()
        for name, document in documents.items()
    }
    files |= {"d/object_alias.txt": b"man,gentleman\n", "d/relationship_alias.txt": b"beside,next to\n"}
    files |= {f"d/VG_100K/{i}.jpg": photo for i, photo in enumerate(made.photos, 1)}
    few = ("--object-count", "1", "--predicate-count", "1", "--attribute-count", "1", "--splits", "d/splits.json")
    arguments = ("data", "check", "d") if random.random() < 0.2 else (*_prepare("vg", "d"), *few)
    return Input(arguments, files)


def _genome() -> dict[str, Any]:
    """Three pictures of a man who rides a brown horse, in four files and one of splits."""
    images, objects, relationships, attributes = [], [], [], []
    for i in (1, 2, 3):
        url = f"https://example.org/VG_100K/{i}.jpg"
        images.append({"image_id": i, "width": 400, "height": 300, "url": url})
        man = {"object_id": 10 * i, "names": ["man"], "synsets": [], "x": 10, "y": 10, "w": 180, "h": 180}
        horse = {"object_id": 10 * i + 1, "names": ["horse"], "synsets": [], "x": 30, "y": 90, "w": 150, "h": 100}
        tree = {"object_id": 10 * i + 2, "names": ["tree"], "synsets": [], "x": 200, "y": 0, "w": 150, "h": 280}
        objects.append({"image_id": i, "objects": [man, horse, tree]})
        ends = {"subject": {"object_id": 10 * i}, "object": {"object_id": 10 * i + 1}}
        said = [{"relationship_id": 9 * i + k, "predicate": p, **ends} for k, p in enumerate(("riding", "on"))]
        relationships.append({"image_id": i, "relationships": said})
        attributes.append({"image_id": i, "attributes": [{**horse, "attributes": ["brown"]}]})
    return {
        "image_data": images,
        "objects": objects,
        "relationships": relationships,
        "attributes": attributes,
        "splits": {"train": [1], "val": [2], "test": [3]},
    }


def scenes(made: Materials, random: Random) -> Input:
    lines = [damaged_json(SCENE, random), json.dumps({**SCENE, "image": "1.png"}).encode()]
    files = {"s.jsonl": b"\n".join(lines), **{f"{i}.png": photo for i, photo in enumerate(made.photos)}}
    if random.random() < 0.1:
        files["0.png"] = damaged_bytes(files["0.png"], random)
    return Input(random.choice((("data", "check", "s.jsonl"), _prepare("jsonl", "s.jsonl"))), files)


def _as_main(call: Callable[[], object]) -> None:
    """A function that a command calls, with the exit code that `main` gives its errors."""
    try:
        call()
    except (InputError, Sg2imError) as error:
        sys.stderr.write(f"sg2im: {error}\n".encode(errors="backslashreplace").decode())
        sys.exit(2 if isinstance(error, InputError) else 1)


def make(kind: str, made: Materials, seed: object, number: int) -> Input:
    """One input, the same for the same numbers wherever it is made."""
    return KINDS[kind](made, Random(f"{seed} {kind} {number}"))


KINDS: dict[str, Maker] = {
    "graph": graph,
    "layout": layout,
    "record": record,
    "batch": batch,
    "captions": captions,
    "sentence": sentence,
    "story": story,
    "recipe": recipe,
    "config": config,
    "judge": judge,
    "coco": coco,
    "vg": genome,
    "jsonl": scenes,
}
