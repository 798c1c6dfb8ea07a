"""A medium before "of" at the start: "a watercolor painting of"; and whether it is a thing in the picture after all."""

from __future__ import annotations

from collections.abc import Sequence

from sg2im_parsers.english.normalization.phrases import length_at, length_before
from sg2im_parsers.english.normalization.style_lists import (
    LONGEST_NAME,
    LONGEST_STYLE,
    Part,
    is_name,
    known,
    style_list,
)
from sg2im_parsers.english.word_lists import word_list

LONGEST_MEDIUM = 12
WHERE = frozenset({"on", "in", "at", "above", "next", "behind", "under", "near", "over"})
LINKING = frozenset({"that", "which", "who", "where", "whose", "there", "he", "she", "it", "they", "and"})


def medium_words(part: Part) -> set[int]:
    """The words of "a watercolor painting of" at the start of a description; none if it is a thing in the picture."""
    end = _end_of_medium(part)
    return set() if not end or _is_thing(part.words, end) else set(range(part.places[0], part.places[end - 1] + 1))


def _end_of_medium(part: Part) -> int:
    words = part.words
    at, medium, styled = int(words[0] in word_list("asked_articles")), 0, False
    mods = known("telling", "kinds", "heads", "media_kinds", "printed")
    while at < min(len(words), LONGEST_MEDIUM):
        if medium == at and at and words[at] in style_list("showing"):
            return at + 1
        if medium == at and at and words[at] == "by" and (name := _of_after_name(part, at)):
            return name
        length = max(length_at(known("media"), words, at), length_at(mods, words, at))
        if not length:
            return 0
        at += length
        printed = styled and words[at - 1] in style_list("printed")
        styled = styled or length_at(known("telling", "kinds"), words, at - length) == length
        medium = at if printed or length_before(known("media"), words, at, 2) else medium
    return 0


def _of_after_name(part: Part, by: int) -> int:
    """The position after "by Claude Monet of"."""
    of = next((i for i in range(by + 2, min(len(part.words), by + LONGEST_NAME)) if part.words[i] == "of"), 0)
    return of + 1 if of and is_name(part, by + 1, of) else 0


def _is_thing(words: Sequence[str], end: int) -> bool:
    """Whether the picture hangs or stands in the one that is described: "a painting of a ship on the wall"."""
    said, place = words[end:], words[-1]
    if words[end - 2] in said or style_list("hangs").intersection(words[:end]):
        return True
    if _is_somewhere(said) or _hangs(said):
        return True
    leads = max((i for i, word in enumerate(said) if word in ("on", "above", "over", "in", "at", "by")), default=0)
    moves = any(word.endswith("ing") and word not in style_list("hangs") for word in said[:leads])
    if not leads or moves or len(said) - leads > LONGEST_STYLE:
        return False
    return place in style_list("hanging_places") or (
        place in style_list("furniture") and said[leads] in ("above", "over")
    )


def _hangs(said: Sequence[str]) -> bool:
    """Whether something hangs on a wall, whatever follows: "on the wall of an office"."""
    moves = any(word.endswith("ing") and word not in style_list("hangs") for word in said)
    walls = style_list("hanging_places")
    return not moves and any(said[i] == "on" and walls.intersection(said[i + 1 : i + 3]) for i in range(len(said)))


def _is_somewhere(said: Sequence[str]) -> bool:
    """Whether a sentence says where the medium is: "a logo of a fox is on the door"."""
    verb = next((i for i, word in enumerate(said) if word in ("is", "are")), 0)
    after = said[verb + 1 : verb + 2]
    return bool(verb and after) and after[0] in WHERE and not LINKING & set(said[:verb])
