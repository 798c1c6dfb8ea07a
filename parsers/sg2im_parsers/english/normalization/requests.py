"""Words that only ask for a picture: "please draw", "can you show me a picture of"."""

from __future__ import annotations

from collections.abc import Sequence

from sg2im_parsers.english.word_lists import packaged_phrasebook

ARTICLES = frozenset({"a", "an", "the", "some"})
POLITE = (
    ("please",),
    ("can", "you"),
    ("could", "you"),
    ("would", "you"),
    ("will", "you"),
    ("i", "want", "you", "to"),
    ("i", "would", "like", "you", "to"),
    ("i", "'d", "like", "you", "to"),
    ("i", "want", "to", "see"),
    ("i", "would", "like", "to", "see"),
    ("i", "'d", "like", "to", "see"),
    ("i", "would", "like"),
    ("i", "'d", "like"),
    ("i", "want"),
    ("i", "need"),
    ("what", "about"),
    ("how", "about"),
    ("let", "me", "see"),
    ("let", "us", "see"),
)
ASKING = frozenset(
    {"draw", "paint", "show", "make", "create", "generate", "render", "sketch", "imagine", "give", "produce"}
    | {"put", "add", "place"}
)
ALWAYS_ASKING = frozenset({"draw", "generate", "imagine"})
MEDIA = frozenset({"picture", "image", "photo", "photograph", "drawing", "painting", "sketch", "scene"})


def request(words: Sequence[str]) -> int:
    """How many words at the start of a text, in lower case, only ask for a picture."""
    start = _after_phrases(words, 0)
    asks = start > 0
    if start < len(words) and words[start] in ASKING:
        after = start + 1
        personal = words[after : after + 1] in (["me"], ["us"])
        after += personal
        nouny = after < len(words) and (words[after] in ARTICLES or words[after] in packaged_phrasebook().numbers)
        if asks or personal or nouny or words[start] in ALWAYS_ASKING:
            asks, start = True, after
    if not asks:
        return 0
    medium = start + (words[start : start + 1] != [] and words[start] in ARTICLES)
    if medium + 1 < len(words) and words[medium] in MEDIA and words[medium + 1] == "of":
        start = medium + 2
    return start


def _after_phrases(words: Sequence[str], start: int) -> int:
    found = True
    while found:
        found = False
        for phrase in POLITE:
            if tuple(words[start : start + len(phrase)]) == phrase:
                start, found = start + len(phrase), True
                break
    return start
