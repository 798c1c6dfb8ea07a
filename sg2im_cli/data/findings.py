"""What was found while looking through data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sg2im_cli.data.images import PreparedImage
from sg2im_cli.data.label_counts import LabelCounts
from sg2im_cli.data.readers.notes import Notes, Severity

EXAMPLES = 3


@dataclass
class Finding:
    """One kind of thing that was found.

    Attributes:
        what: it is.
        wrong: whether training would suffer; otherwise it is only worth knowing.
        count: how often.
        examples: where, the first few.
    """

    what: str
    wrong: bool
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class Findings:
    """All that was found.

    Attributes:
        splits: pictures and objects of each split.
        labels: who made those of each split.
        found: by what it is.
    """

    splits: dict[str, dict[str, int]] = field(default_factory=dict)
    labels: dict[str, LabelCounts] = field(default_factory=dict)
    found: dict[str, Finding] = field(default_factory=dict)

    @property
    def wrong(self) -> bool:
        """Whether there is something to be put right."""
        return any(item.wrong for item in self.found.values())

    def add(self, what: str, example: str, wrong: bool = True) -> None:
        """Count one more of a kind."""
        item = self.found.setdefault(what, Finding(what, wrong))
        item.count += 1
        if len(item.examples) < EXAMPLES:
            item.examples.append(example)

    def add_notes(self, notes: Notes) -> None:
        """What reading annotation files has found."""
        for note in notes.kinds.values():
            item = self.found.setdefault(note.what, Finding(note.what, note.severity >= Severity.FAULT))
            item.count += note.count
            item.examples += note.examples[: EXAMPLES - len(item.examples)]
        for old, new in notes.renamed.items():
            self.add("names that are prepared as people say them", f"{old!r} becomes {new!r}", wrong=False)

    def to_json(self) -> dict[str, Any]:
        """As ``sg2im data check --json`` prints it."""
        found = [vars(item) for item in self.found.values()]
        machine = {split: labels.to_json() for split, labels in self.labels.items()}
        return {"wrong": self.wrong, "splits": self.splits, "machine": machine, "found": found}

    def count_labels(self, split: str, image: PreparedImage) -> None:
        """Count who made the labels of an image, or of some of its objects."""
        self.labels.setdefault(split, LabelCounts()).add(image.source, image.has_mask, image.machine)
