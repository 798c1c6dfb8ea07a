"""Sheets for a command: where they go, and what stands beside the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sg2im_cli.output.files import require_different, require_new, write_file
from sg2im_errors import InputError

if TYPE_CHECKING:
    from sg2im_cli.drawing.sheet import Sheet
    from sg2im_cli.painter import Painting
    from sg2im_parsers.grounding.account import Account

ENDINGS = (".png", ".html")


def check_sheets(paths: Sequence[Path], overwrite: bool) -> None:
    """Refuse files before anything is drawn.

    Raises:
        InputError: an ending that no sheet has, a file that exists, or one name twice.
    """
    for path in paths:
        if path.suffix.lower() not in ENDINGS:
            raise InputError(f"{path} must end in {' or '.join(ENDINGS)}.")
        require_new(path, overwrite)
    require_different(paths)


def write_sheets(sheet: Sheet, paths: Sequence[Path], overwrite: bool) -> None:
    """The sheet as each of these files."""
    from sg2im_cli.drawing.page import sheet_page
    from sg2im_cli.drawing.parts import encode_png
    from sg2im_cli.drawing.sheet import draw_sheet

    for path in paths:
        html = path.suffix.lower() == ".html"
        write_file(path, sheet_page(sheet).encode() if html else encode_png(draw_sheet(sheet)), overwrite)


def notes(painting: Painting, account: Account) -> tuple[str, ...]:
    """What a picture does not hold of what was said, and other remarks; a line each."""
    names = [item.label for item in painting.graph.objects]
    dropped = [f"{word.word!r} ({word.reason})" for word in account.dropped]
    failing = [
        f"{names[r.subject]} {r.predicate} {names[r.object]}"
        for r in (check.relationship for check in painting.checks if check.satisfied is False)
    ]
    lines = [f"Not drawn: {', '.join(dropped)}."] if dropped else []
    lines += [f"Does not hold on the boxes: {', '.join(failing)}."] if failing else []
    return (*lines, *account.remarks)
