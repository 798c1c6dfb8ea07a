"""Parts of a text that are nothing but style: "digital art", "in anime style", "by Greg Rutkowski"."""

from __future__ import annotations

from collections.abc import Sequence

from sg2im_parsers.english.normalization.phrases import length_at, length_before
from sg2im_parsers.english.normalization.style_ends import is_in_a_style, named_start, style_of
from sg2im_parsers.english.normalization.style_lists import (
    LONGEST_NAME,
    LONGEST_PHRASE,
    LONGEST_STYLE,
    NO_NAMES,
    Part,
    is_name,
    known,
    style_list,
)
from sg2im_parsers.english.word_lists import word_list

FILLERS = frozenset({"a", "an", "the", "and", "&", "+", "with", "in", "of", "very"})
DESCRIPTION = 3
"""So many words tell of something; a shorter part of a text may be an item of a list."""


def whole_parts(parts: Sequence[Part]) -> list[bool]:
    """Which parts are style: surely, or because of what stands beside them."""
    sure = [_is_style(part) for part in parts]
    if len(parts) == 1:
        return [False]
    maybe = [_is_made_of(part, ("telling", "kinds", "heads", "things")) for part in parts]
    named = [_ends_in(part, ("things",)) for part in parts]
    for i, part in enumerate(parts):
        before = i > 0 and (sure[i - 1] or (named[i] and len(parts[i - 1].words) >= DESCRIPTION))
        alone = maybe[0] and len(parts[1].words) >= DESCRIPTION
        first = i == 0 and (sure[1] or alone or (named[0] and len(parts[1].words) >= 2))
        article = part.words[0] in word_list("articles")
        sure[i] = sure[i] or (any(sure[:i]) and part.words[0] == "by" and may_be_name(part.words[1:]))
        sure[i] = sure[i] or (maybe[i] and not article and (before or first))
    return sure


def _is_style(part: Part) -> bool:
    if length_at(known("made_with"), part.words, 0):
        return True
    if part.words[0] == "by" and is_name(part, 1, len(part.words)):
        return True
    if _is_on_paper(part.words):
        return True
    if style_of(part.words) == (0, len(part.words)) or is_in_a_style(part.words):
        return True
    named = named_start(part, len(part.words))
    part = Part(part.words[:named], part.places[:named], part.raw[:named]) if named else part
    if part.words[-1] == "background" and len(part.words) == 2 and part.words[0] in word_list("colours"):
        return True
    return _is_made_of(part, ("telling", "kinds", "heads")) and (_has_telling(part.words) or _ends_in(part, ("heads",)))


def _is_on_paper(words: Sequence[str]) -> bool:
    """Few words, "on" between what draws and what is drawn on: "black ink on white paper"."""
    if words[-1] not in style_list("drawn_on") or "on" not in words or len(words) > LONGEST_NAME:
        return False
    on = words.index("on")
    return on > 0 and words[on - 1] in style_list("drawn_with")


def _is_made_of(part: Part, names: tuple[str, ...]) -> bool:
    phrases_, at = known(*names), 0
    while at < len(part.words):
        length = length_at(phrases_, part.words, at) or (part.words[at] in FILLERS)
        if not length:
            return style_of(part.words) == (at, len(part.words))
        at += length
    return any(word not in FILLERS for word in part.words)


def _has_telling(words: Sequence[str]) -> bool:
    return any(length_at(known("telling"), words, at) for at in range(len(words)))


def _ends_in(part: Part, names: tuple[str, ...]) -> bool:
    """Whether the part is a kind of something: "warm light", "oil painting"."""
    length = length_before(known(*names), part.words, len(part.words), LONGEST_PHRASE)
    return 0 < length < len(part.words)


def may_be_name(words: Sequence[str]) -> bool:
    """Whether two or three words may be a name in small letters: beside other style, "by john harris"."""
    return 2 <= len(words) <= LONGEST_STYLE - 1 and not set(words) & (
        NO_NAMES | word_list("articles") | FILLERS | {"my", "his"}
    )
