"""Writing prepared data: a shard at a time, so that little is held and a call that was broken off goes on.

``preparing.json`` says what it is all made from, until ``sg2im.json`` does, which is written last.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sg2im_cli.data.prepared.format import (
    FORMAT,
    METADATA,
    UNFINISHED,
    VERSION,
    file_name,
    hub_features,
    import_pyarrow,
)
from sg2im_cli.data.prepared.hub_card import describe_for_hub
from sg2im_cli.data.prepared.options import PrepareOptions
from sg2im_cli.data.prepared.reading import PreparedData, open_prepared
from sg2im_cli.data.prepared.rows import Rows
from sg2im_cli.data.prepared.shards import write_split
from sg2im_cli.data.readers.notes import Severity
from sg2im_cli.data.readers.source import Progress, Source
from sg2im_errors import InputError, Sg2imError


def prepare(
    source: Source, out: Path, options: PrepareOptions, progress: Progress, skipped: Callable[[str], None]
) -> PreparedData:
    """Write a source's images into a directory; the same call goes on where one was broken off.

    Args:
        source: the images.
        out: the directory.
        options: sizes, and what is kept.
        progress: is told how far it is.
        skipped: is told of each picture that is left out because it cannot be read.

    Raises:
        InputError: other data lies there, or an entry of the source cannot be used.
        Sg2imError: a file could not be written.
    """
    import_pyarrow()
    _require_names(source)
    made_from = _identity(source, options)
    with _written(out):
        _claim(out, made_from)
        for split, images in source.splits.items():
            here = replace(options, guess_masks=options.guess_masks and split == "train")
            told = partial(_told, progress, split, source.counts[split])
            write_split(out / split, images(), here, told, skipped, source.notes)
        return _finish(source, out, options, made_from)


def _require_names(source: Source) -> None:
    """Each split is a folder: its name must be one.

    Raises:
        InputError: names the first that is none.
    """
    for split in source.splits:
        try:
            file_name(split)
        except ValueError as error:
            raise InputError(f"A split cannot be called so: {error}; give it a plain name such as train.") from None


def _told(progress: Progress, split: str, most: int, done: int) -> None:
    progress(split, done, most)


def find_finished(source: Source, out: Path, options: PrepareOptions) -> PreparedData | None:
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
        "files": _checksums(source.files),
        **({} if source.contents is None else {"contents": source.contents}),
        "image_size": list(options.image_size),
        "mask_size": options.mask_size,
        "keep": kept,
        "skip_unreadable": options.skip_unreadable,
        "guess_masks": options.guess_masks,
        "options": dict(options.source),
    }


def _checksums(files: tuple[Path, ...]) -> dict[str, str]:
    """By the files' names, with their folders where these are the same (Roboflow's are)."""
    names = [path.name for path in files]
    called = (path.name if names.count(path.name) == 1 else "/".join(path.parts[-2:]) for path in files)
    return {name: _checksum(path) for name, path in zip(called, files, strict=True)}


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


def _finish(source: Source, out: Path, options: PrepareOptions, made_from: Mapping[str, Any]) -> PreparedData:
    """Say what lies there, when all of it does."""
    for rest in out.glob("*/*.part"):  # of a call that was killed
        rest.unlink()
    splits = {split: _describe_split(out / split, options) for split in source.splits}
    if not any(split["pictures"] for split in splits.values()):
        damage = (note.examples[0] for note in source.notes.kinds.values() if note.severity is Severity.DAMAGE)
        raise InputError(
            f"{source.name} has no picture that can be used, so nothing was prepared. {next(damage, '')}".rstrip()
        )
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
