"""``sg2im doctor``: whether everything works here, and what to do where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sg2im_cli.cli.options import Device, Weights
from sg2im_cli.cli.streams import print_json, quieten_downloads

if TYPE_CHECKING:
    from rich.console import Console

    from sg2im_cli.doctor import Finding

STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def command(
    weights: Weights = "default",
    device: Device = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object in place of lines.")] = False,
) -> None:
    """Look whether everything works here.

    Versions, devices, cache, weights, language, a test picture: a line for each, ok,
    warn or fail, and what to do. The exit code is 0 if pictures can be drawn, else 1.

    Example: sg2im doctor --device cpu
    """
    quieten_downloads(quiet=True)
    from sg2im_cli.cli.display.tables import console
    from sg2im_cli.doctor import examine_all, works

    screen = console(error=False)
    findings = []
    for finding in examine_all(weights, device):
        findings.append(finding)
        if not as_json:
            _show(screen, finding)
    fine = works(findings)
    if as_json:
        print_json({"works": fine, "checks": [finding.to_json() for finding in findings]})
    raise typer.Exit(0 if fine else 1)


def _show(screen: Console, finding: Finding) -> None:
    from rich.text import Text

    line = Text.assemble(
        (f"{finding.status:5}", STYLES[finding.status]), (f"{finding.name:10} ", "bold"), finding.found
    )
    screen.print(line, soft_wrap=True)
    if finding.advice:
        screen.print(Text(f"{'':15} -> {finding.advice}"), soft_wrap=True)
