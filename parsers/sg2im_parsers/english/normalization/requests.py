"""Words that only ask for a picture: "please draw", "can you show me a picture of"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sg2im_parsers.english.normalization.phrases import Phrases, length_at, phrases
from sg2im_parsers.english.word_lists import packaged_phrasebook, word_list

SHOWING = ("of", "with", "where", "showing")
"""After "a picture" that somebody asks for; what follows is in it."""


def request(words: Sequence[str]) -> int:
    """How many words at the start of a text, in lower case, only ask for a picture."""
    start = _after_phrases(words, 0)
    asks = start > 0
    if start < len(words) and words[start] in word_list("asking"):
        after = start + 1
        personal = words[after : after + 1] in (["me"], ["us"], ["it"], ["this"])
        after += personal
        nouny = after < len(words) and (
            words[after] in word_list("asked_articles") or words[after] in packaged_phrasebook().numbers
        )
        if asks or personal or nouny or words[start] in word_list("always_asking"):
            asks, start = True, after
    if not asks:
        return 0
    medium = start + (words[start : start + 1] != [] and words[start] in word_list("asked_articles"))
    if medium + 1 < len(words) and words[medium] in word_list("asked_media") and words[medium + 1] in SHOWING:
        start = medium + 2
    return start


@cache
def _polite() -> Phrases:
    return phrases(word_list("polite"))


def _after_phrases(words: Sequence[str], start: int) -> int:
    while length := length_at(_polite(), words, start):
        start += length
    return start
