"""The options of a picture, each with its help."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sg2im_cli.cli.completion import offer_devices, offer_weights
from sg2im_cli.provenance.record import LARGEST_SCALE, LAST_SEED
from sg2im_errors import InputError

ALONE = "is for one sentence or graph, and --file has many"
"""Why an option does not go with --file."""


class Precision(StrEnum):
    """What ``--dtype`` takes."""

    float32 = "float32"
    bfloat16 = "bfloat16"
    float16 = "float16"


Text = Annotated[str | None, typer.Argument(help="A sentence in quotes; - reads it from standard input.")]
SceneGraphs = Annotated[
    str | None, typer.Option(help="Draw the scene graphs of a JSON file instead; - reads standard input.")
]
File = Annotated[
    str | None,
    typer.Option(help="Draw each line of a .txt (sentences) or .jsonl file instead; - reads standard input."),
]
Output = Annotated[
    str | None, typer.Option("--output", "-o", help="A file, a directory, or a name with {seed} or {index}.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.")]
Seed = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=LAST_SEED,
        help="Picture i has seed + i; drawn at random if not given. With --file, line i has seed + i, from 0.",
    ),
]
Samples = Annotated[int, typer.Option(min=1, max=10_000, help="How many pictures.")]
Weights = Annotated[
    str, typer.Option(help="default, a directory, or owner/name[@revision].", autocompletion=offer_weights)
]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps.", autocompletion=offer_devices)]
Dtype = Annotated[Precision, typer.Option(help="Precision of the model.")]
Enforce = Annotated[
    bool, typer.Option("--enforce", help="Move boxes as little as needed until every relationship and place holds.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Refuse a sentence of which a word is dropped.")]
Scale = Annotated[int, typer.Option(min=1, max=LARGEST_SCALE, help="Enlarge the saved picture so many times.")]
SaveGraph = Annotated[
    Path | None, typer.Option(help="Save the graph as .json, .png or .svg; each picture's, with {seed} or {index}.")
]
SaveLayout = Annotated[
    Path | None, typer.Option(help="Save the layout, likewise; the first picture's, without {seed} or {index}.")
]
SaveMasks = Annotated[bool, typer.Option("--save-masks", help="Write masks, too, into a layout's .json.")]
BestOf = Annotated[
    int, typer.Option(min=1, max=1000, help="Draw so many pictures, from the seed on, and keep the best.")
]
Nlp = Annotated[str | None, typer.Option(help="Another installed spaCy pipeline, or its path.")]
NoMetadata = Annotated[bool, typer.Option("--no-metadata", help="Leave out of a PNG what made it (see sg2im show).")]
Manifest = Annotated[
    Path | None, typer.Option(help="With --file: where to list what was made; else manifest.jsonl in the directory.")
]
BatchSize = Annotated[
    int | None,
    typer.Option(min=1, max=1024, help="With --file: pictures of one pass; 8 on a CPU, 64 elsewhere if not given."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON in place of paths.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but paths (or JSON).")]


def require_one_source(text: str | None, scene_graph: str | None, file: str | None) -> None:
    """Refuse no source of pictures, or more than one.

    Raises:
        InputError: see above.
    """
    if sum(source is not None for source in (text, scene_graph, file)) != 1:
        raise InputError("Give either a sentence in quotes, --scene-graph FILE or --file FILE.")


def refuse(*, why: str, **given: object) -> None:
    """Refuse options that do not fit, by the names of their parameters.

    Raises:
        InputError: one of them was given; the message says why it does not fit.
    """
    for name, value in given.items():
        if value is not None:
            raise InputError(f"--{name.replace('_', '-')} {why}; leave it out.")
