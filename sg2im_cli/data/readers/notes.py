"""What annotation files say that means nothing, or cannot be: counted by kind, or an error.

How much is borne is the caller's to say: `data check` notes everything, `data prepare` stops only where files
contradict themselves, and ``--strict`` at the first thing of any kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from sg2im_errors import InputError

EXAMPLES = 3
UNUSABLE = "entries that cannot be used"
"""Of any annotation file."""


class Severity(IntEnum):
    """How bad something is."""

    NONE = 0
    """Nothing at all: who bears no more than this stops at everything."""
    REMARK = 1
    """It says nothing that could be used, and does no harm: a part of an outline that is only a line."""
    FAULT = 2
    """An object that cannot be where it is said to be."""
    DAMAGE = 3
    """An entry that cannot be read."""
    CONTRADICTION = 4
    """Entries of which one must be wrong, such as two pictures with one id; nobody can tell which."""


@dataclass
class Note:
    """One kind of thing.

    Attributes:
        what: it is, and what becomes of it.
        severity: how bad it is.
        count: how often.
        examples: sentences about the first few.
    """

    what: str
    severity: Severity
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class Notes:
    """All that was noted.

    Attributes:
        bears: what is worse is an error.
        kinds: by what it is.
        renamed: names as files have them, and as they are used, where these differ.
    """

    bears: Severity = Severity.FAULT
    kinds: dict[str, Note] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, sentence: str, severity: Severity) -> None:
        """Count one more of a kind.

        Raises:
            InputError: it is worse than what is borne; the sentence is the message.
        """
        if severity > self.bears:
            raise InputError(sentence)
        note = self.kinds.setdefault(what, Note(what, severity))
        note.count += 1
        if len(note.examples) < EXAMPLES:
            note.examples.append(sentence)

    def sentences(self) -> list[str]:
        """One for each kind, with its first example, and one for changed names."""
        said = [f"{note.count:,} {note.what}, the first: {note.examples[0]}" for note in self.kinds.values()]
        if self.renamed:
            pairs = [f"{old!r} is {new!r}" for old, new in list(self.renamed.items())[:EXAMPLES]]
            more = f" and {len(self.renamed) - EXAMPLES:,} more" if len(self.renamed) > EXAMPLES else ""
            said.append(f"Changed names: {', '.join(pairs)}{more}.")
        return said

    def rename(self, names: Mapping[str, str]) -> None:
        """Keep those whose names were changed."""
        self.renamed |= {old: new for old, new in names.items() if old != new}
