"""Visual Genome 1.4 as the paper and the 2018 code use it.

DIR/image_data.json, objects.json, relationships.json, object_alias.txt, relationship_alias.txt
DIR/attributes.json                      may be absent
DIR/images/VG_100K/1.jpg, DIR/VG_100K_2/1.jpg ...     as the archives unpack

Names go through the alias files. Object names with at least 2,000 objects in train are kept, predicates with at least
500 relationships there between kept objects, attributes with at least 2,000 objects. Pictures under 200 pixels on a
side and objects under 32 are left out, and pictures with fewer than 3 or more than 30 objects, or without or with more
than 30 relationships.

The files are read an entry at a time into a temporary database, which the disk holds.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sg2im_cli.data.readers.notes import Notes
from sg2im_cli.data.readers.recognition import require_no_file
from sg2im_cli.data.readers.source import Source
from sg2im_cli.data.readers.visual_genome_options import LICENSE, VisualGenomeOptions
from sg2im_cli.data.readers.visual_genome_reader import Reader
from sg2im_cli.data.readers.visual_genome_splits import paper_splits, read_splits
from sg2im_errors import InputError

__all__ = ["LICENSE", "VisualGenomeOptions", "visual_genome_source"]


def visual_genome_source(data: Path, options: VisualGenomeOptions, notes: Notes | None = None) -> Source:
    """The splits of a directory of Visual Genome.

    Args:
        data: the directory.
        options: what is kept.
        notes: is told of what cannot be used, which is left out; without it damaged entries are errors.

    Raises:
        InputError: files that are missing or cannot be used, or of which too little is left.
    """
    if not data.is_dir():
        require_no_file(data)
        raise InputError(f"There is no directory {data}; name one with image_data.json, objects.json and so on.")
    splits = paper_splits() if options.splits is None else read_splits(options.splits)
    reader = Reader(data, options, splits, Notes() if notes is None else notes)
    reader.read()
    if not reader.object_names or not reader.predicates:
        what = "relationship" if reader.object_names else "object"
        raise InputError(f"{data} has no {what} that is named often enough in the train split to be kept.")
    return Source(
        layout="vg",
        name=data.resolve().name,
        splits={split: partial(reader.images, split) for split in splits},
        counts={split: len(idents) for split, idents in reader.splits.items()},
        things=tuple(reader.object_names),
        predicates=tuple(reader.predicates),
        attributes=tuple(reader.attributes),
        files=tuple(path for path in reader.files if path.exists()),
        paper=options == VisualGenomeOptions(license=options.license),
        license=options.license,
        notes=reader.notes,
    )
