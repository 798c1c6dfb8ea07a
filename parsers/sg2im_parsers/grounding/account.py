"""What became of every word of a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sg2im_errors import InputError

Status = Literal["kept", "mapped", "dropped"]


@dataclass(frozen=True, slots=True)
class WordAccount:
    """What became of one content word.

    Attributes:
        word: as written.
        start: offset of its first character in the text.
        status: kept as it is, mapped to another word, or dropped.
        becomes: the model's word, or the place in the picture that the graph keeps; None if dropped, or if the word
            names what a story's line takes away.
        rule: how it was mapped.
        reason: why it was dropped, or a remark.
        nearest: known words that are spelled alike, for dropped ones.
    """

    word: str
    start: int
    status: Status
    becomes: str | None = None
    rule: str | None = None
    reason: str | None = None
    nearest: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Everything that is known, as JSON values."""
        return {
            "word": self.word,
            "start": self.start,
            "status": self.status,
            "becomes": self.becomes,
            "rule": self.rule,
            "reason": self.reason,
            "nearest": list(self.nearest),
        }


@dataclass(frozen=True, slots=True)
class Account:
    """One entry for each content word, in the sentence's order.

    Attributes:
        words: the entries.
        remarks: what else was changed, such as a number that was cut to the limit.
    """

    words: tuple[WordAccount, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def dropped(self) -> tuple[WordAccount, ...]:
        """The words that nothing came of."""
        return tuple(word for word in self.words if word.status == "dropped")

    def to_json(self) -> dict[str, Any]:
        """As in a picture's ``--json``."""
        return {"words": [word.to_json() for word in self.words], "remarks": list(self.remarks)}


def require_every_word(account: Account, where: str = "") -> None:
    """Refuse a text of which a content word is dropped.

    Args:
        account: of the grounded text.
        where: what the sentence of the error begins with, such as "Line 3: ".

    Raises:
        InputError: names the dropped words, in the sentence's order.
    """
    words = list(dict.fromkeys(word.word for word in account.dropped))
    if words:
        raise InputError(
            f"{where}--strict keeps every word, but {', '.join(map(repr, words))} would be dropped; "
            "use other words or weights, or leave --strict out."
        )
