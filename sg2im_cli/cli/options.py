"""Options that several commands have, each with its help."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

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
    str | None,
    typer.Option(metavar="FILE", help="Draw the scene graphs of a JSON file instead; - reads standard input."),
]
File = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Draw each line of a .txt (sentences) or .jsonl file instead; - reads standard input.",
    ),
]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="PATH", help="A file, a directory, or a name with {seed} or {index}."),
]
Sheets = Annotated[
    list[Path] | None,
    typer.Option("--output", "-o", metavar="FILE", help="A sheet, as .png or .html; may be given twice."),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.")]
Samples = Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="How many pictures.")]
Weights = Annotated[
    str,
    typer.Option(
        metavar="WEIGHTS", autocompletion=offer_weights, help="default, a directory, or owner/name[@revision]."
    ),
]
VocabularyOf = Annotated[
    str,
    typer.Option(
        "--weights",
        metavar="WEIGHTS",
        autocompletion=offer_weights,
        help="Whose words: default, a directory, or owner/name.",
    ),
]
Device = Annotated[str, typer.Option(metavar="DEVICE", autocompletion=offer_devices, help="auto, cpu, cuda or mps.")]
Dtype = Annotated[Precision, typer.Option(help="Precision of the model.")]
Enforce = Annotated[
    bool | None,
    typer.Option(
        "--enforce/--no-enforce",
        help="Move given boxes, too, as little as needed until every relationship and place holds, or none. Predicted "
        "boxes are moved if not given.",
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Refuse a sentence if one of its words would be dropped.")]
Scale = Annotated[
    int, typer.Option(metavar="N", min=1, max=LARGEST_SCALE, help="Save the picture N times as wide and high.")
]
SaveGraph = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Save the graph, too, as .json, .png or .svg: the first picture's, or each one's with {seed} or {index} "
        "in the name.",
    ),
]
SaveLayout = Annotated[Path | None, typer.Option(metavar="FILE", help="Save the layout in the same way.")]
SaveMasks = Annotated[bool, typer.Option("--save-masks", help="Write masks, too, into a layout's .json.")]
BestOf = Annotated[
    int,
    typer.Option(metavar="N", min=1, max=1000, help="Draw N pictures, from the seed on, and keep the best."),
]
Nlp = Annotated[str | None, typer.Option(metavar="PIPELINE", help="Another installed spaCy pipeline, or its path.")]
NoMetadata = Annotated[
    bool, typer.Option("--no-metadata", help="Do not write into a PNG what made it (see sg2im show).")
]
NoSheetMetadata = Annotated[
    bool, typer.Option("--no-metadata", help="Do not write into the pictures of an .html what made them.")
]
Manifest = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="With --file: where to list what was made. manifest.jsonl in the directory if not given.",
    ),
]
BatchSize = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        max=1024,
        help="With --file: pictures drawn at a time. 8 on a CPU, 64 elsewhere if not given.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of paths.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but paths (or JSON).")]
Picture = Annotated[Path, typer.Argument(help="A PNG that sg2im made.")]
Data = Annotated[Path, typer.Option(metavar="DATA", help="Prepared data: a directory or owner/name; or COCO's files.")]
Threads = Annotated[int | None, typer.Option(metavar="N", min=1, help="CPU threads.")]
AllRandom = Annotated[
    int, typer.Option("--seed", metavar="N", min=0, help="Seed of everything that is drawn at random.")
]


def seed_option(help_text: str) -> Any:  # noqa: ANN401 what typer.Option returns
    """``--seed`` of pictures; what it means differs between commands."""
    return typer.Option("--seed", metavar="N", min=0, max=LAST_SEED, help=help_text)


Seed = Annotated[
    int | None,
    seed_option("Picture i has seed N + i. Drawn at random if not given. With --file, line i has seed N + i, from 0."),
]


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
