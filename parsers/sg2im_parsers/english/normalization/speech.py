"""How people write who write fast: "u", "w", "theres", "its hairy", "lol", sentences without a full stop.

Words are in ``data/speech.toml``, and what stays as it is: "the letter w", "a u turn", "a kind of bread", "its tail".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from sg2im_parsers.english.normalization.phrases import Phrases, length_at, length_before, phrases
from sg2im_parsers.english.word_lists import read_data, word_list

Spoken = Mapping[int, tuple[str, ...]]
"""By position of a word, what is read in its place; nothing for a filler."""

SHORT_IS = frozenset({"there", "he", "she", "it", "that", "here", "what", "who"})
LONGEST_FILLER = 5


def spoken(words: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """What is read in place of words that people write as they speak.

    Args:
        words: in small letters.
    """
    if not _triggers().intersection(words):
        return {}
    found: dict[int, tuple[str, ...]] = {}
    for place, word in enumerate(words):
        read = _read(words, place, word)
        if read is not None:
            found[place] = read
    return found | dict.fromkeys(_fillers([found.get(i, (word,))[0] for i, word in enumerate(words)]), ())


def sentence_starts(words: Sequence[str]) -> list[int]:
    """Positions where a sentence starts without a sign before it: "my dog he is brown".

    Of "the dog he is holding" and "the bench it is on", it is the same sentence that goes on.
    """
    starters = _list("starters")
    return [place for place, word in enumerate(words) if word in starters and place and _starts(words, place)]


def left_out(words: Sequence[str]) -> dict[int, str]:
    """By position of a word, the word or sign that lacks before it.

    A comma between things of one kind ("dog cat and bird"), "in" before clothes ("woman red dress"), a full stop where
    another sentence starts ("the sky is blue the grass is green").
    """
    found = {place: "," for place in range(1, len(words)) if _are_alike(words[place - 1], words[place])}
    found |= {place: "in" for place in range(1, len(words) - 1) if _wears(words, place)}
    found |= dict.fromkeys(_next_clauses(words), ".")
    return found


def _are_alike(first: str, second: str) -> bool:
    return (
        first != second
        and first not in word_list("colours")
        and any(first in kind and second in kind for kind in _kinds())
    )


@cache
def _kinds() -> tuple[frozenset[str], ...]:
    return tuple(_list(f"alike_{kind}") for kind in ("people", "animals", "food", "nature", "vehicles"))


def _wears(words: Sequence[str], place: int) -> bool:
    """Whether a person, a colour and clothes stand in a row."""
    worn = words[place + 1] in word_list("clothes") or words[place + 1].removesuffix("s") in word_list("clothes")
    coloured = words[place] in word_list("colours") and words[place] not in ("silver", "gold")
    person = words[place - 1] in word_list("people") | _list("alike_people")
    goes_on = words[place + 2 : place + 3]
    return worn and coloured and person and not (goes_on and goes_on[0] in ("is", "are"))


def _next_clauses(words: Sequence[str]) -> Iterator[int]:
    """Where "the grass is green" starts after "the sky is blue", without a sign between them."""
    told = False
    for place, word in enumerate(words):
        if word in (".", ",", ";", "and", "but", "that", "which", "who", "while", "whose", "where"):
            told = False
        elif word in ("is", "are"):
            told = True
        elif told and word in ("the", "a", "my", "his", "her") and _is_subject(words, place):
            yield place
            told = False


def _is_subject(words: Sequence[str], article: int) -> bool:
    """Whether "the grass is" may start a sentence here."""
    before, after = words[article - 1], words[article + 2 : article + 4]
    if before in _list("joining") or before.endswith("ing") or len(after) < 2:
        return False
    return after[0] in ("is", "are") or (after[1] in ("is", "are") and after[0] not in _list("joining"))


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(read_data("speech.toml")["lists"][name])


@cache
def _phrases(name: str) -> Phrases:
    return phrases(_list(name))


@cache
def _replaced() -> dict[str, tuple[str, ...]]:
    return {word: tuple(read.split()) for word, read in read_data("speech.toml")["read"].items()}


@cache
def _triggers() -> frozenset[str]:
    """Without one of these words, nothing is read otherwise than it is written."""
    firsts = {phrase.split()[0] for name in ("fillers", "openers", "closers") for phrase in _list(name)} - {"."}
    return frozenset({*_replaced(), *firsts, "s", "nt", "its", "na"})


def _read(words: Sequence[str], place: int, word: str) -> tuple[str, ...] | None:
    before, after = words[place - 1 : place], words[place + 1 : place + 2]
    if word == "s":
        return ("is",) if set(before) & SHORT_IS else None
    if word == "nt":
        return ("n't",)
    if word == "its":
        return ("it", "is") if _tells_of_it(words, place) else None
    read = _replaced().get(word)
    if read is None or (len(word) < 3 and not _is_short_for(word, before, after)):
        return None
    return read


def _is_short_for(word: str, before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a letter or two stand for a word: between two others, and not "the letter w" or "a u turn"."""
    if set(before) & _list("before_letters") or set(after) & _list("after_letters"):
        return False
    if word in ("u", "ur", "bg", "bf", "gf"):
        return True
    return all(len(beside) == 1 and beside[0].isalnum() for beside in (before, after))


def _tells_of_it(words: Sequence[str], place: int) -> bool:
    """Whether "its" is "it is": "its hairy", "its on fire", but not "its hairy legs"."""
    said = words[place + 1 : place + 2]
    if not said:
        return False
    if said[0] in _list("after_its"):
        return True
    ends = words[place + 2 : place + 3]
    over = (
        not ends
        or ends[0] in ("and", "but", "or", ",", ".", ";", "!", "?", "with", "so")
        or ends[0] in _list("fillers")
    )
    return over and _describes(said[0])


def _describes(word: str) -> bool:
    if word in _list("describing") or word in word_list("colours"):
        return True
    return word.endswith(tuple(_list("describing_ends"))) and word not in _list("no_descriptions")


def _fillers(words: Sequence[str]) -> set[int]:
    found: set[int] = set()
    start, end = 0, len(words)
    while length := length_at(_phrases("fillers"), words, start) or length_at(_phrases("openers"), words, start):
        found.update(range(start, start + length))
        start += length + (words[start + length : start + length + 1] == [","])
    while end > start and (length := _closing(words, end)):
        found.update(range(end - length, end))
        end -= length
    place = start
    while place < end:
        length = length_at(_phrases("fillers"), words, place) if not _names_a_kind(words, place) else 0
        length = length or _like(words, place, found)
        found.update(range(place, place + length))
        place += length or 1
    return found if len(found) < len(words) else set()


def _closing(words: Sequence[str], end: int) -> int:
    if words[end - 1] in (".", "!", "?", ","):
        return int(end > 1 and _closing(words, end - 1) > 0)
    known = (length_before(_phrases(name), words, end, LONGEST_FILLER) for name in ("fillers", "closers"))
    return max(known)


def _names_a_kind(words: Sequence[str], place: int) -> bool:
    """Whether "kind of" is not "rather": after an article."""
    kind = words[place] in ("kind", "sort")
    return kind and (place == 0 or words[place - 1] in _list("before_kinds"))


def _like(words: Sequence[str], place: int, fillers: set[int]) -> int:
    """1 for the "like" of ", like," and "um like", which compares nothing."""
    if words[place] != "like" or not place:
        return 0
    between = words[place - 1] == "," and words[place + 1 : place + 2] == [","]
    return int(between or place - 1 in fillers)


def _leads_to(words: Sequence[str], place: int) -> bool:
    """Whether a place leads to "there is", as in "on the table there is a vase"."""
    start = next((i + 1 for i in range(place - 1, -1, -1) if not words[i].isalnum()), 0)
    return words[start] in _list("leading")


def _starts(words: Sequence[str], place: int) -> bool:
    before, after = words[place - 1], words[place + 1 : place + 3]
    if before in ("and", "but") and place > 1 and words[place] != "there":
        near = [words[place - 2], *words[place : place + 4]]
        return _starts(near, 1)
    if before in _list("joining") or not before.isalnum() or not after or after[0] not in _list("finite"):
        return False
    goes_on = words[place + 3 : place + 4]
    if len(after) < 2 or not after[1].isalnum():
        return False
    if words[place] == "there":
        return not _leads_to(words, place)
    if words[place] == "it" and after[0] == "'s" and not (after[1] in _list("after_its") or _describes(after[1])):
        return False
    if after[1].endswith("ing") or after[1] in ("holding", "on", "in"):
        return bool(goes_on) and goes_on[0] in (word_list("articles") | {"his", "her", "its", "their", "my", "two"})
    return (
        not (goes_on and goes_on[0] in ("of", "is", "are")) and after[0] != after[1] and after[1] not in ("is", "are")
    )
