"""Style at the end of a description or in it: "in the style of van gogh", "digital art 4k", "photorealistic"."""

from __future__ import annotations

from collections.abc import Sequence

from sg2im_parsers.english.normalization.phrases import Phrases, length_at, length_before
from sg2im_parsers.english.normalization.style_lists import (
    LONGEST_PHRASE,
    LONGEST_STYLE,
    Part,
    is_artist,
    known,
    span,
    style_list,
)
from sg2im_parsers.english.word_lists import word_list

LIT = frozenset({"lighting", "illumination", "palette", "tones", "contrast", "resolution", "quality", "detail"})


def words_said_in(part: Part) -> set[int]:
    """Positions of the style words of a description: anywhere, and at its end."""
    found: set[int] = set()
    found |= _anywhere(part)
    end = len(part.words)
    style = style_of(part.words)
    if style is not None and style[0]:
        found |= span(part, *style)
        end = style[0] if style[1] == end else end
    while (start := _start_of_end(part, end)) < end:
        found |= span(part, start, end)
        end = start
    return found


def _anywhere(part: Part) -> set[int]:
    found: set[int] = set()
    for at in range(len(part.words)):
        length = length_at(known("anywhere"), part.words, at)
        styled = length_at(known("telling", "drawn_kinds"), part.words, at)
        if styled and part.words[at + styled : at + styled + 1] == ["style"] and at + styled + 1 < len(part.words):
            length = styled + 1
        if length:
            found |= span(part, at, at + length)
    return found


def style_of(words: Sequence[str]) -> tuple[int, int] | None:
    """Where "in the style of van gogh" starts and ends."""
    for at in range(len(words) - 2):
        if words[at] in ("style", "styles") and words[at + 1] == "of":
            start = at - 2 if words[max(0, at - 2) : at] == ["in", "the"] else at - (words[at - 1 : at] == ["in"])
            names = range(at + 3, len(words))
            return start, next((i for i in names if words[i] in style_list("ends_names")), len(words))
    return None


def _start_of_end(part: Part, end: int) -> int:
    """Where the style begins that ends a description at this position; the position itself if none does."""
    words = part.words[:end]
    for start in (_linked_start(words), named_start(part, end), _made_start(words), _last_start(words)):
        if 0 < start < end:
            return start
    return end


def is_in_a_style(words: Sequence[str]) -> bool:
    """Few words that end so, none of them a preposition: "anime style", "in a loose sketchy style"."""
    ends = words[-1] in ("style", "styled") and 1 < len(words) <= LONGEST_STYLE + 1
    return ends and not any(word in style_list("ends_names") - {"in"} for word in words[:-1])


def _linked_start(words: list[str]) -> int:
    """Of "in watercolor", "with cinematic lighting", "in a cartoon style"."""
    linking = style_list("linking")
    at = next((i for i in range(len(words) - 1, max(0, len(words) - LONGEST_STYLE - 3), -1) if words[i] in linking), 0)
    after = words[at + 1 :]
    if not at or not after:
        return 0
    if length_at(known("linked"), after, 0) == len(after) or (words[at] == "in" and is_in_a_style(words[at:])):
        return at
    rest = after[1:] if after[0] in word_list("articles") else after
    length = length_before(known("heads"), rest, len(rest), LONGEST_PHRASE)
    lit = length and rest[-1] in LIT
    return at if lit and _covers(known("telling", "kinds"), rest[:-length]) else 0


def _covers(allowed: Phrases, words: Sequence[str]) -> bool:
    at = 0
    while at < len(words) and (length := length_at(allowed, words, at)):
        at += length
    return at == len(words) > 0


def named_start(part: Part, end: int) -> int:
    """Of "by Greg Rutkowski": a known artist; "a house by Lake Como" is by a lake."""
    by = max((i for i in range(1, end) if part.words[i] == "by"), default=0)
    return by if by and is_artist(part.words[by + 1 : end]) else 0


def _made_start(words: Sequence[str]) -> int:
    return next((at for at in range(1, len(words)) if length_at(known("made_with_at_once"), words, at)), 0)


def _last_start(words: list[str]) -> int:
    """Of "digital art 4k" after a noun; what has an article or a preposition before it is a thing."""
    end = len(words)
    if words[-1] in ("style", "styled") and (
        length := length_before(known("telling", "kinds"), words, end - 1, LONGEST_PHRASE)
    ):
        start = end - 1 - length
    else:
        length = length_before(known("last"), words, end, LONGEST_PHRASE)
        start = end - length if length else 0
    return start if start > 0 and _may_end(words[start - 1]) else 0


def _may_end(word: str) -> bool:
    little = (
        word_list("articles")
        | style_list("linking")
        | {"of", "on", "and", "is", "are", "very", "looks", "my", "his", "her", "to"}
    )
    return word not in little and word != "#" and not word.endswith("ing")
