"""What a check finds, and checks that cannot stop others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        name: of the check.
        status: ``ok``; ``warn``: pictures are drawn all the same; ``fail``: what is needed for them does not work.
        found: in words.
        advice: what to do; empty where there is nothing to do.
        facts: the same for programs.
    """

    name: str
    status: Status
    found: str
    advice: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        said = {"name": self.name, "status": self.status, "found": self.found, "advice": self.advice or None}
        return {**said, "facts": self.facts}


def examine(name: str, check: Callable[[], Finding], advice: str) -> Finding:
    """What a check finds; one that breaks down has found that something is broken.

    Args:
        name: of the check.
        check: looks at one thing.
        advice: what to do if it breaks down.
    """
    try:
        return check()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a broken installation raises anything, SystemExit and SyntaxError too
        said = " ".join(str(error).split()) or "no reason given"
        return Finding(name, "fail", f"{type(error).__name__}: {said}", advice, {"error": type(error).__name__})


def works(findings: Iterable[Finding]) -> bool:
    """Whether a picture can be drawn: nothing has failed."""
    return all(finding.status != "fail" for finding in findings)
