"""The judge: a small network that names objects cut out of pictures, trained on real ones only.

How often it names a generated object as it was asked for, beside how often it names real ones rightly, says whether
objects can be recognised; the Fréchet distance of its features says how far generated objects are from real ones. It
shares nothing with the discriminators that a generator is trained against.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from sg2im_cli.config import ConfigError, read
from sg2im_cli.config.bounds import between, require
from sg2im_cli.model.crops import crop_objects
from sg2im_errors import InputError, Sg2imError

FORMAT_VERSION = 1
LIBRARY = "sg2im-judge"
CONFIG, TENSORS, CARD = "config.json", "model.safetensors", "README.md"


@dataclass(frozen=True, kw_only=True)
class JudgeConfig:
    """What a judge is made of.

    Attributes:
        classes: names of the objects that it tells apart.
        image_size: side in pixels of the pictures that it cuts crops from; others are resized to it.
        crop_size: side in pixels of a crop as the network sees it.
        context: share of a box's width and height that is added on each side, as far as the picture goes.
        widths: channels after the stem and after each block; each block halves the side.
        features: size of the vector from which classes are read off.
    """

    classes: tuple[str, ...]
    image_size: int = 64
    crop_size: int = 32
    context: float = 0.25
    widths: tuple[int, ...] = (24, 48, 96, 192)
    features: int = 128

    def __post_init__(self) -> None:
        problems = between(self, 8, 4096, "image_size", "crop_size") + between(self, 0, 10, "context")
        problems += between(self, 1, 4096, "widths", "features")
        if not 1 <= len(self.widths) <= 12:
            problems.append("widths must name from 1 to 12 numbers of channels")
        require(problems)


class Judge(nn.Module):
    """Pictures and boxes to features and classes of what is in the boxes.

    Args:
        config: see `JudgeConfig`.
    """

    def __init__(self, config: JudgeConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        self.stem = nn.Sequential(nn.Conv2d(3, widths[0], 3, padding=1, bias=False), nn.BatchNorm2d(widths[0]))
        self.blocks = nn.Sequential(*(_Block(a, b) for a, b in pairwise(widths)))
        self.embed = nn.Linear(widths[-1], config.features)
        self.classify = nn.Linear(config.features, len(config.classes))
        self.ids = {name: i for i, name in enumerate(config.classes)}

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Crops (O, 3, S, S) in [0, 1] to features (O, F) and logits (O, C)."""
        found = self.stem((crops - 0.5) * 4).relu()
        features = self.embed(self.blocks(found).mean((2, 3)))
        return features, self.classify(features)

    def crop(self, images: Tensor, boxes: Tensor, obj_to_img: Tensor) -> Tensor:
        """Cut objects out of pictures, with some of what is around them.

        The shape of a box and its place in the picture cannot be told from the crop: it is always a square, and
        nothing is added where the picture ends.

        Args:
            images: (N, 3, H, W) in [0, 1], of any size.
            boxes: (O, 4).
            obj_to_img: (O,).

        Returns:
            (O, 3, S, S) in [0, 1].
        """
        side, size = self.config.image_size, self.config.crop_size
        if images.shape[2:] != (side, side):
            images = functional.interpolate(images, (side, side), mode="bilinear", antialias=True, align_corners=False)
        twice = crop_objects(images, self._surroundings(boxes), obj_to_img, 2 * size)
        return functional.avg_pool2d(twice, 2)

    def _surroundings(self, boxes: Tensor) -> Tensor:
        """Boxes with their context, inside the picture; one without a size becomes a small one."""
        boxes = boxes.float().nan_to_num(0.0, 1.0, 0.0)
        low, high = torch.minimum(boxes[:, :2], boxes[:, 2:]), torch.maximum(boxes[:, :2], boxes[:, 2:])
        margin = self.config.context * (high - low).clamp_min(1 / self.config.image_size)
        least = 2 / self.config.image_size
        low = (low - margin).clamp(0, 1 - least)
        return torch.cat([low, torch.maximum((high + margin).clamp(0, 1), low + least)], dim=1)

    @torch.no_grad()
    def look(self, images: Tensor, boxes: Tensor, obj_to_img: Tensor, batch_size: int = 256) -> tuple[Tensor, Tensor]:
        """Features (O, F) and logits (O, C) of the objects in pictures, so many at a time.

        Args:
            images: (N, 3, H, W) in [0, 1].
            boxes: (O, 4).
            obj_to_img: (O,).
            batch_size: objects at a time; in eval mode what is found does not depend on it.
        """
        parts = [
            self(self.crop(images, boxes[i : i + batch_size], obj_to_img[i : i + batch_size]))
            for i in range(0, max(1, len(boxes)), batch_size)
        ]
        features, logits = zip(*parts, strict=True)
        return torch.cat(features).float(), torch.cat(logits).float()

    def class_ids(self, names: Sequence[str]) -> Tensor:
        """(O,) classes of objects with these names; -1 for names that it does not know."""
        return torch.tensor([self.ids.get(name, -1) for name in names], dtype=torch.int64)


class _Block(nn.Module):
    """Two 3x3 convolutions beside a 1x1 one, to half the side."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.path = nn.Sequential(
            nn.Conv2d(channels, out, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(),
            nn.Conv2d(out, out, 3, padding=1, bias=False),
            nn.BatchNorm2d(out),
        )
        self.shortcut = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(channels, out, 1, bias=False), nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        """(O, C, S, S) to (O, C', S / 2, S / 2)."""
        found: Tensor = (self.path(x) + self.shortcut(x)).relu()
        return found


@dataclass(frozen=True)
class LoadedJudge:
    """A judge in eval mode, and what its file says of it.

    Attributes:
        judge: the network.
        trained: on what and how, and its accuracy on real crops.
        checksum: SHA-256 of its weights; figures of different judges must not be compared.
    """

    judge: Judge
    trained: Mapping[str, Any]
    checksum: str


def save_judge(directory: Path, judge: Judge, trained: Mapping[str, Any], card: str) -> None:
    """Write a judge as a whole or not at all; weights in half precision.

    Args:
        directory: empty, or not there yet.
        judge: what to save.
        trained: on what and how, and its accuracy on real crops.
        card: what people should know, as Markdown.

    Raises:
        InputError: something is there already.
        Sg2imError: it could not be written, as on a full disk.
    """
    require_free(directory)
    part = directory.with_name(f".{directory.name}.{uuid.uuid4().hex[:8]}")
    try:
        part.mkdir(parents=True)
        _fill(part, judge, trained, card)
        part.rename(directory)  # an empty directory gives way
    except Exception as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error).strip().splitlines()[0]
        raise Sg2imError(f"The judge {directory} could not be written: {reason}.") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def require_free(directory: Path) -> None:
    """Refuse a place where something is.

    Raises:
        InputError: it is no empty directory.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InputError(f"{directory} exists; name another place for the judge.")


def _fill(folder: Path, judge: Judge, trained: Mapping[str, Any], card: str) -> None:
    from safetensors.torch import save_file

    state = {name: t for name, t in judge.state_dict().items() if not name.endswith("num_batches_tracked")}
    tensors = {name: tensor.detach().cpu().half().contiguous() for name, tensor in state.items()}
    save_file(tensors, folder / TENSORS, {"format": "pt"})
    (folder / CARD).write_text(card, encoding="utf8")
    whole = {"format_version": FORMAT_VERSION, "library_name": LIBRARY, "judge": asdict(judge.config)}
    text = json.dumps({**whole, "trained": dict(trained)}, indent=1, ensure_ascii=False)
    (folder / CONFIG).write_text(text + "\n", encoding="utf8")
    (folder / TENSORS).chmod((folder / CONFIG).stat().st_mode)  # safetensors makes it for its owner's eyes only


def load_judge(directory: Path, device: torch.device | str = "cpu") -> LoadedJudge:
    """Read a judge.

    Raises:
        InputError: the directory holds none, or a damaged one; the message names the file.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from sg2im_weights.bundle import sha256

    config, trained = _read_config(directory / CONFIG)
    judge = Judge(config)
    path = directory / TENSORS
    try:
        state = load_file(path)
        counters = {k: v for k, v in judge.state_dict().items() if k.endswith("num_batches_tracked")}
        judge.load_state_dict({**counters, **{name: tensor.float() for name, tensor in state.items()}})
    except (SafetensorError, OSError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".:")
        raise InputError(f"{path} cannot be used as a judge: {reason}.") from None
    return LoadedJudge(judge.eval().requires_grad_(False).to(device), trained, sha256(path))


def _read_config(path: Path) -> tuple[JudgeConfig, dict[str, Any]]:
    try:
        data = json.loads(path.read_text(encoding="utf8"))
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}; --judge takes what sg2im judge made."
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read as JSON: {error}.") from None
    if not isinstance(data, dict) or data.get("library_name") != LIBRARY:
        raise InputError(f"{path} is not the configuration of a judge (no library_name {LIBRARY!r}).")
    if data.get("format_version") != FORMAT_VERSION:
        raise InputError(f"{path} has format_version {data.get('format_version')!r}, and this sg2im reads 1.")
    try:
        settings = {f.name: data["judge"][f.name] for f in fields(JudgeConfig)}
        return read(JudgeConfig, settings, "judge"), dict(data["trained"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} does not describe a judge: {error!r}.") from None
    except ConfigError as error:
        raise InputError(f"{path} does not describe a judge: {error}") from None
