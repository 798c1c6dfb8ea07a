"""Words of a prompt that say how the picture is made, not what is in it: "oil painting of", "digital art, 4k".

They stand before "of" at the start ("a watercolor painting of a lighthouse"), make up a whole part of the text between
commas ("a fox, cinematic lighting, 35mm"), or end a description ("a fox in the style of van gogh"). Word lists are in
``data/styles.toml``. "A painting on a wall", "a 4k tv", "a style magazine" have none of these forms and stay things.
"""

from __future__ import annotations

from collections.abc import Sequence

from sg2im_parsers.english.normalization.style_ends import words_said_in
from sg2im_parsers.english.normalization.style_lists import parts_of, plain, separates, triggers
from sg2im_parsers.english.normalization.style_media import medium_words
from sg2im_parsers.english.normalization.style_parts import whole_parts

FLAG = "--"
"""Options of a tool, as in "--ar 16:9", end a prompt."""


def style_words(words: Sequence[str]) -> set[int]:
    """Positions of the words of a text that say how it is drawn, with the commas and little words among them.

    Args:
        words: as they are written; what only asks for a picture is left out.
    """
    lowers = [word.lower() for word in words]
    if not triggers().intersection(map(plain, lowers)) and not any(word.startswith(FLAG) for word in lowers):
        return set()
    found = _flags(lowers)
    parts = list(parts_of(words, lowers, found))
    whole = whole_parts(parts)
    for number, part in enumerate(parts):
        if whole[number]:
            found.update(range(part.places[0], part.places[-1] + 1))
    described = [part for part, style in zip(parts, whole, strict=True) if not style]
    if described:
        found |= medium_words(described[0])
    for part in described:
        found |= words_said_in(part)
    if len(found) == len(words) or not any(word.isalnum() for i, word in enumerate(words) if i not in found):
        return set()
    return found | _lone_separators(lowers, found) if found else found


def _flags(lowers: Sequence[str]) -> set[int]:
    start = next((i for i, word in enumerate(lowers) if word.startswith(FLAG) and len(word) > len(FLAG)), len(lowers))
    return set(range(start, len(lowers)))


def _lone_separators(lowers: Sequence[str], style: set[int]) -> set[int]:
    """Commas around style words that would stand at the start, at the end, or twice."""
    found: set[int] = set()
    last: str | None = None
    kept = [place for place in range(len(lowers)) if place not in style]
    for at, place in enumerate(kept):
        parts = separates(lowers[place])
        after = kept[at + 1] if at + 1 < len(kept) else None
        touched = place - 1 in style | found or place + 1 in style
        if parts and touched and (last is None or separates(last) or after is None):
            found.add(place)
        else:
            last = lowers[place]
    while kept and separates(lowers[kept[-1]]):
        if kept[-1] not in found and lowers[kept[-1]] == ".":
            break
        found.add(kept.pop())
    return found
