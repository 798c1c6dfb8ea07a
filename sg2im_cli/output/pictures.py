"""The files of one call: its pictures, and the graph and layout of each one or of the first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sg2im_cli.output.encode import check_graph_file, encode, enlarge, graph_file, layout_file
from sg2im_cli.output.files import (
    Target,
    fill_in,
    is_pattern,
    require_different,
    require_known_parts,
    require_new,
    write_file,
)
from sg2im_errors import InputError
from sg2im_parsers.scene_graph import SceneGraph

if TYPE_CHECKING:
    from sg2im_cli.painter import Painting
    from sg2im_cli.provenance.record import Record


@dataclass(frozen=True, kw_only=True)
class PictureFiles:
    """Where pictures, graphs and layouts go.

    Attributes:
        target: of the pictures.
        save_graph: where the first picture's graph goes, too; or each one's, by a name with {seed} or {index}.
        save_layout: where the layout goes, too, likewise.
        save_masks: whether a layout that is saved as JSON has masks.
    """

    target: Target
    save_graph: Path | None
    save_layout: Path | None
    save_masks: bool

    def check(self, seeds: Sequence[int], graphs: int, seeds_known: bool) -> None:
        """Refuse files that exist, and others that cannot be written, before anything is drawn.

        Args:
            seeds: of each picture, in the order of their indices.
            graphs: how many there are to draw.
            seeds_known: whether these are the pictures that are kept; of the best of several it is not known.

        Raises:
            InputError: names the file, or the options that do not go together.
        """
        if self.save_masks and (self.save_layout is None or self.save_layout.suffix.lower() != ".json"):
            raise InputError(
                "--save-masks is for a layout that is saved as JSON; name it with --save-layout FILE.json."
            )
        self.target.check()
        paths: list[Path] = []
        for path in (self.save_graph, self.save_layout):
            if path is not None:
                paths += self._checked_extras(path, seeds, graphs, seeds_known)
        if self.target.named and (seeds_known or "{seed}" not in str(self.target.output)):
            paths += [self.target.path("", seed, i) for i, seed in enumerate(seeds)]
        require_different(paths)

    def _checked_extras(self, path: Path, seeds: Iterable[int], graphs: int, seeds_known: bool) -> list[Path]:
        """The files of graphs or layouts, as far as their names are known before the pictures."""
        check_graph_file(path, self.target.overwrite)
        require_known_parts(str(path))
        if is_pattern(str(path)):
            known = seeds_known or "{seed}" not in str(path)
            files = [fill_in(str(path), seed, i) for i, seed in enumerate(seeds)] if known else []
            for file in files:
                require_new(file, self.target.overwrite)
            return files
        if graphs > 1:
            raise InputError(f"{path} is for one graph, and there are {graphs} in the file; use {{index}} in the name.")
        return [path]

    def write(
        self, painting: Painting, source: str | SceneGraph, place: int, scale: int, record: Record | None
    ) -> Path:
        """Write one picture.

        Args:
            painting: with one picture.
            source: what it shows.
            place: among all of the call, from 0.
            scale: how much it is enlarged.
            record: what made it; None to leave it out.
        """
        image = enlarge(painting.images[0], scale)
        return self.target.make(title(source), painting.seeds[0], place, lambda path: encode(image, path, record))

    def write_extras(self, painting: Painting, place: int, is_first: bool) -> list[Path]:
        """Write graph and layout of a picture: of each one, or of the first if there is one name.

        Returns:
            The files, the graph's first.
        """
        overwrite, written = self.target.overwrite, []
        if (path := _extra(self.save_graph, painting.seeds[0], place, is_first)) is not None:
            write_file(path, graph_file(painting.asked, path), overwrite)
            written.append(path)
        if (path := _extra(self.save_layout, painting.seeds[0], place, is_first)) is not None:
            write_file(path, layout_file(painting, path, self.save_masks), overwrite)
            written.append(path)
        return written


def title(source: str | SceneGraph) -> str:
    """What files are named after."""
    return source if isinstance(source, str) else " ".join(item.label for item in source.objects)


def _extra(path: Path | None, seed: int, place: int, is_first: bool) -> Path | None:
    if path is None or not (is_first or is_pattern(str(path))):
        return None
    return fill_in(str(path), seed, place)
