"""Nothing of a sentence may be dropped, for those who ask for that."""

from __future__ import annotations

from sg2im_parsers.account import Account
from sg2im_parsers.errors import InputError


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
