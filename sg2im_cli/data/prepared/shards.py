"""Writing the images of a split in shards: each appears whole and under its own name, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from sg2im_cli.data.arrays import prepare_image
from sg2im_cli.data.choosing import choose_objects
from sg2im_cli.data.images import AnnotatedImage
from sg2im_cli.data.prepared.format import arrow_schema, import_pyarrow, picture_header
from sg2im_cli.data.prepared.options import PrepareOptions
from sg2im_cli.data.prepared.pseudo_masks import guess_masks
from sg2im_cli.data.readers.damage import noted_masks, read_picture
from sg2im_cli.data.readers.notes import Notes
from sg2im_errors import InputError

SHARD = 1024
"""Images in a shard: at 64 x 64 pixels about 13 megabytes, at 128 x 128 fifty."""

ROWS = 64
"""Images that are held while a shard is written."""


def write_split(
    folder: Path,
    images: Iterable[AnnotatedImage],
    options: PrepareOptions,
    progress: Callable[[int], None],
    skipped: Callable[[str], None],
    notes: Notes,
) -> None:
    """Write the shards of a split that are not there yet.

    Args:
        folder: of the split.
        images: all of them, so that the first call's shards are those of the next.
        options: sizes, and what is kept.
        progress: is told how many images are done.
        skipped: is told of each picture that is left out where options say so, although the notes do not bear it.
        notes: is told of pictures and masks that cannot be used, and of pictures of another shape than stated.

    Raises:
        InputError: a picture or a segmentation cannot be read.
        OSError: a file could not be written.
    """
    folder.mkdir(exist_ok=True)
    seen = 0

    def counted() -> Iterator[tuple[AnnotatedImage, list[int]]]:
        nonlocal seen
        for image in images:
            seen += 1
            kept = choose_objects(image, options.keep)
            if kept is not None:
                yield image, kept

    stream = counted()
    for number in range(1_000_000):
        part = islice(stream, SHARD)
        first = next(part, None)
        if first is None:
            break
        path = folder / shard_name(number)
        if path.exists():
            for _ in part:
                progress(seen)
        else:
            _write_shard(path, chain([first], part), options, lambda: progress(seen), skipped, notes)
        progress(seen)


def shard_name(number: int) -> str:
    """Of the file with the pictures from ``number * SHARD`` on."""
    return f"data-{number:05d}.arrow"


def _write_shard(
    path: Path,
    images: Iterable[tuple[AnnotatedImage, list[int]]],
    options: PrepareOptions,
    progress: Callable[[], None],
    skipped: Callable[[str], None],
    notes: Notes,
) -> None:
    arrow = import_pyarrow()
    schema = arrow_schema()
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            with arrow.ipc.new_stream(file, schema) as writer:
                rows: list[dict[str, Any]] = []
                for image, kept in images:
                    rows += _row(image, kept, options, skipped, notes)
                    progress()
                    if len(rows) == ROWS:
                        writer.write_batch(arrow.RecordBatch.from_pylist(rows, schema))
                        rows = []
                if rows:
                    writer.write_batch(arrow.RecordBatch.from_pylist(rows, schema))
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def _row(
    image: AnnotatedImage, kept: list[int], options: PrepareOptions, skipped: Callable[[str], None], notes: Notes
) -> list[dict[str, Any]]:
    """One row, or none if the picture cannot be read and may be left out."""
    try:
        pixels = read_picture(image, options.image_size, notes)
    except InputError as error:
        if not options.skip_unreadable:
            raise
        skipped(str(error))
        return []
    if pixels is None:
        return []
    made = prepare_image(image, kept, options.mask_size, noted_masks(notes))
    if options.guess_masks:
        made = guess_masks(made)
    stated = made.relationships
    return [
        {
            "file": str(Path(*image.path.parts[-2:])),
            "width": image.width,
            "height": image.height,
            "image": {"bytes": picture_header(*options.image_size) + pixels.transpose(1, 2, 0).tobytes(), "path": None},
            "names": made.names,
            "boxes": made.boxes.tolist(),
            "areas": [image.annotations[i].area for i in kept],
            "masks": np.packbits(made.masks),
            "has_mask": made.has_mask.astype(np.uint8),
            "attributes": made.attributes,
            "subjects": None if stated is None else [s for s, _, _ in stated],
            "predicates": None if stated is None else [p for _, p, _ in stated],
            "objects": None if stated is None else [o for _, _, o in stated],
            "source": made.source,
            "machine": (np.zeros((len(kept), 2)) if made.machine is None else made.machine).astype(np.uint8).tolist(),
        }
    ]
