"""``sg2im story``: a sheet of pictures in which each line adds to the scene or changes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sg2im_cli.cli import options
from sg2im_cli.cli.request import Request, chosen_seed
from sg2im_cli.cli.streams import print_json, print_path, quieten_downloads, read_standard_input
from sg2im_cli.output.encoding import require_no_utf16
from sg2im_cli.output.files import slug
from sg2im_cli.output.sheets import check_sheets, notes, write_sheets
from sg2im_cli.provenance.record import Options
from sg2im_errors import InputError
from sg2im_parsers.graph_json import read_graphs
from sg2im_parsers.text_files import read_bytes

if TYPE_CHECKING:
    from sg2im_cli.drawing.arrangement import Places
    from sg2im_cli.drawing.sheet import Row, Sheet
    from sg2im_cli.painter import Painter
    from sg2im_cli.provenance.recorder import Recorder
    from sg2im_cli.scenes.story import Step
    from sg2im_parsers.stories.story import Scene

LEGEND = "A dark rim or a thick arrow: new in this line, or said anew of what was there."


def command(
    story: Annotated[
        str,
        typer.Argument(help="A text with one line for each scene, or a JSON list of graphs; - reads standard input."),
    ],
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The sheet, as .png or .html; may be given twice. STORY.png if not given.",
        ),
    ] = None,
    overwrite: options.Overwrite = False,
    seed: Annotated[
        int | None, options.seed_option("Seed of the noise, the same for every picture. Drawn at random if not given.")
    ] = None,
    weights: options.Weights = "default",
    device: options.Device = "auto",
    enforce: Annotated[
        bool,
        typer.Option(
            "--enforce/--no-enforce",
            help="Move what is new as little as needed until every relationship holds, or leave it as predicted.",
        ),
    ] = True,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a line if one of its words would be dropped.")
    ] = False,
    no_scenes: options.NoScenes = False,
    nlp: options.Nlp = None,
    no_metadata: options.NoSheetMetadata = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON instead of paths, one line for each scene.")
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Draw a story as one sheet, with a row for each line.

    Each row has graph, layout and picture.

    A line describes a new scene, or begins with "and", "add", "now", "the" or "it" and changes the scene before. Lines
    can also take things away ("without the tree", "the tree is gone") or replace them ("replace the boat with a car").
    What stays keeps its place, its shape and the picture's noise. Lines that begin with # are ignored.

    Example: sg2im story story.txt --seed 3 -o sheet.png -o sheet.html
    """
    quieten_downloads(quiet)
    text, where = _read(story)
    paths = output or [Path(f"{slug(Path(story).stem) if story != '-' else 'story'}.png")]
    check_sheets(paths, overwrite)
    from sg2im_weights import resolve

    request = Request(
        weights=weights,
        options=Options(device=device, enforce=None if enforce else False, nlp=nlp, scenes=not no_scenes),
        overwrite=overwrite,
        metadata=not no_metadata,
        as_json=as_json,
        quiet=quiet,
    )
    bundle = resolve(weights)
    is_json = story.lower().endswith(".json") or text.lstrip()[:1] in ("[", "{")
    graphs = read_graphs(text, where) if is_json else None
    painter = request.load_painter(bundle, reads=graphs is None)
    number = chosen_seed(seed)
    from sg2im_cli.scenes.story import paint_story
    from sg2im_parsers.stories.story import scenes_of

    scenes = (
        scenes_of(graphs, painter.vocabulary, strict)
        if graphs is not None
        else _scenes(text, where, painter, number, strict)
    )
    recorder = request.recorder(bundle, painter) if request.metadata else None
    steps = []
    for step in paint_story(painter, scenes, number, enforce):
        steps.append(step)
        if not quiet:
            _show(step, as_predicted=not enforce)
        if as_json:
            print_json(step.to_json())
    title = Path(story).stem.replace("_", " ") if story != "-" else "Story"
    write_sheets(_sheet(title, steps, recorder), paths, overwrite)
    if not as_json:
        for path in paths:
            print_path(path)


def _read(story: str) -> tuple[str, str]:
    """What the story says, and what to call it."""
    if story == "-":
        return read_standard_input(), "standard input"
    try:
        data = read_bytes(Path(story))
        require_no_utf16(data, story)
        return data.decode("utf-8-sig"), story
    except FileNotFoundError:
        raise InputError(f"There is no file {story}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{story} is not text in UTF-8; save it in UTF-8.") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{story} cannot be read: {getattr(error, 'strerror', None) or error}.") from None


def _scenes(text: str, where: str, painter: Painter, seed: int, strict: bool) -> tuple[Scene, ...]:
    from sg2im_parsers.stories.story import read_story

    try:
        return read_story(text, painter.parser, painter.vocabulary, seed, strict, painter.scenes)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _caption(step: Step) -> str:
    scene = step.scene
    return scene.text or f"Graph {scene.number}: {', '.join(item.label for item in scene.graph.objects)}"


def _show(step: Step, as_predicted: bool) -> None:
    from sg2im_cli.cli.display.painting import show_painting
    from sg2im_cli.cli.display.tables import console, show_account

    show_painting(step.painting, _caption(step), as_predicted)
    if step.scene.text is None:  # a graph has no words, but some of it may be left out
        show_account(console(), step.scene.account)


def _sheet(title: str, steps: list[Step], recorder: Recorder | None) -> Sheet:
    from sg2im_cli.drawing.sheet import Sheet
    from sg2im_cli.drawing.together import places_together

    places = places_together([step.painting.graph for step in steps], [step.scene.kept for step in steps])
    rows = tuple(_row(step, at, recorder) for step, at in zip(steps, places, strict=True))
    first = steps[0].painting
    made = f"Seed {first.seeds[0]}, weights {first.weights}."
    return Sheet(title, rows, (LEGEND, made) if len(steps) > 1 else (made,))


def _row(step: Step, places: Places, recorder: Recorder | None) -> Row:
    from dataclasses import replace

    from sg2im_cli.drawing.sheet import Row
    from sg2im_cli.output.encode import encode

    painting = step.painting
    # a line that adds says only part of what its picture shows
    whole = painting if step.scene.kind == "scene" else replace(painting, text=None)
    record = None if recorder is None else recorder.record(whole)
    png = encode(painting.images[0], Path("picture.png"), record)
    told = notes(painting, step.scene.account)
    return Row(_caption(step), painting.graph, painting.images[0], step.marks, told, png, places)
