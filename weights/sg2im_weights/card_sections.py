"""Parts of a model card that are written apart from the rest: between ``<!-- NAME -->`` and ``<!-- /NAME -->``.

``figures`` is filled by what was measured, ``limits`` and ``notes`` by a person; all three outlive the card being made
anew.
"""

from __future__ import annotations

import re

from sg2im_weights.errors import WeightsInputError


def read_section(card: str, name: str) -> str | None:
    """What stands in a section, without blank lines around it; None if the card has none of that name.

    Raises:
        WeightsInputError: one of its two marks is missing, or stands twice.
    """
    place = _place(card, name)
    return None if place is None else card[place[0] : place[1]].strip()


def write_section(card: str, name: str, content: str) -> str:
    """The card with other content in a section, which is added at its end if it has none of that name.

    Raises:
        WeightsInputError: one of its two marks is missing, or stands twice.
    """
    place = _place(card, name)
    if place is None:
        return f"{card.rstrip()}\n\n{section(name, content)}\n"
    return f"{card[: place[0]]}\n{_padded(content)}{card[place[1] :]}"


def section(name: str, content: str) -> str:
    """A section as text."""
    return f"<!-- {name} -->\n{_padded(content)}<!-- /{name} -->"


def _padded(content: str) -> str:
    return f"\n{content.strip()}\n\n" if content.strip() else ""


def _place(card: str, name: str) -> tuple[int, int] | None:
    """Where the content of a section begins and ends."""
    starts = list(re.finditer(rf"<!-- *{name} *-->", card))
    ends = list(re.finditer(rf"<!-- */{name} *-->", card))
    if not starts and not ends:
        return None
    if len(starts) != 1 or len(ends) != 1 or starts[0].end() > ends[0].start():
        raise WeightsInputError(
            f"The model card must have <!-- {name} --> and <!-- /{name} --> once each, in this order; mend it by hand."
        )
    return starts[0].end(), ends[0].start()
