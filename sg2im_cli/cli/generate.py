"""``sg2im "a sentence"``: draw a sentence or a scene graph."""

from __future__ import annotations

import json
import secrets
import sys
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sg2im_cli.cli.files import PICTURES, Target, require_different, require_new, write_file
from sg2im_parsers.errors import InputError
from sg2im_parsers.given_graphs import require_drawable
from sg2im_parsers.graph_json import graph_to_json, load_graphs, read_graphs
from sg2im_parsers.scene_graph import SceneGraph

if TYPE_CHECKING:
    from PIL.Image import Image

    from sg2im_cli.painter import Painter, Painting

GRAPH_ENDINGS = (".json", ".png", ".svg")


class Precision(StrEnum):
    """What ``--dtype`` takes."""

    float32 = "float32"
    bfloat16 = "bfloat16"
    float16 = "float16"


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
        save_graph: where the graph goes, too.
        save_layout: where the layout goes, too.
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


@dataclass(frozen=True)
class Made:
    """One source's pictures and their files."""

    painting: Painting
    paths: tuple[Path, ...]

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        painting = self.painting
        return {
            "text": painting.text,
            "seed": painting.seeds[0],
            "weights": painting.weights,
            "outputs": [
                {"path": str(path), "seed": seed} for path, seed in zip(self.paths, painting.seeds, strict=True)
            ],
            "graph": graph_to_json(_without_masks(painting.graph)),
            "account": painting.account.to_json(),
            "checks": [item.to_json() for item in painting.checks],
        }


def command(
    text: Annotated[str | None, typer.Argument(help="A sentence in quotes; - reads it from standard input.")] = None,
    scene_graph: Annotated[
        str | None, typer.Option(help="Draw the scene graphs of a JSON file instead; - reads standard input.")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", help="A file, a directory, or a name with {seed} or {index}."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.")] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**63 - 1, help="Picture i has seed + i; drawn at random if not given.")
    ] = None,
    samples: Annotated[int, typer.Option(min=1, max=10_000, help="How many pictures.")] = 1,
    weights: Annotated[str, typer.Option(help="default, a directory, or owner/name[@revision].")] = "default",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    dtype: Annotated[Precision, typer.Option(help="Precision of the model.")] = Precision.float32,
    enforce: Annotated[
        bool, typer.Option("--enforce", help="Move boxes as little as possible until every relationship holds.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a sentence of which a word is dropped.")] = False,
    scale: Annotated[int, typer.Option(min=1, max=64, help="Enlarge the saved picture so many times.")] = 1,
    save_graph: Annotated[Path | None, typer.Option(help="Save the graph as .json, .png or .svg.")] = None,
    save_layout: Annotated[Path | None, typer.Option(help="Save boxes and masks as .json, .png or .svg.")] = None,
    nlp: Annotated[str | None, typer.Option(help="Another installed spaCy pipeline, or its path.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of paths.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but paths (or JSON).")] = False,
) -> None:
    """Draw a sentence, or a scene graph.

    Example: sg2im "a car on the street beside buildings" --seed 7 --output car.png
    """
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
    )
    _check(request)
    painter = _painter(weights, device, dtype.value, nlp, reads=text is not None)
    require_drawable([source for source in sources if isinstance(source, SceneGraph)], painter.vocabulary)
    for index, source in enumerate(request.sources):
        made = draw(painter, request, source, index * samples)
        if not quiet:
            _show(made)
        for line in [json.dumps(made.to_json(), ensure_ascii=False)] if as_json else map(str, made.paths):
            typer.echo(line)


def draw(painter: Painter, request: Request, source: str | SceneGraph, first_index: int) -> Made:
    """Paint one source and write its files; nothing is written if anything about it is wrong."""
    painting = painter.paint(source, request.seed, request.samples, request.enforce, request.strict)
    name = source if isinstance(source, str) else " ".join(item.label for item in source.objects)
    paths: list[Path] = []
    for i, (image, seed) in enumerate(zip(painting.images, painting.seeds, strict=True)):
        path = request.target.path(name, seed, first_index + i)
        request.target.write(path, encode(image, path, request.scale))
        paths.append(path)
    _save_extras(request, painting)
    return Made(painting, tuple(paths))


def encode(image: Image, path: Path, scale: int = 1) -> bytes:
    """A picture as the bytes of a file with this ending, enlarged."""
    import io

    from PIL.Image import Resampling

    if scale > 1:
        image = image.resize((image.width * scale, image.height * scale), Resampling.BICUBIC)
    buffer = io.BytesIO()
    image.save(buffer, PICTURES[path.suffix.lower()], **({"quality": 95} if path.suffix.lower() != ".png" else {}))
    return buffer.getvalue()


def graph_file(graph: SceneGraph, path: Path, layout: bool) -> bytes:
    """A graph, or its layout, as the bytes of a .json, .png or .svg file."""
    from sg2im_cli.drawing import graph_picture, layout_picture

    if path.suffix.lower() == ".json":
        return _one_row_a_line(graph if layout else _without_boxes(graph)).encode()
    return layout_picture(graph, path) if layout else graph_picture(graph, path)


def check_graph_file(path: Path, overwrite: bool) -> None:
    """Refuse a file for a graph before anything is drawn.

    Raises:
        InputError: an ending that is none of .json, .png, .svg, or a file that exists.
    """
    if path.suffix.lower() not in GRAPH_ENDINGS:
        raise InputError(f"{path} must end in {', '.join(GRAPH_ENDINGS)}.")
    require_new(path, overwrite)


def read_standard_input() -> str:
    """All of standard input as text, nothing if it is closed; bytes that are no UTF-8 are replaced."""
    return sys.stdin.buffer.read().decode("utf-8-sig", errors="replace") if sys.stdin else ""


def _sources(text: str | None, scene_graph: str | None) -> tuple[str | SceneGraph, ...]:
    if (text is None) == (scene_graph is None):
        raise InputError("Give either a sentence in quotes or --scene-graph FILE.")
    if scene_graph == "-":
        return read_graphs(read_standard_input(), "standard input")
    if scene_graph is not None:
        return load_graphs(Path(scene_graph))
    text = read_standard_input() if text == "-" else text or ""
    if not text.strip():
        raise InputError("The text is empty; describe a scene, such as: a car on the street.")
    return (text.strip(),)


def _check(request: Request) -> None:
    """Refuse files that exist, and others that cannot be written, before anything is drawn."""
    request.target.check()
    paths = [path for path in (request.save_graph, request.save_layout) if path is not None]
    for path in paths:
        check_graph_file(path, request.target.overwrite)
        if len(request.sources) > 1:
            raise InputError(f"{path} is for one graph, and there are {len(request.sources)} in the file.")
    if request.target.named:
        for i in range(len(request.sources) * request.samples):
            paths.append(request.target.path("", request.seed + i % request.samples, i))
    require_different(paths)


def _painter(weights: str, device: str, dtype: str, nlp: str | None, reads: bool) -> Painter:
    """Resolve weights first, so that a wrong name is told at once; import spaCy before torch: it is quicker so."""
    from sg2im_weights import resolve

    bundle = resolve(weights)
    parser = None
    if reads:
        from sg2im_parsers.parser import SceneGraphParser
        from sg2im_parsers.pipeline import load_pipeline

        parser = SceneGraphParser(load_pipeline(nlp))
    from sg2im_cli.painter import Painter

    return Painter.from_pretrained(bundle, device, dtype, parser)


def _save_extras(request: Request, painting: Painting) -> None:
    for path, layout in ((request.save_graph, False), (request.save_layout, True)):
        if path is not None:
            write_file(path, graph_file(painting.graph, path, layout), request.target.overwrite)


def _show(made: Made) -> None:
    from sg2im_cli.cli.shown import can_preview, console, preview, show_account, show_graph

    screen = console()
    show_account(screen, made.painting.account)
    show_graph(screen, made.painting.graph, made.painting.checks)
    for r in made.painting.given_up:
        names = (f"{i} {made.painting.graph.objects[i].label}" for i in (r.subject, r.object))
        screen.print(f"Not enforced, it contradicts the others: {f' {r.predicate} '.join(names)}.", markup=False)
    screen.print(f"seed {made.painting.seeds[0]}, weights {made.painting.weights}", markup=False)
    if can_preview(screen):
        screen.print(preview(made.painting.images[0], screen.width))


def _one_row_a_line(graph: SceneGraph) -> str:
    """JSON with an object or a relationship a line: masks have hundreds of numbers."""
    lists = [
        f' "{key}": [\n  ' + ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n ]"
        for key, rows in graph_to_json(graph).items()
    ]
    return "{\n" + ",\n".join(lists) + "\n}\n"


def _without_masks(graph: SceneGraph) -> SceneGraph:
    return SceneGraph(tuple(replace(o, mask=None) for o in graph.objects), graph.relationships)


def _without_boxes(graph: SceneGraph) -> SceneGraph:
    return SceneGraph(tuple(replace(o, box=None, mask=None) for o in graph.objects), graph.relationships)
