"""What ``sg2im eval`` measures, with which judge, network and parser, and how far it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from sg2im_cli.checkpoint import Checkpoint, load_generator
from sg2im_cli.cli.display.tables import console
from sg2im_cli.data.sources import has_split
from sg2im_cli.evaluation.comparison import compare
from sg2im_cli.evaluation.figures import Resamples
from sg2im_cli.evaluation.judge import load_judge
from sg2im_cli.evaluation.pretrained import PictureFeatures
from sg2im_cli.evaluation.report import SECTIONS, Report, Split, evaluate, load_split, restrict
from sg2im_cli.evaluation.sheet import DrawnGraph, Page, comparison_page, report_page, sheet, to_html, to_markdown
from sg2im_cli.evaluation.subject import Subject
from sg2im_cli.evaluation.train_split import SPLIT as TRAIN
from sg2im_cli.evaluation.train_split import TrainSplit, open_train
from sg2im_cli.painter import Painter, choose_device
from sg2im_errors import InputError
from sg2im_weights import Bundle
from sg2im_weights.measuring import find_judge, find_network

if TYPE_CHECKING:
    from sg2im_parsers.english.parser import SceneGraphParser

WITHOUT_PIXELS = frozenset({"layout"})
"""Sections that need boxes only, so that no picture has to be read or drawn."""
WITH_FEATURES = frozenset({"pictures", "diversity"})
"""Sections that look at pictures by EfficientNet-Lite1."""
WITH_TRAIN = frozenset({"layout", "pictures"})
"""Sections that hold something against the train split."""


@dataclass(frozen=True)
class Asked:
    """What the command line says; see `sg2im_cli.cli.commands.eval.command`."""

    data: Path
    split: str
    all_pictures: bool
    only: tuple[str, ...] | None
    inception: str | None
    judge: str
    samples: int
    seed: int
    device: str


@dataclass(frozen=True)
class Measured:
    """What is saved and shown.

    Attributes:
        values: for JSON.
        page: for people.
        graphs: of the sheet.
    """

    values: dict[str, Any]
    page: Page
    graphs: tuple[DrawnGraph, ...]

    def text(self, kind: str) -> str:
        """The file of a kind: ``.json``, ``.md`` or ``.html``."""
        if kind == ".json":
            return json.dumps(self.values, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        return to_markdown(self.page) if kind == ".md" else to_html(self.page, self.graphs)


def measure(asked: Asked, bundles: list[Bundle]) -> Measured:
    """Measure one bundle, or two against each other.

    Raises:
        InputError: a section, a device, data or a file that cannot be used.
    """
    only = _known_sections(asked.only)
    device = choose_device(asked.device)
    pixels = not set(only) <= WITHOUT_PIXELS
    judge = load_judge(find_judge(asked.judge), device) if pixels else None
    network = None if asked.inception is None or "pictures" not in only else find_network(asked.inception)
    checkpoints = [load_generator(bundle, device) for bundle in bundles]
    features = PictureFeatures.if_installed(device) if WITH_FEATURES & set(only) else None
    splits = _on_the_same([load_split(c, asked.data, asked.split, pixels, asked.all_pictures) for c in checkpoints])
    parser = _load_parser() if "sentences" in only else None
    subjects: list[tuple[str, Subject]] = []
    reports: list[Report] = []
    with _Progress(console()) as progress:
        trains = _Trains(asked, checkpoints, features, progress.of(None))
        for bundle, checkpoint, split in zip(bundles, checkpoints, splits, strict=True):
            train, without_train = trains.of(checkpoint, split) if WITH_TRAIN & set(only) else (None, "")
            subject = Subject(
                generator=checkpoint.generator,
                data=split.scenes,
                resamples=Resamples(len(split.scenes), asked.seed),
                seed=asked.seed,
                judge=judge,
                inception=network,
                features=features,
                train=train,
                without_train=without_train,
                painter=None if parser is None else _painter(bundle, checkpoint, parser),
                samples=asked.samples,
                progress=progress.of(bundle.ref if len(bundles) > 1 else None),
            )
            subjects.append((bundle.ref, subject))
            reports.append(evaluate(subject, bundle.ref, split, only, bundle.checksum()))
    return _measured(reports, checkpoints, sheet(subjects) if pixels else ())


class _Trains:
    """The train split for each model; for two whose pictures and masks have one size it is the same."""

    def __init__(
        self,
        asked: Asked,
        checkpoints: list[Checkpoint],
        features: PictureFeatures | None,
        progress: Callable[[str, int, int], None],
    ) -> None:
        self.asked, self.features, self.progress = asked, features, progress
        self.names = frozenset.intersection(*(frozenset(c.vocabulary.object_names) for c in checkpoints))
        self.opened: dict[tuple[object, ...], TrainSplit] = {}

    def of(self, checkpoint: Checkpoint, split: Split) -> tuple[TrainSplit | None, str]:
        """The split, or why there is none."""
        if split.name == TRAIN:
            return None, "the split that is measured is that which is learned from"
        if not has_split(self.asked.data, TRAIN):
            return None, "the data has no train split"
        config = checkpoint.generator.config
        key = (config.image_size, config.mask_size, split.scenes.vocabulary.stuff)
        try:
            if key not in self.opened:
                arguments = (split.scenes, config, self.names, self.features, self.progress)
                self.opened[key] = open_train(self.asked.data, *arguments)
            found = self.opened[key]
            return (found, "") if found.items else (None, "the data has no train split")
        except InputError as error:
            return None, f"the train split cannot be used ({str(error).rstrip('.')})"


def _measured(reports: list[Report], checkpoints: list[Checkpoint], graphs: tuple[DrawnGraph, ...]) -> Measured:
    if len(reports) == 1:
        return Measured(reports[0].to_json(), report_page(reports[0]), graphs)
    words = {checkpoint.vocabulary.predicate_names for checkpoint in checkpoints}
    comparison = compare(reports[0], reports[1], same_relations=len(words) == 1)
    return Measured(comparison.to_json(), comparison_page(comparison), graphs)


def _known_sections(only: tuple[str, ...] | None) -> tuple[str, ...]:
    if only is None:
        return tuple(SECTIONS)
    for name in only:
        if name not in SECTIONS:
            raise InputError(f"There is nothing called {name!r} to measure; --only takes {', '.join(SECTIONS)}.")
    if not only:
        raise InputError(f"--only is empty; it takes {', '.join(SECTIONS)}, or leave it out.")
    return only


def _on_the_same(splits: list[Split]) -> list[Split]:
    """Two models are asked for the objects that both know."""
    if len(splits) == 1:
        return splits
    known = [frozenset(split.scenes.vocabulary.objects) for split in splits]
    return [restrict(split, known[0] & known[1]) for split in splits]


def _painter(bundle: Bundle, checkpoint: Checkpoint, parser: SceneGraphParser) -> Painter:
    return Painter(checkpoint.generator, checkpoint.vocabulary, bundle.ref, parser)


def _load_parser() -> SceneGraphParser:
    from sg2im_parsers.english.parser import SceneGraphParser
    from sg2im_parsers.english.pipeline import load_pipeline

    return SceneGraphParser(load_pipeline())


class _Progress:
    """A bar for what is under way in a terminal; elsewhere a line when something begins."""

    def __init__(self, screen: Console) -> None:
        self.screen = screen
        columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeRemainingColumn())
        self.bars = Progress(*columns, console=screen, transient=True) if screen.is_terminal else None
        self.begun: dict[str, TaskID] = {}

    def __enter__(self) -> _Progress:
        if self.bars is not None:
            self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bars is not None:
            self.bars.stop()

    def of(self, name: str | None) -> Callable[[str, int, int], None]:
        """Progress of one model; its name goes before what is done if there are two."""
        return lambda what, done, total: self._told(what if name is None else f"{name}: {what}", done, total)

    def _told(self, what: str, done: int, total: int) -> None:
        if what not in self.begun:
            if self.bars is None:
                self.screen.print(f"{what} ...", markup=False)
            self.begun[what] = TaskID(0) if self.bars is None else self.bars.add_task(what, total=total)
        if self.bars is not None:
            self.bars.update(self.begun[what], completed=done, total=total, visible=done < total)
