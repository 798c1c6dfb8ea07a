"""``sg2im "a sentence"``: draw a sentence or a scene graph."""

from __future__ import annotations

from pathlib import Path

from sg2im_cli.cli import options
from sg2im_cli.cli.commands import batch
from sg2im_cli.cli.draw import Drawing, Source, draw_all
from sg2im_cli.cli.options import Precision
from sg2im_cli.cli.request import Request, chosen_seed
from sg2im_cli.cli.streams import quieten_downloads, read_standard_input, read_text
from sg2im_cli.output.batch.naming import Names
from sg2im_cli.output.files import Target
from sg2im_cli.output.pictures import PictureFiles
from sg2im_cli.provenance.record import Options
from sg2im_parsers.graph_json import load_graphs, read_graphs


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
    enforce: options.Enforce = None,
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

    Example: sg2im "a car on the street beside buildings" --seed 7 -o car.png
    """
    quieten_downloads(quiet)
    options.require_one_source(text, scene_graph, file)
    request = Request(
        weights=weights,
        options=Options(device=device, dtype=dtype.value, enforce=enforce, strict=strict, scale=scale, nlp=nlp),
        overwrite=overwrite,
        metadata=not no_metadata,
        as_json=as_json,
        quiet=quiet,
    )
    if file is not None:
        options.refuse(save_graph=save_graph, save_layout=save_layout, why=options.ALONE)
        options.refuse(save_masks=save_masks or None, best_of=None if best_of == 1 else best_of, why=options.ALONE)
        names = Names(output, seed or 0, samples)
        batch.run(batch.Batch(request=request, file=file, names=names, manifest=manifest, batch_size=batch_size))
        return
    options.refuse(manifest=manifest, batch_size=batch_size, why="goes with --file")
    sources = _sources(text, scene_graph)
    files = PictureFiles(
        target=Target(output, overwrite, many=len(sources) * samples > 1),
        save_graph=save_graph,
        save_layout=save_layout,
        save_masks=save_masks,
    )
    number = chosen_seed(seed)
    draw_all(Drawing(request=request, sources=sources, seed=number, samples=samples, best_of=best_of, files=files))


def _sources(text: str | None, scene_graph: str | None) -> tuple[Source, ...]:
    if scene_graph == "-":
        return read_graphs(read_standard_input(), "standard input")
    if scene_graph is not None:
        return load_graphs(Path(scene_graph))
    return (read_text(text or "").strip(),)
