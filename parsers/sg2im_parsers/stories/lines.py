"""The lines of a story: which describe a scene anew, and which add to the one before, change it or take from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sg2im_errors import InputError

Kind = Literal["scene", "addition", "removal", "replacement"]

ADDING = re.compile(
    r"(?:(?:and|add|plus|also|then|now|finally|with|next(?! to\b))\b[\s,:]*"
    r"|there(?:'s| is| are) (?:also|now)\b[\s,]*)+",
    re.IGNORECASE,
)
ANOTHER = re.compile(r"there(?:'s| is| are) (?:another|one more)\b", re.IGNORECASE)
REFERRING = re.compile(r"(?:the|this|that|these|those|it|they|he|she)\b", re.IGNORECASE)
TAKING = re.compile(
    r"(?:but )?(?:remove|delete|erase|drop|take away|get rid of|without|minus|no more|no)\b[\s,:]*", re.IGNORECASE
)
GONE = re.compile(r"(?P<what>.+?) (?:is|are) (?:gone|removed|no longer there)\W*", re.IGNORECASE)
ORDERING = re.compile(
    r"(?:please )?(?P<verb>move|shift|put|place|turn|rotate|make|change|swap|resize|enlarge|shrink|paint|colou?r)"
    r" (?:the|this|that|these|those|it|them|him|her|his|its|their)\b",
    re.IGNORECASE,
)
"""Asks for a change that no line makes; read as a description it would be a new scene, and lose the one before."""

REPLACING = re.compile(r"replace (?P<what>.+?) (?:with|by) (?P<instead>.+)", re.IGNORECASE)


@dataclass(frozen=True)
class StoryLine:
    """One line that is neither blank nor a comment.

    Attributes:
        number: from 1, as an editor counts it.
        text: as written.
        kind: what it does to the scene.
        said: without the words that tell the kind: "a tree" of "and a tree", "the tree" of "without the tree".
        instead: of a replacement, what comes in place of that.
    """

    number: int
    text: str
    kind: Kind
    said: str
    instead: str = ""


def read_lines(text: str) -> tuple[StoryLine, ...]:
    """The lines of a story; blank ones and those that begin with ``#`` are passed over.

    Raises:
        InputError: there is none, or one asks for a change that no line makes.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    found = tuple(_line(number, line) for number, line in lines if line and not line.startswith("#"))
    if not found:
        raise InputError("no line describes a scene; write one, such as: a sheep on grass.")
    return found


def _line(number: int, text: str) -> StoryLine:
    marked = ADDING.match(text)
    rest = text if marked is None else text[marked.end() :]
    if match := REPLACING.fullmatch(rest):
        return StoryLine(number, text, "replacement", match["what"], match["instead"])
    if match := GONE.fullmatch(rest):
        return StoryLine(number, text, "removal", match["what"])
    if match := TAKING.match(rest):
        return StoryLine(number, text, "removal", rest[match.end() :])
    if match := ORDERING.match(rest):
        raise InputError(
            f"line {number}: a story cannot {match['verb'].lower()} things; say how it is, such as: "
            "the cat is left of the dog, the car is red, or: replace the boat with a car."
        )
    adds = marked is not None or REFERRING.match(text) is not None or ANOTHER.match(text) is not None
    return StoryLine(number, text, "addition" if adds else "scene", rest)
