"""Parts of a page that a program writes: what stands between two comments."""

from __future__ import annotations

import re


def filled(text: str, name: str, made: str) -> str:
    """A page with one part made anew.

    Args:
        text: the page.
        name: of the part, which begins with ``<!-- made: NAME (by ...) -->`` and ends with ``<!-- /made -->``.
        made: what is to stand there.

    Raises:
        ValueError: the page has no such part, or several.
    """
    part = re.compile(rf"(<!-- made: {re.escape(name)} \(by [^)]*\) -->\n).*?(<!-- /made -->)", re.DOTALL)
    if len(part.findall(text)) != 1:
        raise ValueError(f"The page must have one part '<!-- made: {name} (by ...) -->' ... '<!-- /made -->'.")
    return part.sub(lambda found: f"{found[1]}\n{made.strip()}\n\n{found[2]}", text)


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
