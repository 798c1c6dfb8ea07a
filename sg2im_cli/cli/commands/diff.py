"""``sg2im diff``: two sentences, their pictures, and what changed from one to the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sg2im_cli.cli import options
from sg2im_cli.cli.request import Request, chosen_seed
from sg2im_cli.cli.streams import print_json, print_path, quieten_downloads, read_text
from sg2im_cli.output.encode import encode
from sg2im_cli.output.sheets import check_sheets, notes, write_sheets
from sg2im_cli.provenance.record import Options
from sg2im_parsers.graph_json import graph_to_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sg2im_cli.drawing.parts import Marks
    from sg2im_cli.drawing.sheet import Row
    from sg2im_cli.painter import Painter, Painting
    from sg2im_cli.provenance.recorder import Recorder
    from sg2im_cli.scenes.comparison import Comparison, Move

STILL = 0.005
"""A box that went less far, of 1, is where it was."""

LEGEND = "A dark rim or a thick arrow: only in this one, or a box whose middle went further than 5 % of the picture."


def command(
    first: Annotated[str, typer.Argument(help="First sentence, in quotes.")],
    second: Annotated[str, typer.Argument(help="Second sentence.")],
    seed: Annotated[
        int | None, options.seed_option("Seed of the noise of both pictures. Drawn at random if not given.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Objects that both have keep the first picture's boxes and masks.")
    ] = False,
    output: options.Sheets = None,
    overwrite: options.Overwrite = False,
    weights: options.Weights = "default",
    device: options.Device = "auto",
    enforce: options.Enforce = None,
    strict: options.Strict = False,
    nlp: options.Nlp = None,
    no_metadata: options.NoSheetMetadata = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables and paths.")] = False,
    quiet: options.Quiet = False,
) -> None:
    """Compare two sentences and their pictures.

    Prints which objects and relationships were added, removed and kept, and how far boxes moved.

    Both pictures have the same noise. Each has its own layout; with --keep, objects that both have keep the boxes and
    masks of the first picture. Shapes that are drawn at random are the same for what both have.

    Example: sg2im diff "a sheep by a tree" "a sheep by a boat" -o diff.png
    """
    quieten_downloads(quiet)
    texts = [read_text(text).strip() for text in (first, second)]
    paths = output or []
    check_sheets(paths, overwrite)
    from sg2im_weights import resolve

    request = Request(
        weights=weights,
        options=Options(device=device, enforce=enforce, strict=strict, nlp=nlp),
        overwrite=overwrite,
        metadata=not no_metadata,
        as_json=as_json,
        quiet=quiet,
    )
    bundle = resolve(weights)
    painter = request.load_painter(bundle, reads=True)
    drawing = _Drawing(painter, chosen_seed(seed), request.options)
    one = drawing.paint(texts[0])
    two = drawing.paint_after(one, texts[1], keep)
    from sg2im_cli.scenes.comparison import compare

    found = compare(one.graph, two.graph)
    if paths:
        recorder = request.recorder(bundle, painter) if request.metadata else None
        _write((one, two), found, recorder, paths, overwrite)
    if as_json:
        print_json(_as_json((one, two), found, keep, paths))
        return
    if not quiet:
        _show((one, two), found)
    for path in paths:
        print_path(path)


@dataclass(frozen=True)
class _Drawing:
    painter: Painter
    seed: int
    options: Options

    def paint(self, text: str) -> Painting:
        return self.painter.paint(text, self.seed, enforced=self.options.enforce, strict=self.options.strict)

    def paint_after(self, before: Painting, text: str, keep: bool) -> Painting:
        """Another sentence, with the seeds, and if asked the layout, of what a picture before it has, too."""
        from sg2im_parsers.stories.alignment import keep_layout, keep_seeds, pin_boxes

        grounded = self.painter.ground(text, self.seed, self.options.strict)
        graph = (keep_layout if keep else keep_seeds)(grounded.graph, before.graph)
        graph = pin_boxes(graph) if self.options.enforce and keep else graph
        painting = self.painter.paint(graph, self.seed, enforced=self.options.enforce)
        return replace(painting, text=text, account=grounded.account)


def _pixels(one: Painting, two: Painting) -> float:
    """How far the colours of both pictures are from each other on average, of 255."""
    from PIL import ImageChops, ImageStat

    return sum(ImageStat.Stat(ImageChops.difference(one.images[0], two.images[0])).mean) / 3


def _as_json(pair: tuple[Painting, Painting], found: Comparison, keep: bool, paths: list[Path]) -> dict[str, Any]:
    graphs = [_without_masks(painting) for painting in pair]
    return {
        "seed": pair[0].seeds[0],
        "weights": pair[0].weights,
        "keep": keep,
        "outputs": [{"path": str(path)} for path in paths],
        **{
            name: {"text": painting.text, "graph": graph, "account": painting.account.to_json()}
            for name, painting, graph in zip(("first", "second"), pair, graphs, strict=True)
        },
        "changes": {**found.to_json(), "mean_pixel_difference": round(_pixels(*pair), 2)},
    }


def _without_masks(painting: Painting) -> dict[str, Any]:
    items = tuple(replace(item, mask=None) for item in painting.graph.objects)
    return graph_to_json(replace(painting.graph, objects=items))


def _write(
    pair: tuple[Painting, Painting], found: Comparison, recorder: Recorder | None, paths: list[Path], overwrite: bool
) -> None:
    from sg2im_cli.drawing.sheet import Sheet

    rows = tuple(_row(painting, marks, recorder) for painting, marks in zip(pair, found.marks, strict=True))
    made = f"Seed {pair[0].seeds[0]}, weights {pair[0].weights}."
    write_sheets(Sheet("What changed", rows, (LEGEND, made)), paths, overwrite)


def _row(painting: Painting, marks: Marks, recorder: Recorder | None) -> Row:
    from sg2im_cli.drawing.sheet import Row

    record = None if recorder is None else recorder.record(painting)
    png = encode(painting.images[0], Path("picture.png"), record)
    told = notes(painting, painting.account)
    return Row(painting.text or "", painting.graph, painting.images[0], marks, told, png)


def _show(pair: tuple[Painting, Painting], found: Comparison) -> None:
    from sg2im_cli.cli.display.tables import console

    screen = console(error=False)
    for painting in pair:
        for note in notes(painting, painting.account):
            screen.print(f"{painting.text}: {note}", style="yellow", markup=False)
    screen.print(_objects(found))
    if found.before.relationships or found.after.relationships:
        screen.print()
        screen.print(_relationships(found))
    screen.print()
    colors = f"the colours of both pictures differ by {_pixels(*pair):.1f} of 255 on average"
    screen.print(f"seed {pair[0].seeds[0]}, weights {pair[0].weights}; {colors}", markup=False)
    _preview(screen, pair)


def _preview(screen: Console, pair: tuple[Painting, Painting]) -> None:
    from rich.columns import Columns

    from sg2im_cli.cli.display.tables import can_preview, preview

    if can_preview(screen):
        width = max(8, screen.width // 2 - 2)
        screen.print(Columns([preview(painting.images[0], width) for painting in pair], padding=(0, 2)))


STYLES = {"kept": "dim", "added": "green", "removed": "red"}


def _objects(found: Comparison) -> Table:
    moves = {move.after: move for move in found.moves}
    rows = [("kept", _described(found, b, a), _moved(moves.get(a))) for b, a in found.kept]
    rows += [("removed", found.before.objects[i].label, "") for i in found.removed]
    rows += [("added", found.after.objects[i].label, "") for i in found.added]
    return _table("Objects", ("", "object", "its box"), rows)


def _described(found: Comparison, before: int, after: int) -> str:
    """An object of both, and what else is said of it: "car, now blue, no longer red"."""
    gone, new = found.attributes(before, after)
    said = [f"now {' and '.join(new)}"] if new else []
    said += [f"no longer {' and '.join(gone)}"] if gone else []
    return ", ".join([found.after.objects[after].label, *said])


def _relationships(found: Comparison) -> Table:
    from sg2im_cli.scenes.comparison import in_words

    rows = [("kept", in_words(found.after, found.after.relationships[a])) for _, a in found.told]
    rows += [("removed", in_words(found.before, found.before.relationships[i])) for i in found.untold]
    rows += [("added", in_words(found.after, found.after.relationships[i])) for i in found.told_anew]
    return _table("Relationships", ("", "relationship"), rows)


def _table(title: str, headings: tuple[str, ...], rows: list[Any]) -> Table:
    from rich.text import Text

    from sg2im_cli.cli.display.tables import plain_table

    table = plain_table(title)
    for heading in headings:
        table.add_column(heading)
    for kind, *cells in rows:
        table.add_row(Text(kind, style=STYLES[kind]), *map(Text, cells))
    return table


def _moved(move: Move | None) -> str:
    """How far a box went and how it grew: "0.12 away: 0.10 to the right, 0.06 down; 1.25 times as wide"."""
    if move is None:
        return "not in both pictures"
    ways = [(move.right, "to the right", "to the left"), (move.down, "down", "up")]
    gone = [f"{abs(by):.2f} {more if by > 0 else less}" for by, more, less in ways if abs(by) >= STILL]
    sizes = [(move.wider, "wide"), (move.higher, "high")]
    grown = [f"{share:.2f} times as {name}" for share, name in sizes if abs(share - 1) >= 2 * STILL]
    said = ([f"{move.far:.2f} away: {', '.join(gone)}"] if gone else []) + ([", ".join(grown)] if grown else [])
    return "; ".join(said) or "where it was"
