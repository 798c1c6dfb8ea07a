"""Words that only ask for a picture: "please draw", "can you show me a picture of"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sg2im_parsers.english.word_lists import packaged_phrasebook, word_list


def request(words: Sequence[str]) -> int:
    """How many words at the start of a text, in lower case, only ask for a picture."""
    start = _after_phrases(words, 0)
    asks = start > 0
    if start < len(words) and words[start] in word_list("asking"):
        after = start + 1
        personal = words[after : after + 1] in (["me"], ["us"])
        after += personal
        nouny = after < len(words) and (
            words[after] in word_list("asked_articles") or words[after] in packaged_phrasebook().numbers
        )
        if asks or personal or nouny or words[start] in word_list("always_asking"):
            asks, start = True, after
    if not asks:
        return 0
    medium = start + (words[start : start + 1] != [] and words[start] in word_list("asked_articles"))
    if medium + 1 < len(words) and words[medium] in word_list("asked_media") and words[medium + 1] == "of":
        start = medium + 2
    return start


@cache
def _polite() -> dict[str, list[list[str]]]:
    """The words of phrases by the first of them, longest first."""
    phrases: dict[str, list[list[str]]] = {}
    for phrase in sorted(map(str.split, word_list("polite")), key=len, reverse=True):
        phrases.setdefault(phrase[0], []).append(phrase)
    return phrases


def _after_phrases(words: Sequence[str], start: int) -> int:
    while start < len(words):
        known = _polite().get(words[start], ())
        length = next((len(phrase) for phrase in known if words[start : start + len(phrase)] == phrase), 0)
        if not length:
            break
        start += length
    return start
