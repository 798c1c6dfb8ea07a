"""``sg2im render``: pictures of a layout that a person has made or changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sg2im_cli.cli import options
from sg2im_cli.cli.draw import Drawing, draw_all
from sg2im_cli.cli.options import Precision
from sg2im_cli.cli.request import Request, chosen_seed
from sg2im_cli.cli.streams import quieten_downloads, read_standard_input
from sg2im_cli.output.files import Target
from sg2im_cli.output.pictures import PictureFiles
from sg2im_cli.provenance.record import Options
from sg2im_errors import InputError
from sg2im_parsers.graph_json import graphs_from_json, load_text, seed_of
from sg2im_parsers.scene_graph import SceneGraph


def command(
    layout: Annotated[str, typer.Argument(help="A layout or graph as JSON; - reads standard input.")],
    output: options.Output = None,
    overwrite: options.Overwrite = False,
    seed: Annotated[int | None, options.seed_option("Picture i has seed N + i. The file's own if not given.")] = None,
    samples: options.Samples = 1,
    best_of: options.BestOf = 1,
    weights: options.Weights = "default",
    device: options.Device = "auto",
    dtype: options.Dtype = Precision.float32,
    enforce: options.Enforce = None,
    scale: options.Scale = 1,
    save_graph: options.SaveGraph = None,
    save_layout: options.SaveLayout = None,
    save_masks: options.SaveMasks = False,
    no_metadata: options.NoMetadata = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Draw a layout, with what you changed in it.

    A layout is what --save-layout writes. Its boxes are used as they are. An object without a box gets one: it is
    predicted, and moved until what is said of the object holds.

    With "pin": true in an object, its box stays and the other boxes give way: they start where the file has them, and
    move as little as needed until what is said of them holds. With --enforce, too, all boxes without a pin may move;
    with --no-enforce none does, and boxes that are predicted stay where they are.

    A file that was not changed makes exactly the picture that it was saved with.

    Example: sg2im render boat.json -o after.png
    """
    quieten_downloads(quiet)
    graphs, own_seed = _read(layout)
    request = Request(
        weights=weights,
        options=Options(device=device, dtype=dtype.value, enforce=enforce, scale=scale),
        overwrite=overwrite,
        metadata=not no_metadata,
        as_json=as_json,
        quiet=quiet,
    )
    files = PictureFiles(
        target=Target(output, overwrite, many=len(graphs) * samples > 1),
        save_graph=save_graph,
        save_layout=save_layout,
        save_masks=save_masks,
    )
    number = chosen_seed(own_seed if seed is None else seed)
    draw_all(Drawing(request=request, sources=graphs, seed=number, samples=samples, best_of=best_of, files=files))


def _read(layout: str) -> tuple[tuple[SceneGraph, ...], int | None]:
    """The graphs of a file, and the seed of a file with one."""
    where = "standard input" if layout == "-" else layout
    text = read_standard_input() if layout == "-" else load_text(Path(layout))
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON: {error}.") from None
    return graphs_from_json(data, where), seed_of(data)
