"""``sg2im "a sentence"``: draw a sentence or a scene graph."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sg2im_cli.cli import options
from sg2im_cli.cli.commands import batch
from sg2im_cli.cli.options import Precision
from sg2im_cli.cli.painters import load_painter
from sg2im_cli.cli.streams import print_json, quieten_downloads, read_standard_input, read_text
from sg2im_cli.output.batch.naming import Names
from sg2im_cli.output.encode import check_graph_file, encode, enlarge, graph_file, layout_file
from sg2im_cli.output.files import (
    Target,
    fill_in,
    is_pattern,
    require_different,
    require_known_parts,
    require_new,
    write_file,
)
from sg2im_cli.provenance.record import LAST_SEED, Options
from sg2im_cli.provenance.recorder import Recorder, mark
from sg2im_errors import InputError
from sg2im_parsers.graph_json import graph_to_json, load_graphs, read_graphs
from sg2im_parsers.grounding.graph import require_drawable
from sg2im_parsers.scene_graph import SceneGraph

if TYPE_CHECKING:
    from sg2im_cli.painter import Painter, Painting

AT_ONCE = 32
"""Pictures that are drawn before the first of them is written."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to draw, and what to do with it.

    Attributes:
        sources: sentences or graphs.
        seed: of the first picture.
        samples: pictures of each source.
        target: where the pictures go.
        scale: how much a saved picture is enlarged.
        enforce: whether boxes are moved until the relationships hold.
        strict: whether a sentence is refused of which a word is dropped.
        save_graph: where the first picture's graph goes, too; or each one's, by a name with {seed} or {index}.
        save_layout: where the layout goes, too, likewise.
        save_masks: whether a layout that is saved as JSON has masks.
        best_of: how many pictures are drawn to keep the best; 1 to keep all.
        as_json: whether JSON is printed in place of paths.
        quiet: whether nothing else is printed.
        recorder: says in each PNG what made it; None to leave it out.
    """

    sources: tuple[str | SceneGraph, ...]
    seed: int
    samples: int
    target: Target
    scale: int
    enforce: bool
    strict: bool
    save_graph: Path | None
    save_layout: Path | None
    as_json: bool
    quiet: bool
    save_masks: bool = False
    best_of: int = 1
    recorder: Recorder | None = None


@dataclass(frozen=True)
class Made:
    """One source's pictures and their files.

    Attributes:
        painting: the first pictures, with all that all of them have in common.
        outputs: file and seed of every picture.
    """

    painting: Painting
    outputs: tuple[tuple[Path, int], ...]

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        from sg2im_cli.painter.painting import without_masks

        painting = self.painting
        return {
            "text": painting.text,
            "seed": painting.seeds[0],
            "weights": painting.weights,
            "outputs": [{"path": str(path), "seed": seed} for path, seed in self.outputs],
            "graph": graph_to_json(without_masks(painting.graph)),
            "account": painting.account_json(),
            **({} if painting.choice is None else {"best_of": painting.choice.to_json()}),
        }


def command(
    text: options.Text = None,
    scene_graph: options.SceneGraphs = None,
    file: options.File = None,
    output: options.Output = None,
    overwrite: options.Overwrite = False,
    seed: options.Seed = None,
    samples: options.Samples = 1,
    weights: options.Weights = "default",
    device: options.Device = "auto",
    dtype: options.Dtype = Precision.float32,
    enforce: options.Enforce = False,
    strict: options.Strict = False,
    scale: options.Scale = 1,
    save_graph: options.SaveGraph = None,
    save_layout: options.SaveLayout = None,
    save_masks: options.SaveMasks = False,
    best_of: options.BestOf = 1,
    nlp: options.Nlp = None,
    no_metadata: options.NoMetadata = False,
    manifest: options.Manifest = None,
    batch_size: options.BatchSize = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Draw a sentence, a scene graph, or each line of a file.

    Example: sg2im "a car on the street beside buildings" --seed 7 --output car.png
    """
    quieten_downloads(quiet)
    how = Options(device=device, dtype=dtype.value, enforce=enforce, strict=strict, scale=scale, nlp=nlp)
    options.require_one_source(text, scene_graph, file)
    if file is not None:
        options.refuse(save_graph=save_graph, save_layout=save_layout, why=options.ALONE)
        options.refuse(save_masks=save_masks or None, best_of=None if best_of == 1 else best_of, why=options.ALONE)
        batch.run(
            batch.BatchRequest(
                file=file,
                names=Names(output, seed or 0, samples),
                manifest=manifest,
                overwrite=overwrite,
                batch_size=batch_size,
                weights=weights,
                options=how,
                metadata=not no_metadata,
                as_json=as_json,
                quiet=quiet,
            )
        )
        return
    options.refuse(manifest=manifest, batch_size=batch_size, why="goes with --file")
    sources = _sources(text, scene_graph)
    request = Request(
        sources=sources,
        seed=secrets.randbelow(2**32) if seed is None else seed,
        samples=samples,
        target=Target(output, overwrite, many=len(sources) * samples > 1),
        scale=scale,
        enforce=enforce,
        strict=strict,
        save_graph=save_graph,
        save_layout=save_layout,
        as_json=as_json,
        quiet=quiet,
        save_masks=save_masks,
        best_of=best_of,
    )
    check_request(request)
    draw_all(request, weights, how, with_records=not no_metadata)


def draw_all(request: Request, weights: str, how: Options, with_records: bool) -> None:
    """Draw what is asked for.

    Args:
        request: checked.
        weights: as the user named them.
        how: device as the user named it.
        with_records: whether each PNG says what made it.
    """
    from sg2im_weights import resolve

    bundle = resolve(weights)
    reads = any(isinstance(source, str) for source in request.sources)
    painter = load_painter(bundle, how.device, how.dtype, how.nlp, reads)
    graphs = [source for source in request.sources if isinstance(source, SceneGraph)]
    require_drawable(graphs, painter.vocabulary)
    if with_records:
        recorder = Recorder(mark(bundle), replace(how, device=painter.device.type))
        request = replace(request, recorder=recorder)
    for index, source in enumerate(request.sources):
        made = draw(painter, request, source, index)
        if request.as_json:
            print_json(made.to_json())


def draw(painter: Painter, request: Request, source: str | SceneGraph, index: int) -> Made:
    """Paint one source, write its files as they come, and say what a person should know.

    Args:
        painter: draws it.
        request: what is asked for.
        source: a sentence or a graph.
        index: its place among the sources.
    """
    outputs: list[tuple[Path, int]] = []
    first: Painting | None = None
    for painting in _paintings(painter, request, source):
        if first is None:
            first = painting
            if not request.quiet:
                show_painting(
                    painting, f"Graph {index + 1} of {len(request.sources)}" if len(request.sources) > 1 else None
                )
        for i in range(len(painting.images)):
            alone, place = painting.alone(i), index * request.samples + len(outputs)
            outputs.append(_write(request, alone, source, place))
            _save_extras(request, alone, place, is_first=len(outputs) == 1)
    assert first is not None
    return Made(first, tuple(outputs))


def _paintings(painter: Painter, request: Request, source: str | SceneGraph) -> Iterator[Painting]:
    if request.best_of > 1:
        from sg2im_cli.cli.judge_score import choose_score

        score = choose_score(painter.device)
        yield painter.best_of(source, request.best_of, request.seed, request.enforce, request.strict, score)
        return
    for done in range(0, request.samples, AT_ONCE):
        count = min(AT_ONCE, request.samples - done)
        yield painter.paint(source, request.seed + done, count, request.enforce, request.strict)


def _write(request: Request, painting: Painting, source: str | SceneGraph, place: int) -> tuple[Path, int]:
    """One picture's file and seed."""
    seed = painting.seeds[0]
    path = request.target.path(title(source), seed, place)
    record = None if request.recorder is None else request.recorder.record(painting)
    request.target.write(path, encode(enlarge(painting.images[0], request.scale), path, record))
    if not request.as_json:
        typer.echo(os.fsencode(path))  # its very bytes, whatever the terminal's encoding
    return path, seed


def title(source: str | SceneGraph) -> str:
    """What files are named after."""
    return source if isinstance(source, str) else " ".join(item.label for item in source.objects)


def _sources(text: str | None, scene_graph: str | None) -> tuple[str | SceneGraph, ...]:
    if scene_graph == "-":
        return read_graphs(read_standard_input(), "standard input")
    if scene_graph is not None:
        return load_graphs(Path(scene_graph))
    return (read_text(text or "").strip(),)


def check_request(request: Request) -> None:
    """Refuse files that exist, and others that cannot be written, before anything is drawn.

    Raises:
        InputError: names the file, or the options that do not go together.
    """
    if request.seed + max(request.samples, request.best_of) - 1 > LAST_SEED:
        raise InputError(f"The last picture would have a seed above {LAST_SEED}; use a smaller --seed or --samples.")
    if request.best_of > 1 and request.samples > 1:
        raise InputError("--best-of keeps one picture, and --samples makes several; use one of them.")
    if request.save_masks and (request.save_layout is None or request.save_layout.suffix.lower() != ".json"):
        raise InputError("--save-masks is for a layout that is saved as JSON; name it with --save-layout FILE.json.")
    request.target.check()
    paths: list[Path] = []
    for path in (request.save_graph, request.save_layout):
        if path is not None:
            paths += _checked_extras(request, path)
    if request.target.named and (request.best_of == 1 or "{seed}" not in str(request.target.output)):
        paths += [request.target.path("", seed, i) for i, seed in enumerate(_seeds(request))]
    require_different(paths)


def _checked_extras(request: Request, path: Path) -> list[Path]:
    """The files of graphs or layouts, as far as their names are known before the pictures."""
    check_graph_file(path, request.target.overwrite)
    require_known_parts(str(path))
    if is_pattern(str(path)):
        unknown = request.best_of > 1 and "{seed}" in str(path)
        files = [] if unknown else [fill_in(str(path), seed, i) for i, seed in enumerate(_seeds(request))]
        for file in files:
            require_new(file, request.target.overwrite)
        return files
    if len(request.sources) > 1:
        raise InputError(
            f"{path} is for one graph, and there are {len(request.sources)} in the file; use {{index}} in the name."
        )
    return [path]


def _seeds(request: Request) -> list[int]:
    """Of each picture, in the order of their indices."""
    return [request.seed + i % request.samples for i in range(len(request.sources) * request.samples)]


def _save_extras(request: Request, painting: Painting, place: int, is_first: bool) -> None:
    """Graph and layout of a picture: of each one, or of the first if there is one name."""
    if (path := _extra(request.save_graph, painting.seeds[0], place, is_first)) is not None:
        write_file(path, graph_file(painting.asked, path), request.target.overwrite)
    if (path := _extra(request.save_layout, painting.seeds[0], place, is_first)) is not None:
        write_file(path, layout_file(painting, path, request.save_masks), request.target.overwrite)


def _extra(path: Path | None, seed: int, place: int, is_first: bool) -> Path | None:
    if path is None or not (is_first or is_pattern(str(path))):
        return None
    return fill_in(str(path), seed, place)


def show_painting(painting: Painting, heading: str | None) -> None:
    """What a person should know of a picture, on standard error."""
    from sg2im_cli.cli.display.tables import can_preview, chosen, console, preview, show_account, show_graph
    from sg2im_cli.steering.statements import said

    screen = console()
    if heading is not None:
        screen.print(heading, style="bold underline", markup=False)
    if painting.account.words or painting.account.remarks:
        show_account(screen, painting.account)
        screen.print()
    show_graph(screen, painting.graph, painting.checks, painting.place_checks)
    screen.print()
    for statement in painting.given_up:
        screen.print(f"Not enforced, it contradicts the others: {said(statement, painting.graph)}.", markup=False)
    if painting.surroundings and painting.surroundings[0]:
        filled = ", ".join(f"{item.category} ({item.share:.0%})" for item in painting.surroundings[0])
        screen.print(f"Not said, filled in: {filled}.", markup=False)
    if painting.choice is not None:
        screen.print(chosen(painting.choice), markup=False)
    screen.print(f"seed {painting.seeds[0]}, weights {painting.weights}", markup=False)
    if can_preview(screen):
        screen.print(preview(painting.images[0], screen.width))
