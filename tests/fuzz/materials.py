"""What damaged documents are made of: small networks, pictures and a record, made once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from sg2im_cli.checkpoint import save_generator
from sg2im_cli.config import GeneratorConfig
from sg2im_cli.data.attributes import DERIVED
from sg2im_cli.data.relations import SPOKEN_RELATIONS
from sg2im_cli.evaluation.judge import Judge, JudgeConfig, save_judge
from sg2im_cli.model.generator import Generator
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights.card import build_card
from tests.conftest import SIDE, STUFF, THINGS, write_split
from tests.fuzz.running import run

PICTURES = 3


@dataclass(frozen=True)
class Materials:
    """Where things lie that are as they should be.

    Attributes:
        root: an empty directory of its own for them.
    """

    root: Path

    @property
    def weights(self) -> Path:
        return self.root / "weights"

    @property
    def judge(self) -> Path:
        return self.root / "judge"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def record(self) -> Path:
        return self.root / "record.png"

    @property
    def photos(self) -> tuple[bytes, ...]:
        return tuple((self.root / f"{i}.png").read_bytes() for i in range(PICTURES))


def make_materials(root: Path) -> Materials:
    """Make all of it, in about two seconds."""
    made = Materials(root)
    torch.manual_seed(0)
    _make_weights(made.weights)
    save_judge(made.judge, Judge(JudgeConfig(classes=("car", "dog"), image_size=64)), {"val": {}}, "# judge\n")
    rng = np.random.default_rng(0)
    (made.data / "annotations").mkdir(parents=True)
    for split in ("train", "val"):
        write_split(made.data, split, PICTURES, rng)
    for number in range(PICTURES):
        Image.fromarray(rng.integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8)).save(root / f"{number}.png")
    asked = ("-o", "record.png", "--seed", "1", "--device", "cpu", "--weights", str(made.weights))
    drawn = run(("a car on the road under the sky", *asked), root)
    assert drawn.code == 0, drawn.err
    return made


def _make_weights(path: Path) -> None:
    words = Vocabulary.from_names((*THINGS, *STUFF), SPOKEN_RELATIONS, STUFF, DERIVED)
    config = GeneratorConfig(
        image_size=(32, 32),
        embedding_dim=16,
        gconv_dim=16,
        gconv_hidden_dim=32,
        gconv_num_layers=2,
        mask_size=8,
        box_head="center",
        refinement_dims=(32, 16, 8),
        layout_noise_dim=4,
    )
    generator = Generator(config, len(words.objects), len(words.predicates), len(words.attributes)).eval()
    save_generator(path, generator, words, {"recipe": "none", "data": "none"}, build_card("tiny", "Random."))


def annotations(data: Path, kind: str = "instances") -> dict[str, object]:
    """The train split's file in COCO's form."""
    return dict(json.loads((data / "annotations" / f"{kind}_train.json").read_text()))
