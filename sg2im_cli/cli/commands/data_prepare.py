"""``sg2im data prepare``: pictures and annotations of any layout to data that a training run reads as it is."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sg2im_cli.cli.display.prepare_progress import run
from sg2im_errors import InputError

if TYPE_CHECKING:
    from sg2im_cli.config import DataConfig
    from sg2im_cli.data.readers.notes import Notes

app = typer.Typer(
    help="Prepare COCO, Visual Genome, what annotation tools export, or your own pictures.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

OUT = typer.Option(metavar="DIRECTORY", help="The directory to make. If interrupted, the same command resumes.")
IMAGE_SIZE = typer.Option(metavar="N", min=8, max=1024, help="Side of the pictures in pixels; the recipe's image_size.")
MASK_SIZE = typer.Option(metavar="N", min=1, max=256, help="Side of the masks; the recipe's mask_size.")
SKIP = typer.Option("--skip-unreadable", help="With --strict: still leave out pictures that cannot be read.")
GUESS = typer.Option("--guess-masks", help="In train, find masks for objects that have only a box, where GrabCut can.")
VAL_SHARE = typer.Option(metavar="SHARE", min=0, max=1, help="Where no val is given: the share of train for it.")
SEED = typer.Option(metavar="N", min=0, help="Seed of that choice.")
STRICT = typer.Option("--strict", help="Stop at the first thing that would be left out, instead of counting it.")
LICENSE = typer.Option("--license", metavar="NAME", help="The data's licence, for its card.")
MIN_AREA = typer.Option(
    metavar="SHARE", min=0, max=1, help="Leave out objects whose box covers no more of the picture than this."
)
MIN_OBJECTS = typer.Option(metavar="N", min=1, help="Leave out pictures with fewer than N objects.")
MAX_OBJECTS = typer.Option(metavar="N", min=1, help="Leave out pictures with more than N objects.")


def _print_schema(wanted: bool) -> None:
    if wanted:
        schema = (
            resources.files("sg2im_cli.data.readers").joinpath("annotations.schema.json").read_text(encoding="utf8")
        )
        typer.echo(schema.rstrip())
        raise typer.Exit


@app.command()
def coco(
    source: Annotated[Path, typer.Argument(help="A directory as COCO, CVAT, Roboflow or Label Studio make it.")],
    out: Annotated[Path, OUT],
    image_size: Annotated[int, IMAGE_SIZE] = 64,
    mask_size: Annotated[int, MASK_SIZE] = 16,
    paper: Annotated[
        bool,
        typer.Option(
            "--paper",
            help="COCO-Stuff as in the paper: --stuff-only, 3 to 8 objects above 0.02, --divide-val 1024.",
        ),
    ] = False,
    stuff_only: Annotated[
        bool,
        typer.Option(
            "--stuff-only", help="Leave out pictures without stuff, as the paper does; instances may be missing."
        ),
    ] = False,
    things_only: Annotated[bool, typer.Option("--things-only", help="Leave the stuff files out.")] = False,
    val_share: Annotated[float, VAL_SHARE] = 0.0,
    seed: Annotated[int, SEED] = 0,
    divide_val: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="N pictures of val stay val; the rest become test.")
    ] = None,
    min_area: Annotated[float, MIN_AREA] = 0.0,
    min_objects: Annotated[int, MIN_OBJECTS] = 1,
    max_objects: Annotated[int | None, MAX_OBJECTS] = None,
    skip_unreadable: Annotated[bool, SKIP] = False,
    strict: Annotated[bool, STRICT] = False,
    guess_masks: Annotated[bool, GUESS] = False,
    license_: Annotated[str | None, LICENSE] = None,
) -> None:
    """Prepare files in COCO's format, by COCO and others.

    Exports of CVAT, Roboflow and Label Studio are taken as they lie.

    Without more options, every picture with an object is kept, and the recipe chooses among them. What means nothing is
    left out and counted; names are prepared as people say them.

    Example: sg2im data prepare coco coco/ --out data/coco64 --paper
    """
    from sg2im_cli.data.readers.coco_source import PAPER, PAPER_VAL, CocoOptions, coco_source

    if things_only and (stuff_only or paper):
        raise InputError("--things-only leaves out the stuff that --stuff-only and --paper need; give one of them.")
    chosen_here = (min_area, min_objects, max_objects, stuff_only, divide_val) != (0.0, 1, None, False, None)
    if paper and chosen_here:
        raise InputError("--paper says which pictures and objects are kept; leave the other options of that out.")
    keep = PAPER if paper else everything_within(min_area, min_objects, max_objects)
    options = CocoOptions(
        val_share=val_share,
        seed=seed,
        things_only=things_only,
        stuff_only=stuff_only or paper,
        divide_val=PAPER_VAL if paper else divide_val,
        keep=keep,
        paper=paper,
        license=license_,
    )
    run(
        lambda: coco_source(source, options, _notes(strict)),
        out,
        image_size,
        mask_size,
        keep,
        skip_unreadable,
        {
            "things_only": things_only,
            "stuff_only": options.stuff_only,
            "divide_val": options.divide_val,
            **_draw(val_share, seed),
        },
        guess_masks,
    )


def _notes(strict: bool) -> Notes:
    from sg2im_cli.data.readers.notes import Notes, Severity

    return Notes(bears=Severity.NONE if strict else Severity.DAMAGE)


def _draw(val_share: float, seed: int) -> dict[str, Any]:
    """What a draw of val is known again by."""
    return {"val_share": val_share, "seed": seed} if val_share else {}


def everything_within(min_area: float, min_objects: int, max_objects: int | None) -> DataConfig:
    """Whatever a recipe may ask for, within these bounds."""
    from dataclasses import replace

    from sg2im_cli.data.choosing import EVERYTHING

    most = EVERYTHING.max_objects if max_objects is None else max_objects
    return replace(EVERYTHING, min_area=min_area, min_objects=min_objects, max_objects=most)


@app.command()
def vg(
    source: Annotated[Path, typer.Argument(help="A directory with image_data.json, objects.json and so on.")],
    out: Annotated[Path, OUT],
    image_size: Annotated[int, IMAGE_SIZE] = 64,
    mask_size: Annotated[int, MASK_SIZE] = 16,
    splits: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A JSON file of image ids by split, instead of the paper's.")
    ] = None,
    object_count: Annotated[
        int, typer.Option(metavar="N", min=1, help="Keep names with at least N objects in train.")
    ] = 2000,
    predicate_count: Annotated[
        int, typer.Option(metavar="N", min=1, help="Keep predicates with at least N relationships in train.")
    ] = 500,
    attribute_count: Annotated[
        int, typer.Option(metavar="N", min=1, help="Keep attributes of at least N objects in train.")
    ] = 2000,
    skip_unreadable: Annotated[bool, SKIP] = False,
    strict: Annotated[bool, STRICT] = False,
    guess_masks: Annotated[bool, GUESS] = False,
    license_: Annotated[str | None, LICENSE] = None,
) -> None:
    """Prepare Visual Genome 1.4, by default as in the paper.

    Names go through the alias files; pictures are divided by the paper's list of ids. What cannot be used is left out
    and counted, as are pictures that are missing.

    Example: sg2im data prepare vg visual_genome/ --out data/vg64
    """
    from sg2im_cli.data.choosing import EVERYTHING
    from sg2im_cli.data.readers.visual_genome import LICENSE as VG_LICENSE
    from sg2im_cli.data.readers.visual_genome import VisualGenomeOptions, visual_genome_source

    options = VisualGenomeOptions(
        splits=splits,
        object_count=object_count,
        predicate_count=predicate_count,
        attribute_count=attribute_count,
        license=license_ or VG_LICENSE,
    )
    counts = {"object": object_count, "predicate": predicate_count, "attribute": attribute_count}
    run(
        lambda: visual_genome_source(source, options, _notes(strict)),
        out,
        image_size,
        mask_size,
        EVERYTHING,
        skip_unreadable,
        {"splits": "paper" if splits is None else splits.name, "counts": counts},
        guess_masks,
    )


@app.command()
def jsonl(
    source: Annotated[Path, typer.Argument(help="A file with a JSON object on each line; --schema prints its format.")],
    out: Annotated[Path, OUT],
    val: Annotated[Path | None, typer.Option(metavar="FILE", help="A file of the same kind for the val split.")] = None,
    val_share: Annotated[float, VAL_SHARE] = 0.0,
    seed: Annotated[int, SEED] = 0,
    stuff: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Names that cannot be counted, with commas: sky,grass.")
    ] = None,
    image_size: Annotated[int, IMAGE_SIZE] = 64,
    mask_size: Annotated[int, MASK_SIZE] = 16,
    min_area: Annotated[float, MIN_AREA] = 0.0,
    min_objects: Annotated[int, MIN_OBJECTS] = 1,
    max_objects: Annotated[int | None, MAX_OBJECTS] = None,
    skip_unreadable: Annotated[bool, SKIP] = False,
    strict: Annotated[bool, STRICT] = False,
    guess_masks: Annotated[bool, GUESS] = False,
    license_: Annotated[str | None, LICENSE] = None,
    schema: Annotated[  # noqa: ARG001
        bool,
        typer.Option("--schema", is_eager=True, callback=_print_schema, help="Print the JSON schema of a line."),
    ] = False,
) -> None:
    """Prepare your own pictures.

    Each line of SOURCE has the path of a picture, its objects with a name and a box in pixels (and polygons or run
    lengths, and attributes, if there are any), and relationships, if they are known. What cannot be used is left out
    and counted.

    Example: sg2im data prepare jsonl mine.jsonl --val-share 0.1 --out data/mine
    """
    from sg2im_cli.data.readers.jsonl import JsonlOptions, jsonl_source

    if val is not None and val_share:
        raise InputError("--val names the val split and --val-share draws one; give one of them.")
    names = tuple(name.strip() for name in (stuff or "").split(",") if name.strip())
    options = JsonlOptions(val=val, val_share=val_share, seed=seed, stuff=names, license=license_)
    run(
        lambda: jsonl_source(source, options, _notes(strict)),
        out,
        image_size,
        mask_size,
        everything_within(min_area, min_objects, max_objects),
        skip_unreadable,
        {"val_share": val_share, "seed": seed if val_share else None, "stuff": list(names)},
        guess_masks,
    )
