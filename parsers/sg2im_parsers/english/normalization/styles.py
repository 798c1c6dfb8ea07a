"""Words of a prompt that say how the picture is made, not what is in it: "oil painting of", "digital art, 4k".

They stand before "of" at the start ("a watercolor painting of a lighthouse"), make up a whole part of the text between
commas ("a fox, cinematic lighting, 35mm"), or end a description ("a fox in the style of van gogh"). Word lists are in
``data/styles.toml``. "A painting on a wall", "a 4k tv", "a style magazine" have none of these forms and stay things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from sg2im_parsers.english.normalization.phrases import Phrases, length_at, length_before, phrases
from sg2im_parsers.english.word_lists import read_data, word_list

SEPARATORS = frozenset(
    {",", ".", ";", ":", "|", "/", "(", ")", "[", "]", "{", "}", "!", "\u2014", "\u2013", "--", "\n"}
)
STARTS = ("hang", "style", "art", "photo", "paint", "render", "trend")
FLAG = "--"
"""Options of a tool, as in "--ar 16:9", end a prompt."""

NUMBER = re.compile(r"\d+(?:[.,:/x]\d+)*")
WEIGHT = re.compile(r":\d+(?:\.\d+)?$")
"""As in "(masterpiece:1.2)"."""

FILLERS = frozenset({"a", "an", "the", "and", "&", "+", "with", "in", "of", "very"})
LINKS = frozenset({"of", "and", "the", "&", "van", "von", "de", "da", "di", "la"})
NO_NAMES = frozenset({"lake", "river", "mount", "mountain", "park", "bay", "beach", "street", "sea", "bridge", "the"})
LONGEST_PHRASE, LONGEST_NAME, LONGEST_STYLE, LONGEST_MEDIUM = 6, 6, 4, 12
DESCRIPTION = 3
"""So many words tell of something; a shorter part of a text may be an item of a list."""


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two commas or other separators.

    Attributes:
        words: in small letters, without hyphens, numbers as "#".
        places: where they stand in the text's words.
        raw: as they are written.
    """

    words: list[str]
    places: list[int]
    raw: list[str]


def style_words(words: Sequence[str]) -> set[int]:
    """Positions of the words of a text that say how it is drawn, with the commas and little words among them.

    Args:
        words: as they are written; what only asks for a picture is left out.
    """
    lowers = [word.lower() for word in words]
    if not _triggers().intersection(map(_plain, lowers)) and not any(word.startswith(FLAG) for word in lowers):
        return set()
    found = _flags(lowers)
    parts = list(_parts(words, lowers, found))
    whole = _whole_parts(parts)
    for number, part in enumerate(parts):
        if whole[number]:
            found.update(range(part.places[0], part.places[-1] + 1))
    described = [part for part, style in zip(parts, whole, strict=True) if not style]
    if described:
        found |= _medium(described[0])
    for part in described:
        found |= _said_in(part, found)
    if len(found) == len(words) or not any(word.isalnum() for i, word in enumerate(words) if i not in found):
        return set()
    return found | _lone_separators(lowers, found) if found else found


@cache
def _known(*names: str) -> Phrases:
    lists = read_data("styles.toml")["lists"]
    return phrases({" ".join(map(_plain, phrase.split())) for name in names for phrase in lists[name]})


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(read_data("styles.toml")["lists"][name])


@cache
def _triggers() -> frozenset[str]:
    """Without one of these words, a text has no style."""
    names = ("telling", "heads", "things", "media", "anywhere", "last", "linked", "made_with")
    lists = read_data("styles.toml")["lists"]
    firsts = {_plain(phrase.split()[-1]) for name in names for phrase in lists[name]}
    return frozenset({*firsts, *(phrase.split()[0] for phrase in lists["made_with"]), "style", "by"})


@cache
def _plain(word: str) -> str:
    return NUMBER.sub("#", WEIGHT.sub("", word)) or word


def _flags(lowers: Sequence[str]) -> set[int]:
    start = next((i for i, word in enumerate(lowers) if word.startswith(FLAG) and len(word) > len(FLAG)), len(lowers))
    return set(range(start, len(lowers)))


def _parts(words: Sequence[str], lowers: Sequence[str], taken: set[int]) -> Iterator[Part]:
    places: list[int] = []
    for place in range(len(words) + 1):
        if place < len(words) and place not in taken and not _separates(lowers[place]):
            places.append(place)
        elif places:
            told = [i for i in places if lowers[i] != "-" and not lowers[i].isspace()]
            if told:
                yield Part([_plain(lowers[i]) for i in told], told, [words[i] for i in told])
            places = []


def _separates(word: str) -> bool:
    return word in SEPARATORS or (word.isspace() and "\n" in word)


# ---- parts of the text that are nothing but style ---------------------------------------------------------------


def _whole_parts(parts: Sequence[Part]) -> list[bool]:
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
        sure[i] = sure[i] or (any(sure[:i]) and part.words[0] == "by" and _may_be_name(part.words[1:]))
        sure[i] = sure[i] or (maybe[i] and not article and (before or first))
    return sure


def _is_style(part: Part) -> bool:
    if length_at(_known("made_with"), part.words, 0):
        return True
    if part.words[0] == "by" and _is_name(part, 1, len(part.words)):
        return True
    if _is_on_paper(part.words):
        return True
    if _style_of(part.words) == (0, len(part.words)) or _is_in_a_style(part.words):
        return True
    named = _named_start(part, len(part.words))
    part = Part(part.words[:named], part.places[:named], part.raw[:named]) if named else part
    if part.words[-1] == "background" and len(part.words) == 2 and part.words[0] in word_list("colours"):
        return True
    return _is_made_of(part, ("telling", "kinds", "heads")) and (_has_telling(part.words) or _ends_in(part, ("heads",)))


def _is_in_a_style(words: Sequence[str]) -> bool:
    """ "anime style", "in a loose sketchy style": few words that end so, none of them a preposition."""
    ends = words[-1] in ("style", "styled") and 1 < len(words) <= LONGEST_STYLE + 1
    return ends and not any(word in _list("ends_names") - {"in"} for word in words[:-1])


def _is_on_paper(words: Sequence[str]) -> bool:
    """ "black ink on white paper": few words, "on" between what draws and what is drawn on."""
    if words[-1] not in _list("drawn_on") or "on" not in words or len(words) > LONGEST_NAME:
        return False
    on = words.index("on")
    return on > 0 and words[on - 1] in _list("drawn_with")


def _is_made_of(part: Part, names: tuple[str, ...]) -> bool:
    known, at = _known(*names), 0
    while at < len(part.words):
        length = length_at(known, part.words, at) or (part.words[at] in FILLERS)
        if not length:
            return _style_of(part.words) == (at, len(part.words))
        at += length
    return any(word not in FILLERS for word in part.words)


def _has_telling(words: Sequence[str]) -> bool:
    return any(length_at(_known("telling"), words, at) for at in range(len(words)))


def _ends_in(part: Part, names: tuple[str, ...]) -> bool:
    """Whether the part is a kind of something: "warm light", "oil painting"."""
    length = length_before(_known(*names), part.words, len(part.words), LONGEST_PHRASE)
    return 0 < length < len(part.words)


def _is_name(part: Part, start: int, end: int) -> bool:
    """Whether words are an artist's name or several: known ones, or all in capitals."""
    known, at = _known("artists"), start
    while at < end:
        length = length_at(known, part.words, at) or (part.words[at] in LINKS and at > start)
        if not length:
            break
        at += length
    if at == end > start:
        return True
    named = [word for word in part.raw[start:end] if word.lower() not in LINKS]
    capital = all(word[0].isupper() for word in named) and any(not word.isupper() for word in named)
    return bool(named) and capital and end - start <= LONGEST_NAME and not NO_NAMES & set(part.words[start:end])


def _may_be_name(words: Sequence[str]) -> bool:
    """Whether two or three words may be a name in small letters: beside other style, "by john harris"."""
    return 2 <= len(words) <= LONGEST_STYLE - 1 and not set(words) & (
        NO_NAMES | word_list("articles") | FILLERS | {"my", "his"}
    )


# ---- before "of" ------------------------------------------------------------------------------------------------


def _medium(part: Part) -> set[int]:
    """The words of "a watercolor painting of" at the start of a description; none if it is a thing in the picture."""
    end = _end_of_medium(part)
    return set() if not end or _is_thing(part.words, end) else set(range(part.places[0], part.places[end - 1] + 1))


def _end_of_medium(part: Part) -> int:
    words = part.words
    at, medium, styled = int(words[0] in word_list("asked_articles")), 0, False
    mods = _known("telling", "kinds", "heads", "media_kinds", "printed")
    while at < min(len(words), LONGEST_MEDIUM):
        if medium == at and at and words[at] in _list("showing"):
            return at + 1
        if medium == at and at and words[at] == "by" and (name := _of_after_name(part, at)):
            return name
        length = max(length_at(_known("media"), words, at), length_at(mods, words, at))
        if not length:
            return 0
        at += length
        printed = styled and words[at - 1] in _list("printed")
        styled = styled or length_at(_known("telling", "kinds"), words, at - length) == length
        medium = at if printed or length_before(_known("media"), words, at, 2) else medium
    return 0


def _of_after_name(part: Part, by: int) -> int:
    """The position after "by Claude Monet of"."""
    of = next((i for i in range(by + 2, min(len(part.words), by + LONGEST_NAME)) if part.words[i] == "of"), 0)
    return of + 1 if of and _is_name(part, by + 1, of) else 0


def _is_thing(words: Sequence[str], end: int) -> bool:
    """Whether the picture hangs or stands in the one that is described: "a painting of a ship on the wall"."""
    said, place = words[end:], words[-1]
    if words[end - 2] in said or _list("hangs").intersection(words[:end]):
        return True
    if _is_somewhere(said):
        return True
    leads = max((i for i, word in enumerate(said) if word in ("on", "above", "over", "in", "at", "by")), default=0)
    moves = any(word.endswith("ing") and word not in _list("hangs") for word in said[:leads])
    if not leads or moves or len(said) - leads > LONGEST_STYLE:
        return False
    return place in _list("hanging_places") or (place in _list("furniture") and said[leads] in ("above", "over"))


def _is_somewhere(said: Sequence[str]) -> bool:
    """Whether a sentence says where the medium is: "a logo of a fox is on the door"."""
    verb = next((i for i, word in enumerate(said) if word in ("is", "are")), 0)
    others = frozenset({"that", "which", "who", "where", "whose", "there", "he", "she", "it", "they", "and"})
    after = said[verb + 1 : verb + 2]
    return (
        bool(verb and after)
        and after[0] in ("on", "in", "at", "above", "next", "behind", "under", "near", "over")
        and not (others & set(said[:verb]))
    )


# ---- at the end of a description, or in it ----------------------------------------------------------------------


def _said_in(part: Part, taken: set[int]) -> set[int]:
    found: set[int] = set()
    found |= _anywhere(part)
    end = len(part.words)
    style = _style_of(part.words)
    if style is not None and style[0]:
        found |= _span(part, *style)
        end = style[0] if style[1] == end else end
    while (start := _start_of_end(part, end)) < end:
        found |= _span(part, start, end)
        end = start
    return found


def _span(part: Part, start: int, end: int) -> set[int]:
    return set(range(part.places[start], part.places[end - 1] + 1))


def _anywhere(part: Part) -> set[int]:
    found: set[int] = set()
    for at in range(len(part.words)):
        length = length_at(_known("anywhere"), part.words, at)
        styled = length_at(_known("telling", "drawn_kinds"), part.words, at)
        if styled and part.words[at + styled : at + styled + 1] == ["style"] and at + styled + 1 < len(part.words):
            length = styled + 1
        if length:
            found |= _span(part, at, at + length)
    return found


def _style_of(words: Sequence[str]) -> tuple[int, int] | None:
    """Where "in the style of van gogh" starts and ends."""
    for at in range(len(words) - 2):
        if words[at] in ("style", "styles") and words[at + 1] == "of":
            start = at - 2 if words[max(0, at - 2) : at] == ["in", "the"] else at - (words[at - 1 : at] == ["in"])
            names = range(at + 3, len(words))
            return start, next((i for i in names if words[i] in _list("ends_names")), len(words))
    return None


def _start_of_end(part: Part, end: int) -> int:
    """Where the style begins that ends a description at this position; the position itself if none does."""
    words = part.words[:end]
    for start in (_linked_start(words), _named_start(part, end), _made_start(words), _last_start(words)):
        if 0 < start < end:
            return start
    return end


def _linked_start(words: list[str]) -> int:
    """Of "in watercolor", "with cinematic lighting", "in a cartoon style"."""
    linking = _list("linking")
    at = next((i for i in range(len(words) - 1, max(0, len(words) - LONGEST_STYLE - 3), -1) if words[i] in linking), 0)
    after = words[at + 1 :]
    if not at or not after:
        return 0
    if length_at(_known("linked"), after, 0) == len(after) or (words[at] == "in" and _is_in_a_style(words[at:])):
        return at
    rest = after[1:] if after[0] in word_list("articles") else after
    length = length_before(_known("heads"), rest, len(rest), LONGEST_PHRASE)
    lit = length and rest[-1] in (
        "lighting",
        "illumination",
        "palette",
        "tones",
        "contrast",
        "resolution",
        "quality",
        "detail",
    )
    return at if lit and _covers(_known("telling", "kinds"), rest[:-length]) else 0


def _covers(known: Phrases, words: Sequence[str]) -> bool:
    at = 0
    while at < len(words) and (length := length_at(known, words, at)):
        at += length
    return at == len(words) > 0


def _named_start(part: Part, end: int) -> int:
    """Of "by Greg Rutkowski": a known artist; "a house by Lake Como" is by a lake."""
    by = max((i for i in range(1, end) if part.words[i] == "by"), default=0)
    return by if by and _is_artist(part.words[by + 1 : end]) else 0


def _is_artist(words: Sequence[str]) -> bool:
    at = 0
    while at < len(words) and (length := length_at(_known("artists"), words, at) or (words[at] in LINKS and at > 0)):
        at += length
    return at == len(words) > 0


def _made_start(words: Sequence[str]) -> int:
    return next((at for at in range(1, len(words)) if length_at(_known("made_with_at_once"), words, at)), 0)


def _last_start(words: list[str]) -> int:
    """Of "digital art 4k" after a noun; what has an article or a preposition before it is a thing."""
    end = len(words)
    if words[-1] in ("style", "styled") and (
        length := length_before(_known("telling", "kinds"), words, end - 1, LONGEST_PHRASE)
    ):
        start = end - 1 - length
    else:
        length = length_before(_known("last"), words, end, LONGEST_PHRASE)
        start = end - length if length else 0
    return start if start > 0 and _may_end(words[start - 1]) else 0


def _may_end(word: str) -> bool:
    little = (
        word_list("articles")
        | _list("linking")
        | {"of", "on", "and", "is", "are", "very", "looks", "my", "his", "her", "to"}
    )
    return word not in little and word != "#" and not word.endswith("ing")


def _lone_separators(lowers: Sequence[str], style: set[int]) -> set[int]:
    """Commas around style words that would stand at the start, at the end, or twice."""
    found: set[int] = set()
    last: str | None = None
    kept = [place for place in range(len(lowers)) if place not in style]
    for at, place in enumerate(kept):
        separates = _separates(lowers[place])
        after = kept[at + 1] if at + 1 < len(kept) else None
        touched = place - 1 in style | found or place + 1 in style
        if separates and touched and (last is None or _separates(last) or after is None):
            found.add(place)
        else:
            last = lowers[place]
    while kept and _separates(lowers[kept[-1]]):
        if kept[-1] not in found and lowers[kept[-1]] == ".":
            break
        found.add(kept.pop())
    return found
