"""Writing prepared data: a shard at a time, so that little is held and a call that was broken off goes on.

A shard appears whole and under its own name, or not at all. ``preparing.json`` says what it is all made from, until
``sg2im.json`` does, which is written last.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from sg2im_cli.config import DataConfig
from sg2im_cli.data.images import Picture, annotate, chosen, load_image
from sg2im_cli.data.prepared.hub_card import describe_for_hub
from sg2im_cli.data.prepared.pseudo_masks import guess_masks
from sg2im_cli.data.prepared.reading import (
    COLUMNS,
    FORMAT,
    METADATA,
    UNFINISHED,
    VERSION,
    Prepared,
    Rows,
    import_pyarrow,
    open_prepared,
)
from sg2im_parsers.errors import InputError, Sg2imError

SHARD = 1024
"""Pictures in a shard: at 64 x 64 pixels about 13 megabytes, at 128 x 128 fifty."""

ROWS = 64
"""Pictures that are held while a shard is written."""

EVERYTHING = DataConfig(min_area=0.0, min_objects=1, max_objects=1_000_000)
"""Whatever a recipe may ask for: it makes its own choice when it is trained."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Annotated pictures of any layout.

    Attributes:
        layout: coco, vg or jsonl.
        name: of the directory or file.
        splits: the pictures of each split; each call begins anew.
        counts: how many pictures a split has at most, for the progress shown.
        things: category names.
        stuff: likewise.
        predicates: of stated relationships; None where there are none.
        attributes: words of objects.
        files: annotation files, by which the source is known again.
        paper: whether the pictures were chosen as in the paper, so that their number should be the published one.
        license: of the data, if it is known.
    """

    layout: str
    name: str
    splits: Mapping[str, Callable[[], Iterable[Picture]]]
    counts: Mapping[str, int]
    things: tuple[str, ...]
    stuff: tuple[str, ...] = ()
    predicates: tuple[str, ...] | None = None
    attributes: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    paper: bool = False
    license: str | None = None


@dataclass(frozen=True, kw_only=True)
class PrepareOptions:
    """How pictures are prepared.

    Attributes:
        image_size: height and width in pixels.
        mask_size: M.
        keep: which objects and pictures; everything by default.
        skip_unreadable: leave out pictures that cannot be read, in place of stopping there.
        guess_masks: in train, objects without a mask get one by `pseudo_masks`, where it can be believed; other splits
            stay as they were annotated, so that figures stay comparable.
        source: the options of the source, to know them again.
    """

    image_size: tuple[int, int]
    mask_size: int
    keep: DataConfig = EVERYTHING
    skip_unreadable: bool = False
    guess_masks: bool = False
    source: Mapping[str, Any] = field(default_factory=dict)


Progress = Callable[[str, int, int], None]
"""Is told the split, how many of its pictures are done, and how many there are at most."""


def prepare(
    source: Source, out: Path, options: PrepareOptions, progress: Progress, skipped: Callable[[str], None]
) -> Prepared:
    """Write a source's pictures into a directory; the same call goes on where one was broken off.

    Args:
        source: the pictures.
        out: the directory.
        options: sizes, and what is kept.
        progress: is told how far it is.
        skipped: is told of each picture that is left out because it cannot be read.

    Raises:
        InputError: other data lies there, or an entry of the source cannot be used.
        Sg2imError: a file could not be written.
    """
    import_pyarrow()
    made_from = _identity(source, options)
    with _written(out):
        _claim(out, made_from)
        for split, pictures in source.splits.items():
            here = replace(options, guess_masks=options.guess_masks and split == "train")
            _write_split(out / split, pictures(), here, lambda n, s=split: progress(s, n, source.counts[s]), skipped)  # type: ignore[misc]
        return _finish(source, out, options, made_from)


def find_finished(source: Source, out: Path, options: PrepareOptions) -> Prepared | None:
    """What an earlier call has made of the same source with the same options; None if it is not finished.

    Raises:
        InputError: other data lies there.
    """
    if not (out / METADATA).is_file():
        return None
    done = open_prepared(out)
    _require_same(done.metadata.get("made_from"), _identity(source, options), out)
    return done


def _identity(source: Source, options: PrepareOptions) -> dict[str, Any]:
    """What must be the same for a call to go on: annotation files by name and content, and the options."""
    kept = {name: getattr(options.keep, name) for name in ("min_area", "min_objects", "max_objects", "crowded")}
    return {
        "version": VERSION,
        "layout": source.layout,
        "name": source.name,
        "files": {path.name: _checksum(path) for path in source.files},
        "image_size": list(options.image_size),
        "mask_size": options.mask_size,
        "keep": kept,
        "skip_unreadable": options.skip_unreadable,
        "guess_masks": options.guess_masks,
        "options": dict(options.source),
    }


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _claim(out: Path, made_from: Mapping[str, Any]) -> None:
    path = out / UNFINISHED
    if path.exists():
        _require_same(json.loads(path.read_text(encoding="utf8")), made_from, out)
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} exists and holds something else; name another directory with --out.")
    out.mkdir(parents=True, exist_ok=True)
    _write_text(path, json.dumps(made_from, indent=1))


def _require_same(there: Any, wanted: Mapping[str, Any], out: Path) -> None:  # noqa: ANN401
    if not isinstance(there, dict):
        raise InputError(f"{out} does not say what it was prepared from; name another directory with --out.")
    different = [key for key in wanted if there.get(key) != json.loads(json.dumps(wanted[key]))]
    if different:
        what = ", ".join(key.replace("_", " ") for key in different)
        raise InputError(f"{out} was prepared from other data or with other options ({what}); name another --out.")


def _write_split(
    folder: Path,
    pictures: Iterable[Picture],
    options: PrepareOptions,
    progress: Callable[[int], None],
    skipped: Callable[[str], None],
) -> None:
    folder.mkdir(exist_ok=True)
    seen = 0

    def counted() -> Iterator[tuple[Picture, list[int]]]:
        nonlocal seen
        for picture in pictures:
            seen += 1
            areas = np.array([item.area for item in picture.objects])
            kept = chosen(areas, picture.width * picture.height, options.keep, picture.relationships is not None)
            if kept is not None:
                yield picture, kept

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
            _write_shard(path, _with_first(first, part), options, lambda: progress(seen), skipped)
        progress(seen)


def _with_first(first: Any, rest: Iterable[Any]) -> Iterator[Any]:  # noqa: ANN401
    yield first
    yield from rest


def shard_name(number: int) -> str:
    """Of the file with the pictures from ``number * SHARD`` on."""
    return f"data-{number:05d}.arrow"


def _write_shard(
    path: Path,
    pictures: Iterable[tuple[Picture, list[int]]],
    options: PrepareOptions,
    progress: Callable[[], None],
    skipped: Callable[[str], None],
) -> None:
    arrow = import_pyarrow()
    schema = arrow_schema()
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            with arrow.ipc.new_stream(file, schema) as writer:
                rows: list[dict[str, Any]] = []
                for picture, kept in pictures:
                    rows += _row(picture, kept, options, skipped)
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


def arrow_schema() -> Any:  # noqa: ANN401
    """The columns for pyarrow, with what `datasets` wants to know of them."""
    arrow = import_pyarrow()

    def arrow_type(kind: Any) -> Any:  # noqa: ANN401
        return arrow.list_(arrow_type(kind[0])) if isinstance(kind, list) else getattr(arrow, kind)()

    fields = [arrow.field(name, arrow_type(kind)) for name, kind in COLUMNS.items()]
    return arrow.schema(fields, {"huggingface": json.dumps({"info": {"features": hub_features()}})})


def hub_features() -> dict[str, Any]:
    """The columns as `datasets` writes them."""

    def feature(kind: Any) -> dict[str, Any]:  # noqa: ANN401
        if isinstance(kind, list):
            return {"feature": feature(kind[0]), "_type": "List"}
        return {"dtype": kind, "_type": "Value"}

    return {name: feature(kind) for name, kind in COLUMNS.items()}


def _row(
    picture: Picture, kept: list[int], options: PrepareOptions, skipped: Callable[[str], None]
) -> list[dict[str, Any]]:
    """One row, or none if the picture cannot be read and may be left out."""
    try:
        pixels = load_image(picture.path, options.image_size)
    except InputError as error:
        if not options.skip_unreadable:
            raise
        skipped(str(error))
        return []
    item = annotate(picture, kept, options.mask_size)
    if options.guess_masks:
        item = guess_masks(item)
    stated = item.relationships
    return [
        {
            "file": str(Path(*picture.path.parts[-2:])),
            "width": picture.width,
            "height": picture.height,
            "image": pixels.transpose(1, 2, 0).tobytes(),
            "names": item.names,
            "boxes": item.boxes.astype("<f4").tobytes(),
            "areas": np.array([picture.objects[i].area for i in kept], dtype="<f8").tobytes(),
            "masks": np.packbits(item.masks).tobytes(),
            "has_mask": item.has_mask.astype(np.uint8).tobytes(),
            "attributes": item.attributes,
            "subjects": None if stated is None else [s for s, _, _ in stated],
            "predicates": None if stated is None else [p for _, p, _ in stated],
            "objects": None if stated is None else [o for _, _, o in stated],
            "source": item.source,
            "machine": (np.zeros((len(kept), 2)) if item.machine is None else item.machine).astype(np.uint8).tobytes(),
        }
    ]


def _finish(source: Source, out: Path, options: PrepareOptions, made_from: Mapping[str, Any]) -> Prepared:
    """Say what lies there, when all of it does."""
    for rest in out.glob("*/*.part"):  # of a call that was killed
        rest.unlink()
    splits = {split: _describe_split(out / split, options) for split in source.splits}
    if not any(split["pictures"] for split in splits.values()):
        raise InputError(f"{source.name} has no picture that can be used, so nothing was prepared.")
    objects = ("__image__", *source.things, *source.stuff)
    predicates = None if source.predicates is None else ("__in_image__", *source.predicates)
    metadata = {
        "format": FORMAT,
        "version": VERSION,
        "layout": source.layout,
        "image_size": list(options.image_size),
        "mask_size": options.mask_size,
        "relationships": "derived" if predicates is None else "stated",
        "paper": source.paper,
        "licence": source.license,
        "vocabulary": {
            "object_name_to_idx": {name: i for i, name in enumerate(objects)},
            "pred_name_to_idx": None if predicates is None else {name: i for i, name in enumerate(predicates)},
            "attribute_name_to_idx": {name: i for i, name in enumerate(source.attributes)},
            "stuff": list(source.stuff),
        },
        "splits": splits,
        "made_from": made_from,
    }
    for name, text in describe_for_hub(metadata, hub_features()).items():
        _write_text(out / name, text)
    _write_text(out / METADATA, json.dumps(metadata, indent=1, ensure_ascii=False))
    (out / UNFINISHED).unlink(missing_ok=True)
    return open_prepared(out)


def _describe_split(folder: Path, options: PrepareOptions) -> dict[str, Any]:
    shards = sorted(path.name for path in folder.glob("data-*.arrow"))
    rows = Rows([folder / name for name in shards], options.image_size, options.mask_size)
    objects = sum(len(rows.cell(i, "names")) for i in range(len(rows)))
    relationships = sum(len(rows.cell(i, "predicates") or ()) for i in range(len(rows)))
    return {
        "pictures": len(rows),
        "objects": objects,
        "relationships": relationships,
        "hash": rows.hash(),
        "shards": shards,
    }


def _write_text(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text + "\n", encoding="utf8")
    part.replace(path)


@contextmanager
def _written(out: Path) -> Iterator[None]:
    """A full disk in one sentence."""
    try:
        yield
    except OSError as error:
        raise Sg2imError(
            f"{error.filename or out} could not be written: {error.strerror or error}; what is finished is kept, "
            "and the same command goes on from there."
        ) from None
