"""``sg2im replay``: a picture again, from what it carries, with one thing changed or none."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sg2im_cli.cli import options
from sg2im_cli.cli.completion import offer_devices, offer_weights
from sg2im_cli.cli.request import load_painter
from sg2im_cli.cli.streams import print_json, print_path, quieten_downloads, read_text, visible
from sg2im_cli.output.encode import encode, enlarge
from sg2im_cli.output.files import Target
from sg2im_cli.output.pictures import title
from sg2im_cli.provenance.read import read_record
from sg2im_cli.provenance.record import LARGEST_SCALE, Record, differences
from sg2im_cli.provenance.recorder import Recorder, mark
from sg2im_errors import InputError
from sg2im_parsers.grounding.account import Account
from sg2im_parsers.stories.alignment import keep_layout, pin_boxes

if TYPE_CHECKING:
    from PIL.Image import Image

    from sg2im_cli.painter import Painter, Painting
    from sg2im_parsers.scene_graph import SceneGraph
    from sg2im_weights import Bundle


def command(
    picture: options.Picture,
    text: Annotated[
        str | None,
        typer.Option(metavar="SENTENCE", help="Draw this sentence; objects that both have keep their boxes and masks."),
    ] = None,
    seed: Annotated[int | None, options.seed_option("Use this seed for the noise; the layout stays.")] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="WEIGHTS", autocompletion=offer_weights, help="Use these weights; the layout is predicted again."
        ),
    ] = None,
    scale: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=LARGEST_SCALE, help="Save the picture N times as wide and high."),
    ] = None,
    output: Annotated[str | None, typer.Option("--output", "-o", metavar="PATH", help="A file or a directory.")] = None,
    overwrite: options.Overwrite = False,
    device: Annotated[
        str | None,
        typer.Option(
            metavar="DEVICE",
            autocompletion=offer_devices,
            help="auto, cpu, cuda or mps. The picture's own if not given.",
        ),
    ] = None,
    nlp: Annotated[str | None, typer.Option(metavar="PIPELINE", help="The spaCy pipeline that reads --text.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Fetch the weights that the picture names from the Hub without asking.")
    ] = False,
    no_metadata: options.NoMetadata = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Make a picture again, the same or with one thing changed.

    Example: sg2im replay boat.png --text "a boat under clouds" -o clouds.png
    """
    quieten_downloads(quiet)
    then = read_record(picture)
    target = Target(output, overwrite, many=False)
    target.check()
    new = None if text is None else read_text(text).strip()
    named = new or then.text or title(then.graph)
    wanted = then.seed if seed is None else seed
    target.path(named, wanted, 0)
    bundle = _resolve(then, picture, weights, yes)
    painter = _painter(bundle, then, device, nlp, reads=new is not None)
    weights_now = mark(bundle)
    painting = _paint(painter, then, new, wanted, weights_now.same_as(then.weights))
    options = replace(then.options, device=painter.device.type, scale=scale or then.options.scale)
    options = options if new is None else replace(options, nlp=nlp)
    now = Recorder(weights_now, options).record(painting)
    image = enlarge(painting.images[0], options.scale)
    path = target.make(named, wanted, 0, lambda path: encode(image, path, None if no_metadata else now))
    differs = differences(then, now)
    unchanged = new is None and weights is None and (now.seed, options.scale) == (then.seed, then.options.scale)
    compared = _compare(picture, image) if unchanged else None
    if not quiet:
        _show(painting, picture, differs, compared)
    if not as_json:
        print_path(path)
        return
    from sg2im_cli.cli.display.painting import painting_json

    print_json({**painting_json(painting, [(path, now.seed)]), "replayed": _result(picture, differs, compared)})


def _resolve(then: Record, picture: Path, weights: str | None, yes: bool) -> Bundle:
    """The weights that the user names, or else the picture's own, which are fetched only if the user agrees."""
    from sg2im_weights import WeightsError, resolve
    from sg2im_weights.resolve import would_download

    if weights is not None:
        return resolve(weights)
    try:
        if not yes and would_download(then.weights.pinned):
            _ask(picture, then.weights.pinned)
        return resolve(then.weights.pinned)
    except WeightsError as error:
        problem = str(error).rstrip(".")
        raise type(error)(
            f"The weights that made {picture} are not here ({problem}); name them or others with --weights."
        ) from None


def _ask(picture: Path, ref: str) -> None:
    """A file of somebody else says what to fetch: the user decides.

    Raises:
        InputError: the user says no, or cannot be asked.
    """
    named = f"{picture} names the weights {ref} of the Hub, which are not here"
    if sys.stdin is None or sys.stderr is None or not sys.stdin.isatty():
        raise InputError(f"{named}; fetch them with --yes.")
    sys.stderr.write(visible(f"{named}. Fetch them? [y/N] "))  # standard output is the picture's path alone
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise InputError("Nothing was fetched; name other weights with --weights.")


def _painter(bundle: Bundle, then: Record, device: str | None, nlp: str | None, reads: bool) -> Painter:
    """On the kind of device that the picture was made on, if there is one here and no other is asked for."""
    options = replace(then.options, nlp=nlp)
    if device is not None:
        return load_painter(bundle, replace(options, device=device), reads)
    return load_painter(bundle, options, reads, instead="auto")


def _paint(painter: Painter, then: Record, text: str | None, seed: int, same_weights: bool) -> Painting:
    enforced = then.options.enforce
    if text is not None:
        grounded = painter.ground(text, seed, then.options.strict)
        graph = keep_layout(grounded.graph, _with_masks(painter, then) if same_weights else then.drawn)
        if enforced or any(item.pin for item in then.graph.objects):
            graph = pin_boxes(graph)
        painting = painter.paint(graph, seed, enforced=enforced)
        return replace(painting, text=text, account=grounded.account)
    return _paint_again(painter, then, seed, same_weights)


def _paint_again(painter: Painter, then: Record, seed: int, same_weights: bool) -> Painting:
    """What the record says, with each object's own seed, also for a picture with another one."""
    given = any(item.box is not None or item.pin for item in then.graph.objects)
    seeded = _filled(then.graph, seed=then.drawn)
    if (then.options.enforce is not False or given) and same_weights:  # boxes that were moved are exact in the record
        from sg2im_cli.painter import Layout

        if not all(item.name and painter.vocabulary.has_object(item.name) for item in seeded.objects):
            raise InputError("The picture's record names objects that its weights do not know; use a whole copy.")
        moved = _filled(seeded, box=then.drawn)
        return painter.render(Layout(graph=moved, account=Account(), text=then.text, asked=then.graph), seed)
    painting = painter.paint(seeded, seed, enforced=then.options.enforce)
    return replace(painting, text=then.text, asked=_filled(painting.asked, seed=then.graph))


def _with_masks(painter: Painter, then: Record) -> SceneGraph:
    """What was drawn, with masks that its record leaves out, because seeds make them again."""
    if not any(item.seed is not None and item.mask is None for item in then.drawn.objects):
        return then.drawn
    return _filled(then.drawn, mask=_paint_again(painter, then, then.seed, same_weights=True).graph)


def _filled(graph: SceneGraph, **known: SceneGraph) -> SceneGraph:
    """The graph with some fields of its objects as they are in another graph of the same objects."""
    objects = graph.objects
    for name, other in known.items():
        pairs = zip(objects, other.objects, strict=True)
        objects = tuple(replace(item, **{name: getattr(own, name)}) for item, own in pairs)
    return replace(graph, objects=objects)


@dataclass(frozen=True)
class Compared:
    """How far the pixels are from the picture's own.

    Attributes:
        largest: difference of one colour of one pixel, of 255; None if the two cannot be compared.
    """

    largest: int | None


def _compare(picture: Path, image: Image) -> Compared:
    import PIL.Image
    from PIL import ImageChops

    try:
        with PIL.Image.open(picture) as file:
            before = file.convert("RGB")
    except (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError):
        return Compared(None)
    if before.size != image.size:
        return Compared(None)
    return Compared(max(int(high) for _, high in ImageChops.difference(before, image).getextrema()))  # type: ignore[misc]


def _result(picture: Path, differs: tuple[str, ...], compared: Compared | None) -> dict[str, Any]:
    largest = None if compared is None else compared.largest
    same = None if largest is None else largest == 0
    return {"picture": str(picture), "same_pixels": same, "largest_difference": largest, "differs": list(differs)}


def _show(painting: Painting, picture: Path, differs: tuple[str, ...], compared: Compared | None) -> None:
    from sg2im_cli.cli.display.painting import show_painting
    from sg2im_cli.cli.display.tables import console

    show_painting(painting, None)
    screen = console()
    for phrase in differs:
        screen.print(f"Not as it was: {phrase}.", style="yellow", markup=False)
    if compared is not None:
        screen.print(_verdict(picture, differs, compared), markup=False)


def _verdict(picture: Path, differs: tuple[str, ...], compared: Compared) -> str:
    if compared.largest is None:
        return f"The pixels of {picture} cannot be compared: it is damaged, or was cut or enlarged since."
    if compared.largest == 0:
        return f"The same pixels as {picture}."
    why = "see above" if differs else "it was edited since, or another processor drew it"
    if compared.largest == 1 and not differs:
        why = "as between a picture drawn together with others and one drawn alone"
    return f"Not the same pixels as {picture}: they differ by up to {compared.largest} of 255 ({why})."
