"""``sg2im data prepare``: what annotation tools export, a command a tool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sg2im_cli.cli.commands import data_prepare as shared
from sg2im_cli.cli.display.prepare_progress import run

if TYPE_CHECKING:
    from sg2im_cli.data.readers.exports import ExportOptions
    from sg2im_cli.data.readers.notes import Notes
    from sg2im_cli.data.readers.source import Source

Out = Annotated[Path, shared.OUT]
ImageSize = Annotated[int, shared.IMAGE_SIZE]
MaskSize = Annotated[int, shared.MASK_SIZE]
ValShare = Annotated[
    float,
    typer.Option(metavar="SHARE", min=0, max=1, help="Without a val split: the share of pictures that become val."),
]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Seed of that choice.")]
Stuff = Annotated[
    str | None, typer.Option(metavar="NAMES", help="Names that cannot be counted, with commas: sky,grass.")
]
Images = Annotated[
    Path | None, typer.Option("--images", metavar="DIRECTORY", help="The pictures, if not where the files say.")
]
MinArea = Annotated[float, shared.MIN_AREA]
MinObjects = Annotated[int, shared.MIN_OBJECTS]
MaxObjects = Annotated[int | None, shared.MAX_OBJECTS]
SkipUnreadable = Annotated[bool, shared.SKIP]
Strict = Annotated[bool, shared.STRICT]
GuessMasks = Annotated[bool, shared.GUESS]
License = Annotated[str | None, shared.LICENSE]


@dataclass(frozen=True)
class _Chosen:
    """What was asked for of how files are read."""

    val_share: float
    seed: int
    stuff: str | None
    strict: bool
    license: str | None


def labelme(
    source: Annotated[Path, typer.Argument(help="A directory with labelme's JSON files, at any depth.")],
    out: Out,
    images: Images = None,
    val_share: ValShare = 0.0,
    seed: Seed = 0,
    stuff: Stuff = None,
    image_size: ImageSize = 64,
    mask_size: MaskSize = 16,
    min_area: MinArea = 0.0,
    min_objects: MinObjects = 1,
    max_objects: MaxObjects = None,
    skip_unreadable: SkipUnreadable = False,
    strict: Strict = False,
    guess_masks: GuessMasks = False,
    license_: License = None,
) -> None:
    """Prepare what was drawn in labelme.

    Shapes of one label and one group are one object; folders train and val are splits. A picture is taken from its
    file, or from the JSON file where that holds it.

    Example: sg2im data prepare labelme photos/ --val-share 0.1 --out data/mine
    """

    def read(options: ExportOptions, notes: Notes) -> Source:
        from sg2im_cli.data.readers.labelme import labelme_source

        return labelme_source(source, options, notes, images)

    chosen = _Chosen(val_share, seed, stuff, strict, license_)
    sizes = (image_size, mask_size)
    _prepare(
        read,
        chosen,
        out,
        sizes,
        (min_area, min_objects, max_objects),
        skip_unreadable,
        guess_masks,
        {"images": _named(images)},
    )


def yolo(
    source: Annotated[Path, typer.Argument(help="A directory with data.yaml (or classes.txt), or the data.yaml.")],
    out: Out,
    val_share: ValShare = 0.0,
    seed: Seed = 0,
    stuff: Stuff = None,
    image_size: ImageSize = 64,
    mask_size: MaskSize = 16,
    min_area: MinArea = 0.0,
    min_objects: MinObjects = 1,
    max_objects: MaxObjects = None,
    skip_unreadable: SkipUnreadable = False,
    strict: Strict = False,
    guess_masks: GuessMasks = False,
    license_: License = None,
) -> None:
    """Prepare data of Ultralytics YOLO, boxes and outlines.

    data.yaml says what the classes are called, and which folders or lists of pictures are train, val and test.

    Example: sg2im data prepare yolo coco8/data.yaml --out data/coco8
    """

    def read(options: ExportOptions, notes: Notes) -> Source:
        from sg2im_cli.data.readers.yolo import yolo_source

        return yolo_source(source, options, notes)

    chosen = _Chosen(val_share, seed, stuff, strict, license_)
    sizes, bounds = (image_size, mask_size), (min_area, min_objects, max_objects)
    _prepare(read, chosen, out, sizes, bounds, skip_unreadable, guess_masks, {})


def via(
    source: Annotated[Path, typer.Argument(help="A JSON export or project of VIA 1 to 3.")],
    out: Out,
    images: Images = None,
    label_key: Annotated[
        str | None, typer.Option(metavar="NAME", help="The attribute of regions that holds their names, if of several.")
    ] = None,
    val_share: ValShare = 0.0,
    seed: Seed = 0,
    stuff: Stuff = None,
    image_size: ImageSize = 64,
    mask_size: MaskSize = 16,
    min_area: MinArea = 0.0,
    min_objects: MinObjects = 1,
    max_objects: MaxObjects = None,
    skip_unreadable: SkipUnreadable = False,
    strict: Strict = False,
    guess_masks: GuessMasks = False,
    license_: License = None,
) -> None:
    """Prepare what was drawn in the VGG Image Annotator.

    Pictures are looked for beside the file, unless --images says where they are.

    Example: sg2im data prepare via via_region_data.json --val-share 0.1 --out data/mine
    """

    def read(options: ExportOptions, notes: Notes) -> Source:
        from sg2im_cli.data.readers.via import via_source

        return via_source(source, options, notes, images, label_key)

    chosen = _Chosen(val_share, seed, stuff, strict, license_)
    sizes = (image_size, mask_size)
    _prepare(
        read,
        chosen,
        out,
        sizes,
        (min_area, min_objects, max_objects),
        skip_unreadable,
        guess_masks,
        {"images": _named(images), "label_key": label_key},
    )


COMMANDS = (labelme, yolo, via)


def _named(folder: Path | None) -> str | None:
    return None if folder is None else folder.resolve().name


def _prepare(
    read: Callable[[ExportOptions, Notes], Source],
    chosen: _Chosen,
    out: Path,
    sizes: tuple[int, int],
    bounds: tuple[float, int, int | None],
    skip_unreadable: bool,
    guess_masks: bool,
    asked: dict[str, Any],
) -> None:
    """Read, with these options, and prepare.

    Args:
        read: makes the source.
        chosen: of how files are read.
        out: the directory.
        sizes: of the pictures and masks.
        bounds: the least area, fewest and most objects.
        skip_unreadable: leave out pictures that cannot be read.
        guess_masks: where there are only boxes.
        asked: what else was asked for.
    """
    from sg2im_cli.data.readers.exports import ExportOptions
    from sg2im_cli.data.readers.notes import Notes, Severity

    names = tuple(name.strip() for name in (chosen.stuff or "").split(",") if name.strip())
    options = ExportOptions(val_share=chosen.val_share, seed=chosen.seed, stuff=names, license=chosen.license)
    run(
        lambda: read(options, Notes(bears=Severity.NONE if chosen.strict else Severity.DAMAGE)),
        out,
        *sizes,
        shared.everything_within(*bounds),
        skip_unreadable,
        {
            "val_share": chosen.val_share,
            "seed": chosen.seed if chosen.val_share else None,
            "stuff": list(names),
            **asked,
        },
        guess_masks,
    )
