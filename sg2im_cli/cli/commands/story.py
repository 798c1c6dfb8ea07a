"""``sg2im story``: a sheet of pictures in which each line adds to the scene or changes it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sg2im_cli.cli.options import Device, Weights
from sg2im_cli.cli.painters import load_painter
from sg2im_cli.cli.streams import print_json, quieten_downloads, read_standard_input
from sg2im_cli.output.files import slug
from sg2im_cli.output.sheets import check_sheets, notes, write_sheets
from sg2im_cli.provenance.record import LAST_SEED, Options
from sg2im_cli.provenance.recorder import Recorder, mark
from sg2im_errors import InputError
from sg2im_parsers.graph_json import read_graphs

if TYPE_CHECKING:
    from sg2im_cli.drawing.sheet import Row, Sheet
    from sg2im_cli.painter import Painter
    from sg2im_cli.scenes.story import Step
    from sg2im_parsers.stories.story import Scene

LEGEND = "A dark rim or a thick arrow: new in this line, or said anew of what was there."


def command(
    story: Annotated[
        str, typer.Argument(help="A text with a line for each scene, or a JSON list of graphs; - reads standard input.")
    ],
    output: Annotated[
        list[Path] | None,
        typer.Option("--output", "-o", help="The sheet, as .png or .html; may be given twice. STORY.png if not given."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.")] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, max=LAST_SEED, help="Of every picture's noise; drawn at random if not given.")
    ] = None,
    weights: Weights = "default",
    device: Device = "auto",
    enforce: Annotated[
        bool, typer.Option("--enforce", help="Move what is new, as little as possible, until every relationship holds.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a line of which a word is dropped.")] = False,
    nlp: Annotated[str | None, typer.Option(help="Another installed spaCy pipeline, or its path.")] = None,
    no_metadata: Annotated[
        bool, typer.Option("--no-metadata", help="Leave out of the pictures of an .html what made them.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of paths, a scene a line.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but paths (or JSON).")] = False,
) -> None:
    """Draw a story as a sheet, a scene a line.

    Each row has graph, layout and picture.

    A line describes a scene, or begins with "and", "add", "now", "the" or "it" and adds to the scene or changes it, or
    takes from it ("without the tree", "the tree is gone"), or puts one thing for another ("replace the boat with a
    car"). What stays keeps its place, its shape and the picture's noise. Lines that begin with # are passed over.

    Example: sg2im story story.txt --seed 3 --output sheet.png --output sheet.html
    """
    quieten_downloads(quiet)
    text, where = _read(story)
    paths = output or [Path(f"{slug(Path(story).stem) if story != '-' else 'story'}.png")]
    check_sheets(paths, overwrite)
    from sg2im_weights import resolve

    bundle = resolve(weights)
    is_json = story.lower().endswith(".json") or text.lstrip()[:1] in ("[", "{")
    graphs = read_graphs(text, where) if is_json else None
    painter = load_painter(bundle, device, "float32", nlp, reads=graphs is None)
    number = secrets.randbelow(2**32) if seed is None else seed
    from sg2im_cli.scenes.story import paint_story
    from sg2im_parsers.stories.story import scenes_of

    scenes = (
        scenes_of(graphs, painter.vocabulary, strict)
        if graphs is not None
        else _scenes(text, where, painter, number, strict)
    )
    recorder = (
        None if no_metadata else Recorder(mark(bundle), Options(device=painter.device.type, enforce=enforce, nlp=nlp))
    )
    steps = []
    for step in paint_story(painter, scenes, number, enforce):
        steps.append(step)
        if not quiet:
            _show(step)
        if as_json:
            print_json(step.to_json())
    title = Path(story).stem.replace("_", " ") if story != "-" else "Story"
    write_sheets(_sheet(title, steps, recorder), paths, overwrite)
    if not as_json:
        for path in paths:
            typer.echo(os.fsencode(path))


def _read(story: str) -> tuple[str, str]:
    """What the story says, and what to call it."""
    if story == "-":
        return read_standard_input(), "standard input"
    try:
        return Path(story).read_text(encoding="utf-8-sig"), story
    except FileNotFoundError:
        raise InputError(f"There is no file {story}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{story} is not text in UTF-8; save it in UTF-8.") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{story} cannot be read: {getattr(error, 'strerror', None) or error}.") from None


def _scenes(text: str, where: str, painter: Painter, seed: int, strict: bool) -> tuple[Scene, ...]:
    from sg2im_parsers.stories.story import read_story

    try:
        return read_story(text, painter.parser, painter.vocabulary, seed, strict)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _caption(step: Step) -> str:
    scene = step.scene
    return scene.text or f"Graph {scene.number}: {', '.join(item.label for item in scene.graph.objects)}"


def _show(step: Step) -> None:
    from sg2im_cli.cli.commands.generate import show_painting
    from sg2im_cli.cli.display.tables import console, show_account

    show_painting(step.painting, _caption(step))
    if step.scene.text is None:  # a graph has no words, but some of it may be left out
        show_account(console(), step.scene.account)


def _sheet(title: str, steps: list[Step], recorder: Recorder | None) -> Sheet:
    from sg2im_cli.drawing.sheet import Sheet

    first = steps[0].painting
    made = f"Seed {first.seeds[0]}, weights {first.weights}."
    return Sheet(title, tuple(_row(step, recorder) for step in steps), (LEGEND, made) if len(steps) > 1 else (made,))


def _row(step: Step, recorder: Recorder | None) -> Row:
    from dataclasses import replace

    from sg2im_cli.drawing.sheet import Row
    from sg2im_cli.output.encode import encode

    painting = step.painting
    # a line that adds says only part of what its picture shows
    whole = painting if step.scene.kind == "scene" else replace(painting, text=None)
    record = None if recorder is None else recorder.record(whole)
    png = encode(painting.images[0], Path("picture.png"), record)
    told = notes(painting, step.scene.account)
    return Row(_caption(step), painting.graph, painting.images[0], step.marks, told, png)
