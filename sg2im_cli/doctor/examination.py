"""All checks in their order: what others need comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sg2im_cli.doctor import files, machine, pictures
from sg2im_cli.doctor.finding import Finding, examine

AGAIN = "install it again: pip install --force-reinstall sg2im-cli"


def examine_all(weights: str = "default", device: str = "auto") -> Iterator[Finding]:
    """Look at everything that a picture needs, and at what is good to have; each finding as soon as it is there.

    Args:
        weights: as ``--weights`` takes them.
        device: as ``--device`` takes it.
    """
    checks: list[tuple[str, Callable[[], Finding], str]] = [
        ("python", machine.python, "use Python 3.11 or newer"),
        ("packages", machine.packages, AGAIN),
        ("extras", machine.extras, AGAIN),
        ("language", pictures.language, f"{AGAIN}, or name another pipeline with --nlp"),
        ("devices", machine.devices, "install torch again for this machine: pip install --force-reinstall torch"),
        ("hub cache", files.hub_cache, "pip install --force-reinstall huggingface-hub"),
        ("weights", lambda: files.weights(weights), "mend what failed above, or name other weights with --weights"),
        ("picture", lambda: pictures.picture(weights, device), "mend what failed above, or try --device cpu"),
    ]
    for name, check, advice in checks:
        yield examine(name, check, advice)
