"""Numbers of one word or several: "twenty-five", "half a dozen", "one hundred and twenty", "three or four", "2,000"."""

from __future__ import annotations

from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import Number, Tree
from sg2im_parsers.english.word_lists import Phrasebook

LARGEST = 1_000_000_000
SEVERAL = {"several": 3, "few": 3, "many": 5}
"""How many hundreds "several hundred" are."""


def find_numbers(tree: Tree, book: Phrasebook) -> None:
    """Fill `Tree.numbers`."""
    token, size = 0, len(tree)
    while token < size:
        starts = _of_word(book, tree.lowers[token]) is not None
        number = _number_at(tree, book, token) if starts else None
        if number is not None:
            tree.numbers.update(dict.fromkeys(number.words, number))
        token = token + 1 if number is None else number.words[-1] + 1


def _number_at(tree: Tree, book: Phrasebook, start: int) -> Number | None:
    value, end = _value(tree, book, start)
    if value is None:
        return None
    words, exact = [*range(start, end)], True
    if tree.lowers[end : end + 1] in (["or"], ["to"]) and (other := _value(tree, book, end + 1))[0] is not None:
        value, words, exact = max(value, other[0] or 0), [*words, *range(end, other[1])], False
    before = tree.lowers[max(0, start - 2) : start]
    if before == ["half", "a"]:
        value, words = value // 2, [start - 2, start - 1, *words]
    elif before[-1:] and before[-1] in SEVERAL and value >= 12:
        value, exact, words = value * SEVERAL[before[-1]], False, [start - 1, *words]
    elif before[-1:] and before[-1] in book.lists["nearly"]:
        exact = False
    elif before in (["more", "than"], ["less", "than"], ["fewer", "than"]):
        value, exact = max(1, value + (1 if before[0] == "more" else -1)), False
    return Number(value, exact, tuple(u for w in words for u in tree.unit(w))) if 0 < value <= LARGEST else None


def _value(tree: Tree, book: Phrasebook, start: int) -> tuple[int | None, int]:
    """The value of the number words from a position on, and where they end."""
    total = current = 0
    end = start
    while end < len(tree) and (number := _of_word(book, tree.lowers[end])) is not None:
        scale = tree.lowers[end] in book.lists["scales"]
        if scale and number >= 1000:
            total, current = total + max(1, current) * number, 0
        elif scale:
            current = max(1, current) * number
        elif current and not _goes_on(current, number):
            break
        else:
            current += number
        end += 1
        if tree.lowers[end : end + 1] == ["and"] and scale and end + 1 < len(tree):
            follows = _of_word(book, tree.lowers[end + 1])
            end += follows is not None and follows < number
    return (total + current, end) if end > start else (None, start)


def _goes_on(current: int, number: int) -> bool:
    """Whether "five" after "twenty", or "twenty" after "hundred", is part of the same number."""
    return (current % 100 >= 20 and current % 10 == 0 and number < 10) or (current % 100 == 0 and number < 100)


def _of_word(book: Phrasebook, word: str) -> int | None:
    if word in book.numbers:
        return book.numbers[word] if word != "both" else None
    if word.isalpha():
        return None
    digits = word.replace(",", "")
    if digits.isdecimal() and digits.isascii() and len(digits) < 11:
        return int(digits)
    tens, _, ones = word.partition("-")
    if tens in book.numbers and ones in book.numbers and _goes_on(book.numbers[tens], book.numbers[ones]):
        return book.numbers[tens] + book.numbers[ones]
    return None


NUMBERS = Rewrite(
    name="numbers",
    says="Finds numbers of one word or several.",
    apply=find_numbers,
    after=("hyphens",),
    examples=(
        Example("two dogs", gives=("dogs | is | 2",)),
        Example("half a dozen eggs", gives=("eggs | is | 6",)),
        Example("twenty-five boats", gives=("boats | is | 25",), instead=("boats | is | twenty-five",)),
    ),
)
