"""Draws sentences and graphs that are all known before: what ``generate`` and ``render`` have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sg2im_cli.cli.request import Request
from sg2im_cli.cli.streams import print_json, print_path, say
from sg2im_cli.output.files import PICTURES
from sg2im_cli.output.pictures import PictureFiles
from sg2im_cli.provenance.record import LAST_SEED
from sg2im_errors import InputError
from sg2im_parsers.grounding.graph import require_drawable
from sg2im_parsers.scene_graph import SceneGraph

if TYPE_CHECKING:
    from sg2im_cli.painter import Painter, Painting
    from sg2im_cli.provenance.recorder import Recorder

AT_ONCE = 32
"""Pictures that are drawn before the first of them is written."""

Source = str | SceneGraph


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Which pictures a call makes, and where they go.

    Attributes:
        request: how they are made.
        sources: sentences or graphs.
        seed: of the first picture of each source.
        samples: pictures of each source.
        best_of: how many pictures are drawn to keep the best; 1 to keep all.
        files: where they go.
    """

    request: Request
    sources: tuple[Source, ...]
    seed: int
    samples: int
    best_of: int
    files: PictureFiles

    def check(self) -> None:
        """Refuse what cannot be, before anything is drawn.

        Raises:
            InputError: names the file, or the options that do not go together.
        """
        if self.seed + max(self.samples, self.best_of) - 1 > LAST_SEED:
            raise InputError(
                f"The last picture would have a seed above {LAST_SEED}; use a smaller --seed or --samples."
            )
        if self.best_of > 1 and self.samples > 1:
            raise InputError("--best-of keeps one picture, and --samples makes several; use one of them.")
        count = len(self.sources) * self.samples
        seeds = [self.seed + i % self.samples for i in range(count)]
        self.files.check(seeds, len(self.sources), seeds_known=self.best_of == 1)


def draw_all(drawing: Drawing) -> None:
    """Draw what is asked for, write files as they come, and say what a person should know.

    Raises:
        InputError: see `Drawing.check`; or a graph cannot be drawn with these weights.
    """
    drawing.check()
    from sg2im_weights import resolve

    request = drawing.request
    say_what_is_lost(request, drawing.files.target.output)
    bundle = resolve(request.weights)
    painter = request.load_painter(bundle, reads=any(isinstance(source, str) for source in drawing.sources))
    require_drawable([source for source in drawing.sources if isinstance(source, SceneGraph)], painter.vocabulary)
    recorder = request.recorder(bundle, painter) if request.metadata else None
    for index in range(len(drawing.sources)):
        _draw(painter, drawing, index, recorder)


def say_what_is_lost(request: Request, output: str | None) -> None:
    """That pictures of this name will not carry what made them: a JPEG has too little room for it."""
    kind = "" if output is None or output.endswith("/") else Path(output).suffix.lower()
    if request.metadata and not request.quiet and PICTURES.get(kind, "PNG") != "PNG":
        say(f"A {kind} does not carry what made it, so sg2im replay cannot read it; name a .png for that.")


def _draw(painter: Painter, drawing: Drawing, index: int, recorder: Recorder | None) -> None:
    """Paint one source, by its place among all of them."""
    request, source = drawing.request, drawing.sources[index]
    outputs: list[tuple[Path, int]] = []
    saved: list[Path] = []
    first: Painting | None = None
    for painting in _paintings(painter, drawing, source):
        if first is None:
            first = painting
            if not request.quiet:
                _show(painting, index, len(drawing.sources), as_predicted=request.options.enforce is False)
        for i in range(len(painting.images)):
            alone, place = painting.alone(i), index * drawing.samples + len(outputs)
            record = None if recorder is None else recorder.record(alone)
            path = drawing.files.write(alone, source, place, request.options.scale, record)
            outputs.append((path, alone.seeds[0]))
            _print_paths(request, [path])
            extras = drawing.files.write_extras(alone, place, is_first=len(outputs) == 1)
            _print_paths(request, extras)
            saved += extras
    assert first is not None
    if request.as_json:
        from sg2im_cli.cli.display.painting import painting_json

        print_json(painting_json(first, outputs, saved))


def _print_paths(request: Request, paths: Iterable[Path]) -> None:
    """What was just written, unless JSON says it when all is done."""
    for path in () if request.as_json else paths:
        print_path(path)


def _paintings(painter: Painter, drawing: Drawing, source: Source) -> Iterator[Painting]:
    enforced, strict = drawing.request.options.enforce, drawing.request.options.strict
    if drawing.best_of > 1:
        from sg2im_cli.cli.judge_score import choose_score

        score = choose_score(painter.device)
        yield painter.best_of(source, drawing.best_of, drawing.seed, enforced, strict, score)
        return
    for done in range(0, drawing.samples, AT_ONCE):
        count = min(AT_ONCE, drawing.samples - done)
        yield painter.paint(source, drawing.seed + done, count, enforced, strict)


def _show(painting: Painting, index: int, count: int, as_predicted: bool) -> None:
    from sg2im_cli.cli.display.painting import show_painting

    show_painting(painting, f"Graph {index + 1} of {count}" if count > 1 else None, as_predicted)
