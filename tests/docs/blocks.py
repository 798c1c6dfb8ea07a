"""The code blocks of a Markdown page, and what the page says of them to those who test it.

A comment on the line before a block is for the tests, and shown nowhere else:

    <!-- file: NAME -->             the block is a file of that name, for the blocks that follow
    <!-- not run: needs REASON -->  it needs what a test lacks: a network, data, hours
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "examples" / "README.md", *sorted((ROOT / "docs").glob("*.md")))

FENCE = re.compile(r"^( *)```(\S*)(.*)$")
COMMENT = re.compile(r"^<!-- (file|not run): (.+) -->$")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: the file that it stands in.
        line: of its first line of code, from 1.
        language: the word after the fence.
        code: what is inside.
        file: the name under which it is kept, if it is a file.
        lacks: what it needs and a test has not; None if it can be run.
    """

    page: Path
    line: int
    language: str
    code: str
    file: str | None = None
    lacks: str | None = None

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """All blocks of a page, in order; a block that does not end, or is indented, is a mistake."""
    before, begun, code = "", None, []
    for number, line in enumerate(page.read_text(encoding="utf8").splitlines(), 1):
        fence = FENCE.match(line)
        if fence and begun is None:
            assert fence[1] == "" and fence[3] == "", f"{page}:{number}: {line!r} is not how a block begins"
            begun, code = (number + 1, fence[2], before), []
        elif fence:
            first, language, said = begun
            yield Block(page, first, language, "".join(code), **_said(said))
            begun = None
        elif begun:
            code.append(line + "\n")
        before = line
    assert begun is None, f"{page}: the block of line {begun[0]} does not end"


def _said(line: str) -> dict[str, str]:
    found = COMMENT.match(line)
    return {} if found is None else {{"file": "file", "not run": "lacks"}[found[1]]: found[2]}
