"""What goes wrong with documents: values of another kind, missing and doubled keys, damaged bytes."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

DEEP = {"@deep60@": 60, "@deep3000@": 3000, "@deep200000@": 200_000}
"""Words that stand for lists in lists, which `json.dumps` itself could not write."""

LITERALS = {"@many digits@": "9" * 5000, "@1e999@": "1e999", "@NaN@": "NaN", "@-Infinity@": "-Infinity"}

NUMBERS = (-1, 0, 1, 2, 0.5, -0.25, 1e-300, 1e9, 1e300, 2**31, 2**32, 2**53 + 1, 2**62, 2**63, 2**64, -(2**63), 10**30)

TEXTS = (
    "",
    " ",
    "car",
    "Car ",
    "traffic_light",
    "a" * 300,
    "cat and dog " * 5000,
    "\x1b[31mred\x1b[0m",
    "\x00",
    "a\nb\r\tc",
    "\ud800",
    "\udfff",
    "\U0001f600",
    "e\u0301\u202etxt",
    "../../x.png",
    "/dev/full",
    "{seed}{0}%s%n",
    "nan",
    "1",
    "-1e400",
)

OTHERS = (None, True, False, [], {}, [[]], [None], [0, 1], [0, 0, 1, 1], {"name": "car"}, *LITERALS, *DEEP)

BREAKS = (
    b"",
    b"\xff",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\x00",
    b'"',
    b"{",
    b"[",
    b"]",
    b"\n",
    b"\xed\xa0\x80",
    b"e",
    b"9",
)

LITTLE_WORDS = ("of", "and", "the", ",", ";", '"', "without", "999", "-3", "left of", "'s")


def odd_value(random: Random) -> Any:
    """A value that is seldom what a document should have."""
    return copy.deepcopy(random.choice((NUMBERS, TEXTS, OTHERS)[random.randrange(3)]))


def mutated(value: Any, random: Random) -> Any:
    """A copy of a document with one to three places changed."""
    whole = [copy.deepcopy(value)]
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        _change(random.choice(list(_places(whole))), random)
    return whole[0]


def _places(value: Any) -> Any:
    """All places of a document, as the list or dict that holds it and its key there."""
    keys = range(len(value)) if isinstance(value, list) else list(value)
    for key in keys:
        yield value, key
        if isinstance(value[key], list | dict):
            yield from _places(value[key])


def _change(place: tuple[Any, Any], random: Random) -> None:
    holder, key = place
    kind = random.randrange(6)
    if kind == 0 and isinstance(holder, dict):
        del holder[key]
    elif kind == 1 and isinstance(holder, dict):
        holder[random.choice(TEXTS)] = holder.pop(key)
    elif kind == 2 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[random.randrange(len(holder))]))
    elif kind == 3 and isinstance(holder, dict):
        holder[key] = copy.deepcopy(holder[random.choice(list(holder))])
    else:
        holder[key] = _wrong(holder[key], random)


def _wrong(value: Any, random: Random) -> Any:
    """Something near a value, or nothing like it."""
    if isinstance(value, int | float) and random.random() < 0.5:
        return random.choice((-value, value * 1000, value + 0.5, str(value), [value], *NUMBERS))
    if isinstance(value, list) and random.random() < 0.5:
        return random.choice(
            (value[:-1], value + value, value[::-1], value * 50, {str(i): v for i, v in enumerate(value)})
        )
    if isinstance(value, str) and random.random() < 0.3:
        return random.choice((value.upper(), value + " ", value * 40, [value], {"name": value}, value[:1]))
    return odd_value(random)


def as_json(value: Any, random: Random) -> bytes:
    """A document as text, sometimes with a key twice."""
    text = json.dumps(value)
    for word, literal in LITERALS.items():
        text = text.replace(json.dumps(word), literal)
    for word, depth in DEEP.items():
        text = text.replace(json.dumps(word), "[" * depth + "]" * depth)
    if isinstance(value, dict) and value and random.random() < 0.05:
        text = "{" + f"{json.dumps(random.choice(list(value)))}: {json.dumps(random.choice(NUMBERS))}, " + text[1:]
    return text.encode()


def damaged_json(value: Any, random: Random) -> bytes:
    """A document that was changed; one of eight times its bytes, one of twelve times nothing."""
    if random.random() < 1 / 12:
        return as_json(value, random)
    if random.random() < 1 / 8:
        return damaged_bytes(json.dumps(value).encode(), random)
    return as_json(mutated(value, random), random)


def damaged_bytes(data: bytes, random: Random) -> bytes:
    """Cut off, with a bit flipped, with bytes put in, or a stretch doubled or lost."""
    for _ in range(random.choice((1, 1, 2, 4))):
        at = random.randrange(len(data) + 1)
        end = min(len(data), at + random.choice((1, 2, 8, 100)))
        kind = random.randrange(5)
        if kind == 0:
            data = data[:at]
        elif kind == 1 and at < len(data):
            data = data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]
        elif kind == 2:
            data = data[:at] + random.choice(BREAKS) + data[at:]
        elif kind == 3:
            data = data[:at] + data[at:end] * 2 + data[end:]
        else:
            data = data[:at] + data[end:]
    return data


def damaged_words(sentence: str, random: Random) -> str:
    """A sentence with words lost, doubled, moved, or others among them."""
    words = sentence.split(" ")
    for _ in range(random.choice((1, 2, 3, 6))):
        at = random.randrange(len(words) + 1)
        kind = random.randrange(5)
        if kind == 0 and words:
            del words[at : at + 1]
        elif kind == 1:
            words[at:at] = words[at : at + 3]
        elif kind == 2:
            words.insert(at, random.choice(TEXTS[:6] + TEXTS[7:]))
        elif kind == 3:
            words.insert(at, random.choice(LITTLE_WORDS))
        else:
            random.shuffle(words)
    return " ".join(words)


def damaged_toml(text: str, random: Random) -> bytes:
    """Lines lost, doubled, or with other values."""
    lines = text.splitlines()
    for _ in range(random.choice((1, 1, 2, 3))):
        at = random.randrange(len(lines))
        kind = random.randrange(8)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, lines[random.randrange(len(lines))])
        elif " = " in lines[at]:
            key = lines[at].split(" = ")[0]
            lines[at] = f"{key if random.random() < 0.9 else key + 'x'} = {_toml_value(random)}"
        lines = lines or [""]
    data = "\n".join(lines).encode(errors="surrogatepass")
    return damaged_bytes(data, random) if random.random() < 0.1 else data


def _toml_value(random: Random) -> str:
    value = odd_value(random)
    if isinstance(value, str) and value in LITERALS:
        return LITERALS[value]
    if isinstance(value, str) and value in DEEP:
        return "[" * DEEP[value] + "]" * DEEP[value]
    if value is None or isinstance(value, dict) or random.random() < 0.1:
        return random.choice(("{}", "{a = 1}", "nan", "-inf", "1979-05-27T07:32:00Z", "0xffffffffffffffffffff", "[[]]"))
    return json.dumps(value)
